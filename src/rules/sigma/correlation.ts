import type { Field } from '../../model/index.ts';
import { parseDuration } from '../../util/duration.ts';
import type { Condition } from '../condition.ts';
import { anyOf } from '../condition-logic.ts';
import type { EventRule, RuleHeader } from '../rule.ts';
import { SelectionError } from './detection.ts';
import type { SigmaDocument } from './document.ts';
import { fieldsFor } from './fields.ts';
import type { LogSource } from './log-source.ts';

/** A rule that a correlation may speak of, by its id or its name. */
export interface CorrelatedRule {
  readonly names: readonly string[];
  readonly source: LogSource;
  readonly rules: readonly EventRule[];
}

const TYPES = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_percentile',
  'temporal',
  'temporal_ordered',
];

/** A correlation of rules of the same file. Counts become thresholds, ordered ones a sequence. Throws SelectionError. */
export function compileCorrelation(
  document: SigmaDocument,
  header: RuleHeader,
  known: readonly CorrelatedRule[],
): EventRule {
  const written = document.content['correlation'];
  const path = ['correlation'];
  if (typeof written !== 'object' || written === null)
    throw new SelectionError('correlation: a mapping is expected', path);
  const correlation = written as Readonly<Record<string, unknown>>;
  const type = String(correlation['type'] ?? '');
  if (!TYPES.includes(type))
    throw new SelectionError(`there is no correlation ${type}; there are ${TYPES.join(', ')}`, [...path, 'type']);
  const of = rulesOf(correlation['rules'], known);
  const windowMicros = parseDuration(String(correlation['timespan'] ?? '').toLowerCase());
  if (windowMicros === undefined)
    throw new SelectionError('timespan: a duration such as 10m is expected', [...path, 'timespan']);
  const groups = list(correlation['group-by']);
  const aliases = correlation['aliases'];
  switch (type) {
    case 'event_count':
    case 'value_count': {
      const condition = anyOf(of.map(conditionOf));
      const { least, field } = countOf(correlation['condition'], type, of[0]!.source);
      return {
        ...header,
        kind: 'threshold',
        condition,
        fields: groups.map(group => fieldOf(group, of[0]!.source)),
        least: type === 'event_count' ? least : 1,
        cardinality: type === 'value_count' ? { field: field!, least } : undefined,
        windowMicros,
      };
    }
    case 'temporal_ordered':
      return {
        ...header,
        kind: 'sequence',
        query: {
          kind: 'sequence',
          stages: of.map(rule => ({
            condition: conditionOf(rule),
            keys: groups.map(group => ({
              expression: { kind: 'field', name: aliasOf(group, rule, aliases), caseless: false },
              isOptional: false,
            })),
            isMissing: false,
            fork: false,
          })),
          maxspan: windowMicros,
          until: undefined,
          semantics: 'elastic',
          foldKeys: true,
        },
      };
    default:
      throw new SelectionError(`correlations of type ${type} are not run here`, [...path, 'type'], true);
  }
}

function rulesOf(value: unknown, known: readonly CorrelatedRule[]): readonly CorrelatedRule[] {
  const names = list(value);
  if (names.length === 0)
    throw new SelectionError('rules: names or ids of rules are expected', ['correlation', 'rules']);
  return names.map(name => {
    const found = known.find(rule => rule.names.includes(name));
    if (found !== undefined) return found;
    throw new SelectionError(
      `rules: ${name} is no rule of this file; put the rules that belong together into one file`,
      ['correlation', 'rules'],
      true,
    );
  });
}

const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];

function conditionOf({ rules }: CorrelatedRule): Condition {
  return anyOf(
    rules.map(rule => {
      if (rule.kind !== 'match')
        throw new SelectionError('a correlation of rules that count is not run here', ['correlation', 'rules'], true);
      return rule.condition;
    }),
  );
}

/** One field stands for a group: the first of its names. */
const fieldOf = (name: string, source: LogSource): Field => fieldsFor(name, source)[0]!;

function aliasOf(group: string, rule: CorrelatedRule, aliases: unknown): Field {
  const alias =
    typeof aliases === 'object' && aliases !== null ? (aliases as Record<string, unknown>)[group] : undefined;
  const names = typeof alias === 'object' && alias !== null ? (alias as Record<string, unknown>) : {};
  const own = rule.names.map(name => names[name]).find(name => typeof name === 'string');
  return fieldOf(typeof own === 'string' ? own : group, rule.source);
}

function countOf(
  value: unknown,
  type: string,
  source: LogSource,
): { readonly least: number; readonly field: Field | undefined } {
  const path = ['correlation', 'condition'];
  if (typeof value !== 'object' || value === null)
    throw new SelectionError('condition: a mapping such as gte: 10 is expected', path);
  const { field, ...bounds } = value as Record<string, unknown>;
  const [[op, bound] = ['', undefined], ...more] = Object.entries(bounds);
  if (more.length > 0 || (op !== 'gte' && op !== 'gt') || typeof bound !== 'number') {
    throw new SelectionError(`condition: only one of gte and gt, with a number, is run here`, path, true);
  }
  if (type === 'value_count' && typeof field !== 'string')
    throw new SelectionError('condition: value_count names a field', path);
  return {
    least: op === 'gt' ? bound + 1 : bound,
    field: typeof field === 'string' ? fieldOf(field, source) : undefined,
  };
}
