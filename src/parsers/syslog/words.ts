const SLOTS = 128;
/** A piece of a text keeps the whole of it in memory: what is longer is no name. */
const MOST = 64;

/**
 * Names that stand in line after line (hosts, programs): the same string for the same text, so that nothing is made anew and a
 * map that is asked for it need not read it again.
 */
export class Words {
  /** Of the last line of which it is sure that it begins with a host. */
  host = '';
  /** The host that stands behind the time since boot, where one does (`journalctl -o short-monotonic`); '' in the kernel's own log. */
  uptimeHost = '';
  readonly #known: string[] = Array.from({ length: SLOTS }, () => '');

  /** text[start, end). */
  of(text: string, start: number, end: number): string {
    const length = end - start;
    if (length <= 0) return '';
    if (length > MOST) return text.slice(start, end);
    const slot = (length * 31 + text.charCodeAt(start) * 7 + text.charCodeAt(end - 1) * 3) % SLOTS;
    const known = this.#known[slot]!;
    if (known.length === length && text.startsWith(known, start)) return known;
    const word = text.slice(start, end);
    this.#known[slot] = word;
    return word;
  }
}
