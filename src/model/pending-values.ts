import type { Value } from './batch.ts';
import { CodeTable } from './code-table.ts';
import type { TextRows } from './text-rows.ts';
import type { TextTable } from './text-table.ts';

/** Makes a field's value of a text; undefined: the row has none. */
export type Conversion = (text: string) => Value | undefined;

/** Where the values go in the end. Rows that have one already keep it. */
interface Settling {
  readonly kind: 'keyword' | 'number' | 'text';
  has(row: number): boolean;
  /** Of a column of keywords: its codes, with room for so many rows; and the code of a value or text. */
  codes(rows: number): Uint32Array;
  code(value: Value): number;
  textCode(texts: TextTable, id: number): number;
  put(row: number, value: Value): void;
}

/** Either the text `index` of each row, as it stands or converted, or one value for all of them. */
type Source =
  | { readonly kind: 'text'; readonly rows: TextRows; readonly index: number; readonly convert: Conversion | undefined }
  | { readonly kind: 'constant'; readonly rows: TextRows; readonly value: Value };

/**
 * What a column will hold, without a cell for each row: which texts of which rows, and what is to be made of them. A text is
 * converted once, and only for a column that somebody wants.
 */
export class PendingValues {
  readonly #texts: TextTable;
  readonly #sources: Source[] = [];
  #aside: Map<number, Value> | undefined;

  constructor(texts: TextTable) {
    this.#texts = texts;
  }

  text(rows: TextRows, index: number, convert: Conversion | undefined): void {
    this.#sources.push({ kind: 'text', rows, index, convert });
  }

  constant(rows: TextRows, value: Value): void {
    this.#sources.push({ kind: 'constant', rows, value });
  }

  /** A value that was put by itself into a column whose rows have to be written in their order. */
  putAside(row: number, value: Value): void {
    this.#aside ??= new Map();
    this.#aside.set(row, value);
  }

  settle(rows: number, into: Settling): void {
    if (into.kind === 'text') {
      this.#settleInOrder(rows, into);
      return;
    }
    for (const source of this.#sources) {
      if (into.kind === 'keyword') this.#settleCodes(source, into.codes(rows), into);
      else this.#settleValues(source, into);
    }
  }

  #settleCodes(source: Source, codes: Uint32Array, into: Settling): void {
    const { rows, count, ids, width } = source.rows;
    if (count === 0) return;
    if (source.kind === 'constant') {
      const code = into.code(source.value);
      for (let k = 0; k < count; k++) if (codes[rows[k]!] === 0) codes[rows[k]!] = code;
      return;
    }
    const known = new Conversions(this.#texts, source.convert, into);
    let last = 0;
    let code = 0;
    for (let k = 0, at = source.index; k < count; k++, at += width) {
      const id = ids[at]!;
      if (id === 0 || codes[rows[k]!] !== 0) continue;
      if (id !== last) {
        last = id;
        code = known.code(id);
      }
      codes[rows[k]!] = code;
    }
  }

  #settleValues(source: Source, into: Settling): void {
    const { rows, count, ids, width } = source.rows;
    if (source.kind === 'constant') {
      for (let k = 0; k < count; k++) if (!into.has(rows[k]!)) into.put(rows[k]!, source.value);
      return;
    }
    const known = new Conversions(this.#texts, source.convert, into);
    for (let k = 0, at = source.index; k < count; k++, at += width) {
      const id = ids[at]!;
      if (id === 0 || into.has(rows[k]!)) continue;
      const value = known.value(id);
      if (value !== undefined) into.put(rows[k]!, value);
    }
  }

  #settleInOrder(rows: number, into: Settling): void {
    // One above the source, and the text of it.
    const sources = new Int32Array(rows);
    const texts = new Int32Array(rows);
    this.#sources.forEach((source, s) => {
      const { rows: places, count, ids, width } = source.rows;
      for (let k = 0; k < count; k++) {
        const id = source.kind === 'text' ? ids[k * width + source.index]! : 0;
        if (source.kind === 'text' && id === 0) continue;
        sources[places[k]!] = s + 1;
        texts[places[k]!] = id;
      }
    });
    for (let row = 0; row < rows; row++) {
      if (into.has(row)) continue;
      const value = this.#aside?.get(row) ?? this.#valueOf(sources[row]!, texts[row]!);
      if (value !== undefined) into.put(row, value);
    }
  }

  #valueOf(place: number, id: number): Value | undefined {
    if (place === 0) return undefined;
    const source = this.#sources[place - 1]!;
    if (source.kind === 'constant') return source.value;
    const text = this.#texts.text(id);
    return source.convert === undefined ? text : source.convert(text);
  }
}

/** What a conversion made of the texts that it met, once for each. */
class Conversions {
  readonly #texts: TextTable;
  readonly #convert: Conversion | undefined;
  readonly #into: Settling;
  /** By text: its code plus one, or the place of its value plus one. */
  readonly #known = new CodeTable();
  readonly #values: (Value | undefined)[] = [];

  constructor(texts: TextTable, convert: Conversion | undefined, into: Settling) {
    this.#texts = texts;
    this.#convert = convert;
    this.#into = into;
  }

  /** 0 where the text has no value. */
  code(id: number): number {
    // The column itself remembers a text that is to stand there as it is.
    if (this.#convert === undefined) return this.#into.textCode(this.#texts, id);
    const known = this.#known.get(id);
    if (known !== 0) return known - 1;
    const text = this.#texts.text(id);
    const value = this.#convert(text);
    let code = 0;
    if (value !== undefined) code = value === text ? this.#into.textCode(this.#texts, id) : this.#into.code(value);
    this.#known.add(id, code + 1);
    return code;
  }

  value(id: number): Value | undefined {
    const known = this.#known.get(id);
    if (known !== 0) return this.#values[known - 1];
    const text = this.#texts.text(id);
    const value = this.#convert === undefined ? text : this.#convert(text);
    this.#known.add(id, this.#values.push(value));
    return value;
  }
}
