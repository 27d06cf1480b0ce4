import { u16, u32 } from './bytes.ts';

// Text of a dump is made as UTF-8 bytes: a string of the log goes from its UTF-16 bytes to escaped UTF-8 in one pass.

/** How a text is kept from being markup: one entry for each ASCII code unit that cannot stand for itself. */
export interface Escaping {
  /** By code unit below 128: undefined where it stands for itself. */
  readonly ascii: readonly (Uint8Array | undefined)[];
  /** What stands for a code unit of 128 and more that cannot be written: lone surrogates everywhere. */
  beyond(unit: number): string | undefined;
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

const SHORT = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);
const unicodeEscape = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

export const JSON_ESCAPING: Escaping = {
  ascii: Array.from({ length: 128 }, (_, unit) => {
    const text = SHORT.get(unit) ?? (unit < 0x20 ? unicodeEscape(unit) : undefined);
    return text === undefined ? undefined : bytesOf(text);
  }),
  beyond: unit => (isSurrogate(unit) ? unicodeEscape(unit) : undefined),
};

const ENTITIES = new Map([
  [0x22, '&quot;'],
  [0x26, '&amp;'],
  [0x27, '&apos;'],
  [0x3c, '&lt;'],
  [0x3e, '&gt;'],
]);

export const XML_ESCAPING: Escaping = {
  ascii: Array.from({ length: 128 }, (_, unit) => {
    const isControl = unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d;
    // XML has no way to write control characters: their pictures (U+2400 and on) show that one was there.
    const text =
      ENTITIES.get(unit) ?? (isControl ? String.fromCharCode(0x2400 + unit) : unit === 0x0d ? '&#13;' : undefined);
    return text === undefined ? undefined : bytesOf(text);
  }),
  beyond: unit => (isSurrogate(unit) || unit >= 0xfffe ? '\ufffd' : undefined),
};

const FIRST_BYTES = 1 << 18;

/** Bytes of text that grow; taken as a string when a piece is finished. */
export class TextSink {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #used = 0;
  #isAscii = true;
  readonly #escaping: Escaping;

  constructor(escaping: Escaping) {
    this.#escaping = escaping;
  }

  get length(): number {
    return this.#used;
  }

  /** Takes back what was written since `length` was so. */
  truncate(length: number): void {
    this.#used = length;
  }

  take(): string {
    const text = this.#bytes.toString(this.#isAscii ? 'latin1' : 'utf8', 0, this.#used);
    this.#used = 0;
    this.#isAscii = true;
    return text;
  }

  /** Line feeds and tabs since `start` as references: in an attribute, a reader of XML takes them for blanks. */
  refer(start: number): void {
    const since = this.#bytes.subarray(start, this.#used);
    if (!since.includes(0x0a) && !since.includes(0x09)) return;
    const text = since.toString('utf8').replace(/[\t\n]/g, unit => `&#${unit.charCodeAt(0)};`);
    this.#used = start;
    this.raw(bytesOf(text));
  }

  /** Markup, ASCII, as it is. */
  ascii(text: string): void {
    this.#room(text.length);
    const bytes = this.#bytes;
    let at = this.#used;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#used = at;
  }

  /** Markup that was made once: a key, an element's name. */
  raw(markup: Uint8Array): void {
    this.#room(markup.length);
    const bytes = this.#bytes;
    let at = this.#used;
    for (let i = 0; i < markup.length; i++) {
      const byte = markup[i]!;
      if (byte > 0x7f) this.#isAscii = false;
      bytes[at++] = byte;
    }
    this.#used = at;
  }

  /** A long run of markup that was made once. */
  bytes(markup: Uint8Array, isAscii: boolean): void {
    this.#room(markup.length);
    this.#bytes.set(markup, this.#used);
    this.#used += markup.length;
    if (!isAscii) this.#isAscii = false;
  }

  /** 0 to 2^32 − 1. */
  decimal(n: number): void {
    this.#room(10);
    let digits = 1;
    for (let power = 10; power <= n; power *= 10) digits++;
    let rest = n;
    for (let at = this.#used + digits - 1; at >= this.#used; at--) {
      const tenth = Math.floor(rest / 10);
      this.#bytes[at] = 48 + rest - tenth * 10;
      rest = tenth;
    }
    this.#used += digits;
  }

