import { TextTable } from '../../model/index.ts';
import { viewOf } from '../../util/data-view.ts';
import type { WindowsData } from '../shared/windows-data.ts';
import { u16, u32 } from './bytes.ts';
import type { Chunk, Instance } from './chunk.ts';
import { sourceValue } from './content.ts';
import type { DataSink } from './data.ts';
import type { DataLayout } from './layout.ts';
import { trimmedUnits } from './utf16.ts';
import { TYPE, type ValueOptions } from './values.ts';

const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1');
/** The first three groups of a GUID are little-endian, the rest stands as it is read. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
/** `S-1-`, an authority of 48 bits, and parts of 32. */
const MOST_SID_PARTS = 15;
const MOST_DIGITS = 4 + 15 + MOST_SID_PARTS * 11;

/** Data as numbers of texts: a string of the log that was seen before is found by its bytes, and none is made for it. */
export class DataTexts implements DataSink {
  readonly #data: WindowsData;
  readonly #options: ValueOptions;
  /** UTF-16 of ASCII digits: every other byte stays 0. */
  readonly #digits = Buffer.alloc(2 * MOST_DIGITS);
  readonly #digitView = viewOf(this.#digits);
  #units = 0;
  /** Bytes of SIDs, as if they were texts, and by their numbers the numbers of what they say in these texts. */
  #sids = new TextTable();
  readonly #sidIds: number[] = [];
  #sidTexts: TextTable | undefined;

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
        return texts.utf16(bytes, chunk.view, at, trimmedUnits(bytes, at, size));
      case TYPE.NULL:
        return 0;
      case TYPE.GUID:
        return size === 16 ? this.#guid(bytes, at) : undefined;
      case TYPE.HEX32:
        return size === 4 ? this.#hex(bytes, at, 3) : undefined;
      case TYPE.HEX64:
        return size === 8 ? this.#hex(bytes, at, 7) : undefined;
      case TYPE.UINT8:
        return size === 1 ? this.#decimal(bytes[at]!) : undefined;
      case TYPE.UINT16:
        return size === 2 ? this.#decimal(u16(bytes, at)) : undefined;
      case TYPE.UINT32:
        return size === 4 ? this.#decimal(u32(bytes, at)) : undefined;
      case TYPE.UINT64:
        return size === 8 && u32(bytes, at + 4) === 0 ? this.#decimal(u32(bytes, at)) : undefined;
      case TYPE.SID:
        return isPlainSid(bytes, at, size) ? this.#knownSid(chunk, at, size) : undefined;
      default:
        return undefined;
    }
  }

  #put(ascii: number): void {
    this.#digits[2 * this.#units++] = ascii;
  }

  /** The number of what was put. */
  #take(): number {
    const units = this.#units;
    this.#units = 0;
    return this.#data.texts.utf16(this.#digits, this.#digitView, 0, units);
  }

  #putDecimal(value: number): void {
    let power = 1;
    while (power * 10 <= value) power *= 10;
    let rest = value;
    for (; power >= 1; power /= 10) {
      const digit = Math.floor(rest / power);
      this.#put(0x30 + digit);
      rest -= digit * power;
    }
  }

  #decimal(value: number): number {
    this.#putDecimal(value);
    return this.#take();
  }

  /** `{…}`, lower case. */
  #guid(bytes: Uint8Array, at: number): number {
    this.#put(0x7b);
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) this.#put(0x2d);
      const byte = bytes[at + GUID_ORDER[i]!]!;
      this.#put(HEX_DIGITS[byte >> 4]!);
      this.#put(HEX_DIGITS[byte & 15]!);
    }
    this.#put(0x7d);
    return this.#take();
  }

  /** `0x…` without leading zeroes, from the highest byte down. */
  #hex(bytes: Uint8Array, at: number, highest: number): number {
    let from = at + highest;
    while (from > at && bytes[from] === 0) from--;
    this.#put(0x30);
    this.#put(0x78);
    for (let p = from; p >= at; p--) {
      const byte = bytes[p]!;
      if (byte > 15 || p < from) this.#put(HEX_DIGITS[byte >> 4]!);
      this.#put(HEX_DIGITS[byte & 15]!);
    }
    return this.#take();
  }

  /** The same few accounts come in every event: each is spelled once. */
  #knownSid({ bytes, view }: Chunk, at: number, size: number): number {
    const { texts } = this.#data;
    if (texts !== this.#sidTexts) {
      this.#sidTexts = texts;
      this.#sids = new TextTable();
      this.#sidIds.length = 0;
    }
    const sid = this.#sids.utf16(bytes, view, at, size >> 1);
    this.#sidIds[sid] ??= this.#sid(bytes, at);
    return this.#sidIds[sid];
  }

  /** `S-1-5-21-…`. */
  #sid(bytes: Uint8Array, at: number): number {
    this.#put(0x53);
    this.#put(0x2d);
    this.#putDecimal(bytes[at]!);
    this.#put(0x2d);
    this.#putDecimal(bytes[at + 7]!);
    for (let p = at + 8, end = p + 4 * bytes[at + 1]!; p < end; p += 4) {
      this.#put(0x2d);
      this.#putDecimal(u32(bytes, p));
    }
    return this.#take();
  }
}

/** One whose count of parts fills its bytes, and whose authority is a small number: all that Windows hands out. */
function isPlainSid(bytes: Uint8Array, at: number, size: number): boolean {
  const parts = bytes[at + 1]!;
  if (size !== 8 + 4 * parts || parts > MOST_SID_PARTS) return false;
  for (let p = at + 2; p < at + 7; p++) if (bytes[p] !== 0) return false;
  return true;
}
