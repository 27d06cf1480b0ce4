const FIRST_PLACES = 16;
/** A table that nothing was added to: there are many, and few of them are asked. */
const NOTHING = new Int32Array(1);

/** Small whole numbers above 0 → small whole numbers above 0, faster than a `Map` and out of the collector's way. */
export class CodeTable {
  // Open addressing; the keys of one batch are near each other, so each mostly finds its own place free.
  #keys = NOTHING;
  #codes = NOTHING;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** 0 where there is none. */
  get(key: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    for (let at = key & mask; ; at = (at + 1) & mask) {
      if (keys[at] === key) return this.#codes[at]!;
      if (keys[at] === 0) return 0;
    }
  }

  /** Keeps its room, for the next batch is like the one before. */
  clear(): void {
    if (this.#size === 0) return;
    this.#keys.fill(0);
    this.#size = 0;
  }

  /** The key must be new. */
  add(key: number, code: number): void {
    if (2 * ++this.#size > this.#keys.length) this.#grow();
    this.#put(key, code);
  }

  #put(key: number, code: number): void {
    const keys = this.#keys;
    const mask = keys.length - 1;
    let at = key & mask;
    while (keys[at] !== 0) at = (at + 1) & mask;
    keys[at] = key;
    this.#codes[at] = code;
  }

  #grow(): void {
    const keys = this.#keys;
    const codes = this.#codes;
    const places = Math.max(FIRST_PLACES, keys.length * 4);
    this.#keys = new Int32Array(places);
    this.#codes = new Int32Array(places);
    for (let i = 0; i < keys.length; i++) if (keys[i] !== 0) this.#put(keys[i]!, codes[i]!);
  }
}
