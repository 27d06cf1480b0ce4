import type { WindowsData } from '../shared/windows-data.ts';
import type { Chunk, Instance } from './chunk.ts';
import { sourceValue } from './content.ts';
import type { DataSink } from './data.ts';
import type { DataLayout } from './layout.ts';
import { trimmedUnits } from './utf16.ts';
import { TYPE, type ValueOptions } from './values.ts';

const ASCII_DIGITS = Buffer.from('0123456789abcdef', 'latin1');
/** The first three groups of a GUID are little-endian, the rest stands as it is read. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
/** The longest of them is a GUID in braces. */
const DIGITS = 38;

/** Data as numbers of texts: a string of the log that was seen before is found by its bytes, and none is made for it. */
export class DataTexts implements DataSink {
  readonly #data: WindowsData;
  readonly #options: ValueOptions;
  readonly #digits = Buffer.alloc(DIGITS);
  #bytes: Buffer | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(data: WindowsData, options: ValueOptions) {
    this.#data = data;
    this.#options = options;
  }

  skip(): void {
    this.#data.add(0);
  }

  put(chunk: Chunk, instance: Instance, layout: DataLayout, i: number): void {
    const slot = layout.slots[i]!;
    if (slot >= 0 && slot < instance.count) {
      const descriptor = instance.base + slot;
      const id = this.#plain(chunk, chunk.types[descriptor]!, chunk.places[descriptor]!, chunk.sizes[descriptor]!);
      if (id !== undefined) {
        this.#data.add(id);
        return;
      }
    }
    this.#data.addValue(sourceValue(chunk, instance, layout, i, this.#options));
  }

  /** The commonest types; undefined for the others, and for sizes that a type does not know. */
  #plain(chunk: Chunk, type: number, at: number, size: number): number | undefined {
    const { bytes } = chunk;
    const { texts } = this.#data;
    switch (type) {
      case TYPE.STRING:
        if (bytes !== this.#bytes) {
          this.#bytes = bytes;
          this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        }
        return texts.utf16(bytes, this.#view, at, trimmedUnits(bytes, at, size));
      case TYPE.NULL:
        return 0;
      case TYPE.GUID:
        return size === 16 ? texts.latin1(this.#digits, this.#guid(bytes, at)) : undefined;
      case TYPE.HEX32:
        return size === 4 ? texts.latin1(this.#digits, this.#hex(bytes, at, 3)) : undefined;
      case TYPE.HEX64:
        return size === 8 ? texts.latin1(this.#digits, this.#hex(bytes, at, 7)) : undefined;
      default:
        return undefined;
    }
  }

  /** `{…}`, lower case. */
  #guid(bytes: Uint8Array, at: number): number {
    const digits = this.#digits;
    let to = 0;
    digits[to++] = 0x7b;
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) digits[to++] = 0x2d;
      const byte = bytes[at + GUID_ORDER[i]!]!;
      digits[to++] = ASCII_DIGITS[byte >> 4]!;
      digits[to++] = ASCII_DIGITS[byte & 15]!;
    }
    digits[to++] = 0x7d;
    return to;
  }

  /** `0x…` without leading zeroes, from the highest byte down. */
  #hex(bytes: Uint8Array, at: number, highest: number): number {
    const digits = this.#digits;
    let from = at + highest;
    while (from > at && bytes[from] === 0) from--;
    let to = 0;
    digits[to++] = 0x30;
    digits[to++] = 0x78;
    for (let p = from; p >= at; p--) {
      const byte = bytes[p]!;
      if (byte > 15 || p < from) digits[to++] = ASCII_DIGITS[byte >> 4]!;
      digits[to++] = ASCII_DIGITS[byte & 15]!;
    }
    return to;
  }
}
