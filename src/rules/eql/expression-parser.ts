import type { CompareOp } from '../expression.ts';
import { isReserved, type TokenReader } from './reader.ts';
import type { EventNode, Node } from './syntax.ts';

/** Deeper nesting than any person writes; an attacker's rule must not overflow the stack. */
const DEEPEST = 150;

const COMPARE: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '=']);
const LIKE: ReadonlySet<string> = new Set(['like', 'like~', 'regex', 'regex~']);
const RELATIONS: ReadonlySet<string> = new Set(['child', 'descendant', 'event']);

/** or < and < not < comparison < + - < * / % < sign < method < value. Reads one expression and stops behind it. */
export class ExpressionParser {
  readonly #reader: TokenReader;
  #depth = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  /** `category where expression`, as it stands in brackets or alone. */
  event(): EventNode {
    const r = this.#reader;
    const { token } = r;
    const next = r.peek(1);
    if ((token.kind !== 'name' && token.kind !== 'string') || next.kind !== 'name' || next.text !== 'where') {
      return r.fail(
        `expected an event category and where, but found ${r.found}`,
        token.at,
        'write: process where <condition>, or any where <condition>',
      );
    }
    r.step();
    r.step();
    const category = token.kind === 'string' ? token.value : token.text;
    const isAny = token.kind === 'name' && !token.escaped && token.text === 'any';
    return { category: isAny ? undefined : category, where: this.expression(), at: token.at };
  }

  expression(): Node {
    if (++this.#depth > DEEPEST) this.#reader.fail(`nested deeper than ${DEEPEST} levels`);
    const node = this.#or();
    this.#depth--;
    return node;
  }

  #or(): Node {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  #chain(word: 'and' | 'or', operand: () => Node): Node {
    const { at } = this.#reader.token;
    const of = [operand()];
    while (this.#reader.takeWord(word)) of.push(operand());
    return of.length === 1 ? of[0]! : { kind: word, of, at };
  }

  #not(): Node {
    const r = this.#reader;
    const { at } = r.token;
    let negations = 0;
    while (r.takeWord('not')) negations++;
    const node = this.#comparison();
    return negations % 2 === 1 ? { kind: 'not', of: node, at } : node;
  }

  #comparison(): Node {
    const r = this.#reader;
    const left = this.#sum();
    const { token } = r;
    const { at } = token;
    if (token.kind === 'symbol' && COMPARE.has(token.text)) {
      if (token.text === '=' && r.dialect === 'elastic')
        r.fail('= does not compare', at, 'write == (exact) or : (any case, wildcards)');
      r.step();
      const op = token.text === '=' ? '==' : (token.text as CompareOp);
      return { kind: 'compare', op, left, right: this.#sum(), at };
    }
    if (token.kind === 'symbol' && token.text === ':') {
      r.step();
      return { kind: 'like', operator: ':', of: left, list: this.#constants(), at };
    }
    if (token.kind !== 'name' || token.escaped) return left;
    const isNegated = token.text === 'not' && ['in', 'in~', 'like', 'like~', 'regex', 'regex~'].includes(this.#word(1));
    if (isNegated) r.step();
    const word = this.#word(0);
    const node = this.#predicate(left, word, at);
    if (node === undefined) return left;
    return isNegated ? { kind: 'not', of: node, at } : node;
  }

  #word(ahead: number): string {
    const token = this.#reader.peek(ahead);
    return token.kind === 'name' && !token.escaped ? token.text : '';
  }

  #predicate(of: Node, word: string, at: number): Node | undefined {
    const r = this.#reader;
    if (word === 'in' || word === 'in~') {
      r.step();
      if (r.token.kind === 'parameter') return { kind: 'in', of, list: [this.#primary()], fold: word === 'in~', at };
      r.needSymbol('(', `${word} takes a list: ${word} ("a", "b")`);
      return { kind: 'in', of, list: this.#list(')'), fold: word === 'in~', at };
    }
    if (LIKE.has(word)) {
      r.step();
      return { kind: 'like', operator: word as 'like', of, list: this.#constants(), at };
    }
    return undefined;
  }

  /** What stands behind `:`, like and regex: one constant or a list of them. */
  #constants(): Node[] {
    const r = this.#reader;
    const list = r.takeSymbol('(') ? this.#list(')') : [this.#signed()];
    for (const node of list) {
      if (node.kind !== 'literal' && node.kind !== 'parameter')
        r.fail('expected a constant here', node.at, 'fields are compared with == ');
    }
    return list;
  }

  #list(close: ')'): Node[] {
    const r = this.#reader;
    const list: Node[] = [];
    while (!r.isSymbol(close)) {
      list.push(this.expression());
      if (!r.takeSymbol(',')) break;
    }
    if (list.length === 0) r.fail('the list is empty');
    r.needSymbol(close, 'values are separated by commas');
    return list;
  }

  #sum(): Node {
    return this.#binary(['+', '-'], () => this.#binary(['*', '/', '%'], () => this.#signed()));
  }

  #binary(symbols: readonly string[], operand: () => Node): Node {
    const r = this.#reader;
    let left = operand();
    for (;;) {
      const { token } = r;
      if (token.kind !== 'symbol' || !symbols.includes(token.text)) return left;
      r.step();
      left = { kind: 'arithmetic', op: token.text as '+', left, right: operand(), at: token.at };
    }
  }

