import { DAY } from '../model/index.ts';
import type { RuleBody } from '../rules/index.ts';
import type { TimelineReader } from './match/positions.ts';
import type { Found } from './rules/hit.ts';
import { termsAt } from './rules/terms.ts';

type NewTerms = Extract<RuleBody, { kind: 'new-terms' }>;

/** What an earlier collection already knew: it counts as history, however long ago. */
export interface TermBaseline {
  readonly found: Uint32Array;
  readonly reader: TimelineReader;
}

/**
 * The first event of each combination of values that the matching events before it, as far back as the history window, did not
 * have. The history is the collection itself; where it begins later than the window, the hit says how much there was.
 */
export function findNewTerms(
  rule: NewTerms,
  found: Uint32Array,
  reader: TimelineReader,
  baseline: TermBaseline | undefined,
): readonly Found[] {
  const { time } = reader.timeline;
  const known = new Set<string>();
  for (const position of baseline?.found ?? []) {
    for (const term of termsAt(baseline!.reader, position, rule.fields)) known.add(term.text);
  }
  const lastSeen = new Map<string, number>();
  const begin = time[0] ?? 0;
  const hits: Found[] = [];
  for (const position of found) {
    const now = time[position]!;
    for (const { text, values } of termsAt(reader, position, rule.fields)) {
      const before = lastSeen.get(text);
      // An event without a time is last in the order: what it brings is new only where nothing else had it.
      if (Number.isFinite(now) || before === undefined) lastSeen.set(text, now);
      if (known.has(text) || (before !== undefined && !(now - before > rule.historyMicros))) continue;
      const history = now - begin;
      const isShort = baseline === undefined && Number.isFinite(now) && history < rule.historyMicros;
      const note = isShort ? `short history: ${days(history)} of ${days(rule.historyMicros)}` : undefined;
      hits.push({ positions: [position], joinKeys: values, ...(note === undefined ? {} : { note }) });
    }
  }
  return hits;
}

const days = (micros: number): string => `${Math.round((micros / DAY) * 10) / 10} d`;
