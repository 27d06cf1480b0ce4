import type { ClockOffset } from '../../model/index.ts';
import { median, type PairSet } from './pairs.ts';

/** So many pairs make an offset sure … */
const SURE_PAIRS = 20;
/** … and so many make it worth telling. */
const TOLD_PAIRS = 5;
/** Pairs that scatter more than this do not share one offset. */
const MOST_MAD_SECONDS = 5;
/** An estimate below this would change nothing: events of two clocks are not ordered more finely. */
const ORDER_TOLERANCE_SECONDS = 5;

/** One sensor against one machine: what their pairs say. */
export function offsetOf({ sensor, host, differences }: PairSet): ClockOffset {
  const middle = median(differences);
  const spread = median(differences.map(difference => Math.abs(difference - middle)));
  const offsetSeconds = roundedSeconds(middle);
  const madSeconds = roundedSeconds(spread);
  const pairs = differences.length;
  const isTight = madSeconds <= MOST_MAD_SECONDS;
  const status = pairs < TOLD_PAIRS ? 'none' : pairs >= SURE_PAIRS && isTight ? 'calibrated' : 'estimated';
  const isApplied =
    status === 'calibrated'
      ? offsetSeconds !== 0
      : status === 'estimated' && isTight && pairs < SURE_PAIRS && Math.abs(offsetSeconds) > ORDER_TOLERANCE_SECONDS;
  const notes = [
    zoneError(offsetSeconds),
    status === 'none' ? `${pairs === 1 ? '1 pair is' : `${pairs} pairs are`} too few to tell an offset` : undefined,
    status === 'estimated' && !isTight ? `the pairs scatter by ${madSeconds} s: not applied` : undefined,
    status === 'estimated' && isTight && isApplied ? `an estimate from ${pairs} pairs` : undefined,
    status === 'estimated' && isTight && !isApplied
      ? `within the order tolerance of ${ORDER_TOLERANCE_SECONDS} s`
      : undefined,
  ].filter(note => note !== undefined);
  return {
    source: sensor.name,
    host,
    offsetSeconds,
    pairs,
    madSeconds,
    status,
    isApplied,
    note: notes.length === 0 ? undefined : notes.join('; '),
  };
}

/** Milliseconds are as fine as hosts write. */
const roundedSeconds = (micros: number): number => Math.round(micros / 1000) / 1000;

/** Clocks drift by seconds; who is off by whole hours reads the wrong zone. Half and quarter hours are zones only when they are exact. */
export function zoneError(offsetSeconds: number): string | undefined {
  const quarter = Math.round(offsetSeconds / 900) * 900;
  const isWholeHour = quarter % 3600 === 0;
  if (quarter === 0 || Math.abs(quarter) > 14 * 3600) return undefined;
  if (Math.abs(offsetSeconds - quarter) > (isWholeHour ? 60 : 5)) return undefined;
  const minutes = Math.abs(quarter) / 60;
  const shown = `${quarter < 0 ? '-' : '+'}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;
  return isWholeHour || Math.abs(quarter) > 3600 ? `a time-zone error of ${shown}, not a drifting clock` : undefined;
}
