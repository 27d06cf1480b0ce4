import type { Finding, Report } from '../model/index.ts';
import { techniquesOf } from './csv.ts';

/** Counts of findings by what people ask for, and of the events that they were found in. */
export function statisticsOf(
  findings: readonly Finding[],
  events: number,
  activity: Report['statistics']['activity'],
): Report['statistics'] {
  return {
    by_level: countBy(findings, f => [f.aftershock.level]),
    by_host: countBy(findings, f => [f.host.name]),
    by_rule: countBy(findings, f => [f.rule.id]),
    by_technique: countBy(findings, techniquesOf),
    events,
    ...(activity === undefined ? {} : { activity }),
  };
}

function countBy(
  findings: readonly Finding[],
  keysOf: (finding: Finding) => readonly string[],
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) for (const key of keysOf(finding)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries([...counts.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
