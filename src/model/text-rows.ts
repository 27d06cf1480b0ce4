const FIRST_ROWS = 16;

/** The rows of a batch that hold events of one kind, and the numbers of their texts: `width` of them a row, 0 where there is none. */
export class TextRows {
  readonly width: number;
  count = 0;
  /** By place: the row in the batch, ascending. */
  rows = new Int32Array(FIRST_ROWS);
  /** By place, `width` each. */
  ids: Int32Array;

  constructor(width: number) {
    this.width = width;
    this.ids = new Int32Array(FIRST_ROWS * width);
  }

  /** Begins a row; where its texts are to be written in `ids`. */
  add(row: number): number {
    if (this.count === this.rows.length) {
      this.rows = twice(this.rows);
      this.ids = twice(this.ids);
    }
    this.rows[this.count] = row;
    return this.count++ * this.width;
  }
}

function twice(old: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * old.length);
  more.set(old);
  return more;
}
