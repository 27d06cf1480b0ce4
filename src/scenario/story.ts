import type { Item } from './item.ts';
import type { Random } from './random.ts';

/** What must come out of a collection, and what must not. */
export interface Truth {
  readonly findings: readonly {
    readonly rule: string;
    readonly host: string;
    readonly stages?: readonly string[];
    readonly leastLevel?: 'low' | 'medium' | 'high' | 'critical';
  }[];
  /** No finding at or above this level beside those. */
  readonly nothingAbove: 'info' | 'low' | 'medium';
}

/** A day on a few machines, told record by record. Synthetic throughout; addresses and names are reserved for documentation or private. */
export interface Story {
  readonly id: string;
  readonly title: string;
  readonly truth: Truth;
  tell(folder: string, random: Random): readonly Item[];
}

/** 2026-03-10 is a Tuesday; every story has its attack on that day and a quiet day before it. */
export const DAY_START = Date.UTC(2026, 2, 10) * 1000;

/** Reads a clock time as microseconds: `clock('14:02:11')` is on the day, `clock('-1 09:00:00')` on the day before. */
export type Clock = (clock: string) => number;

/** The clock of a day that begins at `start`, epoch microseconds. */
export function clockOf(start: number): Clock {
  return clock => {
    const [, days = '0', h, m, s] = /^(?:(-?\d+) )?(\d\d):(\d\d):(\d\d(?:\.\d+)?)$/.exec(clock) ?? [];
    if (s === undefined) throw new RangeError(`${clock} is no clock time`);
    return start + Number(days) * 86_400e6 + Number(h) * 3600e6 + Number(m) * 60e6 + Math.round(Number(s) * 1e6);
  };
}

/** The clock of the day of the attack. */
export const at: Clock = clockOf(DAY_START);
