import { type EventBatch, fieldNumbers } from '../../model/index.ts';
import { median } from './median.ts';
import type { PairSet } from './meetings.ts';
import type { ClockSource, ClockSources } from './sources.ts';
import { offsetOf, TOLERANCE_TWO_CLOCKS } from './verdict.ts';
import { zoneError } from './zone.ts';

/**
 * The logs without a zone that do not speak by their machine's clock: read by the assumed zone they are whole hours off, or off by more
 * than one amount, as where daylight-saving time begins. All others keep their machine's clock, which they were written by.
 *
 * Whole hours may as well be the sensor's error. Logs that state their zone decide: against the sensor, on whatever machine; else on the
 * same machine, by processes that both tell of. Nobody else to ask, a capture's epoch seconds are less often wrong than an assumption; and
 * where no machine has other logs, nothing hangs on it, and it is the sensor that is moved.
 */
export function clocksApart(
  sets: readonly PairSet[],
  sources: ClockSources,
  stated: ReadonlyMap<ClockSource, number>,
  batches: readonly EventBatch[],
): ReadonlySet<ClockSource> {
  const apart = new Set<ClockSource>();
  for (const set of sets) {
    if (!set.clock.isZoneAssumed || apart.has(set.clock)) continue;
    const { offset } = offsetOf(set);
    const ofSensor = sensorError(sets, set.sensor);
    const apartBy = offset.offsetSeconds - (ofSensor ?? 0);
    if (offset.status === 'estimated' && !offset.isApplied && offset.madSeconds > 5) {
      apart.add(set.clock);
      continue;
    }
    if (!isTight(set) || zoneError(apartBy) === undefined) continue;
    const isOwnError =
      ofSensor !== undefined ||
      (areShifted(batches, set.clock, sources, -apartBy * 1e6) ??
        [...sources.byHost.values()].some(({ artifacts, isShared }) => artifacts.size > 0 || isShared));
    if (isOwnError) apart.add(set.clock);
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

/** Two pairs are enough to tell hours apart, if they agree within seconds. */
const FEWEST = 2;
const TIGHT_MICROS = 5e6;

function isTight({ pairs }: PairSet): boolean {
  const middle = median(pairs.map(({ difference }) => difference));
  const spread = median(pairs.map(({ difference }) => Math.abs(difference - middle)));
  return pairs.length >= FEWEST && spread <= TIGHT_MICROS;
}

/** What a sensor is off by, seconds, as the logs say that state their zone: of the machine with the most pairs. */
function sensorError(sets: readonly PairSet[], sensor: ClockSource): number | undefined {
  let best: PairSet | undefined;
  for (const set of sets) {
    if (set.sensor !== sensor || set.clock.isZoneAssumed || !isTight(set)) continue;
    if (best === undefined || set.pairs.length > best.pairs.length) best = set;
  }
  return best === undefined ? undefined : offsetOf(best).offset.offsetSeconds;
}

/** A process id that is told of at more moments is a daemon's, and says nothing. */
const MOST_MOMENTS = 4;

/**
 * Whether the logs without a zone are so far ahead of their machine's other logs, by processes that both tell of; undefined where
 * there are too few.
 */
function areShifted(
  batches: readonly EventBatch[],
  zoneless: ClockSource,
  { byHost }: ClockSources,
  micros: number,
): boolean | undefined {
  const told = momentsByProcess(batches, zoneless);
  const known = momentsByProcess(batches, byHost.get(zoneless.name)!);
  let together = 0;
  let shifted = 0;
  for (const [pid, times] of told) {
    const others = known.get(pid);
    if (others === undefined || others.length > MOST_MOMENTS || times.length > MOST_MOMENTS) continue;
    const isNear = (by: number): boolean =>
      times.some(time => others.some(other => Math.abs(time - by - other) <= TOLERANCE_TWO_CLOCKS));
    if (isNear(0)) together++;
    else if (isNear(micros)) shifted++;
  }
  if (Math.max(together, shifted) < FEWEST || together === shifted) return undefined;
  return shifted > together;
}

function momentsByProcess(batches: readonly EventBatch[], { artifacts }: ClockSource): ReadonlyMap<number, number[]> {
  const moments = new Map<number, number[]>();
  for (const batch of batches) {
    const pids = artifacts.has(batch.artifact) ? fieldNumbers(batch, 'process.pid') : undefined;
    if (pids === undefined) continue;
    for (const [row, pid] of pids.entries()) {
      const time = batch.time[row]!;
      if (Number.isNaN(pid) || Number.isNaN(time)) continue;
      const known = moments.get(pid);
      if (known === undefined) moments.set(pid, [time]);
      else if (known.length <= MOST_MOMENTS && Math.abs(time - known.at(-1)!) > TOLERANCE_TWO_CLOCKS) known.push(time);
    }
  }
  return moments;
}
