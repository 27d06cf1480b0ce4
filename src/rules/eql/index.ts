import type { Condition } from '../condition.ts';
import { placeOf, RuleError } from '../rule-error.ts';
import type { Dialect } from './lexer.ts';
import { Lowering, type Parameters } from './lower.ts';
import { parseExpression, parseQuery } from './parser.ts';

export type { Dialect } from './lexer.ts';
export type { Parameters } from './lower.ts';

const NO_PARAMETERS: Parameters = new Map();
const STARTS_AS_EVENT = /^\s*(?:[A-Za-z_@][A-Za-z0-9_@]*|`[^`]+`|"[^"\n]+")\s+where\b/;

/**
 * One condition over one event, in Elastic's semantics: an event query (`process where …`) or what stands behind its `where`.
 * `$Name` stands for a parameter: a number, a text, or a list behind `in`, `:` and in function arguments.
 * Throws RuleError with line and column in the text.
 */
export function parseEqlCondition(text: string, parameters: Parameters = NO_PARAMETERS): Condition {
  const dialect: Dialect = 'elastic';
  const lowering = new Lowering({
    text,
    semantics: dialect,
    caseSensitive: true,
    categoryField: undefined,
    parameters,
  });
  if (!STARTS_AS_EVENT.test(text)) return lowering.condition(parseExpression(text, dialect));
  const query = parseQuery(text, dialect);
  if (query.kind !== 'event' || query.pipes.length > 0) {
    const { line, column } = placeOf(text, query.kind === 'event' ? query.pipes[0]!.at : query.at);
    throw new RuleError(
      'expected a condition over one event',
      line,
      column,
      'sequences and pipes are for rules and search',
    );
  }
  return lowering.event(query.event);
}
