import { BATCH_ROWS, type Column, type EventBatch, type EventFields, type Value } from './batch.ts';
import { type Field, kindOf } from './fields.ts';
import type { EpochMicros } from './time.ts';

/** What a parser writes rows to. It never sees a column. */
export class BatchBuilder {
  #rows = 0;
  readonly #time: Float64Array;
  readonly #nanos: Uint16Array;
  readonly #record: Float64Array;
  readonly #columns = new Map<Field, ColumnBuilder>();
  readonly #artifact: string;
  readonly #capacity: number;
  readonly #wanted: 'all' | ReadonlySet<Field>;

  constructor(artifact: string, wanted: 'all' | ReadonlySet<Field> = 'all', capacity = BATCH_ROWS) {
    this.#artifact = artifact;
    this.#capacity = capacity;
    this.#wanted = wanted;
    this.#time = new Float64Array(capacity);
    this.#nanos = new Uint16Array(capacity);
    this.#record = new Float64Array(capacity);
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
      column = new ColumnBuilder(field, this.#capacity);
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
  | {
      readonly kind: 'keyword';
      readonly codes: Uint32Array;
      readonly values: Value[];
      readonly index: Map<Value, number>;
    }
  | { readonly kind: 'number'; readonly numbers: Float64Array }
  | {
      readonly kind: 'text';
      bytes: Buffer<ArrayBuffer>;
      used: number;
      filled: number;
      readonly ends: Uint32Array;
      readonly present: Uint8Array;
    };

/** One column while it is written, rows in ascending order. Also what `enrich` uses to add a derived column. */
export class ColumnBuilder {
  #building: Building;
  readonly #capacity: number;
  #last: Value | undefined;
  #lastCode = 0;

  constructor(field: Field, capacity: number) {
    this.#capacity = capacity;
    switch (kindOf(field)) {
      case 'keyword':
        this.#building = this.#keyword();
        break;
      case 'number':
        this.#building = { kind: 'number', numbers: new Float64Array(capacity).fill(Number.NaN) };
        break;
      case 'text':
        this.#building = {
          kind: 'text',
          bytes: Buffer.from(new ArrayBuffer(capacity * 16)),
          used: 0,
          filled: 0,
          ends: new Uint32Array(capacity),
          present: new Uint8Array(capacity),
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
        if (Number.isFinite(n) && isExact) b.numbers[row] = n;
        else this.#loosen(row, value);
        return;
      }
      case 'keyword': {
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
        return { kind: 'keyword', codes: b.codes.slice(0, rows), values: b.values };
      case 'number':
        return { kind: 'number', numbers: b.numbers.slice(0, rows) };
      case 'text':
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

  #keyword(): Building {
    return { kind: 'keyword', codes: new Uint32Array(this.#capacity), values: [''], index: new Map() };
  }

  /** A value came that the column's kind cannot hold (two ports in one field, text for a number): keep it, as a keyword. */
  #loosen(row: number, value: Value): void {
    const old = this.finish(this.#capacity);
    this.#building = this.#keyword();
    this.#lastCode = 0;
    for (let r = 0; r < row; r++) {
      const before =
        old.kind === 'number'
          ? Number.isNaN(old.numbers[r]!)
            ? undefined
            : old.numbers[r]!
          : old.kind === 'text' && old.present[r] === 1
            ? Buffer.from(old.bytes.subarray(r === 0 ? 0 : old.ends[r - 1], old.ends[r])).toString('utf8')
            : undefined;
      if (before !== undefined) this.put(r, before);
    }
    this.put(row, value);
  }
}
