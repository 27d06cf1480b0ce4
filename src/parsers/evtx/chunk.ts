import { crc32 } from 'node:zlib';
import { viewOf } from '../../util/data-view.ts';
import {
  afterFragmentHeader,
  BinXmlReader,
  hasSoundNames,
  isElementAt,
  isInstanceAt,
  isMoreAt,
  type NameSource,
} from './binxml.ts';
import { hasMagic, u16, u32, u64Number } from './bytes.ts';
import { Damage, hex } from './damage.ts';
import { Template, type TemplateStore } from './template.ts';
import { ARRAY } from './values.ts';

export const CHUNK_BYTES = 65_536;
export const CHUNK_HEADER_BYTES = 512;
export const CHUNK_MAGIC = 'ElfChnk\0';
/** Flag of a file's and of a chunk's header: no checksums were written, so none of them is wrong. */
export const NO_CHECKSUMS = 4;

/** Elements and fragments within each other while a record is written: a definition that nests itself must not reach the stack's end. */
const DEEPEST_WRITING = 512;
/** Fragments within fragments. */
const DEEPEST_NESTING = 64;
/** Bytes of definitions and of fragments without one that are parsed for one chunk: a sound one has each of its bytes once. */
const MOST_PARSED = 16 * CHUNK_BYTES;
/** Characters, elements and array members that are written for one chunk, so that no record can multiply itself. */
const MOST_WORK = 4 << 20;

/** A template with the values of one record: descriptors `base` to `base + count` of the chunk's table. */
export interface Instance {
  readonly template: Template;
  readonly base: number;
  readonly count: number;
  /** Fragments around it. */
  readonly depth: number;
  /** Whether any of its values is an array. */
  readonly hasArrays: boolean;
  /** Behind it in the chunk, and where the fragment ends that it was read from. */
  readonly after: number;
  readonly end: number;
}

/** What a chunk's header says of itself. A hint: the records are the evidence. */
export interface ChunkHeader {
  readonly firstId: number;
  readonly lastId: number;
  /** Where the next record would have been written, clamped to the bytes that are there. */
  readonly freeAt: number;
  /** What it says of that instead, where that lies outside of a chunk. */
  readonly absurdFreeAt: number | undefined;
  /** False where nothing that it says can be relied on. */
  readonly isSound: boolean;
  readonly wrongChecksums: readonly WrongChecksum[];
}

export interface WrongChecksum {
  readonly of: 'header' | 'records';
  /** Byte of the chunk where the stated one is. */
  readonly at: number;
  readonly stated: number;
  readonly computed: number;
}

/** 64 KiB with the names and definitions that its records share. One object for a whole log: `load` begins the next chunk. */
export class Chunk implements NameSource {
  bytes: Buffer = Buffer.alloc(0);
  /** Of the same bytes: reads of whole words. */
  view: DataView = viewOf(this.bytes);
  length = 0;
  /** Byte in the file. */
  offset = 0;
  readonly names = new Map<number, string>();

  // Descriptors of the record that is being read, nested ones behind their parents'.
  readonly types = new Uint8Array(CHUNK_BYTES);
  readonly places = new Int32Array(CHUNK_BYTES);
  readonly sizes = new Int32Array(CHUNK_BYTES);
  #used = 0;

  /** While a carved record is read: its names must be the ones that were written, whatever lies at their offsets now. */
  isCarving = false;

  readonly #templates = new Map<number, Template | Damage>();
  readonly #soundDefinitions = new Map<number, boolean>();
  readonly #store: TemplateStore;
  #parsed = 0;
  #work = 0;
  #depth = 0;

  constructor(store: TemplateStore) {
    this.#store = store;
  }

