import { type Column, columnValue, type Value } from './batch.ts';
import { CodeTable } from './code-table.ts';
import { type Field, type FieldKind, kindOf } from './fields.ts';
import { grown } from './grown.ts';
import { PendingValues } from './pending-values.ts';
import type { TextTable } from './text-table.ts';

/** Columns begin small and double: a collection is hundreds of small files beside a few large ones. */
export const FIRST_ROWS = 64;

/** The first `rows` places: the array itself where it has no more, for its builder is done with it. */
export function cut<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(array: T, rows: number): T {
  return array.length === rows ? array : (array.slice(0, rows) as T);
}

interface Keywords {
  readonly kind: 'keyword';
  codes: Uint32Array;
  readonly values: Value[];
  readonly index: Map<Value, number>;
  /** By number in the table of texts, where the column shares one: its strings are then not in `index`. */
  readonly byText: CodeTable | undefined;
}
interface Numbers {
  readonly kind: 'number';
  numbers: Float64Array;
}
interface Texts {
  readonly kind: 'text';
  bytes: Buffer<ArrayBuffer>;
  used: number;
  filled: number;
  ends: Uint32Array;
  present: Uint8Array;
}

const emptyKeywords = (byText: CodeTable | undefined): Keywords => {
  byText?.clear();
  return { kind: 'keyword', codes: new Uint32Array(0), values: [''], index: new Map(), byText };
};

/** What {@link ColumnBuilder.code} says of a column that has no codes. */
export const NO_CODE = -1;

/** One column while it is written, rows in ascending order. Also what `enrich` uses to add a derived column. */
export class ColumnBuilder {
  #building: Keywords | Numbers | Texts;
  /** The same object, where the column is one of keywords. */
  #keywords: Keywords | undefined;
  #last: Value | undefined;
  #lastCode = 0;
  readonly #kind: FieldKind;
  #texts: TextTable | undefined;
  readonly #byText: CodeTable | undefined;
  #pending: PendingValues | undefined;
  #expected: number;
  /** What texts are written into; a finished column has a copy, so the next one uses it again. */
  #room: Buffer<ArrayBuffer> | undefined;

  /** `expected`: rows that will probably come. `texts`: where the strings of several columns are told apart together. */
  constructor(field: Field, expected = FIRST_ROWS, texts?: TextTable) {
    this.#kind = kindOf(field);
    this.#texts = texts;
    this.#byText = texts && new CodeTable();
    this.#expected = expected;
    this.#building = this.#empty(expected);
  }

  /** Begins the column of another batch; `texts` where it had a table before. */
  begin(expected: number, texts?: TextTable): void {
    this.#texts = texts;
    this.#pending = undefined;
    this.#expected = expected;
    this.#building = this.#empty(expected);
  }

