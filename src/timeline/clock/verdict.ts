import { type ClockOffset, isoTime } from '../../model/index.ts';
import { formatDuration } from '../../util/duration.ts';
import { agreedBounds, type Bounds, within } from './bounds.ts';
import { type Change, changeOf, isSplit } from './changes.ts';
import { median } from './median.ts';
import type { Pair, PairSet } from './meetings.ts';
import type { ClockSource } from './sources.ts';
import { zoneError } from './zone.ts';

/** So many pairs make an offset sure … */
const SURE_PAIRS = 20;
/** … and so many make it worth telling. */
const TOLD_PAIRS = 5;
/** Pairs that scatter more than this do not share one offset. */
const MOST_MAD_SECONDS = 5;
/** Events of one clock, and of two that are known to agree, are not ordered more finely: an estimate below this changes nothing. */
export const TOLERANCE_ONE_CLOCK = 5e6;
/** Events of clocks that could not be compared may be apart so far and yet be in the other order. */
export const TOLERANCE_TWO_CLOCKS = 60e6;

/** What the pairs of one sensor and one machine say, and what may be done about it. */
export interface Measured {
  readonly sensor: ClockSource;
  readonly clock: ClockSource;
  /** `isApplied`: it may be. */
  readonly offset: ClockOffset;
}

/** One sensor against one machine. */
export function offsetOf({ sensor, clock, pairs: exact, bounds }: PairSet): Measured {
  const isBounded = exact.length < TOLD_PAIRS && bounds.length >= TOLD_PAIRS;
  const agreed = isBounded ? agreedBounds(bounds) : undefined;
  const isLoose = isBounded && (agreed === undefined || agreed.high - agreed.low > 2 * TOLERANCE_ONE_CLOCK);
  const offset = isLoose ? boundedOffset(agreed) : pairedOffset(isBounded ? pairsWithin(bounds, agreed!) : exact);
  return { sensor, clock, offset: { ...offset, source: sensor.name, host: clock.name } };
}

type Verdict = Omit<ClockOffset, 'source' | 'host'>;

/**
 * Records that tell of some moment of a connection say only between which bounds the offset lies. Where these are close, each is a
 * pair; of the values that most allow, the one nearest to none is taken: it moves no clock that may be right.
 */
function pairsWithin(bounds: readonly Bounds[], agreed: Bounds): readonly Pair[] {
  const nearest = within(agreed, 0);
  return bounds.map(each => ({ time: Number.NaN, difference: within(each, nearest) }));
}

/** Bounds that are far apart: their middle is an estimate where even its error is smaller than what is allowed for. */
function boundedOffset(agreed: (Bounds & { readonly count: number }) | undefined): Verdict {
  if (agreed === undefined) {
    const note = 'records about some moment of a connection, which do not agree with each other: not applied';
    return { offsetSeconds: 0, pairs: 0, madSeconds: 0, status: 'none', isApplied: false, note };
  }
  const { low, high, count } = agreed;
  const between = `between ${signed(low)} and ${signed(high)}, by ${count} records about some moment of a connection`;
  const isUsable = high - low <= 2 * TOLERANCE_TWO_CLOCKS && Math.abs(within(agreed, 0)) > TOLERANCE_ONE_CLOCK;
  if (!isUsable) {
    const note = `${between}: not applied`;
    return { offsetSeconds: 0, pairs: 0, madSeconds: 0, status: 'none', isApplied: false, note };
  }
  return {
    offsetSeconds: roundedSeconds((low + high) / 2),
    pairs: count,
    madSeconds: roundedSeconds((high - low) / 2),
    status: 'estimated',
    isApplied: true,
    note: between,
  };
}

function pairedOffset(all: readonly Pair[]): Verdict {
  const differences = all.map(({ difference }) => difference);
  const middle = median(differences);
  const offsetSeconds = roundedSeconds(middle);
  const madSeconds = roundedSeconds(median(differences.map(difference => Math.abs(difference - middle))));
  const pairs = all.length;
  const base = { offsetSeconds, pairs, madSeconds };
  const zone = zoneError(offsetSeconds);
  if (pairs < TOLD_PAIRS) {
    const few = `${pairs === 1 ? '1 pair is' : `${pairs} pairs are`} too few to tell an offset`;
    return { ...base, status: 'none', isApplied: false, note: joined(zone, few) };
  }
  if (madSeconds > MOST_MAD_SECONDS) {
    const scatter = `the pairs scatter by ${madSeconds} s: not applied`;
    const change = changeOf(all, middle);
    const note = joined(change && changeText(change), scatter);
    return { ...base, status: 'estimated', isApplied: false, isUnsteady: change !== undefined, note };
  }
  const change = changeOf(all, middle);
  if (change !== undefined) {
    // What is left of it after the correction is within what is allowed for between clocks that are not known to agree.
    const isSmall = Math.max(change.most - middle, middle - change.least) <= TOLERANCE_TWO_CLOCKS;
    const isApplied = isSmall && Math.abs(middle) > TOLERANCE_ONE_CLOCK;
    const note = joined(zone, changeText(change), isApplied ? 'its middle is applied' : 'not applied');
    return { ...base, status: 'estimated', isApplied, isUnsteady: true, note };
  }
  if (isSplit(differences, middle)) {
    const note = 'the pairs tell of two offsets at the same time, as if two clocks went by one name: not applied';
    return { ...base, status: 'estimated', isApplied: false, isUnsteady: true, note };
  }
  if (pairs >= SURE_PAIRS) return { ...base, status: 'calibrated', isApplied: offsetSeconds !== 0, note: zone };
  const isApplied = Math.abs(middle) > TOLERANCE_ONE_CLOCK;
  const tolerance = `within the order tolerance of ${TOLERANCE_ONE_CLOCK / 1e6} s`;
  return { ...base, status: 'estimated', isApplied, note: joined(zone, isApplied ? undefined : tolerance) };
}

const joined = (...notes: readonly (string | undefined)[]): string | undefined => {
  const told = notes.filter(note => note !== undefined);
  return told.length === 0 ? undefined : told.join('; ');
};

const changeText = ({ least, leastAt, most, mostAt }: Change): string =>
  `the offset is ${signed(least)} about ${isoTime(leastAt)} and ${signed(most)} about ${isoTime(mostAt)}: a clock was set, or drifts`;

const signed = (micros: number): string => {
  const millis = Math.round(micros / 1000) * 1000;
  return `${millis > 0 ? '+' : ''}${formatDuration(millis)}`;
};

/** Milliseconds are as fine as hosts write. */
const roundedSeconds = (micros: number): number => Math.round(micros / 1000) / 1000;

/** Two pairs that agree on whole hours: nobody's clock drifts so, and a reader who is not told looks for the chain in vain. */
export const isLikelyZone = ({ offsetSeconds, pairs, madSeconds }: ClockOffset): boolean =>
  pairs >= 2 && madSeconds <= 1 && zoneError(offsetSeconds) !== undefined;
