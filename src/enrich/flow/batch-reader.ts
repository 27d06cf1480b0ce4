import { columnOf, columnValue, type EventBatch, type Field, type Value } from '../../model/index.ts';
import type { Numbering } from './codes.ts';

/** The first value of a field by row, with its distinct texts at hand. */
export interface Texts {
  /** 0 where absent. */
  readonly codes: Uint32Array;
  readonly texts: readonly string[];
}

const first = (value: Value): string => String(Array.isArray(value) ? (value[0] ?? '') : value);

/** Undefined where no row has the field. */
export function textsOf(batch: EventBatch, field: Field): Texts | undefined {
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

/** All values of a keyword field by row, as one list of texts a distinct value. */
export function listsOf(
  batch: EventBatch,
  field: Field,
): { codes: Uint32Array; lists: readonly (readonly string[])[] } | undefined {
  const column = columnOf(batch, field);
  if (column?.kind !== 'keyword') return undefined;
  return {
    codes: column.codes,
    lists: column.values.map((value, code) =>
      code === 0 ? [] : Array.isArray(value) ? value.map(String) : [String(value)],
    ),
  };
}

export const textAtRow = (texts: Texts | undefined, row: number): string | undefined => {
  const code = texts?.codes[row] ?? 0;
  return code === 0 ? undefined : texts!.texts[code];
};

/** A numeric field by row, NaN where absent; undefined where no row has it. */
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

/** The run's number of each distinct text of a field; 0 for absent. Undefined where no row has the field. */
export function numbered(
  batch: EventBatch,
  field: Field,
  numbering: Numbering,
): { readonly codes: Uint32Array; readonly numbers: Int32Array } | undefined {
  const texts = textsOf(batch, field);
  if (texts === undefined) return undefined;
  const numbers = Int32Array.from(texts.texts, (text, code) => (code === 0 || text === '' ? 0 : numbering.of(text)));
  return { codes: texts.codes, numbers };
}
