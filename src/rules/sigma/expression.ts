import { RuleError } from '../rule-error.ts';

/** A Sigma condition, read: names of selections and how they go together. */
export type SigmaExpression =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'not'; readonly of: SigmaExpression }
  | { readonly kind: 'all' | 'any'; readonly of: readonly SigmaExpression[] }
  /** `1 of selection_*`, `all of them`: so many of the selections whose names the pattern matches; undefined is all. */
  | { readonly kind: 'of'; readonly count: number | undefined; readonly pattern: string };

/** The old way to count: `| count(field) by group > 5`. */
export interface Aggregation {
  readonly function: 'count' | 'min' | 'max' | 'avg' | 'sum';
  readonly field: string | undefined;
  readonly by: string | undefined;
  readonly op: '>' | '>=' | '<' | '<=' | '==';
  readonly value: number;
}

/** `| near b and c`: what else must happen within the time frame. */
export interface Near {
  readonly function: 'near';
  readonly others: readonly SigmaExpression[];
}

export interface SigmaCondition {
  readonly expression: SigmaExpression;
  readonly aggregation: Aggregation | Near | undefined;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

/** Reads a condition. Throws RuleError with line 1 and the column in the text; the caller moves it to its place. */
export function parseSigmaCondition(text: string): SigmaCondition {
  const pipe = text.indexOf('|');
  const logic = pipe === -1 ? text : text.slice(0, pipe);
  const parser = new Parser(tokensOf(logic), logic.length);
  const expression = parser.whole();
  return { expression, aggregation: pipe === -1 ? undefined : aggregation(text.slice(pipe + 1), pipe + 1) };
}

const tokensOf = (text: string): Token[] =>
  [...text.matchAll(/\(|\)|[^\s()]+/g)].map(match => ({ text: match[0], at: match.index }));

/** Deeper than any rule that a person writes. */
const DEEPEST = 200;

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  whole(): SigmaExpression {
    const expression = this.#or();
    const left = this.#tokens[this.#at];
    if (left !== undefined) throw this.#error(`${left.text} is not expected here`, 'join selections with and, or, not');
    return expression;
  }

  #word(): string | undefined {
    return this.#tokens[this.#at]?.text.toLowerCase();
  }

  #or(): SigmaExpression {
    const of = [this.#and()];
    while (this.#word() === 'or') {
      this.#at++;
      of.push(this.#and());
    }
    return of.length === 1 ? of[0]! : { kind: 'any', of };
  }

  #and(): SigmaExpression {
    const of = [this.#not()];
    while (this.#word() === 'and') {
      this.#at++;
      of.push(this.#not());
    }
    return of.length === 1 ? of[0]! : { kind: 'all', of };
  }

  #not(): SigmaExpression {
    let negated = false;
    while (this.#word() === 'not') {
      this.#at++;
      negated = !negated;
    }
    const of = this.#primary();
    return negated ? { kind: 'not', of } : of;
  }

  #primary(): SigmaExpression {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#error('the condition ends too early', 'name a selection');
    this.#at++;
    if (token.text === '(') {
      if (++this.#depth > DEEPEST) throw this.#error('the condition is nested too deep');
      const inner = this.#or();
      if (this.#tokens[this.#at]?.text !== ')') throw this.#error('a closing parenthesis is missing');
      this.#at++;
      this.#depth--;
      return inner;
    }
    if (this.#word() === 'of' && /^(\d+|all|any)$/i.test(token.text)) {
      this.#at++;
      const pattern = this.#tokens[this.#at];
      if (pattern === undefined)
        throw this.#error('of what? name selections', 'write 1 of selection_*, or all of them');
      this.#at++;
      const word = token.text.toLowerCase();
      return {
        kind: 'of',
        count: word === 'all' ? undefined : word === 'any' ? 1 : Number(word),
        pattern: pattern.text,
      };
    }
    if (token.text === ')' || /^(and|or|of)$/i.test(token.text)) {
      this.#at--;
      throw this.#error(`${token.text} is not expected here`, 'name a selection');
    }
    return { kind: 'name', name: token.text };
  }

  #error(message: string, hint?: string): RuleError {
    return new RuleError(message, 1, (this.#tokens[this.#at]?.at ?? this.#end) + 1, hint);
  }
}

function aggregation(text: string, offset: number): Aggregation | Near {
  const near = /^\s*near\s/i.exec(text);
  if (near !== null) return nearOf(text.slice(near[0].length), offset + near[0].length);
  const found =
    /^\s*(count|min|max|avg|sum)\s*\(\s*([^)\s]*)\s*\)\s*(?:by\s+([^\s<>=,]+(?:\s*,\s*[^\s<>=,]+){0,9})\s*)?(>=|<=|==|=|>|<)\s*(\d+(?:\.\d+)?)\s*$/i.exec(
      text,
    );
  if (found === null)
    throw new RuleError(
      'this aggregation cannot be read',
      1,
      offset + 1,
      'write | count() by field > 5, or a correlation',
    );
  const [, name, field, by, op, value] = found;
  return {
    function: name!.toLowerCase() as Aggregation['function'],
    field: field === '' ? undefined : field,
    by,
    op: (op === '=' ? '==' : op) as Aggregation['op'],
    value: Number(value),
  };
}

/** Reads what stands behind `near`: selections, joined with and. */
function nearOf(text: string, offset: number): Near {
  const tokens = tokensOf(text).map(token => ({ ...token, at: token.at + offset }));
  const expression = new Parser(tokens, offset + text.length).whole();
  const others = expression.kind === 'all' ? expression.of : [expression];
  if (others.every(other => other.kind === 'name')) return { function: 'near', others };
  throw new RuleError(
    'near is followed here only by selections that are joined with and',
    1,
    offset + 1,
    'write a correlation of rules',
    'unsupported',
  );
}
