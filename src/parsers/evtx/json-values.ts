import type { Part } from './binxml.ts';
import { u16, u32 } from './bytes.ts';
import type { Chunk, Instance } from './chunk.ts';
import { composedValue } from './content.ts';
import { filetimeDigits } from './filetime.ts';
import type { TextSink } from './sink.ts';
import { trimmedUnits } from './utf16.ts';
import type { ValueOptions } from './values.ts';
import { ARRAY, arrayMembers, scalarOf, TYPE, WIDTH } from './values.ts';

/** Work that one element, or one member of an array, is charged with. */
export const ELEMENT_WORK = 16;
const MOST_KEYS = 16_384;
const MOST_KEY_BYTES = 1 << 20;

/** Values of a record as JSON: integers and booleans as such, 64-bit ones with all their digits, everything else as text. */
export class JsonValues {
  readonly #sink: TextSink;
  readonly #options: ValueOptions;
  readonly #keys = new Map<string, Uint8Array>();
  #keyBytes = 0;

  constructor(sink: TextSink, options: ValueOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** False, and nothing written, where there is no value. */
  value(chunk: Chunk, instance: Instance, parts: readonly Part[]): boolean {
    const [only] = parts;
    if (only === undefined) return false;
    if (parts.length === 1 && typeof only !== 'string' && only.kind === 'slot') {
      return only.index < instance.count && this.slot(chunk, instance.base + only.index);
    }
    const value =
      typeof only === 'string' && parts.length === 1 ? only : composedValue(chunk, instance, parts, this.#options);
    if (value === undefined || value === '') return false;
    if (Array.isArray(value)) this.list(chunk, value);
    else this.text(chunk, String(value));
    return true;
  }

  text(chunk: Chunk, text: string): void {
    chunk.spend(text.length);
    this.quoted(text);
  }

  /** Several texts, as a list. */
  list(chunk: Chunk, texts: readonly unknown[]): void {
    this.#sink.ascii('[');
    for (const [i, text] of texts.entries()) {
      if (i > 0) this.#sink.ascii(',');
      this.text(chunk, String(text));
    }
    this.#sink.ascii(']');
  }

  /** The value in descriptor `i`; false, and nothing written, where it is none. */
  slot(chunk: Chunk, i: number): boolean {
    const { bytes } = chunk;
    const type = chunk.types[i]!;
    const at = chunk.places[i]!;
    const size = chunk.sizes[i]!;
    const sink = this.#sink;
    if (type === TYPE.STRING) {
      const count = trimmedUnits(bytes, at, size);
      if (count === 0) return false;
      chunk.spend(count);
      sink.ascii('"');
      sink.utf16(bytes, at, count);
      sink.ascii('"');
      return true;
    }
    if (size === 0 || type === TYPE.NULL || type === TYPE.BINXML) return false;
    if ((type & ARRAY) !== 0) return this.#array(chunk, i);
    if (size === WIDTH[type] && this.#fixed(bytes, type, at)) return true;
    if (type === TYPE.SID && size === 8 + 4 * bytes[at + 1]! && u16(bytes, at + 2) === 0) {
      this.#sink.quotedSid(bytes, at);
      return true;
    }
    const text = scalarOf(bytes, type, at, size, this.#options);
    if (text === undefined || text === '') return false;
    this.#scalar(type, size, text);
    return true;
  }

  /** The commonest types of a fixed size without a string between; false for the others. */
  #fixed(bytes: Buffer, type: number, at: number): boolean {
    const sink = this.#sink;
    switch (type) {
      case TYPE.UINT8:
        sink.decimal(bytes[at]!);
        return true;
      case TYPE.UINT16:
        sink.decimal(u16(bytes, at));
        return true;
      case TYPE.UINT32:
        sink.decimal(u32(bytes, at));
        return true;
      case TYPE.UINT64:
        if (u32(bytes, at + 4) !== 0) return false;
        sink.decimal(u32(bytes, at));
        return true;
      case TYPE.FILETIME: {
        const digits = filetimeDigits(bytes, at);
        if (digits === undefined) return false;
        sink.ascii('"');
        sink.bytes(digits, true);
        sink.ascii('"');
        return true;
      }
      case TYPE.HEX32:
        sink.quotedHex(0, u32(bytes, at));
        return true;
      case TYPE.HEX64:
        sink.quotedHex(u32(bytes, at + 4), u32(bytes, at));
        return true;
      case TYPE.GUID:
        sink.quotedGuid(bytes, at);
        return true;
      default:
        return false;
    }
  }

  #array(chunk: Chunk, i: number): boolean {
    if (chunk.sizes[i] === 0) return false;
    this.#sink.ascii('[');
    this.members(chunk, i);
    this.#sink.ascii(']');
    return true;
  }

  /** The members of the array in descriptor `i`, with commas between; '' where it has none. */
  members(chunk: Chunk, i: number): void {
    const { bytes } = chunk;
    const members = arrayMembers(bytes, chunk.types[i]!, chunk.places[i]!, chunk.sizes[i]!);
    if (members.length === 0) this.quoted('');
    for (const [n, { type, at, size }] of members.entries()) {
      const item = scalarOf(bytes, type, at, size, this.#options) ?? '';
      chunk.spend(ELEMENT_WORK + item.length);
      if (n > 0) this.#sink.ascii(',');
      this.#scalar(type, size, item);
    }
  }

  #scalar(type: number, size: number, text: string): void {
    const isInteger = type >= TYPE.INT8 && type <= TYPE.UINT64 && size === WIDTH[type];
    if (type === TYPE.BOOL || isInteger) this.#sink.ascii(text);
    else this.quoted(text);
  }

  quoted(text: string): void {
    this.#sink.ascii('"');
    this.#sink.text(text);
    this.#sink.ascii('"');
  }

  /** `"name":`. */
  key(name: string): void {
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = keyOf(name);
      this.#keyBytes += key.length;
      if (this.#keys.size >= MOST_KEYS || this.#keyBytes > MOST_KEY_BYTES) {
        this.#keys.clear();
        this.#keyBytes = key.length;
      }
      this.#keys.set(name, key);
    }
    this.#sink.raw(key);
  }
}

const keyOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(`${JSON.stringify(name)}:`, 'utf8'));
