// How many of the connections to a port failed: the exact sliding window over (t − window, t], per source and over all sources.

/** What a connection counts as. `none`: its telemetry cannot tell. `apart`: counted and shown, in no rate. */
export const OUTCOME = { none: 0, ok: 1, failed: 2, unknown: 3, apart: 4 } as const;

/** Connections to one port of one machine, ascending by start. One entry each. */
export interface Connections {
  readonly start: Float64Array;
  readonly outcome: Uint8Array;
  readonly reset: Uint8Array;
  /** 1 where the telemetry would have shown a reset. */
  readonly wire: Uint8Array;
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
  /** Connections of an earlier collection that are needed before their share is what is usual. */
  readonly baseline: number;
}

export interface Counts {
  readonly failed: number;
  readonly ok: number;
  readonly unknown: number;
  readonly apart: number;
  readonly reset: number;
  /** Connections that could have shown a reset. */
  readonly wire: number;
}

/** `usual`: above the threshold, and no more than the same port shows on normal days. Worth most first. */
export const RATE_STATES = ['fires', 'reset-burst', 'usual', 'below', 'not-assessable'] as const;
type RateState = (typeof RATE_STATES)[number];

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
  /** What is worth most, as `RATE_STATES` has it; then the larger share, then more samples. */
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
  wire = 0;

  count({ outcome: outcomes, reset, wire }: Connections, row: number, by: 1 | -1): void {
    const outcome = outcomes[row]!;
    if (outcome === OUTCOME.failed) this.failed += by;
    else if (outcome === OUTCOME.ok) this.ok += by;
    else if (outcome === OUTCOME.unknown) this.unknown += by;
    else if (outcome === OUTCOME.apart) this.apart += by;
    if (outcome === OUTCOME.apart || outcome === OUTCOME.none || wire[row] === 0) return;
    this.reset += by * reset[row]!;
    this.wire += by;
  }
}

const rated = (counts: Counts): number => counts.failed + counts.ok + counts.unknown;

/**
 * Evaluates the rate at every connection that starts in [from, to]. `usual`: counts of the same port on normal days. Resets are compared with the time outside once, over the window that
 * ends the range: a bound of 95 % that is asked at every connection is broken by ordinary traffic sooner or later.
 */
export function ratesBetween(
  connections: Connections,
  from: number,
  to: number,
  settings: RateSettings,
  usual?: Counts,
): RateResult {
  const { start, source } = connections;
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
    all.count(connections, row, by);
    tallyOf(source[row]!).count(connections, row, by);
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
    const state = stateOf(own, settings, usual);
    if (state === 'fires') firing.add(source[row]!);
    if (best === undefined || isBetter(own, state, best)) best = rateOf(own, state, time, source[row]);
    const wholeState = stateOf(all, settings, usual);
    if (isBetter(all, wholeState, best)) best = rateOf(all, wholeState, time, undefined);
  }
  // Where it still fires at the end of the range, that is what a reader checks: the connections before the effect, all of them.
  const time = start[end - 1]!;
  const outside = settings.resetBaseline === undefined ? undefined : outsideOf(totalOf(connections), all, usual);
  let atEnd = rateOf(all, stateOf(all, settings, usual, outside), time, undefined);
  for (const [id, tally] of bySource) {
    const own = rateOf(tally, stateOf(tally, settings, usual, outside), time, id);
    if (!isBetter(atEnd, atEnd.state, own)) atEnd = own;
  }
  const isEndWorth = atEnd.state === 'fires' || best === undefined || isBetter(atEnd, atEnd.state, best);
  return { best: isEndWorth ? atEnd : best, firing };
}

function rateOf(counts: Counts, state: RateState, time: number, source: number | undefined): Rate {
  const { failed, ok, unknown, apart, reset, wire } = counts;
  const assessable = failed + ok;
  return {
    failed,
    ok,
    unknown,
    apart,
    reset,
    wire,
    time,
    source,
    state,
    percent: assessable === 0 ? undefined : (failed / assessable) * 100,
    interval: assessable === 0 ? undefined : wilson(failed, assessable),
  };
}

function stateOf(
  counts: Counts,
  settings: RateSettings,
  usual: Counts | undefined,
  outside?: { readonly reset: number; readonly wire: number },
): RateState {
  const { failed, ok, unknown, reset, wire } = counts;
  const assessable = failed + ok;
  const isAssessable =
    assessable >= settings.samples && unknown * 100 <= settings.unknownAtMost * (assessable + unknown);
  const isOver = isAssessable && failed >= settings.failures && failed * 100 >= settings.atLeast * assessable;
  const isUsual = isOver && usual !== undefined && isNoMoreThan(failed, assessable, usual, settings.baseline);
  if (isOver && !isUsual) return 'fires';
  if (
    outside !== undefined &&
    settings.resetBaseline !== undefined &&
    wire >= settings.samples &&
    reset >= settings.failures &&
    reset * 100 >= settings.atLeast * wire &&
    outside.wire >= settings.resetBaseline &&
    wilson(reset, wire)[0] > (outside.reset / outside.wire) * 100
  ) {
    return 'reset-burst';
  }
  if (isUsual) return 'usual';
  return isAssessable ? 'below' : 'not-assessable';
}

/** The share does not lie above that of normal days beyond chance. */
function isNoMoreThan(failed: number, assessable: number, usual: Counts, atLeast: number): boolean {
  const total = usual.failed + usual.ok;
  return total >= atLeast && wilson(failed, assessable)[0] <= (usual.failed / total) * 100;
}

/** The resets of the same port outside the window: of the rest of the log, and of normal days. */
const outsideOf = (
  everything: Counts,
  window: Counts,
  usual: Counts | undefined,
): { readonly reset: number; readonly wire: number } => ({
  reset: everything.reset - window.reset + (usual?.reset ?? 0),
  wire: everything.wire - window.wire + (usual?.wire ?? 0),
});

const ORDER: ReadonlyMap<RateState, number> = new Map(RATE_STATES.map((state, place) => [state, -place]));

function isBetter(a: Counts, state: RateState, b: Rate): boolean {
  if (state !== b.state) return ORDER.get(state)! > ORDER.get(b.state)!;
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
  const { start, source } = connections;
  const all = new Tally();
  const bySource = new Map<number, Tally>();
  const peaks = { failed: -1, reset: -1 };
  const look = ({ failed, ok, unknown, reset, wire }: Tally): void => {
    const assessable = failed + ok;
    const total = assessable + unknown;
    const isAssessable = assessable >= settings.samples && unknown * 100 <= settings.unknownAtMost * total;
    if (isAssessable && failed >= settings.failures) peaks.failed = Math.max(peaks.failed, (failed / assessable) * 100);
    if (wire >= settings.samples && reset >= settings.failures) {
      peaks.reset = Math.max(peaks.reset, (reset / wire) * 100);
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
    all.count(connections, row, 1);
    own.count(connections, row, 1);
    while (start[oldest]! <= time - settings.windowMicros) {
      all.count(connections, oldest, -1);
      bySource.get(source[oldest]!)!.count(connections, oldest, -1);
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
export function totalOf(connections: Connections): Counts {
  let total = TOTALS.get(connections);
  if (total === undefined) {
    total = new Tally();
    for (let row = 0; row < connections.start.length; row++) total.count(connections, row, 1);
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
