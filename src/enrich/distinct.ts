import type { EventBatch, Field, Value } from '../model/index.ts';
import { columnOf, columnValue } from '../model/index.ts';

/**
 * Marks the rows of a batch whose field has an interesting value. The question is asked once per distinct value, so that a batch in which
 * nothing is interesting costs next to nothing.
 * @param marks one cell a row; `bit` is set in those that match
 */
export function markRows(
  batch: EventBatch,
  field: Field,
  marks: Uint8Array,
  bit: number,
  isInteresting: (values: readonly string[]) => boolean,
): boolean {
  const column = columnOf(batch, field);
  if (column === undefined) return false;
  let isAny = false;
  if (column.kind === 'keyword') {
    const matches = Uint8Array.from(column.values, (value, code) =>
      code !== 0 && isInteresting(textsOf(value)) ? bit : 0,
    );
    if (!matches.includes(bit)) return false;
    for (let row = 0; row < batch.length; row++) {
      const match = matches[column.codes[row]!]!;
      if (match === 0) continue;
      marks[row]! |= match;
      isAny = true;
    }
    return isAny;
  }
  for (let row = 0; row < batch.length; row++) {
    const value = columnValue(column, row);
    if (value === undefined || !isInteresting(textsOf(value))) continue;
    marks[row]! |= bit;
    isAny = true;
  }
  return isAny;
}

const textsOf = (value: Value): readonly string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);
