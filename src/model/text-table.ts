const FIRST_PLACES = 1 << 12;
/** Texts, and characters of them, that are held from one batch to the next. */
const MOST_HELD = 1 << 15;
const MOST_CHARACTERS = 1 << 22;
/** A log cannot know which of its texts will meet in one place. */
const SEED = Math.floor(Math.random() * 2 ** 31);

/**
 * Distinct texts by small numbers: '' is 0, the others follow as they come. A text that was seen before is found by its bytes, and no
 * string is made for it again. The numbers hold until `clear`.
 */
export class TextTable {
  /** By number. */
  readonly texts: string[] = [''];
  #slots = new Int32Array(2 * FIRST_PLACES);
  #hashes = new Int32Array(FIRST_PLACES);
  #characters = 0;

  /** Whether it has grown so large that it should be cleared as soon as nobody needs its numbers. */
  get isLarge(): boolean {
    return this.texts.length > MOST_HELD || this.#characters > MOST_CHARACTERS;
  }

  clear(): void {
    this.texts.length = 1;
    this.#characters = 0;
    this.#slots = new Int32Array(2 * FIRST_PLACES);
    this.#hashes = new Int32Array(FIRST_PLACES);
  }

  of(text: string): number {
    const { length } = text;
    if (length === 0) return 0;
    let hash = SEED ^ length;
    const even = length & ~1;
    for (let i = 0; i < even; i += 2) hash = mixed(hash, text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
    if (even < length) hash = mixed(hash, text.charCodeAt(even));
    hash = finished(hash);
    for (let slot = this.#first(hash); ; slot = this.#after(slot)) {
      const id = this.#slots[slot]!;
      if (id === 0) return this.#add(slot, hash, text);
      if (this.#hashes[id] === hash && this.texts[id] === text) return id;
    }
  }

  /** `units` UTF-16 code units, little-endian, at `at`; `view` is of the same bytes from the same start. */
  utf16(bytes: Buffer, view: DataView, at: number, units: number): number {
    if (units === 0) return 0;
    let hash = SEED ^ units;
    const even = at + 2 * (units & ~1);
    for (let p = at; p < even; p += 4) hash = mixed(hash, view.getInt32(p, true));
    if ((units & 1) === 1) hash = mixed(hash, view.getUint16(even, true));
    hash = finished(hash);
    for (let slot = this.#first(hash); ; slot = this.#after(slot)) {
      const id = this.#slots[slot]!;
      if (id === 0) return this.#add(slot, hash, bytes.toString('utf16le', at, at + 2 * units));
      if (this.#hashes[id] === hash && isUtf16(this.texts[id]!, view, at, units)) return id;
    }
  }

  /** The first `length` of the bytes as Latin-1. */
  latin1(bytes: Buffer, length: number): number {
    if (length === 0) return 0;
    let hash = SEED ^ length;
    const even = length & ~1;
    for (let i = 0; i < even; i += 2) hash = mixed(hash, bytes[i]! | (bytes[i + 1]! << 16));
    if (even < length) hash = mixed(hash, bytes[even]!);
    hash = finished(hash);
    for (let slot = this.#first(hash); ; slot = this.#after(slot)) {
      const id = this.#slots[slot]!;
      if (id === 0) return this.#add(slot, hash, bytes.toString('latin1', 0, length));
      if (this.#hashes[id] === hash && isLatin1(this.texts[id]!, bytes, length)) return id;
    }
  }

  #first(hash: number): number {
    return hash & (this.#slots.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  #add(slot: number, hash: number, text: string): number {
    const id = this.texts.length;
    this.texts.push(text);
    this.#characters += text.length;
    if (id === this.#hashes.length) {
      this.#grow(id, hash);
    } else {
      this.#hashes[id] = hash;
      this.#slots[slot] = id;
    }
    return id;
  }

  #grow(last: number, hash: number): void {
    const hashes = new Int32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    hashes[last] = hash;
    this.#hashes = hashes;
    this.#slots = new Int32Array(hashes.length * 2);
    for (let id = 1; id <= last; id++) {
      let slot = this.#first(hashes[id]!);
      while (this.#slots[slot] !== 0) slot = this.#after(slot);
      this.#slots[slot] = id;
    }
  }
}

const mixed = (hash: number, word: number): number => {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
};
const finished = (hash: number): number => hash ^ (hash >>> 13);

function isUtf16(text: string, view: DataView, at: number, units: number): boolean {
  if (text.length !== units) return false;
  for (let i = 0, p = at; i < units; i++, p += 2) if (text.charCodeAt(i) !== view.getUint16(p, true)) return false;
  return true;
}

function isLatin1(text: string, bytes: Uint8Array, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[i]) return false;
  return true;
}
