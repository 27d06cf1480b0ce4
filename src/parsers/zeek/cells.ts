import type { Column, Field, Value } from '../../model/index.ts';

/** What the text of a cell means; undefined where the cell says nothing. Called once per distinct text. */
export type Meaning = (text: string) => Value | undefined;

export interface Output {
  readonly field: Field;
  readonly meaning: Meaning;
}

const MOST_KNOWN = 1 << 15;

/**
 * The cells of one log column, known by their bytes: a text is made once per distinct cell and not once per row, and its
 * meanings (`S0` → state, event type, outcome) are worked out once. What it knows outlives a batch; what a batch holds does not.
 */
export class Cells {
  readonly #outputs: readonly Output[];
  #slots = new Int32Array(1 << 10); // entry + 1, by hash
  #hashes = new Int32Array(1 << 9);
  #starts = new Int32Array((1 << 9) + 1);
  #arena = Buffer.alloc(1 << 13);
  #known = 0;
  #codeOf = new Int32Array(1 << 9); // code in this batch, by entry; 0 = not in it
  #meanings: readonly Meanings[];
  #codes: Uint32Array<ArrayBuffer>;
  #entries: number[] = [-1]; // by code

  constructor(outputs: readonly Output[], capacity: number) {
    this.#outputs = outputs;
    this.#codes = new Uint32Array(capacity);
    this.#meanings = outputs.map(({ meaning }) => new Meanings(meaning));
  }

  put(bytes: Buffer, from: number, to: number, row: number): void {
    let hash = 0x811c9dc5 | 0;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    hash ^= hash >>> 15;
    const entry = this.#find(bytes, from, to, hash);
    let code = this.#codeOf[entry]!;
    if (code === 0) {
      code = this.#entries.length;
      this.#entries.push(entry);
      this.#codeOf[entry] = code;
    }
    this.#codes[row] = code;
  }

  clear(row: number): void {
    this.#codes[row] = 0;
  }

