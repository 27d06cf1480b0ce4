import type { ClockSource } from './sources.ts';
import { type Measured, TOLERANCE_ONE_CLOCK } from './verdict.ts';

/** Two clocks whose difference is known: sensor − machine, microseconds. */
interface Link {
  readonly sensor: ClockSource;
  readonly host: ClockSource;
  readonly micros: number;
  readonly pairs: number;
}

/**
 * By how much each clock is moved, so that all that can be compared speak by one. What the user states is believed. Of the others the
 * clock that most machines agree on is kept, then the one that most sensors confirm, then the machine with the most pairs, then
 * the one that leaves least to move; with one sensor and one machine it is the sensor that is moved. A log of several machines is moved for none of them.
 */
export function shiftsOf(
  measured: readonly Measured[],
  stated: ReadonlyMap<ClockSource, number>,
): ReadonlyMap<ClockSource, number> {
  const shifts = new Map<ClockSource, number>([...stated].map(([source, micros]) => [source, -micros]));
  const links = measured
    .filter(({ sensor, offset }) => !stated.has(sensor) && (offset.isApplied || offset.status === 'calibrated'))
    .map(({ sensor, clock, offset }) => ({
      sensor,
      host: clock,
      micros: Math.round(offset.offsetSeconds * 1e6),
      pairs: offset.pairs,
    }));
  for (const group of groupsOf(links)) {
    const kept = referenceOf(group, stated);
    for (const [source, position] of group.positions) {
      if (shifts.has(source) || source.isShared) continue;
      const shift = kept - position;
      const isKept = source.kind === 'host' && !source.isZoneAssumed && Math.abs(shift) <= TOLERANCE_ONE_CLOCK;
      if (!isKept && shift !== 0) shifts.set(source, shift);
    }
  }
  return shifts;
}

/** Clocks that are compared with each other, in whatever steps. */
interface Group {
  /** How far each is ahead of one of them. */
  readonly positions: ReadonlyMap<ClockSource, number>;
  /** The most pairs that a link of it rests on. */
  readonly pairs: ReadonlyMap<ClockSource, number>;
}

/** The strongest links first; one that closes a circle adds nothing. */
function groupsOf(links: readonly Link[]): readonly Group[] {
  const groupOf = new Map<ClockSource, Map<ClockSource, number>>();
  const pairs = new Map<ClockSource, number>();
  for (const link of [...links].sort((a, b) => b.pairs - a.pairs)) {
    for (const end of [link.sensor, link.host]) {
      pairs.set(end, Math.max(pairs.get(end) ?? 0, link.pairs));
      if (!groupOf.has(end)) groupOf.set(end, new Map([[end, 0]]));
    }
    const [of, other] = [groupOf.get(link.host)!, groupOf.get(link.sensor)!];
    if (of === other) continue;
    const move = of.get(link.host)! + link.micros - other.get(link.sensor)!;
    for (const [source, position] of other) {
      of.set(source, position + move);
      groupOf.set(source, of);
    }
  }
  return [...new Set(groupOf.values())].map(positions => ({ positions, pairs }));
}

/** The position that is taken for the right time. */
function referenceOf({ positions, pairs }: Group, stated: ReadonlyMap<ClockSource, number>): number {
  const members = [...positions].filter(([source]) => !source.isZoneAssumed);
  const given = members.find(([source]) => stated.has(source));
  if (given !== undefined) return given[1] - stated.get(given[0])!;
  // In the order of their positions, whoever agrees with one stands beside it.
  const sorted = members.toSorted(([, a], [, b]) => a - b);
  const hostsBefore = [0];
  for (const [{ kind }] of sorted) hostsBefore.push(hostsBefore.at(-1)! + (kind === 'host' ? 1 : 0));
  const sum = sorted.reduce((total, [, position]) => total + position, 0);
  let best: { readonly position: number; readonly weight: readonly number[] } | undefined;
  let from = 0;
  let to = 0;
  let sumBefore = 0;
  for (const [i, [source, position]] of sorted.entries()) {
    while (sorted[from]![1] < position - TOLERANCE_ONE_CLOCK) from++;
    while (to < sorted.length && sorted[to]![1] <= position + TOLERANCE_ONE_CLOCK) to++;
    const moved = position * i - sumBefore + (sum - sumBefore - position * (sorted.length - i));
    const hosts = hostsBefore[to]! - hostsBefore[from]!;
    const weight = [hosts, to - from, source.kind === 'host' ? 1 : 0, pairs.get(source)!, -moved];
    if (best === undefined || isHeavier(weight, best.weight)) best = { position, weight };
    sumBefore += position;
  }
  return best?.position ?? 0;
}

function isHeavier(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at !== -1 && a[at]! > b[at]!;
}

/** Clocks that are known to agree, in whatever steps. */
export class Agreement {
  readonly #parents = new Map<ClockSource, ClockSource>();

  #root(member: ClockSource): ClockSource {
    let root = member;
    for (let next = this.#parents.get(root); next !== undefined && next !== root; next = this.#parents.get(root))
      root = next;
    return root;
  }

  join(a: ClockSource, b: ClockSource): void {
    const [rootA, rootB] = [this.#root(a), this.#root(b)];
    if (rootA !== rootB) this.#parents.set(rootA, rootB);
  }

  areJoined(a: ClockSource, b: ClockSource): boolean {
    return this.#root(a) === this.#root(b);
  }
}
