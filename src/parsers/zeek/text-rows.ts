import type { TextColumn } from '../../model/index.ts';

/** A text column on its way, written straight from bytes: no string is made for a row. Rows come in ascending order. */
export class TextRows {
  readonly #present: Uint8Array<ArrayBuffer>;
  readonly #ends: Uint32Array<ArrayBuffer>;
  #bytes: Buffer<ArrayBuffer>;
  #used = 0;
  #last = -1;

  /** @param width bytes that a row is likely to have */
  constructor(rows: number, width: number) {
    this.#present = new Uint8Array(rows);
    this.#ends = new Uint32Array(rows);
    this.#bytes = Buffer.alloc(rows * width);
  }

  get isEmpty(): boolean {
    return this.#last === -1;
  }

  put(row: number, bytes: Uint8Array, from: number, to: number): void {
    const out = this.room(to - from);
    let at = this.#used;
    for (let i = from; i < to; i++) out[at++] = bytes[i]!;
    this.wrote(row, at - this.#used);
  }

  putText(row: number, text: string): void {
    const out = this.room(text.length * 3);
    this.wrote(row, out.write(text, this.#used, 'utf8'));
  }

  /** For a row's bytes that are made in place: they begin at `end`, and `wrote` says how many they are. */
  room(most: number): Buffer {
    if (this.#used + most > this.#bytes.length) {
      const bigger = Buffer.alloc((this.#used + most) * 2);
      this.#bytes.copy(bigger, 0, 0, this.#used);
      this.#bytes = bigger;
    }
    return this.#bytes;
  }
  get end(): number {
    return this.#used;
  }
  wrote(row: number, length: number): void {
    this.#ends.fill(this.#used, this.#last + 1, row);
    this.#used += length;
    this.#ends[row] = this.#used;
    this.#present[row] = 1;
    this.#last = row;
  }

  /** Takes the text of a row back, which was the last. */
  clear(row: number): void {
    if (this.#present[row] === 0) return;
    this.#present[row] = 0;
    this.#used = row === 0 ? 0 : this.#ends[row - 1]!;
    this.#last = row - 1;
  }

  /** The column of the first `rows`; the writer begins anew. */
  finish(rows: number): TextColumn {
    this.#ends.fill(this.#used, this.#last + 1, rows);
    const column: TextColumn = {
      kind: 'text',
      bytes: new Uint8Array(this.#bytes.subarray(0, this.#used)),
      ends: this.#ends.slice(0, rows),
      present: this.#present.slice(0, rows),
    };
    this.#present.fill(0);
    this.#used = 0;
    this.#last = -1;
    return column;
  }
}