  load(bytes: Buffer, offset: number): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.length = bytes.length;
    this.offset = offset;
    this.names.clear();
    this.#templates.clear();
    this.#soundDefinitions.clear();
    this.#used = 0;
    this.#parsed = 0;
    this.#work = 0;
  }

  header(): ChunkHeader {
    const { bytes, length } = this;
    const free = u32(bytes, 48);
    const isFreeSound = free >= CHUNK_HEADER_BYTES && free <= CHUNK_BYTES;
    const isCut = length < CHUNK_BYTES;
    // Of a chunk that is cut, nobody can know whether its records were sound.
    const wrongChecksums = this.#wrongChecksums(isCut || !isFreeSound ? undefined : free);
    return {
      firstId: u64Number(bytes, 24),
      lastId: u64Number(bytes, 32),
      freeAt: isFreeSound ? Math.min(free, length) : length,
      absurdFreeAt: isFreeSound ? undefined : free,
      isSound: isFreeSound && !wrongChecksums.some(({ of }) => of === 'header'),
      wrongChecksums,
    };
  }

  #wrongChecksums(end: number | undefined): readonly WrongChecksum[] {
    const { bytes } = this;
    if ((u32(bytes, 120) & NO_CHECKSUMS) !== 0) return [];
    const header = crc32(bytes.subarray(128, CHUNK_HEADER_BYTES), crc32(bytes.subarray(0, 120)));
    const all: WrongChecksum[] = [{ of: 'header', at: 124, stated: u32(bytes, 124), computed: header }];
    if (end !== undefined) {
      const records = crc32(bytes.subarray(CHUNK_HEADER_BYTES, end));
      all.push({ of: 'records', at: 52, stated: u32(bytes, 52), computed: records });
    }
    return all.filter(({ stated, computed }) => stated !== computed);
  }

  /** Id of the record at `at`, by its header. */
  idAt(at: number): number {
    return u64Number(this.bytes, at + 8);
  }

  /** Charged wherever a record may write more than its own bytes. */
  spend(work: number): void {
    this.#work += work;
    if (this.#work > MOST_WORK) throw new Damage(0, `at most ${MOST_WORK} characters out of one chunk`, 'more');
  }

  /** Begins an element or fragment of a record that is being written; `leave` ends it. */
  enter(): void {
    if (++this.#depth > DEEPEST_WRITING)
      throw new Damage(0, `at most ${DEEPEST_WRITING} elements within each other`, 'more');
  }

  leave(): void {
    this.#depth--;
  }

  /** The event of the record at `at`: what stands between its header and its closing size. */
  recordAt(at: number, size: number): Instance {
    this.#used = 0;
    this.#depth = 0;
    const instance = this.fragment(at + 24, at + size - 4, 0);
    if (instance === undefined) {
      const start = afterFragmentHeader(this.bytes, at + 24);
      throw new Damage(start, 'an event', `token ${hex(this.bytes[start]!)}`);
    }
    return instance;
  }

  /**
   * A fragment of BinXML: a template instance, or an element that needs no template. Undefined where it holds neither.
   * `depth` counts fragments within fragments. Throws Damage.
   */
  fragment(start: number, end: number, depth: number): Instance | undefined {
    if (depth > DEEPEST_NESTING)
      throw new Damage(start, `at most ${DEEPEST_NESTING} fragments within each other`, 'more');
    const at = afterFragmentHeader(this.bytes, start);
    if (at >= end) return undefined;
    if (isInstanceAt(this.bytes, at)) return this.instance(at, end, depth);
    if (!isElementAt(this.bytes, at)) return undefined;
    this.#parse(end - at);
    const reader = new BinXmlReader(this, at, end, false);
    const template = new Template(reader.root(0), this.#store.lists);
    if (this.isCarving && !hasSoundNames(this, reader.places)) {
      throw new Damage(at, 'an element with its names', 'others in their places');
    }
    return { template, base: this.#used, count: 0, depth, hasArrays: false, after: reader.at, end };
  }

  /** What follows a nested instance in its value: a value may hold several elements, side by side. Throws Damage. */
  following({ after, end, depth }: Instance): Instance | undefined {
    if (after >= end || !isMoreAt(this.bytes, after)) return undefined;
    return this.fragment(this.bytes[after] === 0 ? after + 1 : after, end, depth);
  }

  /** Token, version, id, offset of the definition (which follows where it is new), count, descriptors, values. */
  instance(at: number, end: number, depth: number): Instance {
    const { bytes } = this;
    if (at + 14 > end) throw new Damage(at, 'a template instance', `${end - at} bytes`);
    const definition = u32(bytes, at + 6);
    let p = at + 10;
    if (definition < CHUNK_HEADER_BYTES || definition + 24 > this.length) {
      throw new Damage(at + 6, `the offset of a definition within ${this.length} bytes`, hex(definition));
    }
    const template = this.#template(definition);
    // An overwritten chunk keeps old records whose definition is now another's: the instance says which one it needs.
    const wanted = u32(bytes, at + 2);
    if (wanted !== u32(bytes, definition + 4) && (this.isCarving || !this.#isBroughtAs(wanted, definition))) {
      throw new Damage(at + 2, `template ${hex(wanted)}`, hex(u32(bytes, definition + 4)));
    }
    if (this.isCarving && !this.#isSoundDefinition(definition)) {
      throw new Damage(definition, 'a definition with its names', 'others in their places');
    }
    if (definition === p) p += 24 + u32(bytes, p + 20);
    if (p + 4 > end) throw new Damage(p, 'a count of values', `${end - p} bytes`);
    const count = u32(bytes, p);
    p += 4;
    if (4 * count > end - p) throw new Damage(p, `descriptors within ${end - p} bytes`, `${count} of them`);
    const base = this.#used;
    if (base + count > this.types.length) throw new Damage(p, `at most ${this.types.length} values`, 'more');
    const { types, sizes, places } = this;
    let place = p + 4 * count;
    let all = 0;
    for (let i = base; i < base + count; i++, p += 4) {
      const size = u16(bytes, p);
      const type = bytes[p + 2]!;
      sizes[i] = size;
      types[i] = type;
      places[i] = place;
      place += size;
      all |= type;
    }
    if (place > end) throw new Damage(p, `values within ${end - p} bytes`, `${place - p}`);
    this.#used = base + count;
    return { template, base, count, depth, hasArrays: (all & ARRAY) !== 0, after: place, end };
  }

  /** Whether the instance that brought the definition, right before it, calls it so: then its own id is damaged. */
  #isBroughtAs(id: number, definition: number): boolean {
    const { bytes } = this;
    return (
      isInstanceAt(bytes, definition - 10) &&
      u32(bytes, definition - 4) === definition &&
      u32(bytes, definition - 8) === id
    );
  }

  /** Gives the descriptors of nested instances back, those above `mark`. */
  release(mark: number): void {
    this.#used = mark;
  }

  get mark(): number {
    return this.#used;
  }

  /** Next in its list (never followed), GUID, size, fragment. */
  #template(at: number): Template {
    const known = this.#templates.get(at);
    if (known instanceof Template) return known;
    if (known !== undefined) throw known;
    try {
      const template = this.#define(at);
      this.#templates.set(at, template);
      return template;
    } catch (e) {
      if (e instanceof Damage) this.#templates.set(at, e);
      throw e;
    }
  }

  #define(at: number): Template {
    const { bytes, length } = this;
    const size = u32(bytes, at + 20);
    if (size > length - at - 24) throw new Damage(at, `a definition of ${length - at - 24} bytes or less`, `${size}`);
    const known = this.#store.find(this, at, size);
    if (known !== undefined) return known;
    this.#parse(size);
    const reader = new BinXmlReader(this, at + 24, at + 24 + size, true);
    const template = new Template(reader.root(0), this.#store.lists);
    this.#store.keep(this, at, size, template, reader.places);
    return template;
  }

  #isSoundDefinition(at: number): boolean {
    const known = this.#soundDefinitions.get(at);
    if (known !== undefined) return known;
    const size = u32(this.bytes, at + 20);
    this.#parse(size);
    const reader = new BinXmlReader(this, at + 24, at + 24 + size, true);
    reader.root(0);
    const isSound = hasSoundNames(this, reader.places);
    this.#soundDefinitions.set(at, isSound);
    return isSound;
  }

  #parse(size: number): void {
    this.#parsed += size;
    if (this.#parsed > MOST_PARSED) throw new Damage(0, `at most ${MOST_PARSED} bytes of definitions`, 'more');
  }
}

export const isChunk = (bytes: Buffer): boolean =>
  bytes.length >= CHUNK_HEADER_BYTES && hasMagic(bytes, 0, CHUNK_MAGIC);
