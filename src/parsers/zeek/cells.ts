import type { Column, Field, Value } from '../../model/index.ts';
import { grown } from '../../model/index.ts';

/** What the text of a cell means; undefined where the cell says nothing. Called once per distinct text. */
export type Meaning = (text: string) => Value | undefined;

export interface Output {
  readonly field: Field;
  readonly meaning: Meaning;
}

const MOST_KNOWN = 1 << 15;

/** A log cannot know which of its texts will meet in one place. */
const HASH_START = Math.floor(Math.random() * 2 ** 31);
const hashStep = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193);

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
  // The text of the last cell, by its place in the arena; empty at the beginning of a batch.
  #lastStart = 0;
  #lastEnd = 0;
  #lastCode = 0;

  constructor(outputs: readonly Output[], capacity: number) {
    this.#outputs = outputs;
    this.#codes = new Uint32Array(capacity);
    this.#meanings = outputs.map(({ meaning }) => new Meanings(meaning));
  }

  put(bytes: Buffer, from: number, to: number, row: number): void {
    let hash = HASH_START;
    for (let i = from; i < to; i++) hash = hashStep(hash, bytes[i]!);
    this.#put(bytes, from, to, row, hash);
  }

  /**
   * Puts the cell that begins at `from` and ends before `separator` or at `to`, unless it is the one byte `unset`; returns its end. One go over
   * the bytes, and in most columns the next cell is often what the last one was.
   */
  putUntil(bytes: Buffer, from: number, to: number, row: number, separator: number, unset: number): number {
    const arena = this.#arena;
    const lastEnd = this.#lastEnd;
    let end = from;
    let at = this.#lastStart;
    while (at < lastEnd && end < to && arena[at] === bytes[end]) {
      at++;
      end++;
    }
    if (at === lastEnd && end > from && (end === to || bytes[end] === separator)) {
      this.#codes[row] = this.#lastCode;
      return end;
    }
    let hash = HASH_START;
    for (end = from; end < to; end++) {
      const c = bytes[end]!;
      if (c === separator) break;
      hash = hashStep(hash, c);
    }
    if (end - from !== 1 || bytes[from] !== unset) this.#put(bytes, from, end, row, hash);
    return end;
  }

  #put(bytes: Buffer, from: number, to: number, row: number, stepped: number): void {
    const hash = stepped ^ (stepped >>> 15);
    const entry = this.#find(bytes, from, to, hash);
    let code = this.#codeOf[entry]!;
    if (code === 0) {
      code = this.#entries.length;
      this.#entries.push(entry);
      this.#codeOf[entry] = code;
    }
    this.#codes[row] = code;
    this.#lastStart = this.#starts[entry]!;
    this.#lastEnd = this.#starts[entry + 1]!;
    this.#lastCode = code;
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
    this.#lastEnd = this.#lastStart;
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
