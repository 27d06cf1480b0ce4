import type { Column, EventBatch, Field, Value } from '../../model/index.ts';
import { columnOf, columnValue, foreignField, isoTime } from '../../model/index.ts';
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
  readonly #facts = new Map<string, boolean>();
  readonly #free: Uint32Array[] = [];
  readonly #freeBytes: Uint8Array[] = [];
  #all: Uint32Array | undefined;
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
    this.#all ??= Uint32Array.from({ length: this.batch.length }, (_, row) => row);
    return this.#all;
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

  /** The verdicts of one leaf, by code or by row; 255 where nobody has asked yet. Leaves with the same key share them. */
  verdicts(key: string, size: number): Uint8Array {
    let table = this.#verdicts.get(key);
    if (table === undefined) {
      table = new Uint8Array(size).fill(UNASKED);
      this.#verdicts.set(key, table);
    }
    return table;
  }

  /** A fact about the whole batch that several rules ask for. */
  once(key: string, work: () => boolean): boolean {
    let fact = this.#facts.get(key);
    if (fact === undefined) {
      fact = work();
      this.#facts.set(key, fact);
    }
    return fact;
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
