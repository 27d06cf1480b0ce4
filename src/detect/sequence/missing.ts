import type { Stage } from '../../rules/index.ts';

/** The times of the events that must not be, by key, ascending. */
export interface MissingStage {
  /** Place in the query. */
  readonly stage: number;
  readonly times: ReadonlyMap<string, readonly number[]>;
}

/**
 * Whether none of the `![ ]` stages happened. `times` are those of the events that are there, in order.
 * Between two events: strictly between them. In front or at the end there must be a window of `maxspan` that holds the events
 * which are there and none of those that must not be: an unwanted event further away does not matter.
 */
export function isFreeOfMissing(
  missing: readonly MissingStage[],
  key: string,
  times: readonly number[],
  maxspan: number,
  stages: readonly Stage[],
): boolean {
  const first = times[0]!;
  const last = times.at(-1)!;
  let lastBefore = Number.NEGATIVE_INFINITY;
  let firstAfter = Number.POSITIVE_INFINITY;
  for (const { stage, times: unwanted } of missing) {
    const list = unwanted.get(key);
    if (list === undefined) continue;
    const before = stages.slice(0, stage).filter(s => !s.isMissing).length;
    if (before === 0) lastBefore = Math.max(lastBefore, list[firstFrom(list, first) - 1] ?? Number.NEGATIVE_INFINITY);
    else if (before === times.length) {
      firstAfter = Math.min(firstAfter, list[firstBeyond(list, last)] ?? Number.POSITIVE_INFINITY);
    } else {
      const next = list[firstBeyond(list, times[before - 1]!)];
      if (next !== undefined && next < times[before]!) return false;
    }
  }
  const isOpenBefore = stages[0]!.isMissing;
  const isOpenAfter = stages.at(-1)!.isMissing;
  if (isOpenBefore && isOpenAfter) return firstAfter - lastBefore > maxspan;
  if (isOpenBefore) return last - lastBefore > maxspan;
  if (isOpenAfter) return firstAfter - first > maxspan;
  return true;
}

/** Index of the first member at or above the limit. */
const firstFrom = (list: readonly number[], limit: number): number => bisect(list, member => member < limit);
/** Index of the first member above the limit. */
const firstBeyond = (list: readonly number[], limit: number): number => bisect(list, member => member <= limit);

function bisect(list: readonly number[], isBelow: (member: number) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(list[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
