/** Texts that a regular expression (RE2 syntax, no look-around) matches: one for each way through its first alternatives. */
export function regexSamples(pattern: string): readonly string[] {
  return [new Sampler(pattern, 0).run(), new Sampler(pattern, 1).run()];
}

/** Walks a pattern and writes down a text for it. `extra`: how often more than necessary something repeats. */
class Sampler {
  readonly #pattern: string;
  readonly #extra: number;
  #at = 0;

  constructor(pattern: string, extra: number) {
    this.#pattern = pattern;
    this.#extra = extra;
  }

  run(): string {
    return this.#alternatives();
  }

  #alternatives(): string {
    const first = this.#sequence();
    while (this.#pattern[this.#at] === '|') {
      this.#at++;
      this.#sequence();
    }
    return first;
  }

  #sequence(): string {
    let text = '';
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern[this.#at]!)) {
      const piece = this.#atom();
      text += piece.repeat(this.#repetitions());
    }
    return text;
  }

  #repetitions(): number {
    const found = /^(?:([*+?])|\{(\d+)(?:,(\d*))?\})\??/.exec(this.#pattern.slice(this.#at));
    if (found === null) return 1;
    this.#at += found[0].length;
    const [, symbol, least, most] = found;
    if (symbol === '*') return this.#extra;
    if (symbol === '+') return 1 + this.#extra;
    if (symbol === '?') return this.#extra;
    return most === undefined
      ? Number(least)
      : Number(least) + (most === '' || Number(most) > Number(least) ? this.#extra : 0);
  }

  #atom(): string {
    const c = this.#pattern[this.#at++]!;
    switch (c) {
      case '(': {
        const flags = /^\?(?:[a-zA-Z-]*:|P?<[^>]*>|[a-zA-Z-]+\))/.exec(this.#pattern.slice(this.#at))?.[0] ?? '';
        this.#at += flags.length;
        if (flags.endsWith(')')) return '';
        const text = this.#alternatives();
        this.#at++;
        return text;
      }
      case '[':
        return this.#fromClass();
      case '.':
        return 'x';
      case '^':
      case '$':
        return '';
      case '\\':
        return escaped(this.#pattern[this.#at++] ?? '');
      default:
        return c;
    }
  }

  #fromClass(): string {
    const start = this.#at;
    if (this.#pattern[this.#at] === '^') this.#at++;
    if (this.#pattern[this.#at] === ']') this.#at++;
    while (this.#pattern[this.#at] !== ']') this.#at += this.#pattern[this.#at] === '\\' ? 2 : 1;
    const body = this.#pattern.slice(start, this.#at++);
    const isIn = new RegExp(`[${body}]`);
    for (const c of 'a1A_-. /\\:') if (isIn.test(c)) return c;
    for (let code = 33; code < 255; code++) if (isIn.test(String.fromCharCode(code))) return String.fromCharCode(code);
    return '';
  }
}

function escaped(c: string): string {
  switch (c) {
    case 'd':
      return '7';
    case 'w':
      return 'w';
    case 's':
      return ' ';
    case 'D':
    case 'W':
    case 'S':
      return '#'.replace('#', c === 'W' ? '-' : 'd');
    case 'b':
    case 'B':
    case 'A':
    case 'z':
      return '';
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    default:
      return c;
  }
}
