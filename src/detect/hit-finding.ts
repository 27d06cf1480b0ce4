import { type Finding, isoTime, type RuleRef, type Signal, type StageRow } from '../model/index.ts';
import { stableId } from '../util/stable-hash.ts';
import { FieldReader } from './chain/field-reader.ts';
import { actorAt, type FindingFacts, hostOf } from './chain/finding.ts';
import { SEVERITY } from './chain/score.ts';
import type { RuleHit } from './rules/hit.ts';

/** Hits of one rule on one machine that are no further apart than this are told as one finding; signals keep each. */
const TOGETHER_MICROS = 3_600_000_000;
/** Records that one finding shows at most; the count is always the whole. */
const MOST_EVENTS = 20;
const UNKNOWN_HOST = 'unknown';

/** What rules other than chains found: a finding a rule, machine and hour, with the rule's own severity. */
export function hitFindings(hits: readonly RuleHit[], facts: FindingFacts): Finding[] {
  const whose = hostReader(facts);
  const open = new Map<string, RuleHit[]>();
  const groups: RuleHit[][] = [];
  for (const hit of hits) {
    const key = `${hit.rule.ruleset}\u0000${hit.rule.id}\u0000${whose(hit)}\u0000${hit.level}`;
    const group = open.get(key);
    if (group !== undefined && startOf(hit, facts) - endOf(group.at(-1)!, facts) <= TOGETHER_MICROS) group.push(hit);
    else {
      const fresh = [hit];
      open.set(key, fresh);
      groups.push(fresh);
    }
  }
  return groups.map(group => hitFinding(group, whose(group[0]!), facts));
}

/** One entry a hit. */
export function hitSignals(hits: readonly RuleHit[], facts: FindingFacts): Signal[] {
  const whose = hostReader(facts);
  return hits.map(hit => {
    const { id, name } = hostOf(whose(hit), facts.hosts);
    const { rule } = hit;
    return {
      '@timestamp': isoTime(startOf(hit, facts)),
      rule: { id: rule.id, name: rule.name, ruleset: rule.ruleset, language: rule.language },
      level: hit.level,
      ...(id === UNKNOWN_HOST ? {} : { host: { id, name } }),
      events: hit.positions.slice(0, MOST_EVENTS).map(facts.refer),
    };
  });
}

function hitFinding(group: readonly RuleHit[], entity: string, facts: FindingFacts): Finding {
  const [first] = group;
  const { rule, level } = first!;
  const host = hostOf(entity, facts.hosts);
  const start = startOf(first!, facts);
  const end = Math.max(...group.map(hit => endOf(hit, facts)));
  const count = group.reduce((sum, hit) => sum + (hit.count ?? 1), 0);
  const position = first!.positions[0]!;
  const read = (field: 'source.ip' | 'destination.ip'): string | undefined =>
    new FieldReader(facts.timeline, field).text(position);
  const source = read('source.ip');
  const destination = read('destination.ip');
  const who = actorAt(facts.timeline, position);
  const refs = group.flatMap(hit => hit.positions);
  const summary = facts.refer(position).summary;
  return {
    '@timestamp': isoTime(start),
    event: {
      kind: 'signal',
      id: stableId(rule.ruleset, rule.id, entity, isoTime(start), refs[0]!),
      start: isoTime(start),
      end: isoTime(end),
      severity: SEVERITY[level],
      risk_score: rule.riskScore,
    },
    message: `${rule.name} on ${host.name}${count > 1 ? ` (${count} times)` : ''}${summary === '' ? '' : `: ${summary}`}`,
    rule: ruleRef(first!),
    threat: [...rule.threat],
    host,
    ...(source === undefined ? {} : { source: { ip: source } }),
    ...(destination === undefined ? {} : { destination: { ip: destination } }),
    ...who,
    related: {
      ip: [...new Set([source, destination, ...(host.ip ?? [])].filter(ip => ip !== undefined))].toSorted(),
      hosts: [host.name],
      user: who.user?.name === undefined ? [] : [who.user.name],
    },
    tags: [...rule.tags],
    aftershock: {
      label: '',
      level,
      score: rule.riskScore,
      confidence: 1,
      class: 'rule',
      stages: stagesOf(group, start, facts),
      parameters: {},
      near_misses: [],
      caveats: [...new Set(group.flatMap(hit => hit.note ?? []))],
    },
  };
}

/** A sequence has a row a step; everything else one row. */
function stagesOf(group: readonly RuleHit[], start: number, facts: FindingFacts): StageRow[] {
  const { rule } = group[0]!;
  if (rule.kind !== 'sequence')
    return [
      stageRow(
        'R1',
        rule.name,
        group.flatMap(hit => hit.positions),
        start,
        facts,
      ),
    ];
  const steps = Math.max(...group.map(hit => hit.positions.length));
  return Array.from({ length: steps }, (_, step) =>
    stageRow(
      `R${step + 1}`,
      `step ${step + 1}`,
      group.flatMap(hit => hit.positions[step] ?? []),
      start,
      facts,
    ),
  );
}

function stageRow(
  id: string,
  name: string,
  positions: readonly number[],
  start: number,
  facts: FindingFacts,
): StageRow {
  const sorted = [...new Set(positions)].toSorted((a, b) => a - b);
  const time = (position: number): number => facts.timeline.time[position]!;
  return {
    id,
    name,
    data_component: '',
    status: 'matched',
    first: isoTime(time(sorted[0]!)),
    last: isoTime(time(sorted.at(-1)!)),
    count: sorted.length,
    delta_s: (time(sorted[0]!) - start) / 1e6,
    events: sorted.slice(0, MOST_EVENTS).map(facts.refer),
  };
}

function ruleRef({ rule }: RuleHit): RuleRef {
  return {
    id: rule.id,
    name: rule.name,
    version: rule.version,
    ruleset: rule.ruleset,
    language: rule.language,
    reference: [...rule.references],
    author: [...rule.author],
    ...(rule.license === undefined ? {} : { license: rule.license }),
    sha256: rule.sha256,
    description: rule.description,
    ...(rule.note === undefined ? {} : { note: rule.note }),
  };
}

function hostReader({ timeline }: FindingFacts): (hit: RuleHit) => string {
  const own = new FieldReader(timeline, 'aftershock.host');
  const name = new FieldReader(timeline, 'host.name');
  const observer = new FieldReader(timeline, 'observer.name');
  return ({ positions }) =>
    own.text(positions[0]!) ?? name.text(positions[0]!)?.toLowerCase() ?? observer.text(positions[0]!) ?? UNKNOWN_HOST;
}

const startOf = ({ positions }: RuleHit, { timeline }: FindingFacts): number => timeline.time[Math.min(...positions)]!;
const endOf = ({ positions }: RuleHit, { timeline }: FindingFacts): number => timeline.time[Math.max(...positions)]!;
