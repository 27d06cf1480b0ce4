import type { Field } from '../../model/index.ts';
import { parseDuration } from '../../util/duration.ts';
import type { Condition } from '../condition.ts';
import { anyOf } from '../condition-logic.ts';
import type { CompareOp } from '../expression.ts';
import type { NamedRules } from '../loaded.ts';
import type { CorrelationMeasure, CorrelationPart, RuleBody } from '../rule.ts';
import { SelectionError } from './detection.ts';
import type { SigmaDocument } from './document.ts';
import { parseSigmaCondition } from './expression.ts';
import { fieldsFor, groupField } from './fields.ts';
import type { LogSource } from './log-source.ts';

/** Rules that a correlation may speak of, and the source whose field names they have. */
export interface CorrelatedRule extends NamedRules {
  readonly source: LogSource;
}

/** A correlation that speaks of rules which are not in sight: they may stand in another file. */
export class UnknownRuleError extends SelectionError {
  override readonly name = 'UnknownRuleError';
}

type Aliases = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Bound = Extract<RuleBody, { kind: 'correlation' }>['bounds'][number];

const ROOT = ['correlation'];
const OPERATORS: ReadonlyMap<string, CompareOp> = new Map([
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
  ['eq', '=='],
  ['neq', '!='],
]);
const TYPES = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
  'temporal',
  'temporal_ordered',
];

/** What a correlation of known rules looks for, and which rules it speaks of. Throws SelectionError. */
export function compileCorrelation(
  document: SigmaDocument,
  known: readonly CorrelatedRule[],
): { readonly body: RuleBody; readonly of: readonly CorrelatedRule[]; readonly generates: boolean } {
  const correlation = mapping(document.content['correlation'], ROOT);
  const type = String(correlation['type'] ?? '');
  if (!TYPES.includes(type))
    throw new SelectionError(`there is no correlation ${type}; there are ${TYPES.join(', ')}`, [...ROOT, 'type']);
  const of = rulesOf(correlation['rules'], known);
  const windowMicros = window(correlation['timespan'] ?? correlation['timeframe']);
  const groups = list(correlation['group-by']);
  const aliases = (correlation['aliases'] ?? {}) as Aliases;
  const generates = correlation['generate'] === true;
  const body =
    type === 'temporal_ordered'
      ? ordered(of, groups, aliases, windowMicros)
      : counted(correlation['condition'], type, of, groups, aliases, windowMicros);
  return { body, of, generates };
}

function mapping(value: unknown, path: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SelectionError(`${path.at(-1)}: a mapping is expected`, path);
}

const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];

function rulesOf(value: unknown, known: readonly CorrelatedRule[]): readonly CorrelatedRule[] {
  const path = [...ROOT, 'rules'];
  const names = list(value);
  if (names.length === 0) throw new SelectionError('rules: names or ids of rules are expected', path);
  return names.map(name => {
    const found = known.find(rule => rule.names.includes(name));
    if (found !== undefined) return found;
    throw new UnknownRuleError(`rules: no rule that was given is called ${name}, by its name or its id`, path);
  });
}

/** `5m`, and the longer units that only Sigma has: weeks, months (`M`) and years; undefined where it is none. */
export function timespan(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([wMy])$/.exec(text.trim()) ?? [];
  const days = { w: 7, M: 30, y: 365 }[unit ?? ''];
  return parseDuration(days === undefined ? text.trim().toLowerCase() : `${Number(count) * days}d`);
}

function window(value: unknown): number {
  const micros = timespan(String(value ?? ''));
  if (micros !== undefined) return micros;
  throw new SelectionError('timespan: a duration such as 10m is expected', [...ROOT, 'timespan']);
}

function ordered(
  of: readonly CorrelatedRule[],
  groups: readonly string[],
  aliases: Aliases,
  windowMicros: number,
): RuleBody {
  const stages = of.map(rule => ({
    condition: conditionOf(rule),
    keys: groups.map(group => ({
      expression: {
        kind: 'field' as const,
        name: groupField(aliased(group, rule, aliases), rule.source),
        caseless: false,
      },
      isOptional: false,
    })),
    isMissing: false,
    fork: false,
  }));
  return {
    kind: 'sequence',
    query: { kind: 'sequence', stages, maxspan: windowMicros, until: undefined, semantics: 'elastic', foldKeys: true },
  };
}

function counted(
  condition: unknown,
  type: string,
  of: readonly CorrelatedRule[],
  groups: readonly string[],
  aliases: Aliases,
  windowMicros: number,
): RuleBody {
  const measure = measureOf(type, condition);
  const bounds = type === 'temporal' ? together(condition, of) : boundsOf(condition);
  const measured = type.startsWith('value_') ? measuredFields(condition, measure) : [];
  const parts = of.map((rule): CorrelationPart => {
    const named = (name: string): readonly Field[] => {
      const own = aliased(name, rule, aliases);
      return [...new Set([groupField(own, rule.source), ...fieldsFor(own, rule.source)])];
    };
    return {
      condition: conditionOf(rule),
      keys: groups.map(named),
      value: measured.map(named),
    };
  });
  return (
    threshold(parts, measure, bounds, windowMicros) ?? { kind: 'correlation', parts, measure, bounds, windowMicros }
  );
}

