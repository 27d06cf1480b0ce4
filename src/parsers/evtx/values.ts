import type { Value } from '../../model/index.ts';
import type { AnsiDecoder } from '../shared/ansi.ts';
import { i32, u16, u32, u64 } from './bytes.ts';
import { filetimeText } from './filetime.ts';
import { doubleText, floatText } from './float-text.ts';
import { trimmedUnits, utf16 } from './utf16.ts';

/** Value types of BinXML, [MS-EVEN6] 2.2.12; an array is its member's type with {@link ARRAY}. */
export const TYPE = {
  NULL: 0x00,
  STRING: 0x01,
  ANSI: 0x02,
  INT8: 0x03,
  UINT8: 0x04,
  INT16: 0x05,
  UINT16: 0x06,
  INT32: 0x07,
  UINT32: 0x08,
  INT64: 0x09,
  UINT64: 0x0a,
  FLOAT: 0x0b,
  DOUBLE: 0x0c,
  BOOL: 0x0d,
  BINARY: 0x0e,
  GUID: 0x0f,
  SIZE: 0x10,
  FILETIME: 0x11,
  SYSTEMTIME: 0x12,
  SID: 0x13,
  HEX32: 0x14,
  HEX64: 0x15,
  BINXML: 0x21,
  XML: 0x23,
} as const;
export const ARRAY = 0x80;

/** By type: bytes of one member, 0 for the types without a size of their own. */
export const WIDTH: Uint8Array = new Uint8Array(256);
for (const [type, width] of [
  [TYPE.INT8, 1],
  [TYPE.UINT8, 1],
  [TYPE.INT16, 2],
  [TYPE.UINT16, 2],
  [TYPE.INT32, 4],
  [TYPE.UINT32, 4],
  [TYPE.INT64, 8],
  [TYPE.UINT64, 8],
  [TYPE.FLOAT, 4],
  [TYPE.DOUBLE, 8],
  [TYPE.BOOL, 4],
  [TYPE.GUID, 16],
  [TYPE.FILETIME, 8],
  [TYPE.SYSTEMTIME, 16],
  [TYPE.HEX32, 4],
  [TYPE.HEX64, 8],
] as const) {
  WIDTH[type] = width;
}

/** How two readers spell the same value: Windows' own XML, and evtx_dump's JSON. They differ in GUIDs alone. */
export type Spelling = 'windows' | 'evtx_dump';

/** What the types alone cannot say. */
export interface ValueOptions {
  readonly spelling: Spelling;
  /** Decodes ANSI strings. */
  readonly ansi: AnsiDecoder;
}

/**
 * A value as text, an array as several texts; undefined is NULL, '' is a value of no bytes (never 0). Whatever the bytes are, they
 * give a text: a size that its type does not know is shown as hexadecimal bytes.
 */
export function typedValue(
  bytes: Buffer,
  type: number,
  at: number,
  size: number,
  options: ValueOptions,
): Value | undefined {
  if ((type & ARRAY) !== 0) return arrayItems(bytes, type, at, size, options);
  return scalarOf(bytes, type, at, size, options);
}

export function scalarOf(
  bytes: Buffer,
  type: number,
  at: number,
  size: number,
  options: ValueOptions,
): string | undefined {
  if (type === TYPE.STRING) return utf16(bytes, at, trimmedUnits(bytes, at, size));
  if (type === TYPE.NULL) return undefined;
  if (size === 0) return '';
  switch (type) {
    case TYPE.XML:
      return utf16(bytes, at, trimmedUnits(bytes, at, size));
    case TYPE.ANSI:
      return ansiText(bytes, at, size, options);
    case TYPE.UINT8:
    case TYPE.UINT16:
    case TYPE.UINT32:
      return isInteger(size)
        ? size === 8
          ? u64(bytes, at).toString()
          : decimal(unsigned(bytes, at, size))
        : hexBytes(bytes, at, size);
    case TYPE.INT8:
    case TYPE.INT16:
    case TYPE.INT32:
      return isInteger(size)
        ? size === 8
          ? signed64(bytes, at)
          : decimal(signed(bytes, at, size))
        : hexBytes(bytes, at, size);
    case TYPE.INT64:
      return size === 8
        ? signed64(bytes, at)
        : isInteger(size)
          ? decimal(signed(bytes, at, size))
          : hexBytes(bytes, at, size);
    case TYPE.UINT64:
      return size === 8
        ? unsigned64(bytes, at)
        : isInteger(size)
          ? decimal(unsigned(bytes, at, size))
          : hexBytes(bytes, at, size);
    case TYPE.FLOAT:
      return size === 4 ? floatText(bytes.readFloatLE(at)) : hexBytes(bytes, at, size);
    case TYPE.DOUBLE:
      return size === 8 ? doubleText(bytes.readDoubleLE(at)) : hexBytes(bytes, at, size);
    case TYPE.BOOL:
      // Four bytes by the book; one, two and eight were seen, and values other than 1.
      return isZero(bytes, at, size) ? 'false' : 'true';
    case TYPE.GUID:
      return size === 16 ? guidText(bytes, at, options.spelling) : hexBytes(bytes, at, size);
    case TYPE.SIZE:
    case TYPE.HEX32:
    case TYPE.HEX64:
      return size === 8
        ? hex64(bytes, at)
        : isInteger(size)
          ? `0x${unsigned(bytes, at, size).toString(16)}`
          : hexBytes(bytes, at, size);
    case TYPE.FILETIME:
      return size === 8 ? filetimeText(bytes, at) : hexBytes(bytes, at, size);
    case TYPE.SYSTEMTIME:
      return size === 16 ? systemTimeText(bytes, at) : hexBytes(bytes, at, size);
    case TYPE.SID:
      return sidText(bytes, at, size);
    default:
      return hexBytes(bytes, at, size);
  }
}

