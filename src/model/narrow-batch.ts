import { BATCH_ROWS, type Codes, type Column, type EventBatch, type KeywordColumn, type Numbers } from './batch.ts';
import type { Field } from './fields.ts';

/** Codes of a column that says one thing of every row, and nanoseconds of rows that have none: one array serves all batches. */
const ONES = new Uint8Array(BATCH_ROWS).fill(1);
const ZEROS = new Uint16Array(BATCH_ROWS);

/** True for bytes that other batches share: they cannot be handed to another thread. */
export const isShared = ({ buffer }: Codes): boolean => buffer === ONES.buffer || buffer === ZEROS.buffer;

/**
 * The same batch in as little room as its values take, for a run that holds batches by the thousand: codes as wide as they are many,
 * numbers of half the width where none is changed by it.
 */
export function narrowed(batch: EventBatch): EventBatch {
  const columns = new Map<Field, Column>();
  // Two fields that say the same are one column.
  const known = new Map<Column, Column>();
  for (const [field, column] of batch.columns) {
    const before = known.get(column) ?? narrowColumn(column);
    known.set(column, before);
    columns.set(field, before);
  }
  return { ...batch, nanos: narrowNanos(batch.nanos), record: narrowNumbers(batch.record), columns };
}

function narrowColumn(column: Column): Column {
  switch (column.kind) {
    case 'keyword':
      return narrowKeyword(column);
    case 'number': {
      const numbers = narrowNumbers(column.numbers);
      return numbers === column.numbers ? column : { kind: 'number', numbers };
    }
    case 'text':
      return column;
    default:
      return column satisfies never;
  }
}

/** A column that enrichment or resolution made, as narrow as it can be. */
export function narrowKeyword(column: KeywordColumn): KeywordColumn {
  const { codes, values } = column;
  if (values.length === 2 && codes.length <= ONES.length && codes.every(code => code === 1))
    return { kind: 'keyword', codes: ONES.subarray(0, codes.length), values };
  if (
    values.length > 1 << 16 ||
    (values.length > 1 << 8 && codes instanceof Uint16Array) ||
    codes instanceof Uint8Array
  )
    return column;
  return { kind: 'keyword', codes: values.length > 1 << 8 ? Uint16Array.from(codes) : Uint8Array.from(codes), values };
}

function narrowNumbers(numbers: Numbers): Numbers {
  if (numbers instanceof Float32Array) return numbers;
  for (let row = 0; row < numbers.length; row++) {
    const n = numbers[row]!;
    if (Math.fround(n) !== n && !Number.isNaN(n)) return numbers;
  }
  return new Float32Array(numbers);
}

function narrowNanos(nanos: Uint16Array): Uint16Array {
  if (nanos.length > ZEROS.length) return nanos;
  for (let row = 0; row < nanos.length; row++) if (nanos[row] !== 0) return nanos;
  return ZEROS.subarray(0, nanos.length);
}
