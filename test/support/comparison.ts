/** Counts fields that are equal, and keeps those that are not by name. */
export class Comparison {
  #equal = 0;
  #total = 0;
  readonly #differing = new Map<string, number>();
  readonly #title: string;

  constructor(title: string) {
    this.#title = title;
  }

  field(name: string, expected: unknown, actual: unknown): void {
    this.#total++;
    if (isEqual(expected, actual)) this.#equal++;
    else {
      this.#differing.set(name, (this.#differing.get(name) ?? 0) + 1);
      if (process.env['SHOW_DIFFERENCES'] === this.#title)
        console.log(name, JSON.stringify(expected), JSON.stringify(actual));
    }
  }

  /** Prints the result; returns the share that is equal. */
  told(reasons: Readonly<Record<string, string>> = {}): {
    readonly share: number;
    readonly unexplained: readonly string[];
  } {
    const names = [...this.#differing].toSorted(([a], [b]) => (a < b ? -1 : 1));
    console.log(`${this.#title}: ${this.#equal}/${this.#total} fields equal`);
    for (const [name, count] of names) console.log(`  ${count} × ${name}: ${reasons[name] ?? 'unexplained'}`);
    return {
      share: this.#equal / this.#total,
      unexplained: names.map(([name]) => name).filter(name => reasons[name] === undefined),
    };
  }
}

const list = (value: unknown): string[] =>
  value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String);

/** Every expected value must be there; we may say more (an execve goes by several names). */
function isEqual(expected: unknown, actual: unknown): boolean {
  const have = new Set(list(actual));
  return list(expected).every(value => have.has(value));
}
