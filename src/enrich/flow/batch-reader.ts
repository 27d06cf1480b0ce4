import { type Codes, columnOf, type EventBatch, type Field, fieldTexts } from '../../model/index.ts';
import type { Numbering } from './codes.ts';

/** All values of a keyword field by row, as one list of texts a distinct value. */
export function listsOf(
  batch: EventBatch,
  field: Field,
): { codes: Codes; lists: readonly (readonly string[])[] } | undefined {
  const column = columnOf(batch, field);
  if (column?.kind !== 'keyword') return undefined;
  return {
    codes: column.codes,
    lists: column.values.map((value, code) =>
      code === 0 ? [] : Array.isArray(value) ? value.map(String) : [String(value)],
    ),
  };
}

/** The run's number of each distinct text of a field; 0 for absent. Undefined where no row has the field. */
export function numbered(
  batch: EventBatch,
  field: Field,
  numbering: Numbering,
): { readonly codes: Codes; readonly numbers: Int32Array } | undefined {
  const texts = fieldTexts(batch, field);
  if (texts === undefined) return undefined;
  const numbers = Int32Array.from(texts.texts, (text, code) => (code === 0 || text === '' ? 0 : numbering.of(text)));
  return { codes: texts.codes, numbers };
}