/** The members of an array, each as text; `type` with or without {@link ARRAY}. */
export function arrayItems(
  bytes: Buffer,
  type: number,
  at: number,
  size: number,
  options: ValueOptions,
): readonly string[] {
  return arrayMembers(bytes, type, at, size).map(m => scalarOf(bytes, m.type, m.at, m.size, options) ?? '');
}

/** One member of an array: a value like any other. */
export interface ArrayMember {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

/** Where the members of an array lie; bytes that cannot be told apart are one member, binary. */
export function arrayMembers(bytes: Buffer, type: number, at: number, size: number): readonly ArrayMember[] {
  const member = type & ~ARRAY;
  const end = at + size;
  switch (member) {
    case TYPE.STRING:
      return terminated(member, at, end, 2, p => bytes[p] === 0 && bytes[p + 1] === 0);
    case TYPE.ANSI:
      return terminated(member, at, end, 1, p => bytes[p] === 0);
    case TYPE.SID: {
      const members: ArrayMember[] = [];
      for (let p = at; p < end; ) {
        const width = p + 8 <= end ? Math.min(8 + 4 * bytes[p + 1]!, end - p) : end - p;
        members.push({ type: member, at: p, size: width });
        p += width;
      }
      return members;
    }
    default: {
      const width = WIDTH[member]!;
      if (size === 0) return [];
      if (width === 0 || size % width !== 0) return [{ type: TYPE.BINARY, at, size }];
      return Array.from({ length: size / width }, (_, i) => ({ type: member, at: at + i * width, size: width }));
    }
  }
}

/** Strings that each end in a NUL; the last one may lack it. */
function terminated(
  type: number,
  from: number,
  end: number,
  unit: 1 | 2,
  isEnd: (at: number) => boolean,
): readonly ArrayMember[] {
  const members: ArrayMember[] = [];
  let start = from;
  for (let p = from; p + unit <= end; p += unit) {
    if (!isEnd(p)) continue;
    members.push({ type, at: start, size: p - start });
    start = p + unit;
  }
  if (start + unit <= end) members.push({ type, at: start, size: end - start });
  return members;
}

const isInteger = (size: number): boolean => size === 1 || size === 2 || size === 4 || size === 8;

/** 1, 2 or 4 bytes. */
function unsigned(bytes: Uint8Array, at: number, size: number): number {
  return size === 1 ? bytes[at]! : size === 2 ? u16(bytes, at) : u32(bytes, at);
}

function signed(bytes: Uint8Array, at: number, size: number): number {
  return size === 1 ? (bytes[at]! << 24) >> 24 : size === 2 ? (u16(bytes, at) << 16) >> 16 : i32(bytes, at);
}

function unsigned64(bytes: Uint8Array, at: number): string {
  const high = u32(bytes, at + 4);
  return high < 0x20_0000 ? decimal(high * 4_294_967_296 + u32(bytes, at)) : u64(bytes, at).toString();
}

const signed64 = (bytes: Uint8Array, at: number): string =>
  i32(bytes, at + 4) >>> 0 < 0x20_0000 ? unsigned64(bytes, at) : BigInt.asIntN(64, u64(bytes, at)).toString();

/** Process ids, ports and statuses come again and again: their texts are kept. */
const SMALL: string[] = Array.from({ length: 65_536 }, () => '');
function decimal(n: number): string {
  if (n < 0 || n >= SMALL.length) return String(n);
  const known = SMALL[n]!;
  if (known !== '') return known;
  const text = String(n);
  SMALL[n] = text;
  return text;
}

function isZero(bytes: Uint8Array, at: number, size: number): boolean {
  for (let i = at; i < at + size; i++) if (bytes[i] !== 0) return false;
  return true;
}

const hexBytes = (bytes: Buffer, at: number, size: number): string =>
  bytes.toString('hex', at, at + size).toUpperCase();

// Digits are set as bytes: a number's own toString(16) costs five times as much.
const digits = Buffer.alloc(40);
const DIGITS = Buffer.from('0123456789abcdef', 'latin1');

function hexText(high: number, low: number): string {
  let count = 2;
  digits[0] = 0x30;
  digits[1] = 0x78;
  for (let shift = 60; shift >= 0; shift -= 4) {
    const digit = ((shift >= 32 ? high : low) >>> (shift & 31)) & 15;
    if (digit !== 0 || count > 2 || shift === 0) digits[count++] = DIGITS[digit]!;
  }
  return digits.toString('latin1', 0, count);
}

const HEX_TEXTS = 4096;
const hexLow = new Uint32Array(HEX_TEXTS);
const hexHigh = new Uint32Array(HEX_TEXTS);
const hexTexts: string[] = new Array<string>(HEX_TEXTS).fill('');
/** Lower case, without leading zeroes. Logon ids and keywords repeat: their texts are kept. */
function hex64(bytes: Uint8Array, at: number): string {
  const low = u32(bytes, at);
  const high = u32(bytes, at + 4);
  const slot = (low ^ (low >>> 12) ^ high ^ (high >>> 17)) & (HEX_TEXTS - 1);
  const known = hexTexts[slot]!;
  if (hexLow[slot] === low && hexHigh[slot] === high && known !== '') return known;
  const text = hexText(high, low);
  hexLow[slot] = low;
  hexHigh[slot] = high;
  hexTexts[slot] = text;
  return text;
}

function ansiText(bytes: Buffer, at: number, size: number, options: ValueOptions): string {
  let count = size;
  while (count > 0 && bytes[at + count - 1] === 0) count--;
  return options.ansi.decode(bytes.subarray(at, at + count));
}

/** Texts of byte strings that come again and again: machines, accounts, sessions. A collision forgets the older one. */
class ByteTexts {
  readonly #slots = 4096;
  readonly #keys: (Uint8Array | undefined)[] = new Array<undefined>(this.#slots).fill(undefined);
  readonly #texts: string[] = new Array<string>(this.#slots).fill('');

