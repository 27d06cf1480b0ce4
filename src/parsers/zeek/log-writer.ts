import {
  BATCH_ROWS,
  type Column,
  ColumnBuilder,
  type EventBatch,
  type Field,
  kindOf,
  type Value,
} from '../../model/index.ts';
import { Cells, type Output } from './cells.ts';
import { DERIVED, derive } from './derived.ts';
import { mappingOf, targetsOf } from './ecs.ts';
import type { Target } from './mapping.ts';
import { decimal, momentOf, seconds } from './numerals.ts';
import { UniqueCells } from './unique-cells.ts';

/** How the bytes of a cell become a value: what a TSV type or a JSON text means. */
export type Reading = (text: string) => Value | undefined;

/** How texts of a column are written: as they are, in the quotes of JSON, or in a way that only the reading knows (sets, addresses). */
export type Spelling = 'plain' | 'quoted' | 'typed';

/** What has to be done with a cell. The numbers are compared for every cell of every row. */
export const SHAPE = { skipped: 0, time: 1, number: 2, keyword: 3, mixed: 4 } as const;

/** Where the cells of one column go, in the order of cost: numbers straight from the bytes, everything else once per distinct text. */
export interface ColumnPlan {
  readonly shape: number;
  readonly isTime: boolean;
  /** The field that a number goes to, and further ones. */
  readonly numbers: Float64Array | undefined;
  readonly moreNumbers: readonly Float64Array[];
  /** The field that seconds go to as nanoseconds. */
  readonly nanos: Float64Array | undefined;
  readonly cells: Cells | undefined;
  readonly unique: UniqueCells | undefined;
}

export interface WriterOptions {
  readonly artifact: string;
  readonly observer: string;
  readonly wanted: 'all' | ReadonlySet<Field>;
  readonly withOriginal: boolean;
}

/** Columns whose texts hardly ever come twice. */
const UNIQUE = new Set(['uid', 'fuid']);

/** Epoch seconds that any sane clock may show; beyond, a time is no time. */
const LATEST_MICROS = 253_402_300_800_000_000;

/**
 * Rows of one Zeek log on their way into a batch, straight from bytes to columns: flows come by the million, so no object and
 * no text is made for a row.
 */
export class LogWriter {
  readonly log: string;
  readonly #options: WriterOptions;
  readonly #needed: 'all' | ReadonlySet<Field>;
  #rows = 0;
  readonly #time = new Float64Array(BATCH_ROWS);
  readonly #nanos = new Uint16Array(BATCH_ROWS);
  readonly #record = new Float64Array(BATCH_ROWS);
  readonly #offset = new Float64Array(BATCH_ROWS);
  readonly #plans = new Map<string, ColumnPlan>();
  readonly #numbers = new Map<Field, Float64Array>();
  readonly #cells: (Cells | UniqueCells)[] = [];
  #originals: ColumnBuilder | undefined;

  constructor(log: string, options: WriterOptions) {
    this.log = log;
    this.#options = options;
    const wanted = options.wanted;
    if (wanted === 'all') this.#needed = 'all';
    else {
      const inputs = [...DERIVED].filter(([field]) => wanted.has(field)).flatMap(([, needs]) => needs);
      this.#needed = new Set([...wanted, ...inputs]);
    }
  }

  get isFull(): boolean {
    return this.#rows === BATCH_ROWS;
  }
  get length(): number {
    return this.#rows;
  }

  /** The row that is being filled. */
  get row(): number {
    return this.#rows;
  }

