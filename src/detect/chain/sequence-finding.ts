import { type Finding, isoTime } from '../../model/index.ts';
import { stableId } from '../../util/stable-hash.ts';
import { FieldReader } from './field-reader.ts';
import { actorAt, type FindingFacts, hostOf, parametersOf, ruleRef, techniqueThreat } from './finding.ts';
import { SEVERITY } from './score.ts';
import type { SequenceIncident } from './sequence-run.ts';

/** Records that one step shows at most; the count is always the whole. */
const MOST_EVENTS = 20;

/** What a report says of a sequence (or a single event) that a chain asks for. */
export function sequenceFinding(incident: SequenceIncident, facts: FindingFacts): Finding {
  const { rule, entity, positions, matches, start, end } = incident;
  const { document } = rule;
  const level = document.severity;
  const host = hostOf(entity ?? 'unknown', facts.hosts);
  const first = positions.values().next().value?.[0];
  const who = first === undefined ? {} : actorAt(facts.timeline, first);
  const source = first === undefined ? undefined : new FieldReader(facts.timeline, 'source.ip').text(first);
  const steps = [...positions.keys()].map(mark => document.stages[mark]!.name).join('; then ');
  const times = (list: readonly number[]): number[] => list.map(position => facts.timeline.time[position]!);
  return {
    '@timestamp': isoTime(start),
    event: {
      kind: 'signal',
      id: stableId(rule.id, entity ?? '', isoTime(start)),
      start: isoTime(start),
      end: isoTime(end),
      severity: SEVERITY[level],
      risk_score: SEVERITY[level],
    },
    message: `${document.name} on ${host.name}: ${steps}${matches > 1 ? `, ${matches} times` : ''}`,
    rule: ruleRef(rule),
    threat: [techniqueThreat(document.attack.tactic, document.attack.technique)],
    host,
    ...(source === undefined ? {} : { source: { ip: source } }),
    ...who,
    related: {
      ip: [...new Set([...(source === undefined ? [] : [source]), ...(host.ip ?? [])])].toSorted(),
      hosts: [host.name],
      user: who.user?.name === undefined ? [] : [who.user.name],
    },
    tags: [`class:${document.class}`],
    aftershock: {
      label: '',
      level,
      score: SEVERITY[level],
      confidence: 1,
      class: document.class,
      stages: [...positions].map(([mark, list]) => ({
        id: mark,
        name: document.stages[mark]!.name,
        data_component: document.stages[mark]!.component,
        status: 'matched' as const,
        first: isoTime(Math.min(...times(list.slice(0, 1)))),
        last: isoTime(Math.max(...times(list.slice(-1)))),
        count: list.length,
        delta_s: (times(list)[0]! - start) / 1e6,
        events: list.slice(0, MOST_EVENTS).map(facts.refer),
      })),
      parameters: parametersOf(incident.settings),
      near_misses: [],
      caveats: [],
    },
  };
}