  of(bytes: Buffer, at: number, size: number, make: (bytes: Buffer, at: number, size: number) => string): string {
    let hash = size;
    for (let i = at; i < at + size; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (this.#slots - 1);
    const key = this.#keys[slot];
    if (key?.length === size && isEqual(key, bytes, at)) return this.#texts[slot]!;
    const text = make(bytes, at, size);
    this.#keys[slot] = Uint8Array.from(bytes.subarray(at, at + size));
    this.#texts[slot] = text;
    return text;
  }
}

function isEqual(key: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[at + i]) return false;
  return true;
}

const guids = new ByteTexts();
function guidText(bytes: Buffer, at: number, spelling: Spelling): string {
  const text = guids.of(bytes, at, 16, bracedGuid);
  return spelling === 'windows' ? text : text.slice(1, -1).toUpperCase();
}

/** The first three groups are little-endian, the rest stands as it is read. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
function bracedGuid(bytes: Buffer, at: number): string {
  let to = 0;
  digits[to++] = 0x7b;
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) digits[to++] = 0x2d;
    const byte = bytes[at + GUID_ORDER[i]!]!;
    digits[to++] = DIGITS[byte >> 4]!;
    digits[to++] = DIGITS[byte & 15]!;
  }
  digits[to++] = 0x7d;
  return digits.toString('latin1', 0, to);
}

const sids = new ByteTexts();
/** `S-1-5-18`. Where the bytes are too few for the count that they state, they are shown as they are. */
const sidText = (bytes: Buffer, at: number, size: number): string => sids.of(bytes, at, size, makeSid);

function makeSid(bytes: Buffer, at: number, size: number): string {
  const count = size < 8 ? 0 : bytes[at + 1]!;
  if (size < 8 + 4 * count) return hexBytes(bytes, at, size);
  const authority = bytes.readUIntBE(at + 2, 6);
  // [MS-DTYP] 2.4.2.1: an authority of 2^32 and more is written in hexadecimal.
  let text = `S-${bytes[at]!}-${authority < 2 ** 32 ? authority : `0x${authority.toString(16).padStart(12, '0')}`}`;
  for (let i = 0; i < count; i++) text += `-${u32(bytes, at + 8 + 4 * i)}`;
  return text;
}

/** The digits as the log has them, also where no such day exists; one that was never set is the beginning of 1601, as in Windows. */
function systemTimeText(bytes: Uint8Array, at: number): string {
  if (isZero(bytes, at, 16)) return '1601-01-01T00:00:00.0000000Z';
  const part = (index: number, width: number): string => String(u16(bytes, at + 2 * index)).padStart(width, '0');
  const date = `${part(0, 4)}-${part(1, 2)}-${part(3, 2)}`;
  return `${date}T${part(4, 2)}:${part(5, 2)}:${part(6, 2)}.${part(7, 3)}0000Z`;
}
