const MOST_LISTS = 4096;

/**
 * One array for equal lists of data names: the mapping's plans are cached by it. For carriers that state the names in every event.
 */
export class DataNames {
  readonly #known = new Map<string, readonly string[]>();

  same(names: readonly string[]): readonly string[] {
    // No name and one empty name are two lists.
    const key = `${names.length}\u0000${names.join('\u0000')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_LISTS) this.#known.clear();
    this.#known.set(key, names);
    return names;
  }
}
