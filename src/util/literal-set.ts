import { AhoCorasick } from './aho-corasick.ts';

/** A literal is found by three of its characters; shorter ones cannot be held. */
export const SHORTEST_LITERAL = 3;
const TABLE_BITS = 20;
/** More literals than this with the same three characters are looked for by an automaton, so that no choice of literals makes it slow. */
const MOST_IN_BUCKET = 32;

interface Entry {
  readonly literal: string;
  readonly index: number;
  /** Where in the literal its three characters stand. */
  readonly offset: number;
}

/**
 * Thousands of literals looked for in one pass, most of which do not occur: a bit table of three-character windows says no at
 * almost every place of a text. Each literal is entered by the window that the fewest others share.
 */
export class LiteralSet {
  readonly #bits = new Uint32Array((1 << TABLE_BITS) / 32);
  readonly #buckets = new Map<number, Entry[]>();
  readonly #crowded: { readonly automaton: AhoCorasick; readonly indexes: readonly number[] } | undefined;

  /** Literals of at least three code units. */
  constructor(literals: readonly string[]) {
    const frequency = new Map<number, number>();
    for (const literal of literals) {
      for (let i = 0; i + SHORTEST_LITERAL <= literal.length; i++) {
        const window = windowAt(literal, i);
        frequency.set(window, (frequency.get(window) ?? 0) + 1);
      }
    }
    const crowded: Entry[] = [];
    for (const [index, literal] of literals.entries()) {
      const entry = { literal, index, offset: rarestWindow(literal, frequency) };
      const window = windowAt(literal, entry.offset);
      const bucket = this.#buckets.get(window) ?? [];
      if (bucket.length >= MOST_IN_BUCKET) {
        crowded.push(entry);
        continue;
      }
      bucket.push(entry);
      this.#buckets.set(window, bucket);
      this.#bits[window >>> 5]! |= 1 << (window & 31);
    }
    if (crowded.length > 0) {
      this.#crowded = { automaton: new AhoCorasick(crowded.map(e => e.literal)), indexes: crowded.map(e => e.index) };
    }
  }

  /** Calls `found` with the index of every literal that occurs, perhaps more than once each. */
  each(text: string, found: (index: number) => void): void {
    const end = text.length - SHORTEST_LITERAL;
    for (let at = 0; at <= end; at++) {
      const window = windowAt(text, at);
      if ((this.#bits[window >>> 5]! & (1 << (window & 31))) === 0) continue;
      for (const { literal, index, offset } of this.#buckets.get(window)!) {
        if (at >= offset && text.startsWith(literal, at - offset)) found(index);
      }
    }
    const crowded = this.#crowded;
    crowded?.automaton.each(text, index => {
      found(crowded.indexes[index]!);
    });
  }
}

function windowAt(text: string, at: number): number {
  const mixed =
    Math.imul(text.charCodeAt(at), 0x9e3779b1) ^
    Math.imul(text.charCodeAt(at + 1), 0x85ebca6b) ^
    Math.imul(text.charCodeAt(at + 2), 0xc2b2ae35);
  return (mixed >>> 7) & ((1 << TABLE_BITS) - 1);
}

function rarestWindow(literal: string, frequency: ReadonlyMap<number, number>): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + SHORTEST_LITERAL <= literal.length; i++) {
    const count = frequency.get(windowAt(literal, i))!;
    if (count < least) {
      least = count;
      best = i;
    }
  }
  return best;
}
