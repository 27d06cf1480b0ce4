import { grown } from './grown.ts';

const FIRST_ROWS = 16;

/** The rows of a batch that hold events of one kind, and the numbers of their texts: `width` of them a row, 0 where there is none. */
export class TextRows {
  readonly width: number;
  count = 0;
  /** By place: the row in the batch, ascending. */
  rows: Int32Array;
  /** By place, `width` each. */
  ids: Int32Array;

  /** `expected`: rows that will probably come. */
  constructor(width: number, expected = FIRST_ROWS) {
    const rows = Math.max(1, expected);
    this.width = width;
    this.rows = new Int32Array(rows);
    this.ids = new Int32Array(rows * width);
  }

  /** Begins a row; where its texts are to be written in `ids`. */
  add(row: number): number {
    if (this.count === this.rows.length) {
      this.rows = grown(this.rows, this.count + 1);
      this.ids = grown(this.ids, (this.count + 1) * this.width);
    }
    this.rows[this.count] = row;
    return this.count++ * this.width;
  }
}
