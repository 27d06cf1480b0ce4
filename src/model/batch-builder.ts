import { BATCH_ROWS, type Column, columnValue, type EventBatch, type EventFields, type Value } from './batch.ts';
import { type Field, kindOf } from './fields.ts';
import type { EpochMicros } from './time.ts';

/** Columns begin small and double: a collection is hundreds of small files beside a few large ones. */
const FIRST_ROWS = 64;

/** The same numbers in an array of at least `rows` places, twice as long as before; the new places are 0. */
function grown<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(old: T, rows: number): T {
  const bigger = new (old.constructor as new (length: number) => T)(Math.max(rows, old.length * 2));
  bigger.set(old);
  return bigger;
}

/** What a parser writes rows to. It never sees a column. */
export class BatchBuilder {
  #rows = 0;
  #time: Float64Array;
  #nanos: Uint16Array;
  #record: Float64Array;
  readonly #columns = new Map<Field, ColumnBuilder>();
  readonly #artifact: string;
  readonly #capacity: number;
  readonly #wanted: 'all' | ReadonlySet<Field>;

  constructor(artifact: string, wanted: 'all' | ReadonlySet<Field> = 'all', capacity = BATCH_ROWS) {
    this.#artifact = artifact;
    this.#capacity = capacity;
    this.#wanted = wanted;
    const rows = Math.min(capacity, FIRST_ROWS);
    this.#time = new Float64Array(rows);
    this.#nanos = new Uint16Array(rows);
    this.#record = new Float64Array(rows);
  }

  get length(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#rows === this.#capacity;
  }

  /** Begins a row; `set` fills it. For parsers that have no object at hand. */
  begin(time: number, nanos: number, record: number): void {
    const row = this.#rows++;
    if (row === this.#time.length) {
      this.#time = grown(this.#time, row + 1);
      this.#nanos = grown(this.#nanos, row + 1);
      this.#record = grown(this.#record, row + 1);
    }
    this.#time[row] = time;
    this.#nanos[row] = nanos;
    this.#record[row] = record;
  }

  /** Sets a field of the row that was begun last. A field that nobody asked for is dropped here. */
  set(field: Field, value: Value | undefined): void {
    if (value === undefined) return;
    if (this.#wanted !== 'all' && !this.#wanted.has(field)) return;
    let column = this.#columns.get(field);
    if (column === undefined) {
      column = new ColumnBuilder(field);
      this.#columns.set(field, column);
    }
    column.put(this.#rows - 1, value);
  }

  /** One whole row. Undefined values are absent; '' is a value. */
  add(time: EpochMicros, nanos: number, record: number, fields: EventFields): void {
    this.begin(time, nanos, record);
    for (const name in fields) this.set(name as Field, fields[name as Field]);
  }

  finish(): EventBatch {
    const rows = this.#rows;
    const columns = new Map<Field, Column>();
    for (const [field, column] of this.#columns) columns.set(field, column.finish(rows));
    return {
      artifact: this.#artifact,
      length: rows,
      time: this.#time.slice(0, rows),
      nanos: this.#nanos.slice(0, rows),
      record: this.#record.slice(0, rows),
      columns,
      decoded: this.#wanted,
    };
  }
}

type Building =
  | { readonly kind: 'keyword'; codes: Uint32Array; readonly values: Value[]; readonly index: Map<Value, number> }
  | { readonly kind: 'number'; numbers: Float64Array }
  | {
      readonly kind: 'text';
      bytes: Buffer<ArrayBuffer>;
      used: number;
      filled: number;
      ends: Uint32Array;
      present: Uint8Array;
    };

const emptyKeyword = (): Building => ({
  kind: 'keyword',
  codes: new Uint32Array(FIRST_ROWS),
  values: [''],
  index: new Map(),
});

/** One column while it is written, rows in ascending order. Also what `enrich` uses to add a derived column. */
export class ColumnBuilder {
  #building: Building;
  #last: Value | undefined;
  #lastCode = 0;

  constructor(field: Field) {
    switch (kindOf(field)) {
      case 'keyword':
        this.#building = emptyKeyword();
        break;
      case 'number':
        this.#building = { kind: 'number', numbers: new Float64Array(FIRST_ROWS).fill(Number.NaN) };
        break;
      case 'text':
        this.#building = {
          kind: 'text',
          bytes: Buffer.from(new ArrayBuffer(FIRST_ROWS * 32)),
          used: 0,
          filled: 0,
          ends: new Uint32Array(FIRST_ROWS),
          present: new Uint8Array(FIRST_ROWS),
        };
    }
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
        reserveNumbers(b, row + 1);
        b.numbers[row] = n;
        return;
      }
      case 'keyword': {
        if (row >= b.codes.length) b.codes = grown(b.codes, row + 1);
        // Constants of a mapping come row after row as the very same object.
        if (value === this.#last && this.#lastCode !== 0) {
          b.codes[row] = this.#lastCode;
          return;
        }
        // A tuple is interned by its text: arrays are equal when their members are.
        const key = Array.isArray(value) ? `\u0000${JSON.stringify(value)}` : value;
        let code = b.index.get(key);
        if (code === undefined) {
          code = b.values.length;
          b.values.push(value);
          b.index.set(key, code);
        }
        b.codes[row] = code;
        this.#last = value;
        this.#lastCode = code;
        return;
      }
      case 'text': {
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
    const b = this.#building;
    switch (b.kind) {
      case 'keyword':
        if (rows > b.codes.length) b.codes = grown(b.codes, rows);
        return { kind: 'keyword', codes: b.codes.slice(0, rows), values: b.values };
      case 'number':
        reserveNumbers(b, rows);
        return { kind: 'number', numbers: b.numbers.slice(0, rows) };
      case 'text':
        reserveTexts(b, rows);
        b.ends.fill(b.used, b.filled, rows);
        return {
          kind: 'text',
          bytes: new Uint8Array(b.bytes.subarray(0, b.used)),
          ends: b.ends.slice(0, rows),
          present: b.present.slice(0, rows),
        };
      default:
        return b satisfies never;
    }
  }

  /** A value came that the column's kind cannot hold (two ports in one field, text for a number): keep it, as a keyword. */
  #loosen(row: number, value: Value): void {
    const old = this.finish(row);
    this.#building = emptyKeyword();
    this.#lastCode = 0;
    for (let r = 0; r < row; r++) {
      const before = columnValue(old, r);
      if (before !== undefined) this.put(r, before);
    }
    this.put(row, value);
  }
}

function reserveNumbers(b: Extract<Building, { kind: 'number' }>, rows: number): void {
  const from = b.numbers.length;
  if (rows <= from) return;
  b.numbers = grown(b.numbers, rows);
  b.numbers.fill(Number.NaN, from);
}

function reserveTexts(b: Extract<Building, { kind: 'text' }>, rows: number): void {
  if (rows <= b.ends.length) return;
  b.ends = grown(b.ends, rows);
  b.present = grown(b.present, rows);
}
