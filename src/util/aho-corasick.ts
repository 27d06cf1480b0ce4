/** Many texts looked for in one pass: time is the length of the text, however many there are. Compares code units. */
export class AhoCorasick {
  /** One map a state: next code unit → state. */
  readonly #next: Map<number, number>[] = [new Map()];
  readonly #fail: number[] = [0];
  /** The texts that end in a state, by index; those of shorter suffixes are behind `#shorter`. */
  readonly #ends: number[][] = [[]];
  /** The nearest suffix state in which a text ends; 0 where there is none. */
  readonly #shorter: number[] = [0];
  readonly #matchesAll: boolean;

  constructor(texts: readonly string[]) {
    this.#matchesAll = texts.includes('');
    for (const [index, text] of texts.entries()) this.#insert(text, index);
    this.#link();
  }

  /** Whether any of the texts occurs. */
  isIn(text: string): boolean {
    if (this.#matchesAll) return true;
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      state = this.#step(state, text.charCodeAt(i));
      if (this.#ends[state]!.length > 0 || this.#shorter[state] !== 0) return true;
    }
    return false;
  }

  /** Calls `found` with the index of every text that occurs, perhaps more than once each. */
  each(text: string, found: (index: number) => void): void {
    let state = 0;
    for (const index of this.#ends[0]!) found(index);
    for (let i = 0; i < text.length; i++) {
      state = this.#step(state, text.charCodeAt(i));
      for (let s = state; s !== 0; s = this.#shorter[s]!) for (const index of this.#ends[s]!) found(index);
    }
  }

  #insert(text: string, index: number): void {
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      let next = this.#next[state]!.get(unit);
      if (next === undefined) {
        next = this.#next.length;
        this.#next.push(new Map());
        this.#fail.push(0);
        this.#ends.push([]);
        this.#shorter.push(0);
        this.#next[state]!.set(unit, next);
      }
      state = next;
    }
    this.#ends[state]!.push(index);
  }

  #link(): void {
    const queue = [...this.#next[0]!.values()];
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head]!;
      const fail = this.#fail[state]!;
      this.#shorter[state] = this.#ends[fail]!.length > 0 && fail !== 0 ? fail : this.#shorter[fail]!;
      for (const [unit, child] of this.#next[state]!) {
        this.#fail[child] = this.#step(fail, unit);
        queue.push(child);
      }
    }
  }

  #step(from: number, unit: number): number {
    let state = from;
    for (;;) {
      const next = this.#next[state]!.get(unit);
      if (next !== undefined) return next;
      if (state === 0) return 0;
      state = this.#fail[state]!;
    }
  }
}
