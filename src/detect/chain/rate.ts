// How many of the connections to a port failed: the exact sliding window over (t − window, t], per source and over all sources.

/** What a connection counts as. `none`: its telemetry cannot tell. `apart`: counted and shown, in no rate. */
export const OUTCOME = { none: 0, ok: 1, failed: 2, unknown: 3, apart: 4 } as const;

/** Connections to one port of one machine, ascending by start. One entry each. */
export interface Connections {
  readonly start: Float64Array;
  readonly outcome: Uint8Array;
  readonly reset: Uint8Array;
  readonly source: Uint32Array;
}

export interface RateSettings {
  readonly windowMicros: number;
  /** Whole percent, inclusive: 3 of 10 reach 30. */
  readonly atLeast: number;
  /** Assessable connections (failed + ok) that are needed before anything is said. */
  readonly samples: number;
  readonly failures: number;
  /** Percent of all connections that may be unknown. */
  readonly unknownAtMost: number;
  /** Connections outside the window that a reset burst is compared with; undefined: no reset burst. */
  readonly resetBaseline: number | undefined;
}

export interface Counts {
  readonly failed: number;
  readonly ok: number;
  readonly unknown: number;
  readonly apart: number;
  readonly reset: number;
}

type RateState = 'fires' | 'reset-burst' | 'below' | 'not-assessable';

/** The rate at one moment: over one source, or over all of them (`source` undefined). */
export interface Rate extends Counts {
  readonly state: RateState;
  /** The moment: start of the connection that it was evaluated at. */
  readonly time: number;
  readonly source: number | undefined;
  /** Percent of assessable connections that failed; undefined where none is assessable. */
  readonly percent: number | undefined;
  /** Wilson 95 %, percent. */
  readonly interval: readonly [number, number] | undefined;
}

export interface RateResult {
  /** What is worth most: firing before reset burst before below before not assessable; then the larger share, then more samples. */
  readonly best: Rate | undefined;
  /** Sources whose own rate fires somewhere in the range. */
  readonly firing: ReadonlySet<number>;
}

const Z = 1.959963984540054;

/** Wilson score interval, 95 %, in percent. */
export function wilson(hits: number, total: number): readonly [number, number] {
  if (total === 0) return [0, 100];
  const p = hits / total;
  const denominator = 1 + (Z * Z) / total;
  const centre = p + (Z * Z) / (2 * total);
  const spread = Z * Math.sqrt((p * (1 - p)) / total + (Z * Z) / (4 * total * total));
  return [
    (Math.max(0, centre - spread) / denominator) * 100,
    (Math.min(denominator, centre + spread) / denominator) * 100,
  ];
}

class Tally {
  failed = 0;
  ok = 0;
  unknown = 0;
  apart = 0;
  reset = 0;

  count(outcome: number, reset: number, by: 1 | -1): void {
    if (outcome === OUTCOME.failed) this.failed += by;
    else if (outcome === OUTCOME.ok) this.ok += by;
    else if (outcome === OUTCOME.unknown) this.unknown += by;
    else if (outcome === OUTCOME.apart) this.apart += by;
    if (outcome !== OUTCOME.apart && outcome !== OUTCOME.none) this.reset += by * reset;
  }
}

const rated = (counts: Counts): number => counts.failed + counts.ok + counts.unknown;

/**
 * Evaluates the rate at every connection that starts in [from, to]. Resets are compared with the time outside once, over the window that
 * ends the range: a bound of 95 % that is asked at every connection is broken by ordinary traffic sooner or later.
 */
export function ratesBetween(connections: Connections, from: number, to: number, settings: RateSettings): RateResult {
  const { start, outcome, reset, source } = connections;
  const begin = lowerBound(start, from);
  const end = upperBound(start, to);
  const firing = new Set<number>();
  if (begin >= end) return { best: undefined, firing };
  const all = new Tally();
  const bySource = new Map<number, Tally>();
  const tallyOf = (id: number): Tally => {
    let tally = bySource.get(id);
    if (tally === undefined) {
      tally = new Tally();
      bySource.set(id, tally);
    }
    return tally;
  };
  const move = (row: number, by: 1 | -1): void => {
    all.count(outcome[row]!, reset[row]!, by);
    tallyOf(source[row]!).count(outcome[row]!, reset[row]!, by);
  };
  let oldest = upperBound(start, start[begin]! - settings.windowMicros);
  let next = oldest;
  let best: Rate | undefined;
  for (let row = begin; row < end; row++) {
    const time = start[row]!;
    // Connections of one moment are counted together: the rate at t holds every start up to t.
    while (next < start.length && start[next]! <= time) move(next++, 1);
    while (start[oldest]! <= time - settings.windowMicros) move(oldest++, -1);
    // One source alone says more than all of them with the same numbers.
    const own = tallyOf(source[row]!);
    const state = stateOf(own, settings, undefined);
    if (state === 'fires') firing.add(source[row]!);
    if (best === undefined || isBetter(own, state, best)) best = rateOf(own, state, time, source[row]);
    const wholeState = stateOf(all, settings, undefined);
    if (isBetter(all, wholeState, best)) best = rateOf(all, wholeState, time, undefined);
  }
  // Where it still fires at the end of the range, that is what a reader checks: the connections before the effect, all of them.
  const time = start[end - 1]!;
  const everything = settings.resetBaseline === undefined ? undefined : totalOf(connections);
  let atEnd = rateOf(all, stateOf(all, settings, everything), time, undefined);
  for (const [id, tally] of bySource) {
    const own = rateOf(tally, stateOf(tally, settings, everything), time, id);
    if (!isBetter(atEnd, atEnd.state, own)) atEnd = own;
  }
  const isEndWorth = atEnd.state === 'fires' || best === undefined || isBetter(atEnd, atEnd.state, best);
  return { best: isEndWorth ? atEnd : best, firing };
}

