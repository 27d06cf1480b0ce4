import { BATCH_ROWS, type Column, type EventBatch, type EventFields, type Value } from './batch.ts';
import { ColumnBuilder, cut, FIRST_ROWS } from './column-builder.ts';
import type { Field } from './fields.ts';
import { grown } from './grown.ts';
import { LazyColumns } from './lazy-columns.ts';
import type { TextTable } from './text-table.ts';
import type { EpochMicros } from './time.ts';

/** Columns that are kept for the next batch. */
const MOST_IDLE = 512;

/** What a parser writes rows to. It never sees a column. */
export class BatchBuilder {
  #rows = 0;
  #time: Float64Array;
  #nanos: Uint16Array;
  #record: Float64Array;
  readonly #columns = new Map<Field, ColumnBuilder>();
  /** What earlier batches had: their columns know how large they become. */
  readonly #idle = new Map<Field, ColumnBuilder>();
  readonly #artifact: string;
  readonly #capacity: number;
  readonly #wanted: 'all' | ReadonlySet<Field>;
  #expected: number;
  #finished = 0;
  #texts: TextTable | undefined;

  /** `texts` tells the strings of all columns apart, and knows them by number. */
  constructor(artifact: string, wanted: 'all' | ReadonlySet<Field> = 'all', capacity = BATCH_ROWS, texts?: TextTable) {
    this.#artifact = artifact;
    this.#capacity = capacity;
    this.#wanted = wanted;
    this.#texts = texts;
    this.#expected = Math.min(capacity, FIRST_ROWS);
    this.#time = new Float64Array(this.#expected);
    this.#nanos = new Uint16Array(this.#expected);
    this.#record = new Float64Array(this.#expected);
  }

  get length(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#rows === this.#capacity;
  }

  /** Whether it is by that table that the batch tells texts apart. */
  isOf(texts: TextTable): boolean {
    return texts === this.#texts;
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
    if (value !== undefined) this.column(field)?.put(this.#rows - 1, value);
  }

  /** The column of a field that is about to be written, for whoever writes it row after row; undefined where nobody asked for the field. */
  column(field: Field): ColumnBuilder | undefined {
    if (this.#wanted !== 'all' && !this.#wanted.has(field)) return undefined;
    let column = this.#columns.get(field);
    if (column === undefined) {
      column = this.#idle.get(field);
      if (column === undefined) column = new ColumnBuilder(field, this.#expected, this.#texts);
      else column.begin(this.#expected, this.#texts);
      this.#columns.set(field, column);
    }
    return column;
  }

  /** One whole row. Undefined values are absent; '' is a value. */
  add(time: EpochMicros, nanos: number, record: number, fields: EventFields): void {
    this.begin(time, nanos, record);
    for (const name in fields) this.set(name as Field, fields[name as Field]);
  }

  /** How many batches were finished: what was known of columns holds for one of them. */
  get finished(): number {
    return this.#finished;
  }

  /** The batch; the builder can then be used for the next one, whose rows will probably be as many. `next`: another table of texts. */
  finish(next = this.#texts): EventBatch {
    const rows = this.#rows;
    // Columns that wait for being read keep their builders.
    const isLazy = this.#texts !== undefined && this.#wanted === 'all';
    const columns = isLazy ? new LazyColumns(new Map(this.#columns), rows) : this.#columnsOf(rows);
    const batch: EventBatch = {
      artifact: this.#artifact,
      length: rows,
      time: cut(this.#time, rows),
      nanos: cut(this.#nanos, rows),
      record: cut(this.#record, rows),
      columns,
      decoded: this.#wanted,
    };
    if (!isLazy) for (const [field, column] of this.#columns) this.#idle.set(field, column);
    this.#texts = next;
    this.#begin(rows);
    return batch;
  }

  #columnsOf(rows: number): ReadonlyMap<Field, Column> {
    const columns = new Map<Field, Column>();
    for (const [field, builder] of this.#columns) {
      const column = builder.finishAny(rows);
      if (column !== undefined) columns.set(field, column);
    }
    return columns;
  }

  #begin(rows: number): void {
    if (this.#idle.size > MOST_IDLE) this.#idle.clear();
    this.#columns.clear();
    this.#finished++;
    this.#rows = 0;
    this.#expected = Math.max(1, rows);
    this.#time = new Float64Array(this.#expected);
    this.#nanos = new Uint16Array(this.#expected);
    this.#record = new Float64Array(this.#expected);
  }
}
