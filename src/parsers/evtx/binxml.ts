import { u16, u32 } from './bytes.ts';
import { Damage, hex } from './damage.ts';
import { utf16 } from './utf16.ts';

/** Elements within elements, over all nested fragments. Windows' own manifests stay far below. */
const DEEPEST = 256;
/** Characters of a name; XML names of real providers stay below 100. */
const LONGEST_NAME = 1024;

/** A value's place: index into the values of the instance. */
export interface Slot {
  readonly kind: 'slot';
  readonly index: number;
  /** Optional: with no value the element or attribute around it is left out; otherwise it stays, empty. */
  readonly isOptional: boolean;
}

/** An instance of another template that a definition itself contains. */
export interface Inner {
  readonly kind: 'inner';
  /** Where its bytes begin, and where the fragment around it ends. */
  readonly at: number;
  readonly end: number;
}

export type Part = string | Slot | Inner | XmlElement;

export interface Attribute {
  readonly name: string;
  readonly parts: readonly Part[];
}

/** An element of a definition or of a fragment without one. Definitions are shared by all records of their template. */
export class XmlElement {
  readonly kind = 'element';
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly content: readonly Part[];
  /** Index of the value without which the element is left out; undefined where it depends on none. */
  readonly dependsOn: number | undefined;

  constructor(name: string, attributes: readonly Attribute[], content: readonly Part[], dependsOn?: number) {
    this.name = name;
    this.attributes = attributes;
    this.content = content;
    this.dependsOn = dependsOn;
  }
}

/** What BinXML needs to know of the chunk around it. */
export interface NameSource {
  readonly bytes: Buffer;
  /** Bytes of the chunk that are there. */
  readonly length: number;
  /** Names by their offset, as far as they were read. */
  readonly names: Map<number, string>;
}

const TOKEN = {
  END: 0x00,
  OPEN: 0x01,
  CLOSE_OPEN: 0x02,
  CLOSE_EMPTY: 0x03,
  CLOSE: 0x04,
  VALUE: 0x05,
  ATTRIBUTE: 0x06,
  CDATA: 0x07,
  CHAR_REF: 0x08,
  ENTITY_REF: 0x09,
  PI_TARGET: 0x0a,
  PI_DATA: 0x0b,
  INSTANCE: 0x0c,
  SLOT: 0x0d,
  OPTIONAL_SLOT: 0x0e,
  FRAGMENT: 0x0f,
} as const;
/** "More of this follows", on most tokens. */
const MORE = 0x40;
/** A dependency id that stands for none. */
const NO_DEPENDENCY = 0xffff;

const ENTITIES = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

export const isInstanceAt = (bytes: Uint8Array, at: number): boolean => bytes[at] === TOKEN.INSTANCE;
export const isElementAt = (bytes: Uint8Array, at: number): boolean => (bytes[at]! & ~MORE) === TOKEN.OPEN;
/** Whether another element stands where one has ended: behind the end of its fragment only where a fragment begins there. */
export const isMoreAt = (bytes: Uint8Array, at: number): boolean =>
  isInstanceAt(bytes, at) ||
  isElementAt(bytes, at) ||
  isHeaderAt(bytes, at) ||
  (bytes[at] === TOKEN.END && isHeaderAt(bytes, at + 1));
/** Token, major and minor version, flags. */
const isHeaderAt = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === TOKEN.FRAGMENT && bytes[at + 1] === 1 && bytes[at + 2] === 1;
/** Where the content of a fragment begins: behind its header, where it has one. */
export const afterFragmentHeader = (bytes: Uint8Array, at: number): number =>
  bytes[at] === TOKEN.FRAGMENT ? at + 4 : at;

/** The places in a definition that differ from chunk to chunk though the definition is the same. */
export interface ChunkPlaces {
  /** Offsets of names: where the offset stands, what it leads to, whether the name stands there itself. */
  readonly names: { readonly at: number; readonly name: string; readonly isInline: boolean }[];
  /** Whether it contains an instance, which is known by its place. */
  hasInner: boolean;
}