  #empty(rows: number): Keywords | Numbers | Texts {
    this.#keywords = undefined;
    this.#last = undefined;
    switch (this.#kind) {
      case 'keyword':
        this.#keywords = emptyKeywords(this.#byText);
        return this.#keywords;
      case 'number':
        return { kind: 'number', numbers: new Float64Array(0) };
      case 'text':
        this.#room ??= Buffer.from(new ArrayBuffer(rows * 32));
        return {
          kind: 'text',
          bytes: this.#room,
          used: 0,
          filled: 0,
          ends: new Uint32Array(rows),
          present: new Uint8Array(rows),
        };
      default:
        return this.#kind satisfies never;
    }
  }

  /**
   * The code that a value has in this column, or {@link NO_CODE} where the column is not one of keywords. It holds until the column is
   * finished: who writes one value into many rows looks it up once, and writes the code with `putCode`.
   */
  code(value: Value): number {
    const keywords = this.#keywords;
    if (keywords === undefined) return NO_CODE;
    // Constants of a mapping come row after row as the very same object.
    if (value === this.#last) return this.#lastCode;
    this.#last = value;
    this.#lastCode =
      this.#texts !== undefined && typeof value === 'string' && value !== ''
        ? this.#textCode(keywords, this.#texts, this.#texts.of(value))
        : valueCode(keywords, value);
    return this.#lastCode;
  }

  /** The same for text number `id` of `texts`, not ''. */
  textCode(texts: TextTable, id: number): number {
    const keywords = this.#keywords;
    if (keywords === undefined) return NO_CODE;
    return texts === this.#texts ? this.#textCode(keywords, texts, id) : this.code(texts.text(id));
  }

  #textCode({ byText, values }: Keywords, texts: TextTable, id: number): number {
    let code = byText!.get(id);
    if (code === 0) {
      code = values.length;
      values.push(texts.text(id));
      byText!.add(id, code);
    }
    return code;
  }

  get kind(): FieldKind {
    return this.#building.kind;
  }

  /**
   * Where what will stand in many rows can be said beforehand, by numbers of texts of that table; undefined where the column has
   * another table, or none. What is put by itself into one of those rows takes its place.
   */
  pending(texts: TextTable): PendingValues | undefined {
    if (texts !== this.#texts) return undefined;
    this.#pending ??= new PendingValues(texts);
    return this.#pending;
  }

  has(row: number): boolean {
    const b = this.#building;
    switch (b.kind) {
      case 'keyword':
        return row < b.codes.length && b.codes[row] !== 0;
      case 'number':
        return row < b.numbers.length && !Number.isNaN(b.numbers[row]);
      case 'text':
        return row < b.present.length && b.present[row] === 1;
      default:
        return b satisfies never;
    }
  }

  /** The codes themselves, in a column of keywords, with room for so many rows. */
  codes(rows: number): Uint32Array {
    const keywords = this.#keywords!;
    if (rows > keywords.codes.length) keywords.codes = grown(keywords.codes, Math.max(rows, this.#expected));
    return keywords.codes;
  }

  putCode(row: number, code: number): void {
    this.codes(row + 1)[row] = code;
  }

  put(row: number, value: Value): void {
    const b = this.#building;
    switch (b.kind) {
      case 'number': {
        const n =
          typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
        // Text that a double would round stays text: 64-bit integers are never rounded.
        const isExact = typeof value === 'number' || Math.abs(n) <= Number.MAX_SAFE_INTEGER;
        if (!Number.isFinite(n) || !isExact) {
          this.#loosen(row, value);
          return;
        }
        if (row >= b.numbers.length) reserveNumbers(b, Math.max(row + 1, this.#expected));
        b.numbers[row] = n;
        return;
      }
      case 'keyword':
        this.putCode(row, this.code(value));
        return;
      case 'text': {
        // Texts are written one behind the other, so that one cannot be before what is still to come.
        if (this.#pending !== undefined) {
          this.#pending.putAside(row, value);
          return;
        }
        if (Array.isArray(value)) {
          this.#loosen(row, value);
          return;
        }
        reserveTexts(b, row + 1);
        const text = String(value);
        // A field that is set twice in one row has its last value.
        if (b.present[row] === 1) b.used = row === 0 ? 0 : b.ends[row - 1]!;
        const room = b.used + text.length * 3;
        if (room > b.bytes.length) {
          const bigger = Buffer.from(new ArrayBuffer(room * 2));
          b.bytes.copy(bigger, 0, 0, b.used);
          b.bytes = bigger;
          this.#room = bigger;
        }
        b.ends.fill(b.used, b.filled, row);
        b.used += b.bytes.write(text, b.used);
        b.ends[row] = b.used;
        b.present[row] = 1;
        b.filled = row + 1;
        return;
      }
      default:
        b satisfies never;
    }
  }

  finish(rows: number): Column {
    const pending = this.#pending;
    if (pending !== undefined) {
      this.#pending = undefined;
      pending.settle(rows, this);
      this.#pending = pending;
    }
    return this.#column(rows);
  }

  /** Undefined where nothing that was put became a value. */
  finishAny(rows: number): Column | undefined {
    const column = this.finish(rows);
    return isEmpty(column) ? undefined : column;
  }

  #column(rows: number): Column {
    const b = this.#building;
    switch (b.kind) {
      case 'keyword':
        return { kind: 'keyword', codes: cut(this.codes(rows), rows), values: b.values };
      case 'number':
        reserveNumbers(b, rows);
        return { kind: 'number', numbers: cut(b.numbers, rows) };
      case 'text':
        reserveTexts(b, rows);
        b.ends.fill(b.used, b.filled, rows);
        return {
          kind: 'text',
          bytes: new Uint8Array(b.bytes.subarray(0, b.used)),
          ends: cut(b.ends, rows),
          present: cut(b.present, rows),
        };
      default:
        return b satisfies never;
    }
  }

  /** A value came that the column's kind cannot hold (two ports in one field, text for a number): keep it, as a keyword. */
  #loosen(row: number, value: Value): void {
    const b = this.#building;
    const rows = b.kind === 'number' ? Math.max(row, b.numbers.length) : row;
    const old = this.#column(rows);
    this.#building = this.#keywords = emptyKeywords(this.#byText);
    this.#last = undefined;
    for (let r = 0; r < rows; r++) {
      const before = columnValue(old, r);
      if (before !== undefined) this.put(r, before);
    }
    this.put(row, value);
  }
}

function isEmpty(column: Column): boolean {
  switch (column.kind) {
    case 'keyword':
      return column.values.length === 1;
    case 'number':
      return column.numbers.every(Number.isNaN);
    case 'text':
      return !column.present.includes(1);
    default:
      return column satisfies never;
  }
}

function valueCode({ index, values }: Keywords, value: Value): number {
  // A tuple is interned by its text: arrays are equal when their members are.
  const key = Array.isArray(value) ? `\u0000${JSON.stringify(value)}` : value;
  let code = index.get(key);
  if (code === undefined) {
    code = values.length;
    values.push(value);
    index.set(key, code);
  }
  return code;
}

function reserveNumbers(b: Numbers, rows: number): void {
  const from = b.numbers.length;
  if (rows <= from) return;
  b.numbers = grown(b.numbers, rows);
  b.numbers.fill(Number.NaN, from);
}

function reserveTexts(b: Texts, rows: number): void {
  if (rows <= b.ends.length) return;
  b.ends = grown(b.ends, rows);
  b.present = grown(b.present, rows);
}
