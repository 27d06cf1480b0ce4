import { type Column, columnOf, columnValue, type Field, type Timeline } from '../../model/index.ts';

/** Reads one field of a timeline by position; the column of a batch is looked up once. */
export class FieldReader {
  readonly #timeline: Timeline;
  readonly #field: Field;
  readonly #columns: (Column | undefined | null)[];

  constructor(timeline: Timeline, field: Field) {
    this.#timeline = timeline;
    this.#field = field;
    this.#columns = new Array<Column | undefined | null>(timeline.batches.length).fill(null);
  }

  /** The first value as text. */
  text(position: number): string | undefined {
    const value = this.#value(position);
    return value === undefined ? undefined : String(Array.isArray(value) ? value[0] : value);
  }

  texts(position: number): readonly string[] {
    const value = this.#value(position);
    if (value === undefined) return [];
    return Array.isArray(value) ? value.map(String) : [String(value)];
  }

  number(position: number): number | undefined {
    const text = this.text(position);
    const n = text === undefined || text === '' ? Number.NaN : Number(text);
    return Number.isNaN(n) ? undefined : n;
  }

  #value(position: number): ReturnType<typeof columnValue> {
    const batch = this.#timeline.batchOf[position]!;
    let column = this.#columns[batch];
    if (column === null) {
      column = columnOf(this.#timeline.batches[batch]!, this.#field);
      this.#columns[batch] = column;
    }
    return column === undefined ? undefined : columnValue(column, this.#timeline.rowOf[position]!);
  }
}