  /**
   * The plan of a column, by the name that Zeek gives it. `dialect` tells readings apart: headers may differ within a file.
   */
  column(name: string, dialect: string, spelling: Spelling, reading: Reading): ColumnPlan {
    const key = `${name}\u0000${dialect}`;
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      plan = this.#plan(name, spelling, reading);
      this.#plans.set(key, plan);
    }
    return plan;
  }

  /** Begins the row that `put` fills and `commit` or `rollback` ends. */
  begin(): void {
    this.#time[this.#rows] = Number.NaN;
  }

  /** One cell. `quote` bytes at either end belong to its text and not to its number. */
  put(plan: ColumnPlan, bytes: Buffer, from: number, to: number, quote: number): void {
    const { numbers, nanos, cells, unique } = plan;
    if (plan.isTime) this.setTime(momentOf(bytes, from + quote, to - quote));
    if (numbers !== undefined) this.putNumber(plan, decimal(bytes, from + quote, to - quote));
    if (nanos !== undefined) nanos[this.#rows] = finite(seconds(bytes, from + quote, to - quote, 9));
    if (cells !== undefined) cells.put(bytes, from, to, this.#rows);
    if (unique !== undefined) unique.put(bytes, from, to, this.#rows);
  }

  /** The number that a cell of the plan says; of several columns for one field the first that says something wins. */
  putNumber(plan: ColumnPlan, n: number): void {
    const row = this.#rows;
    const numbers = plan.numbers!;
    if (!Number.isNaN(numbers[row]!)) return;
    numbers[row] = n;
    for (const more of plan.moreNumbers) more[row] = n;
  }

  /** The time of the row that was begun. 0 is how Zeek writes that it has none. */
  setTime(micros: number): void {
    this.#time[this.#rows] = micros > 0 && micros < LATEST_MICROS ? micros : Number.NaN;
  }

  /** Ends the row: it was line `record`, the bytes from `from` to `to`, at `offset` of its artifact. */
  commit(record: number, offset: number, bytes: Buffer, from: number, to: number): void {
    this.#record[this.#rows] = record;
    this.#offset[this.#rows] = offset;
    if (this.#options.withOriginal) {
      this.#originals ??= new ColumnBuilder('event.original');
      this.#originals.put(this.#rows, bytes.toString('utf8', from, to));
    }
    this.#rows++;
  }

  rollback(): void {
    for (const cells of this.#cells) cells.clear(this.#rows);
    for (const values of this.#numbers.values()) values[this.#rows] = Number.NaN;
  }

  /** The rows so far as a batch; the writer goes on with an empty one. Undefined where there is no row. */
  take(): EventBatch | undefined {
    const rows = this.#rows;
    if (rows === 0) return undefined;
    const columns = new Map<Field, Column>();
    for (const cells of this.#cells) {
      const own = new Map<Field, Column>();
      cells.finish(rows, own);
      for (const [field, column] of own) columns.set(field, joined(columns.get(field), column));
    }
    for (const [field, values] of this.#numbers) {
      const numbers = values.slice(0, rows);
      if (numbers.some(n => !Number.isNaN(n))) columns.set(field, { kind: 'number', numbers });
      values.fill(Number.NaN);
    }
    const time = this.#time.slice(0, rows);
    const record = this.#record.slice(0, rows);
    this.#addConstants(columns, rows);
    if (this.#wants('log.file.line')) columns.set('log.file.line', { kind: 'number', numbers: record.slice() });
    if (this.#wants('log.offset')) columns.set('log.offset', { kind: 'number', numbers: this.#offset.slice(0, rows) });
    if (this.#originals !== undefined) columns.set('event.original', this.#originals.finish(rows));
    this.#originals = undefined;
    derive(this.log, time, columns, field => this.#wants(field));
    const wanted = this.#options.wanted;
    if (wanted !== 'all')
      for (const field of columns.keys()) if (!wanted.has(field) && field !== 'event.original') columns.delete(field);
    this.#rows = 0;
    return {
      artifact: this.#options.artifact,
      length: rows,
      time,
      nanos: this.#nanos.slice(0, rows),
      record,
      columns,
      decoded: wanted,
    };
  }

  #wants(field: Field): boolean {
    return this.#needed === 'all' || this.#needed.has(field);
  }

  #plan(name: string, spelling: Spelling, reading: Reading): ColumnPlan {
    const numbers: Float64Array[] = [];
    let nanos: Float64Array | undefined;
    const outputs: Output[] = [];
    let isTransformed = false;
    for (const target of targetsOf(this.log, name)) {
      const [field, transform] = split(target);
      if (!this.#wants(field)) continue;
      if (kindOf(field) === 'number' && transform === undefined) {
        if (field === 'event.duration') nanos = this.#number(field);
        else numbers.push(this.#number(field));
        continue;
      }
      isTransformed ||= transform !== undefined;
      const meaning =
        transform === undefined
          ? reading
          : (text: string) => {
              const value = reading(text);
              return value === undefined ? undefined : transform(value);
            };
      outputs.push({ field, meaning });
    }
    let cells: Cells | undefined;
    let unique: UniqueCells | undefined;
    if (outputs.length > 0) {
      if (UNIQUE.has(name) && !isTransformed && spelling !== 'typed') {
        unique = new UniqueCells(outputs, BATCH_ROWS, spelling === 'quoted');
        this.#cells.push(unique);
      } else {
        cells = new Cells(outputs, BATCH_ROWS);
        this.#cells.push(cells);
      }
    }
    const isTime = name === 'ts';
    const parts = [isTime || undefined, numbers[0], nanos, cells, unique].filter(part => part !== undefined);
    const shape =
      parts.length === 0
        ? SHAPE.skipped
        : parts.length > 1 || nanos !== undefined || unique !== undefined
          ? SHAPE.mixed
          : isTime
            ? SHAPE.time
            : cells === undefined
              ? SHAPE.number
              : SHAPE.keyword;
    return { shape, isTime, numbers: numbers[0], moreNumbers: numbers.slice(1), nanos, cells, unique };
  }

  #number(field: Field): Float64Array {
    let values = this.#numbers.get(field);
    if (values === undefined) {
      values = new Float64Array(BATCH_ROWS).fill(Number.NaN);
      this.#numbers.set(field, values);
    }
    return values;
  }

  #addConstants(columns: Map<Field, Column>, rows: number): void {
    const mapping = mappingOf(this.log);
    const constants: readonly (readonly [Field, Value | undefined])[] = [
      ['event.kind', mapping.kind ?? 'event'],
      ['event.module', 'zeek'],
      ['event.dataset', `zeek.${this.log}`],
      ['event.category', mapping.category],
      ['event.type', mapping.type.length > 0 ? mapping.type : undefined],
      ['network.protocol', mapping.protocol],
      ['network.transport', mapping.transport],
      ['observer.name', this.#options.observer],
      ['observer.type', 'ids'],
    ];
    for (const [field, value] of constants) {
      if (value === undefined || !this.#wants(field)) continue;
      const constant: Column = { kind: 'keyword', codes: new Uint32Array(rows).fill(1), values: ['', value] };
      columns.set(field, joined(columns.get(field), constant));
    }
    const { ports } = mapping;
    if (ports === undefined) return;
    for (const [field, port] of [
      ['source.port', ports.source] as const,
      ['destination.port', ports.destination] as const,
    ])
      if (this.#wants(field) && !columns.has(field))
        columns.set(field, { kind: 'number', numbers: new Float64Array(rows).fill(port) });
  }
}

const finite = (n: number): number => (Number.isFinite(n) ? n : Number.NaN);

function split(target: Target): readonly [Field, ((value: Value) => Value | undefined) | undefined] {
  return typeof target === 'string' ? [target, undefined] : target;
}

/** Two columns of a log may name one field (a notice has `src` or `id.orig_h`): the first that says something wins. */
function joined(first: Column | undefined, second: Column): Column {
  if (first === undefined) return second;
  if (first.kind !== 'keyword' || second.kind !== 'keyword') return first;
  if (!first.codes.includes(0)) return first;
  const values = [...first.values];
  const index = new Map<Value, number>(values.map((value, code) => [value, code]));
  index.delete(''); // code 0 is absent, not the empty text
  const codes = first.codes.map((code, row) => {
    const other = second.codes[row]!;
    if (code !== 0 || other === 0) return code;
    const value = second.values[other]!;
    let to = index.get(value);
    if (to === undefined) {
      to = values.length;
      values.push(value);
      index.set(value, to);
    }
    return to;
  });
  return { kind: 'keyword', codes, values };
}
