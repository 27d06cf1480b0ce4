/** The machines that a log's records name, most frequent first: a log may change its machine's name, or hold many machines' events. */
export class HostTally {
  readonly #counts = new Map<string, number>();
  /** A log mostly names the same machine again and again: counted when another comes. */
  #last = '';
  #run = 0;

  add(name: string): void {
    if (name !== this.#last) {
      this.#count();
      this.#last = name;
    }
    this.#run++;
  }

  #count(): void {
    if (this.#last !== '') this.#counts.set(this.#last, (this.#counts.get(this.#last) ?? 0) + this.#run);
    this.#run = 0;
  }

  names(): readonly string[] {
    this.#count();
    return [...this.#counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([name]) => name);
  }
}
