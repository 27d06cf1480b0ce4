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
  code(value: Value): number;
  textCode(texts: TextTable, id: number): number;
  putCode(row: number, code: number): void;
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
    if (into.kind === 'text') this.#settleInOrder(rows, into);
    else for (const source of this.#sources) this.#settle(source, into);
  }

  #settle(source: Source, into: Settling): void {
    const { rows, count, ids, width } = source.rows;
    if (source.kind === 'constant') {
      for (let k = 0; k < count; k++) if (!into.has(rows[k]!)) into.put(rows[k]!, source.value);
      return;
    }
    const known = new Known(this.#texts, source.convert, into);
    for (let k = 0, at = source.index; k < count; k++, at += width) {
      const id = ids[at]!;
      const row = rows[k]!;
      if (id !== 0 && !into.has(row)) known.put(row, id);
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

/** What became of the texts that a conversion met. */
class Known {
  readonly #texts: TextTable;
  readonly #convert: Conversion | undefined;
  readonly #into: Settling;
  /** By text: its place below, plus one. */
  readonly #places = new CodeTable();
  readonly #values: (Value | undefined)[] = [];
  /** 0 where the column has no codes, or the text no value. */
  readonly #codes: number[] = [];

  constructor(texts: TextTable, convert: Conversion | undefined, into: Settling) {
    this.#texts = texts;
    this.#convert = convert;
    this.#into = into;
  }

  put(row: number, id: number): void {
    const into = this.#into;
    // A column of keywords itself remembers a text that is to stand there as it is.
    if (this.#convert === undefined && into.kind === 'keyword') {
      into.putCode(row, into.textCode(this.#texts, id));
      return;
    }
    let place = this.#places.get(id) - 1;
    if (place === -1) place = this.#learn(id);
    const code = this.#codes[place]!;
    if (code !== 0 && into.kind === 'keyword') into.putCode(row, code);
    else if (this.#values[place] !== undefined) into.put(row, this.#values[place]!);
  }

  #learn(id: number): number {
    const text = this.#texts.text(id);
    const value = this.#convert === undefined ? text : this.#convert(text);
    const into = this.#into;
    const hasCode = value !== undefined && into.kind === 'keyword';
    this.#codes.push(hasCode ? (value === text ? into.textCode(this.#texts, id) : into.code(value)) : 0);
    const place = this.#values.push(value) - 1;
    this.#places.add(id, place + 1);
    return place;
  }
}
