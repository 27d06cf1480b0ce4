import { ANY, isLiteral, literalOf, type WildcardToken } from '../../util/wildcard.ts';
import type { Condition } from '../condition.ts';
import { ALWAYS, allOf, anyOf, notOf } from '../condition-logic.ts';
import { existsIn, fieldNamed, type KqlField, searchEverywhere, valueIn } from './meaning.ts';
import { KqlReader, type Literal } from './reader.ts';

/** Deeper nesting than any person writes. */
const DEEPEST = 150;

/** A KQL query: what Kibana's search bar and Elastic's `query` rules say. Throws RuleError with line and column. */
export function parseKql(text: string): Condition {
  const reader = new KqlReader(text);
  if (reader.isDone) return ALWAYS;
  const condition = new Parser(reader).or('');
  if (!reader.isDone) {
    const hint = reader.next === ')' ? 'a bracket is closed that was never opened' : 'join conditions with and, or';
    reader.fail(`unexpected ${reader.found} behind the condition`, reader.at, hint);
  }
  return condition;
}

/** or < and < not. `prefix` is the path of the nested field that the reading is inside of. */
class Parser {
  readonly #reader: KqlReader;
  #depth = 0;

  constructor(reader: KqlReader) {
    this.#reader = reader;
  }

  or(prefix: string): Condition {
    return this.#chain(() => this.#not(prefix));
  }

  #chain(operand: () => Condition): Condition {
    if (++this.#depth > DEEPEST) this.#reader.fail(`nested deeper than ${DEEPEST} levels`);
    const alternatives: Condition[] = [];
    do {
      const all = [operand()];
      while (this.#reader.takeKeyword('and')) all.push(operand());
      alternatives.push(allOf(all));
    } while (this.#reader.takeKeyword('or'));
    this.#depth--;
    return anyOf(alternatives);
  }

  #not(prefix: string): Condition {
    let isNegated = false;
    while (this.#reader.takeKeyword('not')) isNegated = !isNegated;
    const condition = this.#term(prefix);
    return isNegated ? notOf(condition) : condition;
  }

  #term(prefix: string): Condition {
    const r = this.#reader;
    if (r.take('(')) {
      const condition = this.or(prefix);
      r.need(')', 'a bracket is never closed');
      return condition;
    }
    const name = r.literal();
    if (r.take(':')) return r.next === '{' ? this.#nested(prefix, name) : this.#values(this.#field(prefix, name));
    for (const op of ['<=', '>=', '<', '>'] as const) {
      if (r.take(op)) return this.#range(this.#field(prefix, name), op);
    }
    return searchEverywhere(name);
  }

  #nested(prefix: string, name: Literal): Condition {
    const r = this.#reader;
    if (!isLiteral(name.tokens)) r.fail('a nested field is named without wildcards', name.at);
    r.need('{');
    const condition = this.or(`${prefix}${literalOf(name.tokens)}.`);
    r.need('}', 'a nested field is never closed');
    return condition;
  }

  #field(prefix: string, name: Literal): KqlField {
    const tokens: readonly WildcardToken[] = prefix === '' ? name.tokens : [prefix, ...name.tokens];
    return fieldNamed(isLiteral(tokens) ? [literalOf(tokens)] : tokens);
  }

  #range(field: KqlField, op: '<' | '<=' | '>' | '>='): Condition {
    const r = this.#reader;
    const limit = r.literal();
    if (!isLiteral(limit.tokens)) r.fail('a range has no wildcards', limit.at);
    if (field.kind === 'pattern') return r.fail('a range is asked of one field, not of a pattern', limit.at);
    const text = literalOf(limit.tokens);
    const n = Number(text);
    const value = !limit.isQuoted && text !== '' && !Number.isNaN(n) ? n : text;
    return { kind: 'test', field: field.name, test: { kind: 'order', op, value, fold: field.fold }, missing: 'no' };
  }

  /** What stands behind a colon: one value, or a bracket with and, or, not. */
  #values(field: KqlField): Condition {
    const r = this.#reader;
    if (r.take('(')) {
      const condition = this.#chain(() => {
        let isNegated = false;
        while (r.takeKeyword('not')) isNegated = !isNegated;
        const value = this.#values(field);
        return isNegated ? notOf(value) : value;
      });
      r.need(')', 'a list of values is never closed; join them with or');
      return condition;
    }
    const value = r.literal();
    return !value.isQuoted && value.tokens.length === 1 && value.tokens[0] === ANY
      ? existsIn(field)
      : valueIn(field, value);
  }
}
