import type { PairSet } from './meetings.ts';
import type { ClockSource, ClockSources } from './sources.ts';
import { isLikelyZone, offsetOf } from './verdict.ts';
import { zoneError } from './zone.ts';

/**
 * The logs without a zone that do not speak by their machine's clock: read by the assumed zone they are whole hours off, or off by more
 * than one amount, as where daylight-saving time begins. All others keep their machine's clock, which they were written by.
 */
export function clocksApart(
  sets: readonly PairSet[],
  stated: ReadonlyMap<ClockSource, number>,
): ReadonlySet<ClockSource> {
  const apart = new Set<ClockSource>();
  for (const set of sets) {
    if (!set.clock.isZoneAssumed) continue;
    const { offset } = offsetOf(set);
    const own = sets.find(
      ({ sensor, clock }) => sensor === set.sensor && clock.name === set.clock.name && !clock.isZoneAssumed,
    );
    const ofMachine = own === undefined ? undefined : offsetOf(own).offset;
    const isKnown = ofMachine !== undefined && (ofMachine.isApplied || ofMachine.status === 'calibrated');
    const apartBy = offset.offsetSeconds - (isKnown ? ofMachine.offsetSeconds : 0);
    const isUsable = offset.isApplied || offset.status === 'calibrated';
    const isHours =
      zoneError(apartBy) !== undefined && (isUsable || isLikelyZone({ ...offset, offsetSeconds: apartBy }));
    const isUnsteady = offset.status === 'estimated' && !isUsable && Math.abs(apartBy) > 60;
    if (isHours || isUnsteady) apart.add(set.clock);
  }
  for (const source of stated.keys()) {
    const isWhole = [...stated.keys()].some(other => other.name === source.name && !other.isZoneAssumed);
    if (source.isZoneAssumed && !isWhole) apart.add(source);
  }
  return apart;
}

/** The clock that a log speaks by: its machine's, unless it stands apart. */
export const withoutApart = (
  source: ClockSource,
  apart: ReadonlySet<ClockSource>,
  { byHost }: ClockSources,
): ClockSource => (source.isZoneAssumed && !apart.has(source) ? byHost.get(source.name)! : source);
