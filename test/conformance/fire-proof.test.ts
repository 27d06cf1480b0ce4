import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Indicator, runRules } from '../../src/detect/rules.ts';
import type { EventFields, Field } from '../../src/model/index.ts';
import { SECOND } from '../../src/model/index.ts';
import { type EventRule, loadRules, type SampleQuery, type SequenceQuery } from '../../src/rules/index.ts';
import { type PlainEvent, timelineOf } from '../support/events.ts';
import { necessaryFields, synthesize } from '../support/synthesis/synthesize.ts';

// Every rule is asked for an event that satisfies it, worked out from the rule alone, and for one that just misses. The first must
// fire, the second must not. AFTERSHOCK_RULES names a folder of rules of somebody else; the built-in ones are always tried.
const FOLDERS = [
  new URL('../../rules/', import.meta.url).pathname,
  ...(process.env['AFTERSHOCK_RULES'] ?? '').split(':').filter(name => name !== ''),
];

/** What a correlation asks is a number of matches of other rules, each of which is tried by itself. */
type Alone = Exclude<EventRule, { readonly kind: 'correlation' }>;

function rulesIn(folder: string): readonly Alone[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name));
  const files = paths.filter(path => /\.(toml|ya?ml)$/.test(path) && statSync(path).isFile());
  const { rules } = loadRules(files.map(path => ({ path, text: readFileSync(path, 'utf8') })));
  return rules.filter((rule): rule is Alone => rule.kind !== 'chain' && rule.kind !== 'correlation');
}

interface Case {
  readonly hit: readonly PlainEvent[];
  readonly misses: readonly (readonly PlainEvent[])[];
  readonly indicators: readonly Indicator[];
}

const at = (second: number, fields: EventFields): PlainEvent => ({ ...fields, time: second * SECOND });
const without = (fields: EventFields, field: Field): EventFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field));

function caseOf(rule: Alone): Case | undefined {
  if (rule.kind === 'sequence') return caseOfSequence(rule.query);
  const wanted =
    rule.kind === 'threshold'
      ? [...rule.fields, ...(rule.cardinality === undefined ? [] : [rule.cardinality.field])]
      : rule.kind === 'new-terms'
        ? rule.fields
        : rule.kind === 'indicators'
          ? rule.mapping[0]!.map(entry => entry.field)
          : [];
  const base = synthesize(rule.condition) ?? {};
  const fixed = Object.fromEntries(wanted.map((field, i) => [field, base[field] ?? fallback(field, i)])) as EventFields;
  const fields = synthesize(rule.condition, fixed);
  if (fields === undefined) return undefined;
  const misses = necessaryFields(rule.condition).map(field => [at(0, without(fields, field))]);
  switch (rule.kind) {
    case 'match':
      return { hit: [at(0, fields)], misses, indicators: [] };
    case 'new-terms':
      return {
        hit: [at(0, fields)],
        misses: [...misses, ...rule.fields.map(field => [at(0, without(fields, field))])],
        indicators: [],
      };
    case 'indicators': {
      const indicator = Object.fromEntries(
        rule.mapping[0]!.map(({ field, indicator: name }) => [name, fields[field]]),
      ) as Indicator;
      return {
        hit: [at(0, fields)],
        misses: [...misses, ...rule.mapping[0]!.map(({ field }) => [at(0, { ...without(fields, field) })])],
        indicators: [indicator],
      };
    }
    case 'threshold': {
      const { cardinality, least } = rule;
      const many = Math.max(least, cardinality?.least ?? 0);
      const one = (i: number): PlainEvent =>
        at(
          0,
          cardinality === undefined || i === 0
            ? fields
            : { ...fields, [cardinality.field]: `${String([fields[cardinality.field]].flat()[0])}${i}` },
        );
      const events = Array.from({ length: many }, (_, i) => one(i));
      return { hit: events, misses: [...misses, events.slice(1)], indicators: [] };
    }
    default:
      return rule satisfies never;
  }
}

const fallback = (field: Field, place: number): string | number =>
  field.endsWith('.ip') ? '203.0.113.7' : field.endsWith('port') ? 4444 : `value-${place}`;

/** Events a millisecond apart that agree in their keys; without the first, and with the first without its key, nothing may fire. */
function caseOfSequence(query: SequenceQuery | SampleQuery): Case | undefined {
  const keys: (string | number)[] = [];
  const events: PlainEvent[] = [];
  for (const stage of query.stages) {
    if (stage.isMissing) continue;
    const names = stage.keys.map(({ expression }) => (expression.kind === 'field' ? expression.name : undefined));
    const base = events.length === 0 ? synthesize(stage.condition) : undefined;
    for (const [i, name] of names.entries())
      keys[i] ??=
        name !== undefined && typeof base?.[name] === 'string'
          ? base[name]
          : name === undefined
            ? ''
            : fallback(name, i);
    const fixed = Object.fromEntries(
      names.flatMap((name, i) => (name === undefined ? [] : [[name, keys[i]]])),
    ) as EventFields;
    const fields = synthesize(stage.condition, fixed);
    if (fields === undefined) return undefined;
    events.push({ ...fields, time: events.length * 1000 });
  }
  return { hit: events, misses: [events.slice(1)], indicators: [] };
}

for (const folder of FOLDERS) {
  describe(`rules of ${folder.replace(/^.*\/(?=[^/]+\/?$)/, '')}`, () => {
    const rules = rulesIn(folder);
    const results = rules.map(rule => {
      const made = caseOf(rule);
      if (made === undefined) return { rule, fires: undefined, missFires: 0, misses: 0 };
      const options = { indicators: made.indicators, buildingBlocks: true };
      const count = (events: readonly PlainEvent[]): number =>
        runRules(timelineOf(events), [rule], options).hits.length;
      const missFires = made.misses.filter(events => events.length > 0 && count(events) > 0).length;
      return { rule, fires: count(made.hit) > 0, missFires, misses: made.misses.length };
    });
    const named = (list: typeof results): readonly string[] => list.map(({ rule }) => `${rule.name} (${rule.file})`);

    test(`at least 95 of 100 fire on the event that they describe (${rules.length} rules)`, () => {
      const silent = results.filter(result => result.fires !== true);
      if (silent.length > 0) console.info(`silent: ${named(silent).join('; ')}`);
      expect(silent.length).toBeLessThanOrEqual(rules.length * 0.05);
    });

    test(`none fires on an event that just misses (${results.reduce((sum, r) => sum + r.misses, 0)} near misses)`, () => {
      expect(named(results.filter(result => result.missFires > 0))).toEqual([]);
    });
  });
}