  /** Adds this column's fields for the rows so far, and begins the next batch. */
  finish(rows: number, columns: Map<Field, Column>): void {
    if (this.#entries.length > 1) {
      for (const [which, { field }] of this.#outputs.entries()) {
        const { recoded, values } = this.#meanings[which]!.of(this.#entries);
        if (values.length === 1) continue;
        const codes = new Uint32Array(rows);
        for (let row = 0; row < rows; row++) codes[row] = recoded[this.#codes[row]!]!;
        columns.set(field, { kind: 'keyword', codes, values });
      }
      for (let code = 1; code < this.#entries.length; code++) this.#codeOf[this.#entries[code]!] = 0;
      this.#entries = [-1];
    }
    this.#codes.fill(0);
    if (this.#known > MOST_KNOWN) this.#forget();
  }

  #find(bytes: Buffer, from: number, to: number, hash: number): number {
    const mask = this.#slots.length - 1;
    const length = to - from;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1;
      if (entry === -1) return this.#learn(bytes, from, to, hash, slot);
      if (this.#hashes[entry] !== hash) continue;
      const start = this.#starts[entry]!;
      if (this.#starts[entry + 1]! - start !== length) continue;
      let i = 0;
      while (i < length && this.#arena[start + i] === bytes[from + i]) i++;
      if (i === length) return entry;
    }
  }

  #learn(bytes: Buffer, from: number, to: number, hash: number, slot: number): number {
    const entry = this.#known++;
    const start = this.#starts[entry]!;
    const end = start + to - from;
    if (end > this.#arena.length) {
      const bigger = Buffer.alloc(end * 2);
      this.#arena.copy(bigger, 0, 0, start);
      this.#arena = bigger;
    }
    bytes.copy(this.#arena, start, from, to);
    this.#hashes[entry] = hash;
    this.#starts[entry + 1] = end;
    this.#slots[slot] = entry + 1;
    const text = bytes.toString('utf8', from, to);
    for (const meanings of this.#meanings) meanings.learn(entry, text);
    if (this.#known * 2 >= this.#slots.length) this.#grow();
    return entry;
  }

  #grow(): void {
    const size = this.#slots.length * 2;
    this.#slots = new Int32Array(size);
    this.#hashes = grown(this.#hashes, size / 2);
    this.#starts = grown(this.#starts, size / 2 + 1);
    this.#codeOf = grown(this.#codeOf, size / 2);
    for (let entry = 0; entry < this.#known; entry++) {
      let slot = this.#hashes[entry]! & (size - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = entry + 1;
    }
  }

  #forget(): void {
    this.#slots.fill(0);
    this.#known = 0;
    this.#codeOf.fill(0);
    this.#meanings = this.#outputs.map(({ meaning }) => new Meanings(meaning));
  }
}

/** One meaning of each known text. Two texts may mean the same (`1.50` and `1.5`), and a code must stand for one value: values have numbers. */
class Meanings {
  readonly #meaning: Meaning;
  readonly #numbers: number[] = []; // by entry; 0 = means nothing
  readonly #values: Value[] = [''];
  readonly #numberOf = new Map<Value, number>();
  #codeOf = new Uint32Array(1 << 6); // by number; 0 between batches

  constructor(meaning: Meaning) {
    this.#meaning = meaning;
  }

  learn(entry: number, text: string): void {
    const value = this.#meaning(text);
    if (value === undefined) {
      this.#numbers[entry] = 0;
      return;
    }
    const key = Array.isArray(value) ? `\u0000${JSON.stringify(value)}` : value;
    let number = this.#numberOf.get(key);
    if (number === undefined) {
      number = this.#values.push(value) - 1;
      this.#numberOf.set(key, number);
    }
    this.#numbers[entry] = number;
  }

  /** The values of a batch's entries, and the code of each entry's value by its place. */
  of(entries: readonly number[]): { readonly recoded: Uint32Array; readonly values: Value[] } {
    if (this.#codeOf.length < this.#values.length) this.#codeOf = new Uint32Array(this.#values.length * 2);
    const codeOf = this.#codeOf;
    const recoded = new Uint32Array(entries.length);
    const values: Value[] = [''];
    for (let at = 1; at < entries.length; at++) {
      const number = this.#numbers[entries[at]!]!;
      if (number === 0) continue;
      let code = codeOf[number]!;
      if (code === 0) {
        code = values.push(this.#values[number]!) - 1;
        codeOf[number] = code;
      }
      recoded[at] = code;
    }
    for (let at = 1; at < entries.length; at++) codeOf[this.#numbers[entries[at]!]!] = 0;
    return { recoded, values };
  }
}

/** The cells of a column in which nearly every row has a text of its own (`uid`): nothing is remembered beyond a batch. */
export class UniqueCells {
  readonly #outputs: readonly Output[];
  readonly #codes: Uint32Array<ArrayBuffer>;
  #texts: string[] = [''];
  #codeOf = new Map<string, number>();

  constructor(outputs: readonly Output[], capacity: number) {
    this.#outputs = outputs;
    this.#codes = new Uint32Array(capacity);
  }

  put(bytes: Buffer, from: number, to: number, row: number): void {
    const text = bytes.toString('latin1', from, to);
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.#texts.push(text) - 1;
      this.#codeOf.set(text, code);
    }
    this.#codes[row] = code;
  }

  clear(row: number): void {
    this.#codes[row] = 0;
  }

  finish(rows: number, columns: Map<Field, Column>): void {
    for (const { field, meaning } of this.#outputs) {
      const meanings = new Meanings(meaning);
      const entries = this.#texts.map((_, entry) => entry);
      for (let entry = 1; entry < this.#texts.length; entry++) meanings.learn(entry, this.#texts[entry]!);
      const { recoded, values } = meanings.of(entries);
      if (values.length > 1) {
        columns.set(field, { kind: 'keyword', codes: this.#codes.slice(0, rows).map(code => recoded[code]!), values });
      }
    }
    this.#codes.fill(0);
    this.#texts = [''];
    this.#codeOf = new Map();
  }
}

function grown(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(length);
  bigger.set(old);
  return bigger;
}

/** A decimal number in bytes, as Zeek writes counts, ports and intervals; NaN where it is none, or more than a double holds exactly. */
export function decimal(bytes: Uint8Array, from: number, to: number): number {
  let whole = 0;
  let i = from;
  const isNegative = bytes[i] === 45;
  if (isNegative) i++;
  if (i === to) return Number.NaN;
  const start = i;
  for (; i < to; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (i === to && i - start < 16) return isNegative ? -whole : whole;
  // Fractions and exponents: let the language round once, instead of us twice.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', from, to);
  const n = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(n) <= Number.MAX_SAFE_INTEGER ? n : Number.NaN;
}

/**
 * Seconds with a decimal fraction → units of 10^-`digits` s, without a detour through floating point (`1329843175.736107` is no
 * binary fraction). Digits beyond are returned as up to `rest` further ones, rounded. NaN where it is no such number.
 */
export function seconds(bytes: Uint8Array, from: number, to: number, digits: number): number {
  let i = from;
  const isNegative = bytes[i] === 45;
  if (isNegative) i++;
  let value = 0;
  let left = -1; // digits still to come after the point; -1 before it
  const start = i;
  for (; i < to; i++) {
    const c = bytes[i]!;
    if (c === 46 && left === -1 && i > start) {
      left = digits;
      continue;
    }
    const digit = c - 48;
    if (digit < 0 || digit > 9)
      return i > start && (c === 101 || c === 69) ? exponent(bytes, from, to, digits) : Number.NaN;
    if (left === 0) {
      if (digit >= 5) value += 1;
      break;
    }
    value = value * 10 + digit;
    if (left > 0) left--;
  }
  if (i === start) return Number.NaN;
  for (let j = i; j < to; j++) if (bytes[j]! < 48 || bytes[j]! > 57) return Number.NaN;
  for (let n = left === -1 ? digits : left; n > 0; n--) value *= 10;
  return isNegative ? -value : value;
}

/** Epoch seconds, or ISO 8601 as `zeek-cut -d` and JSON::TS_ISO8601 write it → epoch microseconds; NaN where it is neither. */
export function momentOf(bytes: Buffer, from: number, to: number): number {
  if (to - from < 19 || bytes[from + 4] !== 45) return seconds(bytes, from, to, 6);
  const iso = ISO.exec(bytes.toString('latin1', from, to));
  if (iso === null) return Number.NaN;
  const millis = Date.parse(`${iso[1]}${iso[3] ?? 'Z'}`);
  return millis * 1000 + Number((iso[2] ?? '').padEnd(6, '0').slice(0, 6));
}

const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;

function exponent(bytes: Uint8Array, from: number, to: number, digits: number): number {
  const n = decimal(bytes, from, to);
  return Math.round(n * 10 ** digits);
}
