import type { ValueTest } from '../condition.ts';

/** The parts of a time that a rule may ask for, as the time is written: `2024-05-06T07:08:09Z`, with a blank for the T as well. */
export const TIME_PARTS = ['minute', 'hour', 'day', 'month', 'year'] as const;
type TimePart = (typeof TIME_PARTS)[number];

/** What stands before a part and behind it, and its least and greatest number. */
const PLACES: Readonly<Record<TimePart, readonly [before: string, behind: string, least: number, most: number]>> = {
  year: ['^', '-', 1970, 2262],
  month: ['^\\d{4}-0?', '-', 1, 12],
  day: ['^\\d{4}-\\d{1,2}-0?', '(?:\\D|$)', 1, 31],
  hour: ['^\\d{4}-\\d{1,2}-\\d{1,2}[T ]0?', ':', 0, 23],
  minute: ['^\\d{4}-\\d{1,2}-\\d{1,2}[T ]\\d{1,2}:0?', '(?:\\D|$)', 0, 59],
};

/** A test of a written time for the numbers that one part of it may have. */
export function timeTest(part: TimePart, admits: (number: number) => boolean): ValueTest {
  const [before, behind, least, most] = PLACES[part];
  const numbers = Array.from({ length: most - least + 1 }, (_, i) => least + i).filter(admits);
  // No time has a letter where its number stands.
  const pattern = `${before}(?:${numbers.length === 0 ? 'none' : numbers.join('|')})${behind}`;
  return { kind: 'regex', pattern, flags: { fold: false, multiline: false, dotAll: false }, anchor: 'anywhere' };
}