/** The common case, so many events or values of fields that all the rules share, is what a threshold is. */
function threshold(
  parts: readonly CorrelationPart[],
  measure: CorrelationMeasure,
  bounds: readonly Bound[],
  windowMicros: number,
): RuleBody | undefined {
  const [bound, ...more] = bounds;
  if (bound === undefined || more.length > 0 || !['>', '>='].includes(bound.op)) return undefined;
  if (measure.kind !== 'events' && measure.kind !== 'values') return undefined;
  const names = (part: CorrelationPart): readonly (Field | undefined)[] => [...part.keys, ...part.value].map(f => f[0]);
  const [first, ...others] = parts.map(part => JSON.stringify(names(part)));
  if (others.some(other => other !== first)) return undefined;
  const least = bound.op === '>' ? Math.floor(bound.value) + 1 : Math.ceil(bound.value);
  const [measured, ...further] = parts[0]!.value;
  if (further.length > 0) return undefined;
  const field = measured?.[0];
  return {
    kind: 'threshold',
    condition: anyOf(parts.map(part => part.condition)),
    fields: parts[0]!.keys.map(([key]) => key!),
    least: field === undefined ? least : 1,
    cardinality: field === undefined ? undefined : { field, least },
    windowMicros,
  };
}

function measureOf(type: string, condition: unknown): CorrelationMeasure {
  switch (type) {
    case 'temporal':
      return { kind: 'rules' };
    case 'value_count':
      return { kind: 'values' };
    case 'value_sum':
      return { kind: 'sum' };
    case 'value_avg':
      return { kind: 'average' };
    case 'value_median':
      return { kind: 'median' };
    case 'value_percentile': {
      const path = [...ROOT, 'condition'];
      const rank = mapping(condition, path)['percentile'] ?? 50;
      if (typeof rank === 'number' && rank >= 0 && rank <= 100) return { kind: 'percentile', rank };
      throw new SelectionError('percentile: a number from 0 to 100 is expected', [...path, 'percentile']);
    }
    default:
      return { kind: 'events' };
  }
}

/** `gte: 10`; several are a range. */
function boundsOf(condition: unknown): readonly Bound[] {
  const path = [...ROOT, 'condition'];
  const { field: _field, percentile: _rank, ...written } = mapping(condition, path);
  const bounds = Object.entries(written).map(([word, value]): Bound => {
    const op = OPERATORS.get(word);
    if (op === undefined)
      throw new SelectionError(`there is no ${word}; there are ${[...OPERATORS.keys()].join(', ')}`, [...path, word]);
    if (typeof value !== 'number') throw new SelectionError(`${word}: a number is expected`, [...path, word]);
    return { op, value };
  });
  if (bounds.length > 0) return bounds;
  throw new SelectionError('condition: a bound such as gte: 10 is expected', path);
}

/** Rules that come together: all of them, unless a number or a sentence says otherwise. */
function together(condition: unknown, of: readonly CorrelatedRule[]): readonly Bound[] {
  const all: readonly Bound[] = [{ op: '>=', value: new Set(of).size }];
  if (condition === undefined || condition === null) return all;
  if (typeof condition !== 'string') return boundsOf(condition);
  const { expression } = parseSigmaCondition(condition);
  const names =
    expression.kind === 'all' ? expression.of.map(part => (part.kind === 'name' ? part.name : undefined)) : [];
  if (of.every(rule => names.some(name => name !== undefined && rule.names.includes(name)))) return all;
  throw new SelectionError(
    'condition: only all of the rules, joined with and, or a number of them is run here',
    [...ROOT, 'condition'],
    true,
  );
}

/** Different values may be those of several fields together; a number is that of one. */
function measuredFields(condition: unknown, { kind }: CorrelationMeasure): readonly string[] {
  const path = [...ROOT, 'condition'];
  const fields = list(mapping(condition, path)['field']);
  if (fields.length > 1 && kind !== 'values')
    throw new SelectionError('condition: a number is that of one field, not of several', [...path, 'field']);
  if (fields.length > 0) return fields;
  throw new SelectionError('condition: the field whose values are measured is missing', path);
}

function conditionOf({ rules }: CorrelatedRule): Condition {
  return anyOf(
    rules.map(rule => {
      if (rule.kind === 'match') return rule.condition;
      throw new SelectionError('a correlation of rules that count is not run here', [...ROOT, 'rules'], true);
    }),
  );
}

/** What a rule calls the field that the correlation has another name for. */
function aliased(name: string, rule: CorrelatedRule, aliases: Aliases): string {
  const names = Object.hasOwn(aliases, name) ? aliases[name]! : {};
  const own = rule.names.find(one => Object.hasOwn(names, one));
  return own === undefined ? name : String(names[own]);
}
