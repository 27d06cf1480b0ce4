import { DataNames } from '../shared/windows-names.ts';
import type { Chunk, Instance } from './chunk.ts';
import { nestedInstance } from './content.ts';
import type { DataLayout, EventLayout, Nested } from './layout.ts';
import { TYPE } from './values.ts';

/** Which data a reader wants of an event with these names: 1 each; undefined is all of them. */
export type Needs = (names: readonly string[]) => Uint8Array | undefined;

/** Takes the data of a record one by one, in document order. */
export interface DataSink {
  /** What the layout says of its value number `i`, filled by the instance. Throws Damage. */
  put(chunk: Chunk, instance: Instance, layout: DataLayout, i: number): void;
  /** A value that nobody wants. */
  skip(): void;
}

/** Work that one datum is charged with: it bounds what a chunk can be made to write. */
const DATUM_WORK = 16;

const NONE: readonly string[] = [];

/** Finds the data of a record, its own and those of the fragments in it. */
export class EventData {
  readonly #sink: DataSink;
  readonly #lists = new DataNames();
  /** A `<RenderingInfo>` beside the data of the record that was read last. */
  rendering: Instance | undefined;

  constructor(sink: DataSink) {
    this.#sink = sink;
  }

  /** Gives the data to the sink, and their names to the caller: the same object wherever the same names come together. */
  read(chunk: Chunk, event: Instance, layout: EventLayout, needs: Needs): readonly string[] {
    this.rendering = undefined;
    return this.#add(chunk, event, layout.data, needs, NONE);
  }

  #add(
    chunk: Chunk,
    instance: Instance,
    layout: DataLayout,
    needs: Needs,
    before: readonly string[],
  ): readonly string[] {
    const { names: own, nested } = layout;
    let names = before;
    if (own.length > 0) {
      chunk.spend(DATUM_WORK * own.length);
      const first = before.length;
      names = first === 0 ? own : this.#lists.same([...before, ...own]);
      const wanted = needs(names);
      for (let i = 0; i < own.length; i++) {
        if (wanted === undefined || wanted[first + i] === 1) this.#sink.put(chunk, instance, layout, i);
        else this.#sink.skip();
      }
    }
    for (const part of nested) {
      let inner = nestedIn(chunk, instance, part);
      while (inner !== undefined) {
        names = this.#add(chunk, inner, inner.template.data, needs, names);
        if (inner.template.message !== undefined) this.rendering = inner;
        // What a definition holds itself stands alone; only a value may hold several.
        inner = part.kind === 'inner' ? undefined : chunk.following(inner);
      }
    }
    return names;
  }
}

/** The fragment that stands there in this record. */
function nestedIn(chunk: Chunk, instance: Instance, part: Nested): Instance | undefined {
  if (part.kind === 'inner') return chunk.instance(part.at, part.end, instance.depth + 1);
  const i = instance.base + part.index;
  if (part.index >= instance.count || chunk.types[i] !== TYPE.BINXML || chunk.sizes[i] === 0) return undefined;
  return nestedInstance(chunk, instance, i);
}
