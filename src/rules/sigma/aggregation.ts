import type { Field } from '../../model/index.ts';
import type { Condition } from '../condition.ts';
import type { CorrelationMeasure, RuleBody } from '../rule.ts';
import { SelectionError } from './detection.ts';
import type { Aggregation } from './expression.ts';
import { groupField } from './fields.ts';
import type { LogSource } from './log-source.ts';

const MEASURES = {
  min: { kind: 'percentile', rank: 0 },
  max: { kind: 'percentile', rank: 100 },
  avg: { kind: 'average' },
  sum: { kind: 'sum' },
} as const satisfies Readonly<Record<string, CorrelationMeasure>>;

/** The old way to count, `| count(field) by group > 5`, as what it meant: a measure over the events of a group within the time frame. */
export function aggregated(
  { function: name, field, by, op, value }: Aggregation,
  condition: Condition,
  source: LogSource,
  windowMicros: number,
): RuleBody {
  const groups = (by?.split(/[\s,]+/) ?? []).map(group => groupField(group, source));
  const measured = field === undefined ? undefined : groupField(field, source);
  if (name === 'count' && (op === '>' || op === '>=')) {
    return threshold(condition, groups, measured, op === '>' ? Math.floor(value) + 1 : Math.ceil(value), windowMicros);
  }
  if (name !== 'count' && measured === undefined)
    throw new SelectionError(`${name}() measures a field: write ${name}(field)`, ['condition']);
  const measure: CorrelationMeasure =
    name === 'count' ? { kind: measured === undefined ? 'events' : 'values' } : MEASURES[name];
  const part = { condition, keys: groups.map(group => [group]), value: measured === undefined ? [] : [[measured]] };
  return { kind: 'correlation', parts: [part], measure, bounds: [{ op, value }], windowMicros };
}

function threshold(
  condition: Condition,
  fields: readonly Field[],
  measured: Field | undefined,
  least: number,
  windowMicros: number,
): RuleBody {
  return {
    kind: 'threshold',
    condition,
    fields,
    least: measured === undefined ? least : 1,
    cardinality: measured === undefined ? undefined : { field: measured, least },
    windowMicros,
  };
}

/** `a | near b`: events of all of them within the time frame, whoever they are of. */
export function together(conditions: readonly Condition[], windowMicros: number): RuleBody {
  return {
    kind: 'correlation',
    parts: conditions.map(condition => ({ condition, keys: [], value: [] })),
    measure: { kind: 'rules' },
    bounds: [{ op: '>=', value: conditions.length }],
    windowMicros,
  };
}
