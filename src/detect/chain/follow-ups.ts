import { firstFrom, type Outbound, type OutboundLog } from './outbound.ts';
import { type FollowPlan, MOST_TOLERANCE } from './plan.ts';

/** A connection that counts as a follow-up of a chain, under one mark. */
export interface FollowHit {
  readonly plan: FollowPlan;
  readonly outbound: Outbound;
  readonly score: number;
  /** How long the machine's outbound connections had been watched before the access, microseconds. */
  readonly seen: number;
  /** How much of the machine's outbound connections had been seen before the access, microseconds, where that was too little. */
  readonly shortBaseline: number | undefined;
}

interface FollowFacts {
  readonly lineages: ReadonlySet<string>;
  /** Addresses that reached the machine. */
  readonly sources: ReadonlySet<string>;
  readonly tolerance: (a: number, b: number) => number;
}

/** Follow-ups of a chain whose effects (or accesses) span these stretches of time. */
export function followUps(
  log: OutboundLog,
  spans: readonly { readonly from: number; readonly to: number; readonly position: number }[],
  { lineages, sources, tolerance }: FollowFacts,
): FollowHit[] {
  if (log.connections.length === 0 || spans.length === 0) return [];
  const hits: FollowHit[] = [];
  const first = spans.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
  const last = spans.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY);
  for (let at = firstFrom(log.connections, first - MOST_TOLERANCE); at < log.connections.length; at++) {
    const outbound = log.connections[at]!;
    if (outbound.time > last) break;
    const span = spans.find(
      s => outbound.time <= s.to && outbound.time >= s.from - tolerance(s.position, outbound.position),
    );
    if (span === undefined) continue;
    const before = span.from - tolerance(span.position, outbound.position);
    const isNew = !log.hadContacted(outbound.destination, outbound.ports, before);
    for (const { plan, score } of outbound.marks) {
      if (plan.isFirstSeen && !isNew) continue;
      if (plan.isLineage && !(outbound.lineage !== undefined && lineages.has(outbound.lineage))) continue;
      if (plan.isReturn && !sources.has(outbound.destination)) continue;
      const seen = Math.max(0, span.from - log.since);
      const isShort = plan.shortBaseline !== undefined && seen < plan.shortBaseline.micros;
      hits.push({
        plan,
        outbound,
        seen,
        score: isShort ? Math.floor((score * plan.shortBaseline.percent) / 100) : score,
        shortBaseline: isShort ? seen : undefined,
      });
    }
  }
  return withoutYielding(hits);
}

/** One destination is told once: a mark gives way where a better one tells of the same. */
function withoutYielding(hits: readonly FollowHit[]): FollowHit[] {
  const told = new Map<string, Set<string>>();
  for (const { plan, outbound } of hits) {
    for (const place of placesOf(outbound)) {
      const marks = told.get(place);
      if (marks === undefined) told.set(place, new Set([plan.mark]));
      else marks.add(plan.mark);
    }
  }
  return hits.filter(
    ({ plan, outbound }) => !plan.yieldsTo.some(mark => placesOf(outbound).some(place => told.get(place)!.has(mark))),
  );
}

const placesOf = ({ destination, ports }: Outbound): string[] => ports.map(port => `${destination} ${port}`);
