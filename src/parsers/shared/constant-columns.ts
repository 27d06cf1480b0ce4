import type { Column, EventBatch, Field, Value } from '../../model/index.ts';
import { withColumns } from '../../model/index.ts';

/**
 * Adds what is the same in every row, and what a row has unless it says otherwise: written a column at a time, which costs a line
 * nothing. Fields that nobody asked for are left out.
 */
export function withConstants(
  batch: EventBatch,
  constants: readonly (readonly [Field, Value])[],
  defaults: readonly (readonly [Field, Value])[],
): EventBatch {
  const columns = new Map<Field, Column>();
  const isWanted = (field: Field): boolean => batch.decoded === 'all' || batch.decoded.has(field);
  for (const [field, value] of constants) {
    if (isWanted(field)) columns.set(field, constant(value, batch.length));
  }
  for (const [field, value] of defaults) {
    if (isWanted(field)) columns.set(field, filled(batch.columns.get(field), value, batch.length));
  }
  return withColumns(batch, columns);
}

const constant = (value: Value, length: number): Column => ({
  kind: 'keyword',
  codes: new Uint32Array(length).fill(1),
  values: ['', value],
});

/** Rows of a keyword column that have no value get this one; every other kind of column is left as it is. */
function filled(column: Column | undefined, value: Value, length: number): Column {
  if (column === undefined) return constant(value, length);
  if (column.kind !== 'keyword') return column;
  const code = column.values.length;
  const codes = column.codes.map(old => (old === 0 ? code : old));
  return { kind: 'keyword', codes, values: [...column.values, value] };
}
