import { isoTime, SECOND } from '../../model/index.ts';
import { formatDuration } from '../../util/duration.ts';
import type { SourceFact } from '../coverage.ts';
import type { EntityView } from './chains.ts';
import type { Incident } from './incidents.ts';
import { MOST_TOLERANCE } from './plan.ts';
import { primaryBinding } from './verdict.ts';

interface CaveatFacts {
  readonly artifactOf: (position: number) => string;
  readonly offsetOf: (artifact: string) => number;
  /** A process that counts as a service's child by its account alone. */
  readonly isParentUnknown: (position: number) => boolean;
  readonly sources: ReadonlyMap<string, SourceFact>;
  /** Components that no log of the collection holds, by mark. */
  readonly missing: readonly string[];
}

/** What a reader must know before believing the verdict. */
export function caveatsOf(view: EntityView, incident: Incident, facts: CaveatFacts): string[] {
  const { best, reopened } = incident;
  const { chain, verdict } = best;
  const caveats: string[] = [];
  const primary = primaryBinding(chain);
  const artifacts = new Set([
    ...chain.effects.map(({ effect }) => facts.artifactOf(effect.position)),
    ...chain.follows.map(({ outbound }) => facts.artifactOf(outbound.position)),
    ...(primary === undefined || view.binder === undefined
      ? []
      : [facts.artifactOf(view.binder.log.position[primary.anchor.row]!)]),
  ]);
  if (primary !== undefined && view.binder !== undefined) {
    const anchor = view.binder.log.position[primary.anchor.row]!;
    for (const { effect, binding } of chain.effects.slice(0, 1)) {
      const tolerance = view.tolerance(anchor, effect.position);
      const gap = Math.abs(effect.time - (binding?.anchor.time ?? effect.time));
      if (gap <= tolerance && facts.artifactOf(anchor) !== facts.artifactOf(effect.position)) {
        caveats.push(`stage order is within tolerance: the two clocks may disagree by ${formatDuration(tolerance)}`);
      } else if (tolerance >= MOST_TOLERANCE) {
        caveats.push(
          `the clocks of access and effect could not be compared; ±${formatDuration(tolerance)} is allowed for`,
        );
      }
    }
  }
  for (const artifact of [...artifacts].toSorted()) {
    const offset = facts.offsetOf(artifact);
    if (offset !== 0) caveats.push(`${artifact}: times are shifted by ${formatDuration(offset)} to the hosts' clock`);
    const source = facts.sources.get(artifact);
    if (source?.isZoneAssumed === true) caveats.push(`${artifact}: its time zone is assumed`);
    if (source?.isYearInferred === true) caveats.push(`${artifact}: states no year; it was inferred`);
  }
  const orphan = chain.effects.find(({ effect }) => facts.isParentUnknown(effect.position))?.effect;
  if (orphan !== undefined) {
    caveats.push(
      `${orphan.plan.mark} rests on the account alone: no record names the parent of the process, and a scheduled job of that account looks the same`,
    );
  }
  const { rate } = chain;
  if (rate?.state === 'usual' && rate.usual !== undefined) {
    const { failed, ok } = rate.usual;
    caveats.push(
      `${incident.plan.access.share?.mark} is not counted: ${Math.round(rate.percent ?? 0)} % failed connections to port ${rate.port} are usual for this machine (${Math.round((failed / (failed + ok)) * 100)} % of ${failed + ok} on normal days)`,
    );
  }
  const short = chain.follows.find(({ shortBaseline }) => shortBaseline !== undefined);
  if (short !== undefined) {
    const seen = Math.floor(short.shortBaseline! / SECOND) * SECOND;
    caveats.push(
      `short baseline: ${formatDuration(seen)} of ${formatDuration(short.plan.shortBaseline!.micros)} before the access, so "new" connections count half`,
    );
  }
  if (chain.bindings.length > 0 && chain.bindings.every(({ isHalf }) => isHalf)) {
    caveats.push('the service is in no map of ports, so access to any watched port was taken, at half its points');
  }
  if (primary !== undefined && view.binder !== undefined) {
    const since = view.binder.firstContact(primary.source);
    if (since < primary.anchor.time - incident.plan.windowMicros) {
      caveats.push(
        `campaign since ${isoTime(since)}: ${view.sourceName(primary.source)} had reached the machine before`,
      );
    }
  }
  if (verdict.isMaintenance) caveats.push('packages, updates or a planned restart were under way');
  if (verdict.isScanner) caveats.push('the source behaves like a scanner: many machines and ports in the window');
  if (verdict.isAdmin) caveats.push('the source is an allowed administrator');
  for (const { group, time } of reopened) {
    const name = incident.plan.rule.document.groups[group]?.name ?? group;
    caveats.push(`opened again at ${isoTime(time)}: ${name} appeared`);
  }
  caveats.push(...facts.missing);
  return [...new Set(caveats)];
}