/** Reads one element with all that is in it. Throws Damage; never leaves [at, end). */
export class BinXmlReader {
  #at: number;
  readonly #end: number;
  readonly #chunk: NameSource;
  readonly #hasDependency: boolean;
  /** What was read that belongs to this chunk alone: see {@link ChunkPlaces}. */
  readonly places: ChunkPlaces = { names: [], hasInner: false };

  /** `hasDependency`: definitions carry two bytes more in each element than fragments without one. */
  constructor(chunk: NameSource, at: number, end: number, hasDependency: boolean) {
    this.#chunk = chunk;
    this.#at = at;
    this.#end = Math.min(end, chunk.length);
    this.#hasDependency = hasDependency;
  }

  /** Behind what was read. */
  get at(): number {
    return this.#at;
  }

  /** The root element of a fragment, whatever precedes it. */
  root(depth: number): XmlElement {
    this.#at = afterFragmentHeader(this.#chunk.bytes, this.#at);
    this.#skipInstructions();
    const token = this.#peek();
    if ((token & ~MORE) !== TOKEN.OPEN) throw new Damage(this.#at, 'the start of an element', `token ${hex(token)}`);
    return this.#element(depth);
  }

  #element(depth: number): XmlElement {
    if (depth > DEEPEST) throw new Damage(this.#at, `at most ${DEEPEST} elements within each other`, 'more');
    const token = this.#u8();
    const dependency = this.#hasDependency ? u16(this.#chunk.bytes, this.#take(2)) : NO_DEPENDENCY;
    const dependsOn = dependency === NO_DEPENDENCY ? undefined : dependency;
    this.#take(4);
    const name = this.#name();
    const attributes = (token & MORE) === 0 ? [] : this.#attributes(depth);
    const close = this.#u8();
    if (close === TOKEN.CLOSE_EMPTY) return new XmlElement(name, attributes, [], dependsOn);
    if (close !== TOKEN.CLOSE_OPEN) throw new Damage(this.#at - 1, 'the end of a start tag', `token ${hex(close)}`);
    const content = this.#parts(depth, false);
    const end = this.#u8();
    if (end !== TOKEN.CLOSE) throw new Damage(this.#at - 1, `the end of ${name}`, `token ${hex(end)}`);
    return new XmlElement(name, attributes, content, dependsOn);
  }

  /** Up to the token that is no attribute: the size of the list, which comes first, says nothing that its tokens do not. */
  #attributes(depth: number): readonly Attribute[] {
    this.#take(4);
    const attributes: Attribute[] = [];
    while ((this.#peek() & ~MORE) === TOKEN.ATTRIBUTE) {
      this.#take(1);
      attributes.push({ name: this.#name(), parts: this.#parts(depth, true) });
    }
    return attributes;
  }

  /** Text, slots and elements up to a token that is none of these. */
  #parts(depth: number, isAttribute: boolean): readonly Part[] {
    const { bytes } = this.#chunk;
    const parts: Part[] = [];
    for (;;) {
      const token = this.#peek();
      switch (token & ~MORE) {
        case TOKEN.VALUE: {
          const type = bytes[this.#take(2) + 1]!;
          if (type !== 1) throw new Damage(this.#at - 1, 'a text of type 1', `type ${type}`);
          parts.push(this.#text());
          break;
        }
        case TOKEN.CDATA:
          this.#take(1);
          parts.push(this.#text());
          break;
        case TOKEN.SLOT:
        case TOKEN.OPTIONAL_SLOT: {
          const at = this.#take(4);
          parts.push({ kind: 'slot', index: u16(bytes, at + 1), isOptional: (token & ~MORE) === TOKEN.OPTIONAL_SLOT });
          break;
        }
        case TOKEN.CHAR_REF:
          parts.push(String.fromCharCode(u16(bytes, this.#take(3) + 1)));
          break;
        case TOKEN.ENTITY_REF: {
          this.#take(1);
          const name = this.#name();
          parts.push(ENTITIES.get(name) ?? `&${name};`);
          break;
        }
        case TOKEN.PI_TARGET:
          this.#skipInstructions();
          break;
        case TOKEN.OPEN:
          if (isAttribute) return parts;
          parts.push(this.#element(depth + 1));
          break;
        case TOKEN.INSTANCE: {
          if (isAttribute) return parts;
          const at = this.#at;
          this.#at = endOfInstance(this.#chunk, at, this.#end);
          this.places.hasInner = true;
          parts.push({ kind: 'inner', at, end: this.#end });
          break;
        }
        default:
          return parts;
      }
    }
  }

  #skipInstructions(): void {
    while (this.#at < this.#end && (this.#peek() & ~MORE) === TOKEN.PI_TARGET) {
      this.#take(1);
      this.#name();
      if (this.#at < this.#end && (this.#peek() & ~MORE) === TOKEN.PI_DATA) {
        this.#take(1);
        this.#text();
      }
    }
  }

  #text(): string {
    const { bytes } = this.#chunk;
    const count = u16(bytes, this.#take(2));
    return utf16(bytes, this.#take(2 * count), count);
  }

  /** An offset; where it is the very next byte, the name itself follows here. Lists of names are never followed. */
  #name(): string {
    const at = this.#take(4);
    const offset = u32(this.#chunk.bytes, at);
    const name = nameAt(this.#chunk, offset);
    const isInline = offset === this.#at;
    if (isInline) this.#take(10 + 2 * name.length);
    this.places.names.push({ at, name, isInline });
    return name;
  }

  #peek(): number {
    if (this.#at >= this.#end) throw new Damage(this.#at, 'more of an element', 'its end');
    return this.#chunk.bytes[this.#at]!;
  }

  #u8(): number {
    return this.#chunk.bytes[this.#take(1)]!;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#end - at) throw new Damage(at, `${count} bytes`, `${this.#end - at}`);
    this.#at = at + count;
    return at;
  }
}

/** A name of the chunk, by its offset: next in its list (ignored), hash, count of characters, characters, NUL. */
export function nameAt(chunk: NameSource, offset: number): string {
  const known = chunk.names.get(offset);
  if (known !== undefined) return known;
  const { bytes, length } = chunk;
  if (offset + 8 > length) throw new Damage(offset, `a name within ${length} bytes`, `its offset ${hex(offset)}`);
  const count = u16(bytes, offset + 6);
  const end = offset + 8 + 2 * count;
  const isPossible = count <= LONGEST_NAME && end <= length;
  const isSound = isPossible && (end + 2 > length || u16(bytes, end) === 0);
  const name =
    (isSound ? undefined : nameByHash(chunk, offset)) ?? (isPossible ? utf16(bytes, offset + 8, count) : undefined);
  if (name === undefined) throw new Damage(offset, 'a name', `${count} characters of one`);
  chunk.names.set(offset, name);
  return name;
}

/** A name whose count of characters is damaged: those up to its NUL, where they have the hash that was written with it. */
function nameByHash({ bytes, length }: NameSource, offset: number): string | undefined {
  const start = offset + 8;
  let count = 0;
  while (count <= LONGEST_NAME && start + 2 * count + 2 <= length && u16(bytes, start + 2 * count) !== 0) count++;
  const name = utf16(bytes, start, count);
  return count > 0 && u16(bytes, offset + 4) === hashOf(name) ? name : undefined;
}

/** Whether each name has the hash that was written with it: one that was overwritten seldom has. */
export const hasSoundNames = ({ bytes }: NameSource, { names }: ChunkPlaces): boolean =>
  names.every(({ at, name }) => u16(bytes, u32(bytes, at) + 4) === hashOf(name));

function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 65_599) + name.charCodeAt(i)) | 0;
  return hash & 0xffff;
}

/** Behind a template instance: its definition where it stands inline, its descriptors and values. */
function endOfInstance(chunk: NameSource, at: number, end: number): number {
  const { bytes } = chunk;
  const need = (p: number, count: number): void => {
    if (p + count > end) throw new Damage(p, `${count} bytes`, `${end - p}`);
  };
  need(at, 10);
  let p = at + 10;
  if (u32(bytes, at + 6) === p) {
    need(p, 24);
    p += 24 + u32(bytes, p + 20);
  }
  need(p, 4);
  const count = u32(bytes, p);
  p += 4;
  need(p, 4 * count);
  let size = 0;
  for (let i = 0; i < count; i++) size += u16(bytes, p + 4 * i);
  p += 4 * count;
  need(p, size);
  return p + size;
}
