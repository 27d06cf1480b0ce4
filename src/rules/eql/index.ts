import type { Condition } from '../condition.ts';
import type { Query, Semantics } from '../query.ts';
import { placeOf, RuleError } from '../rule-error.ts';
import { Lowering } from './lower.ts';
import { readQuery } from './lower-query.ts';
import { parseExpression, parseQuery } from './parser.ts';
import type { Parameters } from './reading.ts';

export type { Parameters } from './reading.ts';

const NO_PARAMETERS: Parameters = new Map();
const STARTS_AS_EVENT = /^\s*(?:[A-Za-z_@][A-Za-z0-9_@]*|`[^`]+`|"[^"\n]+")\s+where\b/;

/**
 * One condition over one event, in Elastic's semantics: an event query (`process where …`) or what stands behind its `where`.
 * `$Name` stands for a parameter: a number, a text, or a list behind `in`, `:` and in function arguments.
 * Throws RuleError with line and column in the text.
 */
export function parseEqlCondition(text: string, parameters: Parameters = NO_PARAMETERS): Condition {
  const semantics: Semantics = 'elastic';
  const lowering = new Lowering({ text, semantics, caseSensitive: true, categoryField: undefined, parameters });
  if (!STARTS_AS_EVENT.test(text)) return lowering.condition(parseExpression(text, semantics));
  const query = parseQuery(text, semantics);
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

export interface EqlOptions {
  readonly semantics?: Semantics;
  /** Classic only: strings are compared without regard to case unless this says otherwise. */
  readonly caseSensitive?: boolean;
  /** The field behind `process where`; `event.category`, or classic `event_type`, where undefined. */
  readonly categoryField?: string | undefined;
  readonly parameters?: Parameters;
}

/** A whole EQL query: events, sequence, join or sample, with pipes. Throws RuleError with line and column in the text. */
export function parseEql(text: string, options: EqlOptions = {}): Query {
  return readQuery({
    text,
    semantics: options.semantics ?? 'elastic',
    caseSensitive: options.caseSensitive ?? false,
    categoryField: options.categoryField,
    parameters: options.parameters ?? NO_PARAMETERS,
  });
}
