import { type Codes, columnOf, columnValue, type EventBatch, type Numbers, type Value } from './batch.ts';
import type { Field } from './fields.ts';

/** The first value of a field by row, with its distinct texts at hand: made once a batch, and a constant column costs one entry. */
export interface FieldTexts {
  /** 0 where absent; equal codes are equal texts. */
  readonly codes: Codes;
  readonly texts: readonly string[];
}

/** A field of a batch as codes and texts, whatever kind of column holds it; undefined where no row has it. */
export function fieldTexts(batch: EventBatch, field: Field): FieldTexts | undefined {
  const column = columnOf(batch, field);
  if (column === undefined) return undefined;
  if (column.kind === 'keyword') return { codes: column.codes, texts: column.values.map(first) };
  const codes = new Uint32Array(batch.length);
  const texts = [''];
  const known = new Map<string, number>();
  for (let row = 0; row < batch.length; row++) {
    const value = columnValue(column, row);
    if (value === undefined) continue;
    const text = first(value);
    let code = known.get(text);
    if (code === undefined) {
      code = texts.push(text) - 1;
      known.set(text, code);
    }
    codes[row] = code;
  }
  return { codes, texts };
}

export const textOfRow = (field: FieldTexts | undefined, row: number): string | undefined => {
  const code = field?.codes[row] ?? 0;
  return code === 0 ? undefined : field!.texts[code];
};

/** A numeric field by row, NaN where absent; the array of the column itself where it is one of numbers; undefined where no row has it. */
export function fieldNumbers(batch: EventBatch, field: Field): Numbers | undefined {
  const column = columnOf(batch, field);
  if (column === undefined) return undefined;
  if (column.kind === 'number') return column.numbers;
  const numbers = new Float64Array(batch.length).fill(Number.NaN);
  for (let row = 0; row < batch.length; row++) {
    const value = columnValue(column, row);
    if (value !== undefined) numbers[row] = Number(first(value));
  }
  return numbers;
}

const first = (value: Value): string => String(Array.isArray(value) ? (value[0] ?? '') : value);
