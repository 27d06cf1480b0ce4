const SLOTS = 64;

/**
 * Names that stand in line after line (hosts, programs): the same string for the same text, so that nothing is made anew and a
 * map that is asked for it need not read it again.
 */
export class Words {
  readonly #known: string[] = Array.from({ length: SLOTS }, () => '');

  /** text[start, end). */
  of(text: string, start: number, end: number): string {
    const length = end - start;
    if (length <= 0) return '';
    const slot = (length * 7 + text.charCodeAt(start) * 3 + text.charCodeAt(end - 1)) % SLOTS;
    const known = this.#known[slot]!;
    if (known.length === length && text.startsWith(known, start)) return known;
    const word = text.slice(start, end);
    this.#known[slot] = word;
    return word;
  }
}
