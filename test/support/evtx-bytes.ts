import { crc32 } from 'node:zlib';

// A second writer of BinXML, by hand and apart from the encoder: it writes what Windows writes seldom, and what only damage writes.

export type HandPart =
  | string
  | { readonly slot: number; readonly type?: number; readonly isOptional?: boolean }
  | { readonly bytes: readonly number[] }
  | HandElement;
export interface HandElement {
  readonly name: string;
  readonly attributes?: readonly (readonly [name: string, parts: readonly HandPart[]])[];
  readonly content?: readonly HandPart[];
  /** Index of the value that it depends on. */
  readonly dependsOn?: number;
}
/** A value: its type and bytes, or fragments within a value (type 0x21). */
export type HandValue =
  | { readonly type: number; readonly bytes: Uint8Array }
  | { readonly fragments: readonly HandFragment[] };
/** An element with the values of its slots; without `values` it needs no template. */
export interface HandFragment {
  readonly root: HandElement;
  readonly values?: readonly HandValue[];
  /** Left out where it is not the first of its value. */
  readonly hasHeader?: boolean;
}

const CHUNK_BYTES = 65_536;
const HEADER_BYTES = 512;

/** One chunk with its own tables of names left empty: readers must go by offsets. */
export class HandChunk {
  readonly bytes = Buffer.alloc(CHUNK_BYTES);
  at = HEADER_BYTES;
  #last = 0;
  readonly #firstId: number;
  #lastId: number;

  constructor(firstId = 1) {
    this.#firstId = firstId;
    this.#lastId = firstId - 1;
  }

  /** Where the record stands. */
  record(fragment: HandFragment, id = this.#lastId + 1): number {
    const start = this.at;
    this.raw(Buffer.from('**\0\0'));
    this.u32(0);
    this.u32(id);
    this.u32(0);
    this.raw(Buffer.from('00803ed5deb19d01', 'hex'));
    this.fragment({ hasHeader: true, ...fragment });
    const size = (this.at - start + 4 + 7) & ~7;
    this.at = start + size - 4;
    this.u32(size);
    this.bytes.writeUInt32LE(size, start + 4);
    this.#last = start;
    this.#lastId = id;
    return start;
  }

