import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { XmlElement, XmlPart, XmlTemplate } from './event-xml.ts';
import { encodeValue, NESTED, typeCode } from './values.ts';

export const CHUNK_BYTES = 65_536;
const HEADER_BYTES = 512;
const NAME_BUCKETS = { at: 128, count: 64 };
const TEMPLATE_BUCKETS = { at: 384, count: 32 };
const FRAGMENT_HEADER = 0x0001010f;
const MORE = 0x40;
/** Room behind the chunk, so that a record that does not fit is noticed and not cut. */
const SPARE = 4 * CHUNK_BYTES;

/** What a record that did not fit must give back. */
interface Mark {
  readonly at: number;
  readonly tables: Buffer;
  readonly names: number;
  readonly templates: number;
}

/** One chunk of 64 KiB while it is filled: records, the names and templates they share, both hash tables, both checksums. */
export class ChunkWriter {
  readonly #bytes = Buffer.alloc(CHUNK_BYTES + SPARE);
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<string, number>();
  #at = HEADER_BYTES;
  #lastRecord = 0;
  #first: bigint | undefined;
  #last = 0n;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Writes a record; false, and nothing written, where the chunk has no room left. */
  add(id: bigint, writtenTicks: bigint, event: XmlTemplate, isDirect: boolean): boolean {
    const mark = this.#mark();
    const start = this.#at;
    this.#raw(Buffer.from('**\0\0', 'latin1'));
    this.#u32(0);
    this.#u64(id);
    this.#u64(writtenTicks);
    this.#u32(FRAGMENT_HEADER);
    if (isDirect) this.#element(event.root, false);
    else this.#instance(event);
    this.#u8(0);
    const size = (this.#at - start + 4 + 7) & ~7;
    this.#bytes.fill(0, this.#at, start + size);
    this.#at = start + size - 4;
    this.#u32(size);
    this.#bytes.writeUInt32LE(size, start + 4);
    if (this.#at > CHUNK_BYTES) {
      this.#takeBack(mark);
      return false;
    }
    this.#first ??= id;
    this.#last = id;
    this.#lastRecord = start;
    return true;
  }

  /** The finished chunk. Records from `slackFrom` on (bytes in the chunk) are there but not counted: slack. */
  finish(
    firstNumber: bigint,
    count: number,
    slack?: { readonly at: number; readonly lastRecord: number; readonly last: bigint },
  ): Uint8Array {
    const b = this.#bytes;
    const end = slack?.at ?? this.#at;
    b.write('ElfChnk\0', 0, 'latin1');
    b.writeBigUInt64LE(firstNumber, 8);
    b.writeBigUInt64LE(firstNumber + BigInt(count) - 1n, 16);
    b.writeBigUInt64LE(this.#first ?? 0n, 24);
    b.writeBigUInt64LE(slack?.last ?? this.#last, 32);
    b.writeUInt32LE(128, 40);
    b.writeUInt32LE(slack?.lastRecord ?? this.#lastRecord, 44);
    b.writeUInt32LE(end, 48);
    b.writeUInt32LE(crc32(b.subarray(HEADER_BYTES, end)), 52);
    b.writeUInt32LE(headerCrc(b), 124);
    return Uint8Array.from(b.subarray(0, CHUNK_BYTES));
  }

  /** Where the live records end now: what `finish` needs to call the later ones slack. */
  place(): { readonly at: number; readonly lastRecord: number; readonly last: bigint } {
    return { at: this.#at, lastRecord: this.#lastRecord, last: this.#last };
  }

  #mark(): Mark {
    return {
      at: this.#at,
      tables: Buffer.from(this.#bytes.subarray(NAME_BUCKETS.at, HEADER_BYTES)),
      names: this.#names.size,
      templates: this.#templates.size,
    };
  }

  #takeBack(mark: Mark): void {
    this.#bytes.fill(0, mark.at, this.#at);
    this.#at = mark.at;
    mark.tables.copy(this.#bytes, NAME_BUCKETS.at);
    for (const name of [...this.#names.keys()].slice(mark.names)) this.#names.delete(name);
    for (const key of [...this.#templates.keys()].slice(mark.templates)) this.#templates.delete(key);
  }

  /** A template instance: the definition where it is new to the chunk, else its offset; then descriptors and values. */
  #instance(template: XmlTemplate): void {
    const key = JSON.stringify(shapeOf(template.root));
    const guid = createHash('md5').update(key).digest();
    this.#u8(0x0c);
    this.#u8(1);
    this.#raw(guid.subarray(0, 4));
    const known = this.#templates.get(key);
    if (known === undefined) this.#definition(key, guid, template.root);
    else this.#u32(known);

    const values = template.values;
    this.#u32(values.length);
    const descriptors = this.#at;
    this.#at += 4 * values.length;
    for (const [i, value] of values.entries()) {
      const start = this.#at;
      const type = 'root' in value ? NESTED : typeCode(value);
      if ('root' in value) {
        this.#u32(FRAGMENT_HEADER);
        this.#instance(value);
        this.#u8(0);
      } else {
        this.#raw(encodeValue(value));
      }
      if (this.#at - start > 65_535) throw new RangeError('a value of an EVTX record holds at most 65535 bytes');
      this.#bytes.writeUInt16LE(this.#at - start, descriptors + 4 * i);
      this.#bytes.writeUInt16LE(type, descriptors + 4 * i + 2);
    }
  }

  #definition(key: string, guid: Buffer, root: XmlElement): void {
    const at = this.#at + 4;
    this.#u32(at);
    this.#templates.set(key, at);
    this.#link(TEMPLATE_BUCKETS, guid.readUInt32LE(0), at);
    this.#raw(guid);
    const size = this.#at;
    this.#u32(0);
    this.#u32(FRAGMENT_HEADER);
    this.#element(root, true);
    this.#u8(0);
    this.#bytes.writeUInt32LE(this.#at - size - 4, size);
  }

  #element(element: XmlElement, isInTemplate: boolean): void {
    const { attributes, content } = element;
    this.#u8(attributes.length > 0 ? 0x01 | MORE : 0x01);
    if (isInTemplate) this.#u16(0xffff);
    const size = this.#at;
    this.#u32(0);
    this.#name(element.name);
    if (attributes.length > 0) {
      const list = this.#at;
      this.#u32(0);
      for (const [i, [name, part]] of attributes.entries()) {
        this.#u8(i < attributes.length - 1 ? 0x06 | MORE : 0x06);
        this.#name(name);
        this.#part(part);
      }
      this.#bytes.writeUInt32LE(this.#at - list - 4, list);
    }
    if (content.length === 0) {
      this.#u8(0x03);
    } else {
      this.#u8(0x02);
      for (const child of content) {
        if ('content' in child) this.#element(child, isInTemplate);
        else this.#part(child);
      }
      this.#u8(0x04);
    }
    this.#bytes.writeUInt32LE(this.#at - size - 4, size);
  }

  #part(part: XmlPart): void {
    if ('text' in part) {
      this.#u8(0x05);
      this.#u8(1);
      this.#text(part.text);
    } else {
      this.#u8(part.isOptional ? 0x0e : 0x0d);
      this.#u16(part.slot);
      this.#u8(part.value === 'nested' ? NESTED : typeCode(part.value));
    }
  }

  /** An offset to the name; the name itself follows where the chunk has not seen it yet. */
  #name(name: string): void {
    const known = this.#names.get(name);
    if (known !== undefined) {
      this.#u32(known);
      return;
    }
    const at = this.#at + 4;
    this.#u32(at);
    this.#names.set(name, at);
    let hash = 0;
    for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 65_599) + name.charCodeAt(i)) >>> 0;
    this.#link(NAME_BUCKETS, hash, at);
    this.#u16(hash & 0xffff);
    this.#text(name);
    this.#u16(0);
  }

  /** Puts the entry that is about to be written at `at` in front of its bucket's list. */
  #link(table: { readonly at: number; readonly count: number }, hash: number, at: number): void {
    const bucket = table.at + 4 * (hash % table.count);
    const before = this.#bytes.readUInt32LE(bucket);
    this.#bytes.writeUInt32LE(at, bucket);
    this.#u32(before);
  }

  #text(value: string): void {
    if (value.length > 65_535) throw new RangeError('a text of an EVTX record holds at most 65535 characters');
    this.#u16(value.length);
    this.#raw(Buffer.from(value, 'utf16le'));
  }

  #raw(bytes: Uint8Array): void {
    if (this.#at + bytes.length > CHUNK_BYTES + SPARE - 4096)
      throw new RangeError('an EVTX record holds at most 64 KiB');
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #u8(value: number): void {
    this.#at = this.#bytes.writeUInt8(value, this.#at);
  }

  #u16(value: number): void {
    this.#at = this.#bytes.writeUInt16LE(value, this.#at);
  }

  #u32(value: number): void {
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  #u64(value: bigint): void {
    this.#at = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#at);
  }
}

/** Over the header but the checksum itself and the word before it. */
export const headerCrc = (chunk: Uint8Array): number =>
  crc32(chunk.subarray(128, HEADER_BYTES), crc32(chunk.subarray(0, 120)));

/** An element without its values: two records of one shape share a definition. */
function shapeOf(element: XmlElement): unknown {
  const part = (p: XmlPart): unknown =>
    'text' in p ? p.text : [p.slot, p.value === 'nested' ? NESTED : typeCode(p.value), p.isOptional];
  return [
    element.name,
    element.attributes.map(([name, p]) => [name, part(p)]),
    element.content.map(child => ('content' in child ? shapeOf(child) : part(child))),
  ];
}
