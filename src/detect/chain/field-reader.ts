import { type Codes, type Column, columnOf, columnValue, type Field, type Timeline } from '../../model/index.ts';

/** A column as its reader keeps it: what a keyword's distinct values are as text is worked out once a batch. */
interface Reading {
  readonly column: Column;
  readonly codes: Codes | undefined;
  readonly texts: readonly (string | undefined)[];
  readonly lists: readonly (readonly string[])[];
}

const NONE: readonly string[] = [];

/** Reads one field of a timeline by position; the column of a batch is looked up once. */
export class FieldReader {
  readonly #timeline: Timeline;
  readonly #field: Field;
  readonly #readings: (Reading | undefined | null)[];

  constructor(timeline: Timeline, field: Field) {
    this.#timeline = timeline;
    this.#field = field;
    this.#readings = new Array<Reading | undefined | null>(timeline.batches.length).fill(null);
  }

  /** The first value as text. */
  text(position: number): string | undefined {
    const reading = this.#reading(position);
    if (reading === undefined) return undefined;
    const row = this.#timeline.rowOf[position]!;
    if (reading.codes !== undefined) return reading.texts[reading.codes[row]!];
    const value = columnValue(reading.column, row);
    return value === undefined ? undefined : String(value);
  }

  texts(position: number): readonly string[] {
    const reading = this.#reading(position);
    if (reading === undefined) return NONE;
    const row = this.#timeline.rowOf[position]!;
    if (reading.codes !== undefined) return reading.lists[reading.codes[row]!]!;
    const value = columnValue(reading.column, row);
    return value === undefined ? NONE : [String(value)];
  }

  number(position: number): number | undefined {
    const reading = this.#reading(position);
    if (reading?.column.kind === 'number') {
      const n = reading.column.numbers[this.#timeline.rowOf[position]!]!;
      return Number.isNaN(n) ? undefined : n;
    }
    const text = this.text(position);
    const n = text === undefined || text === '' ? Number.NaN : Number(text);
    return Number.isNaN(n) ? undefined : n;
  }

  #reading(position: number): Reading | undefined {
    const batch = this.#timeline.batchOf[position]!;
    let reading = this.#readings[batch];
    if (reading === null || reading === undefined) {
      if (reading === undefined) return undefined;
      reading = read(columnOf(this.#timeline.batches[batch]!, this.#field));
      this.#readings[batch] = reading;
    }
    return reading;
  }
}

function read(column: Column | undefined): Reading | undefined {
  if (column === undefined) return undefined;
  if (column.kind !== 'keyword') return { column, codes: undefined, texts: [], lists: [] };
  const lists = column.values.map((value, code) =>
    code === 0 ? NONE : Array.isArray(value) ? value.map(String) : [String(value)],
  );
  return { column, codes: column.codes, texts: lists.map(list => list[0]), lists };
}