function rateOf(counts: Counts, state: RateState, time: number, source: number | undefined): Rate {
  const { failed, ok, unknown, apart, reset } = counts;
  const assessable = failed + ok;
  return {
    failed,
    ok,
    unknown,
    apart,
    reset,
    time,
    source,
    state,
    percent: assessable === 0 ? undefined : (failed / assessable) * 100,
    interval: assessable === 0 ? undefined : wilson(failed, assessable),
  };
}

function stateOf(counts: Counts, settings: RateSettings, everything: Counts | undefined): RateState {
  const { failed, ok, unknown, reset } = counts;
  const assessable = failed + ok;
  const isAssessable =
    assessable >= settings.samples && unknown * 100 <= settings.unknownAtMost * (assessable + unknown);
  if (isAssessable && failed >= settings.failures && failed * 100 >= settings.atLeast * assessable) return 'fires';
  const total = assessable + unknown;
  if (
    everything !== undefined &&
    settings.resetBaseline !== undefined &&
    total >= settings.samples &&
    reset >= settings.failures &&
    reset * 100 >= settings.atLeast * total
  ) {
    const outside = rated(everything) - total;
    const usual = ((everything.reset - reset) / outside) * 100;
    if (outside >= settings.resetBaseline && wilson(reset, total)[0] > usual) return 'reset-burst';
  }
  return isAssessable ? 'below' : 'not-assessable';
}

const ORDER: Readonly<Record<RateState, number>> = { fires: 3, 'reset-burst': 2, below: 1, 'not-assessable': 0 };

function isBetter(a: Counts, state: RateState, b: Rate): boolean {
  if (state !== b.state) return ORDER[state] > ORDER[b.state];
  if (state === 'not-assessable') return rated(a) > rated(b);
  const difference = share(a) - share(b);
  return difference !== 0 ? difference > 0 : a.failed + a.ok > b.failed + b.ok;
}

const share = ({ failed, ok }: Counts): number => (failed + ok === 0 ? 0 : failed / (failed + ok));

/** The highest shares, in percent, of failures and of resets that any moment shows with samples enough. */
export interface Peaks {
  readonly failed: number;
  readonly reset: number;
}

/** Peaks per source and over all: below both of them no threshold fires, so nothing else need be looked at. */
export function peaksOf(connections: Connections, settings: RateSettings): Peaks {
  const { start, outcome, reset, source } = connections;
  const all = new Tally();
  const bySource = new Map<number, Tally>();
  const peaks = { failed: -1, reset: -1 };
  const look = ({ failed, ok, unknown, reset: resets }: Tally): void => {
    const assessable = failed + ok;
    const total = assessable + unknown;
    const isAssessable = assessable >= settings.samples && unknown * 100 <= settings.unknownAtMost * total;
    if (isAssessable && failed >= settings.failures) peaks.failed = Math.max(peaks.failed, (failed / assessable) * 100);
    if (total >= settings.samples && resets >= settings.failures) {
      peaks.reset = Math.max(peaks.reset, (resets / total) * 100);
    }
  };
  let oldest = 0;
  for (let row = 0; row < start.length; row++) {
    const time = start[row]!;
    let own = bySource.get(source[row]!);
    if (own === undefined) {
      own = new Tally();
      bySource.set(source[row]!, own);
    }
    all.count(outcome[row]!, reset[row]!, 1);
    own.count(outcome[row]!, reset[row]!, 1);
    while (start[oldest]! <= time - settings.windowMicros) {
      all.count(outcome[oldest]!, reset[oldest]!, -1);
      bySource.get(source[oldest]!)!.count(outcome[oldest]!, reset[oldest]!, -1);
      oldest++;
    }
    // Connections of one moment are counted together.
    if (start[row + 1] === time) continue;
    look(all);
    for (let same = row; same >= 0 && start[same] === time; same--) look(bySource.get(source[same]!)!);
  }
  return peaks;
}

/** Of all connections of a log; asked for by every effect, counted once. */
function totalOf(connections: Connections): Counts {
  let total = TOTALS.get(connections);
  if (total === undefined) {
    const { outcome, reset } = connections;
    total = new Tally();
    for (let row = 0; row < outcome.length; row++) total.count(outcome[row]!, reset[row]!, 1);
    TOTALS.set(connections, total);
  }
  return total;
}

const TOTALS = new WeakMap<Connections, Tally>();

/** First index whose value is not below `value`. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First index whose value is above `value`. */
export function upperBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
