import { columnOf, columnValue, type EventBatch, type Field, type Value } from '../../model/index.ts';

/** Each distinct first value of a field with the rows that have it, made once a batch; a constant column costs one entry. */
export interface Reader {
  /** 0 where absent; equal codes are equal texts. */
  readonly codes: Uint32Array;
  readonly texts: readonly string[];
}

const NOTHING: readonly string[] = [''];

/** A field of a batch as codes and texts, whatever kind of column holds it; undefined where no row has it. */
export function readerOf(batch: EventBatch, field: Field): Reader | undefined {
  const column = columnOf(batch, field);
  if (column === undefined) return undefined;
  if (column.kind === 'keyword') return { codes: column.codes, texts: column.values.map(first) };
  const codes = new Uint32Array(batch.length);
  const texts = [...NOTHING];
  const known = new Map<string, number>();
  for (let row = 0; row < batch.length; row++) {
    const value = columnValue(column, row);
    if (value === undefined) continue;
    const text = first(value);
    let code = known.get(text);
    if (code === undefined) {
      code = texts.length;
      texts.push(text);
      known.set(text, code);
    }
    codes[row] = code;
  }
  return { codes, texts };
}

const first = (value: Value): string => String(Array.isArray(value) ? (value[0] ?? '') : value);

export const textOf = (reader: Reader | undefined, row: number): string | undefined => {
  const code = reader?.codes[row] ?? 0;
  return code === 0 ? undefined : reader!.texts[code];
};

/** A numeric field, NaN where absent; the array of the column itself where it is one of numbers. */
export function numbersOf(batch: EventBatch, field: Field): Float64Array | undefined {
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
