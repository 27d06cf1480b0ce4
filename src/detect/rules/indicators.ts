import type { EventFields, Field } from '../../model/index.ts';
import type { RuleBody } from '../../rules/index.ts';
import type { TimelineReader } from '../match/positions.ts';
import type { Found } from './hit.ts';
import { termsAt } from './terms.ts';

type Indicators = Extract<RuleBody, { kind: 'indicators' }>;

/** One indicator of a local file, flat: `threat.indicator.ip` → value. */
export type Indicator = EventFields;

/** Events whose values are those of an indicator: of one line of the mapping, all fields. */
export function findIndicators(
  rule: Indicators,
  found: Uint32Array,
  indicators: readonly Indicator[],
  reader: TimelineReader,
): readonly Found[] {
  const lines = rule.mapping.map(entries => ({
    fields: entries.map(entry => entry.field),
    names: entries.map(entry => entry.indicator),
    known: knownTuples(
      indicators,
      entries.map(entry => entry.indicator),
    ),
  }));
  const hits: Found[] = [];
  for (const position of found) {
    for (const { fields, names, known } of lines) {
      const term = known.size === 0 ? undefined : termsAt(reader, position, fields).find(({ text }) => known.has(text));
      if (term === undefined) continue;
      const note = `indicator ${names.map((name, index) => `${name} = ${term.values[index]}`).join(', ')}`;
      hits.push({ positions: [position], joinKeys: term.values, note });
      break;
    }
  }
  return hits;
}

function knownTuples(indicators: readonly Indicator[], names: readonly Field[]): ReadonlySet<string> {
  const known = new Set<string>();
  for (const indicator of indicators) {
    const lists = names.map(name => [indicator[name] ?? []].flat());
    if (lists.some(list => list.length === 0)) continue;
    const tuples = lists.reduce<unknown[][]>(
      (all, list) => all.flatMap(tuple => list.map(value => [...tuple, value])),
      [[]],
    );
    for (const tuple of tuples) known.add(JSON.stringify(tuple));
  }
  return known;
}
