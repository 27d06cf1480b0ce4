const MOST_LISTS = 4096;
/** Of all names together: a hostile log has other names in each event. */
const MOST_CHARACTERS = 1 << 20;

/**
 * One array for equal lists of data names: the mapping's plans are cached by it. For carriers that state the names in every event.
 */
export class DataNames {
  readonly #known = new Map<string, readonly string[]>();
  #characters = 0;

  same(names: readonly string[]): readonly string[] {
    // No name and one empty name are two lists.
    const key = `${names.length}\u0000${names.join('\u0000')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#characters += key.length;
    if (this.#known.size >= MOST_LISTS || this.#characters > MOST_CHARACTERS) {
      this.#known.clear();
      this.#characters = key.length;
    }
    this.#known.set(key, names);
    return names;
  }
}
