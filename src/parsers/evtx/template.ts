import { DataNames } from '../shared/windows-names.ts';
import type { ChunkPlaces, NameSource, Part, XmlElement } from './binxml.ts';
import { nameAt } from './binxml.ts';
import { u32 } from './bytes.ts';
import { Damage } from './damage.ts';
import type { DataLayout, EventLayout } from './layout.ts';
import { dataLayout, eventLayout, renderedMessage } from './layout.ts';

/** A definition with what was worked out for it; also a fragment that needs none (then without slots). */
export class Template {
  readonly root: XmlElement;
  #event: EventLayout | undefined | null = null;
  #data: DataLayout | undefined;
  readonly #lists: DataNames;

  constructor(root: XmlElement, lists: DataNames) {
    this.root = root;
    this.#lists = lists;
  }

  get event(): EventLayout | undefined {
    if (this.#event === null) this.#event = eventLayout(this.root, this.#lists);
    return this.#event;
  }

  get data(): DataLayout {
    this.#data ??= dataLayout(this.root, this.#lists);
    return this.#data;
  }

  /** Parts of the sentence where the fragment is a `<RenderingInfo>`. */
  get message(): readonly Part[] | undefined {
    return renderedMessage(this.root);
  }
}

interface Known {
  readonly template: Template;
  /** From GUID to the end of the fragment. */
  readonly bytes: Uint8Array;
  readonly names: ChunkPlaces['names'];
  /** Places in `bytes` of four bytes each that are the chunk's own, ascending; the last is the end. */
  readonly own: Int32Array;
}

const MOST_TEMPLATES = 2048;
/** Bytes of all definitions: what is made of one takes thirty times as much, and a hostile log has another one in each chunk. */
const MOST_BYTES = 1 << 20;
/** Definitions of one GUID and size that are told apart; a manifest has one. */
const MOST_VARIANTS = 4;
/** From the definition's start to its GUID: the offset of the next in the list. */
const GUID_AT = 4;
const FRAGMENT_AT = 24;

/**
 * Definitions that earlier chunks had. Each chunk brings its own copy, with its own offsets of names; the same definition is known again
 * by all its other bytes and by the names that the offsets lead to, never by its GUID alone: a hostile log may use one twice.
 */
export class TemplateStore {
  readonly lists = new DataNames();
  readonly #known = new Map<number, Known[]>();
  #count = 0;
  #bytes = 0;

  find(chunk: NameSource, at: number, size: number): Template | undefined {
    for (const known of this.#known.get(keyOf(chunk, at, size)) ?? []) {
      if (isSame(known, chunk, at)) return known.template;
    }
    return undefined;
  }

  keep(chunk: NameSource, at: number, size: number, template: Template, places: ChunkPlaces): void {
    if (places.hasInner) return;
    this.#count++;
    this.#bytes += size;
    if (this.#count > MOST_TEMPLATES || this.#bytes > MOST_BYTES) {
      this.#known.clear();
      this.#count = 1;
      this.#bytes = size;
    }
    const start = at + GUID_AT;
    const own = places.names.flatMap(({ at: place, isInline }) =>
      isInline ? [place - start, place - start + 4] : [place - start],
    );
    const bytes = Uint8Array.from(chunk.bytes.subarray(start, at + FRAGMENT_AT + size));
    own.push(bytes.length);
    const names = places.names.map(name => ({ ...name, at: name.at - start }));
    const key = keyOf(chunk, at, size);
    const variants = this.#known.get(key) ?? [];
    this.#known.set(key, [
      { template, bytes, names, own: Int32Array.from(own) },
      ...variants.slice(0, MOST_VARIANTS - 1),
    ]);
  }
}

/** First word of the GUID and size in one number. */
const keyOf = (chunk: NameSource, at: number, size: number): number => u32(chunk.bytes, at + GUID_AT) * 65_536 + size;

function isSame(known: Known, chunk: NameSource, at: number): boolean {
  const { bytes, own, names } = known;
  const start = at + GUID_AT;
  let i = 0;
  for (const place of own) {
    for (; i < place; i++) if (bytes[i] !== chunk.bytes[start + i]) return false;
    i = place + 4;
  }
  for (const name of names) {
    const offset = u32(chunk.bytes, start + name.at);
    if (name.isInline ? offset !== start + name.at + 4 : !isNamed(chunk, offset, name.name)) return false;
  }
  return true;
}

/** A name that cannot be read is not the same name; the definition is then read, and says so. */
function isNamed(chunk: NameSource, offset: number, name: string): boolean {
  try {
    return nameAt(chunk, offset) === name;
  } catch (e) {
    if (e instanceof Damage) return false;
    throw e;
  }
}
