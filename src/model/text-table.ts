import { grown } from './grown.ts';

const FIRST_PLACES = 1 << 12;
const FIRST_BYTES = 1 << 16;
/** Texts, and UTF-16 units of them, that are held from one batch to the next. */
const MOST_HELD = 1 << 15;
const MOST_UNITS = 1 << 22;
/** Longer texts are made at once: a string of Latin letters is half as long as its bytes, and such texts seldom come again. */
const LONGEST_BYTES = 2048;
/** A log cannot know which of its texts will meet in one place. */
const SEED = Math.floor(Math.random() * 2 ** 31);
const NO_BYTES = -1;

/**
 * Distinct texts by small numbers: '' is 0, the others follow as they come. A text is known again by its bytes, and its string is
 * made when somebody reads it. The numbers hold as long as the table; who has enough of a large one begins another.
 */
export class TextTable {
  /** By number; undefined where nobody has asked yet. */
  readonly #strings: (string | undefined)[] = [''];
  #slots: Int32Array;
  #hashes: Int32Array;
  /** Where the bytes of a text begin, {@link NO_BYTES} where only its string is kept; and its length in UTF-16 units. */
  #starts: Int32Array;
  #lengths: Int32Array;
  #bytes: Buffer;
  #view: DataView;
  #used = 0;
  #units = 0;

  /** `before`: a table that this one follows, whose texts will probably be as many. */
  constructor(before?: TextTable) {
    const places = before === undefined ? FIRST_PLACES : before.#hashes.length;
    this.#slots = new Int32Array(2 * places);
    this.#hashes = new Int32Array(places);
    this.#starts = new Int32Array(places);
    this.#lengths = new Int32Array(places);
    this.#bytes = Buffer.allocUnsafeSlow(before === undefined ? FIRST_BYTES : before.#bytes.length);
    this.#view = viewOf(this.#bytes);
  }

  /** Whether it has grown so large that another should be begun as soon as nobody writes by its numbers. */
  get isLarge(): boolean {
    return this.#strings.length > MOST_HELD || this.#units > MOST_UNITS;
  }

  text(id: number): string {
    const known = this.#strings[id];
    if (known !== undefined) return known;
    const start = this.#starts[id]!;
    const text = this.#bytes.toString('utf16le', start, start + 2 * this.#lengths[id]!);
    this.#strings[id] = text;
    return text;
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
      if (id === 0) return this.#add(slot, hash, length, NO_BYTES, text);
      if (this.#hashes[id] === hash && this.#lengths[id] === length && this.text(id) === text) return id;
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
      if (id === 0) return this.#addBytes(slot, hash, bytes, view, at, units);
      if (this.#hashes[id] === hash && this.#lengths[id] === units && this.#isOf(id, view, at)) return id;
    }
  }

  #isOf(id: number, view: DataView, at: number): boolean {
    const units = this.#lengths[id]!;
    const start = this.#starts[id]!;
    if (start === NO_BYTES) return isUtf16(this.#strings[id]!, view, at);
    const own = this.#view;
    const even = 2 * (units & ~1);
    for (let i = 0; i < even; i += 4) if (own.getInt32(start + i, true) !== view.getInt32(at + i, true)) return false;
    return (units & 1) === 0 || own.getUint16(start + even, true) === view.getUint16(at + even, true);
  }

  #first(hash: number): number {
    return hash & (this.#slots.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  #addBytes(slot: number, hash: number, bytes: Buffer, view: DataView, at: number, units: number): number {
    const size = 2 * units;
    if (size > LONGEST_BYTES) return this.#add(slot, hash, units, NO_BYTES, bytes.toString('utf16le', at, at + size));
    const start = this.#used;
    // Whole words, so that every text begins at one.
    const end = start + ((size + 3) & ~3);
    if (end > this.#bytes.length) this.#widen();
    const own = this.#view;
    const even = size & ~3;
    for (let i = 0; i < even; i += 4) own.setInt32(start + i, view.getInt32(at + i, true), true);
    if (even < size) own.setUint16(start + even, view.getUint16(at + even, true), true);
    this.#used = end;
    return this.#add(slot, hash, units, start, undefined);
  }

  #add(slot: number, hash: number, units: number, start: number, text: string | undefined): number {
    const id = this.#strings.length;
    this.#strings.push(text);
    this.#units += units;
    const isFull = id === this.#hashes.length;
    if (isFull) {
      this.#hashes = grown(this.#hashes, id + 1);
      this.#starts = grown(this.#starts, id + 1);
      this.#lengths = grown(this.#lengths, id + 1);
    }
    this.#hashes[id] = hash;
    this.#starts[id] = start;
    this.#lengths[id] = units;
    if (isFull) this.#placeAnew();
    else this.#slots[slot] = id;
    return id;
  }

  #placeAnew(): void {
    this.#slots = new Int32Array(this.#hashes.length * 2);
    for (let id = 1; id < this.#strings.length; id++) {
      let slot = this.#first(this.#hashes[id]!);
      while (this.#slots[slot] !== 0) slot = this.#after(slot);
      this.#slots[slot] = id;
    }
  }

  #widen(): void {
    const wider = Buffer.allocUnsafeSlow(2 * this.#bytes.length);
    this.#bytes.copy(wider, 0, 0, this.#used);
    this.#bytes = wider;
    this.#view = viewOf(wider);
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const mixed = (hash: number, word: number): number => {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
};
const finished = (hash: number): number => hash ^ (hash >>> 13);

function isUtf16(text: string, view: DataView, at: number): boolean {
  for (let i = 0, p = at; i < text.length; i++, p += 2)
    if (text.charCodeAt(i) !== view.getUint16(p, true)) return false;
  return true;
}
