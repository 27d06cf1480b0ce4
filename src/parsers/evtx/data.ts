import type { Value } from '../../model/index.ts';
import { DataNames } from '../shared/windows-names.ts';
import type { Chunk, Instance } from './chunk.ts';
import { nestedInstance, sourceValue } from './content.ts';
import type { DataLayout, EventLayout, Nested } from './layout.ts';
import type { ValueOptions } from './values.ts';
import { TYPE } from './values.ts';

/** Which data a reader wants of an event with these names: 1 each; undefined is all of them. */
export type Needs = (names: readonly string[]) => Uint8Array | undefined;

/** Work that one datum is charged with: it bounds what a chunk can be made to write. */
const DATUM_WORK = 16;

/** The data of the record that was read last, in document order: names, and values as text, several texts, or undefined. */
export class EventData {
  names: readonly string[] = [];
  readonly values: (Value | undefined)[] = [];
  readonly #options: ValueOptions;
  readonly #lists = new DataNames();

  constructor(options: ValueOptions) {
    this.#options = options;
  }

  read(chunk: Chunk, event: Instance, layout: EventLayout, needs: Needs): void {
    this.names = [];
    this.values.length = 0;
    this.#add(chunk, event, layout.data, needs);
  }

  #add(chunk: Chunk, instance: Instance, layout: DataLayout, needs: Needs): void {
    const { names, slots, nested } = layout;
    if (names.length > 0) {
      const { values } = this;
      const first = values.length;
      chunk.spend(DATUM_WORK * names.length);
      this.names = first === 0 ? names : this.#lists.same([...this.names, ...names]);
      const wanted = needs(this.names);
      for (let i = 0; i < slots.length; i++) {
        const isWanted = wanted === undefined || wanted[first + i] === 1;
        values.push(isWanted ? sourceValue(chunk, instance, layout, i, this.#options) : undefined);
      }
    }
    for (const part of nested) {
      const inner = nestedIn(chunk, instance, part);
      if (inner !== undefined) this.#add(chunk, inner, inner.template.data, needs);
    }
  }
}

/** The fragment that stands there in this record. */
function nestedIn(chunk: Chunk, instance: Instance, part: Nested): Instance | undefined {
  if (part.kind === 'inner') return chunk.instance(part.at, part.end, instance.depth + 1);
  const i = instance.base + part.index;
  if (part.index >= instance.count || chunk.types[i] !== TYPE.BINXML || chunk.sizes[i] === 0) return undefined;
  return nestedInstance(chunk, instance, i);
}
