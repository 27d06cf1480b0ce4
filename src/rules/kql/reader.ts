import { parseWildcard, type WildcardToken } from '../../util/wildcard.ts';
import { placeOf, RuleError } from '../rule-error.ts';

/** A value or a field name. `tokens` has wildcards only where the text was not quoted. */
export interface Literal {
  readonly tokens: readonly WildcardToken[];
  readonly isQuoted: boolean;
  readonly at: number;
}

const SPECIAL: ReadonlySet<string> = new Set(['\\', '(', ')', ':', '<', '>', '"', '*', '{', '}']);
const SPACE = /\s/;
const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['r', '\r'],
  ['n', '\n'],
]);
const KEYWORD = /^(?:and|or|not)$/i;

/** Reads the characters of a KQL text: spaces, keywords and literals with their escapes. */
export class KqlReader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isDone(): boolean {
    this.skipSpace();
    return this.at >= this.text.length;
  }

  skipSpace(): void {
    while (this.at < this.text.length && SPACE.test(this.text[this.at]!)) this.at++;
  }

  /** The next character behind white space, '' at the end. */
  get next(): string {
    this.skipSpace();
    return this.text[this.at] ?? '';
  }

  take(symbol: string): boolean {
    this.skipSpace();
    if (!this.text.startsWith(symbol, this.at)) return false;
    this.at += symbol.length;
    return true;
  }

  need(symbol: string, hint?: string): void {
    if (!this.take(symbol)) this.fail(`expected ${symbol} but found ${this.found}`, this.at, hint);
  }

  /** A keyword stands alone: white space, a bracket or an end on either side. */
  takeKeyword(word: 'and' | 'or' | 'not'): boolean {
    this.skipSpace();
    if (this.#keywordAt(this.at)?.toLowerCase() !== word) return false;
    this.at += word.length;
    return true;
  }

  #keywordAt(at: number): string | undefined {
    const before = this.text[at - 1];
    if (before !== undefined && !SPACE.test(before) && !'(){}'.includes(before)) return undefined;
    const word = /^[a-z]+/i.exec(this.text.slice(at, at + 4))?.[0] ?? '';
    const after = this.text[at + word.length];
    const isAlone = after === undefined || SPACE.test(after) || after === '(' || after === ')' || after === '{';
    return isAlone && KEYWORD.test(word) ? word : undefined;
  }

  literal(): Literal {
    this.skipSpace();
    return this.text[this.at] === '"' ? this.#quoted() : this.#unquoted();
  }

  #quoted(): Literal {
    const start = this.at++;
    let value = '';
    while (this.at < this.text.length) {
      const c = this.text[this.at]!;
      if (c === '"') {
        this.at++;
        return { tokens: value === '' ? [] : [value], isQuoted: true, at: start };
      }
      value += c === '\\' ? this.#escape() : c;
      this.at++;
    }
    return this.fail('the quoted text is never closed', start, 'close it with "');
  }

  /** Runs over white space up to the next keyword or special character: `user agent: a b` is one value. */
  #unquoted(): Literal {
    const start = this.at;
    let pattern = '';
    while (this.at < this.text.length) {
      const c = this.text[this.at]!;
      if (c === '\\') pattern += this.#escape().replace(/[*\\]/g, '\\$&');
      else if (c === '*') pattern += '*';
      else if (SPECIAL.has(c) || this.#keywordAt(this.at) !== undefined) break;
      else pattern += c;
      this.at++;
    }
    const trimmed = pattern.trim();
    if (trimmed === '') this.fail(`expected a field or a value but found ${this.found}`, start);
    return { tokens: parseWildcard(trimmed, { one: false, escape: true }), isQuoted: false, at: start };
  }

  /** Reads what stands behind a backslash and stops on its last character. */
  #escape(): string {
    const next = this.text[this.at + 1];
    if (next === undefined) return this.fail('the query ends in a lone backslash', this.at);
    const unicode = /^u([0-9A-Fa-f]{4})/.exec(this.text.slice(this.at + 1, this.at + 6));
    if (unicode !== null) {
      this.at += 5;
      return String.fromCharCode(Number.parseInt(unicode[1]!, 16));
    }
    this.at++;
    return ESCAPED.get(next) ?? next;
  }

  get found(): string {
    this.skipSpace();
    return this.at >= this.text.length
      ? 'the end of the query'
      : this.text.slice(this.at, this.at + 12).split(/\s/)[0]!;
  }

  fail(message: string, at = this.at, hint?: string): never {
    const { line, column } = placeOf(this.text, at);
    throw new RuleError(message, line, column, hint);
  }
}
