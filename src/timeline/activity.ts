import { isoTime, type Timeline } from '../model/index.ts';

const PARTS = 60;

/** How many events fell into each of sixty equal parts between the first and the last; undefined where no event has a time. */
export function activityOf(timeline: Timeline): { from: string; to: string; counts: number[] } | undefined {
  let last = timeline.length - 1;
  while (last >= 0 && !Number.isFinite(timeline.time[last]!)) last--;
  if (last < 0) return undefined;
  const from = timeline.time[0]!;
  const to = timeline.time[last]!;
  const counts = Array.from({ length: PARTS }, () => 0);
  const span = Math.max(1, to - from);
  for (let i = 0; i <= last; i++) {
    counts[Math.min(PARTS - 1, Math.floor(((timeline.time[i]! - from) / span) * PARTS))]! += 1;
  }
  return { from: isoTime(from), to: isoTime(to), counts };
}
