import {
  type Codes,
  type Column,
  columnOf,
  columnValue,
  type Field,
  type Timeline,
  type Value,
} from '../../model/index.ts';

/** Texts that repeat millions of times, as small numbers. */
export class Names {
  readonly #codes = new Map<string, number>();
  readonly #names: string[] = [];

  code(name: string): number {
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = this.#names.length;
      this.#names.push(name);
      this.#codes.set(name, code);
    }
    return code;
  }

  name(code: number): string {
    return this.#names[code]!;
  }

  get size(): number {
    return this.#names.length;
  }
}

/** Sets of ports by code: mostly one port, several where a log only implies them. */
export class PortSets {
  readonly #names = new Names();
  readonly #sets: (readonly string[])[] = [];

  code(ports: readonly string[]): number {
    const code = this.#names.code(ports.join(','));
    if (code === this.#sets.length) this.#sets.push(ports);
    return code;
  }

  ports(code: number): readonly string[] {
    return this.#sets[code]!;
  }

  /** By code: 1 where the set shares a port with these. */
  sharing(ports: ReadonlySet<string>): Uint8Array {
    return Uint8Array.from(this.#sets, set => (set.some(port => ports.has(port)) ? 1 : 0));
  }
}

/** In place of a code: the event does not have the field. */
export const ABSENT = -1;

/** One batch under a reader. */
export interface Reading {
  readonly codes: Codes;
  /** By code of the column. */
  readonly meanings: Int32Array;
}

/** Reads one field of a timeline by position, as a number that means the same in every batch; `codeOf` gives it for the values of a cell. */
export class CodeReader {
  readonly #timeline: Timeline;
  readonly #field: Field;
  readonly #codeOf: (texts: readonly string[]) => number;
  readonly #readings: (Reading | undefined)[];

  constructor(timeline: Timeline, field: Field, codeOf: (texts: readonly string[]) => number) {
    this.#timeline = timeline;
    this.#field = field;
    this.#codeOf = codeOf;
    this.#readings = new Array<Reading | undefined>(timeline.batches.length).fill(undefined);
  }

  /** `ABSENT` where the event does not have the field. */
  of(position: number): number {
    const batch = this.#timeline.batchOf[position]!;
    const reading = this.#readings[batch] ?? this.#read(batch);
    return reading === NOTHING ? ABSENT : reading.meanings[reading.codes[this.#timeline.rowOf[position]!]!]!;
  }

  /** The codes of a whole batch; undefined where no row of it has the field. */
  batch(index: number): Reading | undefined {
    const reading = this.#readings[index] ?? this.#read(index);
    return reading === NOTHING ? undefined : reading;
  }

  #read(index: number): Reading {
    const batch = this.#timeline.batches[index]!;
    const column = columnOf(batch, this.#field);
    const reading = column === undefined ? NOTHING : this.#reading(column, batch.length);
    this.#readings[index] = reading;
    return reading;
  }

  #reading(column: Column, length: number): Reading {
    const meaning = (value: Value | undefined): number => {
      const texts = value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];
      return texts.length === 0 ? ABSENT : this.#codeOf(texts);
    };
    if (column.kind === 'keyword')
      return {
        codes: column.codes,
        meanings: Int32Array.from(column.values, (value, code) => (code === 0 ? ABSENT : meaning(value))),
      };
    return {
      codes: Uint32Array.from({ length }, (_, row) => row),
      meanings: Int32Array.from({ length }, (_, row) => meaning(columnValue(column, row))),
    };
  }
}

const NOTHING: Reading = { codes: new Uint32Array(), meanings: new Int32Array() };

/** What is worked out once for each of some small numbers. */
export class Remembered<T> {
  readonly #work: (code: number) => T;
  readonly #known: (T | undefined)[] = [];

  constructor(work: (code: number) => T) {
    this.#work = work;
  }

  of(code: number): T {
    let known = this.#known[code];
    if (known === undefined) {
      known = this.#work(code);
      this.#known[code] = known;
    }
    return known;
  }
}