  /** `"0x…"`, without leading zeroes. */
  quotedHex(high: number, low: number): void {
    this.ascii('"0x');
    this.#room(17);
    const digits = high === 0 ? hexDigits(low) : 8 + hexDigits(high);
    for (let i = digits - 1; i >= 0; i--) {
      this.#bytes[this.#used++] = HEX_LOWER[((i >= 8 ? high : low) >>> (4 * (i & 7))) & 15]!;
    }
    this.#bytes[this.#used++] = 0x22;
  }

  /** `"0123ABCD-…"`: the first three groups are little-endian. */
  quotedGuid(source: Uint8Array, at: number): void {
    this.#room(38);
    const bytes = this.#bytes;
    let to = this.#used;
    bytes[to++] = 0x22;
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) bytes[to++] = 0x2d;
      const byte = source[at + GUID_ORDER[i]!]!;
      bytes[to++] = HEX_UPPER[byte >> 4]!;
      bytes[to++] = HEX_UPPER[byte & 15]!;
    }
    bytes[to++] = 0x22;
    this.#used = to;
  }

  /** `"S-1-5-18"`; the caller has checked that the bytes hold as many numbers as they state, and a 32-bit authority. */
  quotedSid(source: Uint8Array, at: number): void {
    const count = source[at + 1]!;
    this.ascii('"S-');
    this.decimal(source[at]!);
    this.ascii('-');
    this.decimal(((source[at + 4]! << 24) | (source[at + 5]! << 16) | (source[at + 6]! << 8) | source[at + 7]!) >>> 0);
    for (let i = 0; i < count; i++) {
      this.ascii('-');
      this.decimal(u32(source, at + 8 + 4 * i));
    }
    this.ascii('"');
  }

  /** Text, escaped. */
  text(text: string): void {
    this.#room(text.length * 6);
    const { ascii } = this.#escaping;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80 && ascii[unit] === undefined) this.#bytes[this.#used++] = unit;
      else if (isHigh(unit) && i + 1 < text.length && isLow(text.charCodeAt(i + 1)))
        this.#pair(unit, text.charCodeAt(++i));
      else this.#unit(unit);
    }
  }

  /** `count` UTF-16 code units of a log, escaped. */
  utf16(source: Uint8Array, start: number, count: number): void {
    this.#room(count * 6);
    const { ascii } = this.#escaping;
    const bytes = this.#bytes;
    const end = start + 2 * count;
    let at = this.#used;
    for (let p = start; p < end; p += 2) {
      const unit = source[p]! | (source[p + 1]! << 8);
      if (unit < 0x80 && ascii[unit] === undefined) {
        bytes[at++] = unit;
        continue;
      }
      this.#used = at;
      if (isHigh(unit) && p + 2 < end && isLow(u16(source, p + 2))) {
        this.#pair(unit, u16(source, p + 2));
        p += 2;
      } else {
        this.#unit(unit);
      }
      at = this.#used;
    }
    this.#used = at;
  }

  #pair(high: number, low: number): void {
    const point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    this.#isAscii = false;
    const bytes = this.#bytes;
    bytes[this.#used++] = 0xf0 | (point >> 18);
    bytes[this.#used++] = 0x80 | ((point >> 12) & 0x3f);
    bytes[this.#used++] = 0x80 | ((point >> 6) & 0x3f);
    bytes[this.#used++] = 0x80 | (point & 0x3f);
  }

  /** Anything but a plain ASCII character or a pair. Six bytes at most, as every escape. */
  #unit(unit: number): void {
    if (unit < 0x80) {
      this.raw(this.#escaping.ascii[unit]!);
      return;
    }
    const escaped = unit >= 0xd800 ? this.#escaping.beyond(unit) : undefined;
    if (escaped !== undefined) {
      this.raw(bytesOf(escaped));
      return;
    }
    this.#isAscii = false;
    const bytes = this.#bytes;
    if (unit < 0x800) {
      bytes[this.#used++] = 0xc0 | (unit >> 6);
    } else {
      bytes[this.#used++] = 0xe0 | (unit >> 12);
      bytes[this.#used++] = 0x80 | ((unit >> 6) & 0x3f);
    }
    bytes[this.#used++] = 0x80 | (unit & 0x3f);
  }

  #room(count: number): void {
    if (this.#used + count <= this.#bytes.length) return;
    const bigger = Buffer.allocUnsafe((this.#used + count) * 2);
    this.#bytes.copy(bigger, 0, 0, this.#used);
    this.#bytes = bigger;
  }
}

const HEX_LOWER = bytesOf('0123456789abcdef');
const HEX_UPPER = bytesOf('0123456789ABCDEF');
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
const hexDigits = (n: number): number => (n === 0 ? 1 : 8 - (Math.clz32(n) >> 2));

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
