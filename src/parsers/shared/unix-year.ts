import type { EpochMicros } from '../../model/index.ts';
import { daysSinceEpoch } from './iso-time.ts';

const DAY_SECONDS = 86_400;
const MONTHS = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335];

/** Seconds since the beginning of a year in which every day exists. Two of them compare as the calendar does. */
export const secondsOfYear = (month: number, day: number, hour: number, minute: number, second: number): number =>
  (MONTHS[month - 1]! + day - 1) * DAY_SECONDS + hour * 3600 + minute * 60 + second;

/**
 * Counts the New Years between the lines of a log that states no year. A date more than a day before the one of the line above is
 * next year's; less than that is disorder, also across the New Year itself. Only dates count, so that lines of one day between its
 * first and its last need not be looked at.
 */
export class YearCounter {
  #wraps = 0;
  #day = -1;
  #last = -1;

  /** The number of New Years before this line. */
  step(seconds: number): number {
    const day = Math.floor(seconds / DAY_SECONDS);
    const last = this.#day;
    // 31 December behind 1 January: a line that came late, not a year that passed.
    if (last !== -1 && day - last >= 365) return this.#wraps - 1;
    if (last - day > 1) this.#wraps++;
    else if (day < last) return this.#wraps;
    this.#last = day === last ? Math.max(this.#last, seconds) : seconds;
    this.#day = day;
    return this.#wraps;
  }

  get wraps(): number {
    return this.#wraps;
  }
  get last(): number {
    return this.#last;
  }
}

/** What is known of the years of one log. Wraps count as {@link YearCounter} does. */
export interface YearEvidence {
  /** New Years in the whole log, and seconds of the year of its last line. */
  readonly wraps: number;
  readonly last: number;
  /** Lines dated 29 February: only a leap year has them. */
  readonly leaps: readonly number[];
  /** Years that the log itself states, or its name: the surest first. */
  readonly anchors: readonly { readonly wraps: number; readonly year: number; readonly source: string }[];
}

/** The year of the log's first line, and how it is known; undefined where nothing tells. */
export interface YearBase {
  readonly first: number;
  readonly source: string;
}

/**
 * The year in which a log that states none begins: by what the user says, by what it states elsewhere, or by the newest moment at
 * which its last line can have been written. A 29 February moves it back to the leap year before.
 */
export function inferYear(
  evidence: YearEvidence,
  assumed: number | undefined,
  newest: { readonly time: EpochMicros; readonly source: string } | undefined,
): YearBase | undefined {
  if (assumed !== undefined) return { first: assumed - evidence.wraps, source: 'the year given by the user' };
  const anchor = evidence.anchors[0];
  if (anchor !== undefined) return { first: anchor.year - anchor.wraps, source: anchor.source };
  if (newest === undefined) return undefined;
  const limit = newest.time / 1e6 + DAY_SECONDS;
  let last = new Date(newest.time / 1000).getUTCFullYear();
  while (epochSeconds(last, evidence.last) > limit) last--;
  const first = last - evidence.wraps;
  const isFit = (year: number): boolean => evidence.leaps.every(wraps => isLeap(year + wraps));
  for (let back = 0; back <= 8; back++) {
    if (isFit(first - back)) {
      return {
        first: first - back,
        source: `${newest.source}${back === 0 ? '' : ', moved back to a year with a 29 February'}`,
      };
    }
  }
  return { first, source: newest.source };
}

export const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Seconds of a year (as {@link secondsOfYear}) → seconds since 1970 on a clock that shows UTC. */
export function epochSeconds(year: number, seconds: number): number {
  const day = Math.floor(seconds / DAY_SECONDS);
  const skip = day >= 60 && !isLeap(year) ? 1 : 0;
  return daysSinceEpoch(year, 1, 1) * DAY_SECONDS + seconds - skip * DAY_SECONDS;
}
