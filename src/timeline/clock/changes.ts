import { median } from './median.ts';
import type { Pair } from './meetings.ts';

/** A clock that was set, or drifts: its offset where it is least and where it is most. Microseconds; moments by the machine's clock. */
export interface Change {
  readonly least: number;
  readonly leastAt: number;
  readonly most: number;
  readonly mostAt: number;
}

/** Neighbours in time whose common offset is looked at: at least so many, and at most so many of them. */
const LEAST_NEIGHBOURS = 5;
const MOST_WINDOWS = 40;
/** Nobody orders events more finely. */
const TOLERANCE_MICROS = 5e6;
/** Fewer that agree on another offset are accidents, unless they are a good share of all. */
const MANY = 10;
const SHARE = 0.2;

/**
 * Whether neighbours in time agree on another offset than all pairs do. Their median may be off by chance: by three of its standard
 * errors, which the median absolute deviation gives for values that scatter normally (1.4826 for sigma, √(π/2) for the median).
 */
export function changeOf(pairs: readonly Pair[], middle: number): Change | undefined {
  const inTime = pairs.filter(({ time }) => !Number.isNaN(time)).sort((a, b) => a.time - b.time);
  const size = Math.max(LEAST_NEIGHBOURS, Math.ceil((2 * inTime.length) / MOST_WINDOWS));
  if (inTime.length < 2 * size) return undefined;
  let changed = 0;
  let counted = 0;
  let least = { offset: Number.POSITIVE_INFINITY, at: 0 };
  let most = { offset: Number.NEGATIVE_INFINITY, at: 0 };
  for (let from = 0; from < inTime.length; from += Math.ceil(size / 2)) {
    const start = Math.min(from, inTime.length - size);
    const window = inTime.slice(start, start + size);
    const differences = window.map(({ difference }) => difference);
    const offset = median(differences);
    const error = (3 * 1.4826 * 1.2533 * median(differences.map(each => Math.abs(each - offset)))) / Math.sqrt(size);
    // Neighbours that do not agree among themselves say nothing.
    if (error > 2 * TOLERANCE_MICROS) continue;
    if (Math.abs(offset - middle) > TOLERANCE_MICROS + error) {
      changed += start + size - Math.max(counted, start);
      counted = start + size;
    }
    const at = window[size >> 1]!.time;
    if (offset < least.offset) least = { offset, at };
    if (offset > most.offset) most = { offset, at };
  }
  const isChange = changed >= MANY || changed >= SHARE * inTime.length;
  return isChange ? { least: least.offset, leastAt: least.at, most: most.offset, mostAt: most.at } : undefined;
}

/** So far from the rest, and so many of them agreeing on it: no log writer's delay and no accident. */
const APART_MICROS = 60e6;
const AGREEING_MICROS = 10e6;

/** Whether many of the pairs agree on a second offset: two sensors, or two machines, under one name. */
export function isSplit(differences: readonly number[], middle: number): boolean {
  const others = differences.filter(difference => Math.abs(difference - middle) > APART_MICROS);
  const second = median(others);
  const agreeing = others.filter(difference => Math.abs(difference - second) <= AGREEING_MICROS).length;
  return agreeing >= LEAST_NEIGHBOURS && agreeing >= SHARE * differences.length;
}
