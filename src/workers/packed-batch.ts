import {
  type Codes,
  type Column,
  type EventBatch,
  type Field,
  isShared,
  narrowed,
  type Value,
} from '../model/index.ts';

/** A batch as it goes from thread to thread: copied whole, with each of its texts sent once. */
export interface PackedBatch extends Omit<EventBatch, 'columns' | 'decoded' | 'nanos'> {
  readonly nanos: Uint16Array | undefined;
  readonly fields: readonly (readonly [Field, number])[];
  readonly columns: readonly PackedColumn[];
  /** True where the reader read everything; else the fields are those that the run asked for. */
  readonly isWhole: boolean;
  /** Texts that were not sent before, in the order of their numbers. */
  readonly texts: readonly string[];
  /** The numbers of texts begin anew with this batch. */
  readonly isFresh: boolean;
}

type PackedColumn =
  | {
      readonly kind: 'keyword';
      /** Undefined: the first value in every row. */
      readonly codes: Codes | undefined;
      /** Numbers of texts, or the values themselves where they are not all texts. */
      readonly values: Int32Array | readonly Value[];
    }
  | Exclude<Column, { kind: 'keyword' }>;

/** Texts that both sides hold at most. */
const MOST_TEXTS = 1 << 17;

/** One thread's side of the texts that it has sent. */
export class Packer {
  readonly #numbers = new Map<string, number>();

  pack(wide: EventBatch): PackedBatch {
    const batch = narrowed(wide);
    const isFresh = this.#numbers.size === 0 || this.#numbers.size > MOST_TEXTS;
    if (isFresh) this.#numbers.clear();
    const texts: string[] = [];
    const columns: PackedColumn[] = [];
    const places = new Map<Column, number>();
    const fields = [...batch.columns].map(([field, column]) => {
      let place = places.get(column);
      if (place === undefined) {
        place = columns.push(this.#pack(column, texts)) - 1;
        places.set(column, place);
      }
      return [field, place] as const;
    });
    return {
      artifact: batch.artifact,
      length: batch.length,
      time: alone(batch.time),
      nanos: isShared(batch.nanos) ? undefined : alone(batch.nanos),
      record: alone(batch.record),
      fields,
      columns,
      isWhole: batch.decoded === 'all',
      texts,
      isFresh,
    };
  }

  #pack(column: Column, texts: string[]): PackedColumn {
    switch (column.kind) {
      case 'keyword': {
        const { codes, values } = column;
        return {
          kind: 'keyword',
          codes: isShared(codes) ? undefined : alone(codes),
          values: values.every(value => typeof value === 'string') ? this.#numbered(values, texts) : values,
        };
      }
      case 'number':
        return { kind: 'number', numbers: alone(column.numbers) };
      case 'text':
        return { kind: 'text', bytes: alone(column.bytes), ends: alone(column.ends), present: alone(column.present) };
      default:
        return column satisfies never;
    }
  }

  #numbered(values: readonly string[], texts: string[]): Int32Array {
    return Int32Array.from(values, text => {
      let number = this.#numbers.get(text);
      if (number === undefined) {
        number = this.#numbers.size;
        this.#numbers.set(text, number);
        texts.push(text);
      }
      return number;
    });
  }
}

/** A view is copied with all the bytes that lie under it: it gets bytes of its own where it does not use them all. */
function alone<T extends Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array>(view: T): T {
  if (view.byteLength === view.buffer.byteLength) return view;
  return (view instanceof Uint8Array ? new Uint8Array(view) : view.slice()) as T;
}

/** The other side: batches must come in the order in which they were packed. */
export class Unpacker {
  readonly #texts: string[] = [];

  /** `decoded`: the fields that the run asked for. */
  unpack(packed: PackedBatch, decoded: EventBatch['decoded']): EventBatch {
    if (packed.isFresh) this.#texts.length = 0;
    for (const text of packed.texts) this.#texts.push(text);
    const { artifact, length, time, record } = packed;
    const columns = packed.columns.map((column): Column => {
      if (column.kind !== 'keyword') return column;
      const { values } = column;
      return {
        kind: 'keyword',
        codes: column.codes ?? new Uint8Array(length).fill(1),
        values: values instanceof Int32Array ? Array.from(values, number => this.#texts[number]!) : values,
      };
    });
    return narrowed({
      artifact,
      length,
      time,
      nanos: packed.nanos ?? new Uint16Array(length),
      record,
      columns: new Map(packed.fields.map(([field, place]) => [field, columns[place]!])),
      decoded: packed.isWhole ? 'all' : decoded,
    });
  }
}
