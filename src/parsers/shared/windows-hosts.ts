/** The machines that a log's records name, most frequent first: a log may change its machine's name, or hold many machines' events. */
export class HostTally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    if (name !== '') this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  names(): readonly string[] {
    return [...this.#counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([name]) => name);
  }
}