  #signed(): Node {
    const r = this.#reader;
    const { at } = r.token;
    let isNegative = false;
    while (r.isSymbol('-') || r.isSymbol('+')) {
      if (r.isSymbol('-')) isNegative = !isNegative;
      r.step();
    }
    const node = this.#methods();
    if (!isNegative) return node;
    if (node.kind === 'literal' && typeof node.value === 'number') return { ...node, value: -node.value, at };
    return { kind: 'negative', of: node, at };
  }

  /** `value:length()` is `length(value)`: the classic language's way to chain. */
  #methods(): Node {
    const r = this.#reader;
    let node = this.#primary();
    for (;;) {
      const name = r.peek(1);
      const open = r.peek(2);
      const isMethod =
        r.isSymbol(':') &&
        name.kind === 'name' &&
        name.at === r.token.end &&
        open.kind === 'symbol' &&
        open.text === '(' &&
        open.at === name.end;
      if (!isMethod) return node;
      r.step();
      r.step();
      r.step();
      const args = r.takeSymbol(')') ? [] : this.#list(')');
      node = { kind: 'call', name: name.text, args: [node, ...args], at: name.at };
    }
  }

  #primary(): Node {
    const r = this.#reader;
    const { token } = r;
    const { at } = token;
    switch (token.kind) {
      case 'number':
        r.step();
        return { kind: 'literal', value: token.value, isFraction: !token.isInteger, at };
      case 'string':
        r.step();
        return { kind: 'literal', value: token.value, at };
      case 'parameter':
        r.step();
        return { kind: 'parameter', name: token.text, at };
      case 'symbol':
        if (r.takeSymbol('(')) {
          const node = this.expression();
          r.needSymbol(')', 'a bracket is never closed');
          return node;
        }
        if (r.takeSymbol('?')) return this.#field(true);
        return r.fail(`expected a value but found ${r.found}`);
      case 'name':
        return this.#named();
      case 'end':
        return r.fail('the query ends where a value is expected');
      default:
        return token satisfies never;
    }
  }

  #named(): Node {
    const r = this.#reader;
    const { token } = r;
    const { at } = token;
    if (token.kind !== 'name') return r.fail(`expected a name but found ${r.found}`);
    if (!token.escaped) {
      const constant =
        token.text === 'true' ? true : token.text === 'false' ? false : token.text === 'null' ? null : undefined;
      if (constant !== undefined) {
        r.step();
        return { kind: 'literal', value: constant, at };
      }
      if (RELATIONS.has(token.text) && this.#word(1) === 'of') {
        r.step();
        r.step();
        r.needSymbol('[', `${token.text} of takes an event query in brackets`);
        const of = this.event();
        r.needSymbol(']');
        return { kind: 'lineage', relation: token.text as 'child', of, at };
      }
      const next = r.peek(1);
      if (next.kind === 'symbol' && next.text === '(' && !isReserved(token)) {
        r.step();
        r.step();
        return { kind: 'call', name: token.text, args: r.takeSymbol(')') ? [] : this.#list(')'), at };
      }
    }
    return this.#field(false);
  }

  #field(optional: boolean): Node {
    const r = this.#reader;
    const { at } = r.token;
    const path: (string | number)[] = [this.#identifier()];
    for (;;) {
      if (r.takeSymbol('.')) path.push(this.#identifier());
      else if (r.isSymbol('[') && r.token.at === r.peek(-1).end && r.peek(1).kind === 'number') {
        r.step();
        const index = r.step();
        if (index.kind !== 'number' || !index.isInteger) return r.fail('an index is a whole number', index.at);
        path.push(index.value);
        r.needSymbol(']');
      } else return { kind: 'field', path, optional, at };
    }
  }

  #identifier(): string {
    const r = this.#reader;
    const { token } = r;
    if (token.kind === 'number' && r.peek(-1).kind === 'symbol')
      return r.fail(`a name cannot begin with a digit`, token.at, 'put it into backticks');
    if (token.kind !== 'name' || isReserved(token)) {
      const hint = token.kind === 'name' ? `${token.text} is a keyword; as a field put it into backticks` : undefined;
      return r.fail(`expected a field but found ${r.found}`, token.at, hint);
    }
    if (!token.escaped && token.text.endsWith('~'))
      return r.fail(`${token.text} is no field`, token.at, 'the tilde belongs to in~, like~, regex~ and functions');
    r.step();
    return token.text;
  }
}
