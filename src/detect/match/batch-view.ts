import type { Column, EventBatch, Field, KeywordColumn, Value } from '../../model/index.ts';
import { BATCH_ROWS, columnOf, columnValue, foreignField, isoTime } from '../../model/index.ts';
import { fold } from '../../util/fold.ts';

/** Not yet asked: no verdict has this number. */
const UNASKED = 255;
const TIMESTAMP = foreignField('@timestamp');

/**
 * One batch while rules are asked about it: what one rule found out, the next one reads. Folded values, decoded texts and the
 * verdicts of equal leaves are kept here and dropped with it.
 */
export class BatchView {
  readonly batch: EventBatch;
  readonly #folded = new Map<Field, (string | undefined)[]>();
  readonly #texts = new Map<Field, (string | undefined)[]>();
  readonly #verdicts = new Map<string, Uint8Array>();
  readonly #rows = new Map<string, Uint32Array>();
  readonly #byCode = new Map<Field, RowsByCode>();
  readonly #absent = new Map<Field, boolean>();
  readonly #free: Uint32Array[] = [];
  readonly #freeBytes: Uint8Array[] = [];
  #time: Column | undefined;

  constructor(batch: EventBatch) {
    this.batch = batch;
  }

  column(field: Field): Column | undefined {
    if (field === TIMESTAMP && !this.batch.columns.has(field)) return this.#timestamps();
    return columnOf(this.batch, field);
  }

  value(field: Field, row: number): Value | undefined {
    const column = this.column(field);
    if (column === undefined) return undefined;
    return column.kind === 'text' ? this.text(field, column, row) : columnValue(column, row);
  }

  /** Every row, in order. Not to be written to. */
  get rows(): Uint32Array {
    return ascending(this.batch.length);
  }

  /** Whether a row has no value of a keyword field. */
  hasAbsent(field: Field): boolean {
    let hasAbsent = this.#absent.get(field);
    if (hasAbsent === undefined) {
      const column = this.column(field);
      hasAbsent = column?.kind !== 'keyword' || column.codes.includes(0);
      this.#absent.set(field, hasAbsent);
    }
    return hasAbsent;
  }

  /** A text of a text column; decoded once. */
  text(field: Field, column: Column, row: number): string | undefined {
    let texts = this.#texts.get(field);
    if (texts === undefined) {
      texts = new Array<string | undefined>(this.batch.length);
      this.#texts.set(field, texts);
    }
    const known = texts[row];
    if (known !== undefined) return known;
    const value = columnValue(column, row) as string | undefined;
    texts[row] = value;
    return value;
  }

  /** A text without case. `place` is the code of a keyword or the row of a text: what the caller already looked up. */
  fold(field: Field, place: number, text: string): string {
    let folded = this.#folded.get(field);
    if (folded === undefined) {
      folded = [];
      this.#folded.set(field, folded);
    }
    const known = folded[place];
    if (known !== undefined) return known;
    const value = fold(text);
    folded[place] = value;
    return value;
  }

  /**
   * The verdicts of one leaf, by code or by row, and one place behind them; 255 where nobody has asked yet. Leaves with the same key share
   * them. With `candidates` every other code or row is known to be NO.
   */
  verdicts(key: string, size: number, candidates?: readonly number[]): Uint8Array {
    let table = this.#verdicts.get(key);
    if (table === undefined) {
      table = new Uint8Array(size + 1);
      if (candidates === undefined) table.fill(UNASKED);
      else for (const place of candidates) table[place] = UNASKED;
      table[size] = UNASKED;
      this.#verdicts.set(key, table);
    }
    return table;
  }

  /** Rows that several rules begin with; worked out once. Not to be written to. */
  rowsFor(key: string, work: () => Uint32Array): Uint32Array {
    let rows = this.#rows.get(key);
    if (rows === undefined) {
      rows = work();
      this.#rows.set(key, rows);
    }
    return rows;
  }

  /** The rows that have one of some codes of a keyword column, ascending. */
  rowsOfCodes(field: Field, column: KeywordColumn, codes: readonly number[]): Uint32Array {
    let places = this.#byCode.get(field);
    if (places === undefined) {
      places = orderByCode(column);
      this.#byCode.set(field, places);
    }
    const { starts, rows } = places;
    if (codes.length === 1) return rows.subarray(starts[codes[0]!], starts[codes[0]! + 1]);
    const found: number[] = [];
    for (const code of codes) for (let i = starts[code]!; i < starts[code + 1]!; i++) found.push(rows[i]!);
    return Uint32Array.from(found).sort();
  }

  /** Room for a selection of rows, to be given back. */
  borrowRows(): Uint32Array {
    return this.#free.pop() ?? new Uint32Array(this.batch.length);
  }

  borrowVerdicts(): Uint8Array {
    return this.#freeBytes.pop() ?? new Uint8Array(this.batch.length);
  }

  giveBack(rows: Uint32Array): void {
    this.#free.push(rows);
  }

  giveBackVerdicts(verdicts: Uint8Array): void {
    this.#freeBytes.push(verdicts);
  }

  /** The time of an event as a field that rules may ask for, as RFC 3339. */
  #timestamps(): Column {
    if (this.#time === undefined) {
      const { time, nanos, length } = this.batch;
      const values: Value[] = [''];
      const codes = new Uint32Array(length);
      for (let row = 0; row < length; row++) {
        if (!Number.isFinite(time[row]!)) continue;
        codes[row] = values.length;
        values.push(isoTime(time[row]!, nanos[row]));
      }
      this.#time = { kind: 'keyword', codes, values };
    }
    return this.#time;
  }
}

let upward = new Uint32Array();

/** 0, 1, 2, …; one array serves every batch. */
function ascending(length: number): Uint32Array {
  if (upward.length < length) {
    upward = new Uint32Array(Math.max(length, BATCH_ROWS));
    for (let row = 0; row < upward.length; row++) upward[row] = row;
  }
  return upward.length === length ? upward : upward.subarray(0, length);
}

interface RowsByCode {
  /** Where the rows of each code begin; one more than there are codes. */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
}

/** Counting sort of the rows by their code. */
function orderByCode({ codes, values }: KeywordColumn): RowsByCode {
  const starts = new Uint32Array(values.length + 1);
  for (const code of codes) starts[code + 1]!++;
  for (let code = 0; code < values.length; code++) starts[code + 1]! += starts[code]!;
  const next = starts.slice();
  const rows = new Uint32Array(codes.length);
  for (let row = 0; row < codes.length; row++) rows[next[codes[row]!]!++] = row;
  return { starts, rows };
}
