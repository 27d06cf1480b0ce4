import { placeOf, RuleError, type RuleErrorKind } from '../rule-error.ts';
import { type Dialect, type Token, tokenize } from './lexer.ts';

/** Words that end an expression or begin one; these can be no field. `any`, `maxspan`, `sample` and the like still can. */
const RESERVED: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'in',
  'in~',
  'like',
  'like~',
  'regex',
  'regex~',
  'true',
  'false',
  'null',
  'where',
  'by',
  'of',
  'until',
  'with',
]);

export const isReserved = (token: Token): boolean =>
  token.kind === 'name' && !token.escaped && RESERVED.has(token.text);

/** A place in the tokens of one text. Knows no grammar, only how to look, to step and to complain. */
export class TokenReader {
  readonly text: string;
  readonly dialect: Dialect;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string, dialect: Dialect) {
    this.text = text;
    this.dialect = dialect;
    this.#tokens = tokenize(text, dialect);
  }

  get token(): Token {
    return this.#tokens[this.#next]!;
  }

  peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  step(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  isSymbol(symbol: string): boolean {
    return this.token.kind === 'symbol' && this.token.text === symbol;
  }

  isWord(word: string): boolean {
    return this.token.kind === 'name' && !this.token.escaped && this.token.text === word;
  }

  takeSymbol(symbol: string): boolean {
    const is = this.isSymbol(symbol);
    if (is) this.step();
    return is;
  }

  takeWord(word: string): boolean {
    const is = this.isWord(word);
    if (is) this.step();
    return is;
  }

  needSymbol(symbol: string, hint?: string): void {
    if (!this.takeSymbol(symbol)) this.fail(`expected ${symbol} but found ${this.found}`, this.token.at, hint);
  }

  needWord(word: string, hint?: string): void {
    if (!this.takeWord(word)) this.fail(`expected ${word} but found ${this.found}`, this.token.at, hint);
  }

  /** The next token as a message names it. */
  get found(): string {
    const { token } = this;
    return token.kind === 'end' ? 'the end of the query' : this.text.slice(token.at, token.end);
  }

  fail(message: string, at = this.token.at, hint?: string, kind: RuleErrorKind = 'invalid'): never {
    const { line, column } = placeOf(this.text, at);
    throw new RuleError(message, line, column, hint, kind);
  }
}