  /** The chunk with right checksums; `flags` of its header. */
  finish(flags = 0): Buffer {
    const b = this.bytes;
    b.write('ElfChnk\0', 0, 'latin1');
    b.writeUInt32LE(1, 8);
    b.writeUInt32LE(this.#lastId - this.#firstId + 1, 16);
    b.writeUInt32LE(this.#firstId, 24);
    b.writeUInt32LE(this.#lastId, 32);
    b.writeUInt32LE(128, 40);
    b.writeUInt32LE(this.#last, 44);
    b.writeUInt32LE(this.at, 48);
    b.writeUInt32LE(flags, 120);
    return sealed(b);
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  u32(n: number): void {
    this.at = this.bytes.writeUInt32LE(n, this.at);
  }

  fragment({ root, values, hasHeader }: HandFragment): void {
    if (hasHeader === true) this.raw(Uint8Array.of(0x0f, 1, 1, 0));
    if (values === undefined) this.#element(root, false);
    else this.#instance(root, values);
    this.raw(Uint8Array.of(0));
  }

  #instance(root: HandElement, values: readonly HandValue[]): void {
    const guid = Buffer.alloc(16, root.name);
    this.raw(Uint8Array.of(0x0c, 1));
    this.raw(guid.subarray(0, 4));
    this.u32(this.at + 4);
    this.u32(0);
    this.raw(guid);
    const size = this.at;
    this.u32(0);
    this.raw(Uint8Array.of(0x0f, 1, 1, 0));
    this.#element(root, true);
    this.raw(Uint8Array.of(0));
    this.bytes.writeUInt32LE(this.at - size - 4, size);
    this.u32(values.length);
    let descriptor = this.at;
    this.at += 4 * values.length;
    for (const value of values) {
      const start = this.at;
      if ('bytes' in value) this.raw(value.bytes);
      else for (const [i, one] of value.fragments.entries()) this.fragment({ hasHeader: i === 0, ...one });
      descriptor = this.bytes.writeUInt16LE(this.at - start, descriptor);
      descriptor = this.bytes.writeUInt16LE('bytes' in value ? value.type : 0x21, descriptor);
    }
  }

  #element(element: HandElement, isDefinition: boolean): void {
    const { name, attributes = [], content = [], dependsOn } = element;
    this.raw(Uint8Array.of(attributes.length > 0 ? 0x41 : 0x01));
    if (isDefinition) this.raw(Uint8Array.of((dependsOn ?? 0xffff) & 255, (dependsOn ?? 0xffff) >> 8));
    const size = this.at;
    this.u32(0);
    this.#name(name);
    if (attributes.length > 0) {
      const list = this.at;
      this.u32(0);
      for (const [i, [attribute, parts]] of attributes.entries()) {
        this.raw(Uint8Array.of(i < attributes.length - 1 ? 0x46 : 0x06));
        this.#name(attribute);
        for (const part of parts) this.#part(part, isDefinition);
      }
      this.bytes.writeUInt32LE(this.at - list - 4, list);
    }
    if (content.length === 0) this.raw(Uint8Array.of(3));
    else {
      this.raw(Uint8Array.of(2));
      for (const part of content) this.#part(part, isDefinition);
      this.raw(Uint8Array.of(4));
    }
    this.bytes.writeUInt32LE(this.at - size - 4, size);
  }

  #part(part: HandPart, isDefinition: boolean): void {
    if (typeof part === 'string') {
      this.raw(Uint8Array.of(5, 1, part.length & 255, part.length >> 8));
      this.raw(Buffer.from(part, 'utf16le'));
    } else if ('slot' in part) {
      this.raw(Uint8Array.of(part.isOptional === true ? 0x0e : 0x0d, part.slot & 255, part.slot >> 8, part.type ?? 1));
    } else if ('bytes' in part) this.raw(Uint8Array.from(part.bytes));
    else this.#element(part, isDefinition);
  }

  #name(name: string): void {
    this.u32(this.at + 4);
    this.u32(0);
    this.raw(Uint8Array.of(0, 0, name.length & 255, name.length >> 8));
    this.raw(Buffer.from(`${name}\0`, 'utf16le'));
  }
}

/** A chunk with the checksums that its bytes ask for. */
export function sealed(chunk: Buffer): Buffer {
  chunk.writeUInt32LE(crc32(chunk.subarray(HEADER_BYTES, chunk.readUInt32LE(48))), 52);
  chunk.writeUInt32LE(crc32(chunk.subarray(128, HEADER_BYTES), crc32(chunk.subarray(0, 120))), 124);
  return chunk;
}

/** A file of these chunks; `flags` of its header. */
export function handFile(chunks: readonly Buffer[], flags = 0): Buffer {
  const header = Buffer.alloc(4096);
  header.write('ElfFile\0', 0, 'latin1');
  header.writeUInt32LE(Math.max(chunks.length - 1, 0), 16);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(4096, 40);
  header.writeUInt16LE(chunks.length, 42);
  header.writeUInt32LE(flags, 120);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...chunks]);
}

export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** An event of provider P, id 1, with these parts behind its System. */
export const handEvent = (body: readonly HandPart[], values: readonly HandValue[]): HandFragment => ({
  root: {
    name: 'Event',
    content: [
      {
        name: 'System',
        content: [
          { name: 'Provider', attributes: [['Name', ['P']]] },
          { name: 'EventID', content: ['1'] },
          { name: 'Channel', content: ['C'] },
          { name: 'Computer', content: ['H'] },
        ],
      },
      ...body,
    ],
  },
  values,
});
