import type { LogSet } from '../../model/index.ts';
import type { LedgerEntry, ParseContext } from '../parser.ts';
import { LocalTime } from '../shared/local-time.ts';
import type { EsxiLine } from './header.ts';
import { esxiRecords } from './records.ts';

const DAY_MICROS = 86_400_000_000;
/** Lines without a year are read as of this leap year until theirs is known. */
const READ_AS = 1972;

/**
 * Times of one log. ESXi states UTC and the year, so mostly nothing is to be done; logs of ESX 4 and what a syslog server
 * stamped anew lack the year or the zone.
 */
export class EsxiClock {
  readonly #local: LocalTime;
  readonly #zone: ParseContext['zone'];
  readonly #firstYear: number | undefined;
  readonly #yearSource: string | null;
  #previous: number | undefined;
  #turns = 0;
  #usedZone = false;

  private constructor(zone: ParseContext['zone'], firstYear: number | undefined, yearSource: string | null) {
    this.#local = new LocalTime(zone.name);
    this.#zone = zone;
    this.#firstYear = firstYear;
    this.#yearSource = yearSource;
  }

  /** Reads the log once beforehand, but only where its first lines lack the year. */
  static async over(log: LogSet, context: ParseContext): Promise<EsxiClock> {
    const looksOld = log.artifacts.some(({ head }) =>
      /^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:/m.test(Buffer.from(head.subarray(0, 4096)).toString('latin1')),
    );
    if (!looksOld) return new EsxiClock(context.zone, undefined, null);
    const survey = new YearSurvey();
    const deaf = { stray: () => undefined, tooLong: () => undefined };
    for await (const records of esxiRecords(log, false, deaf)) for (const { head } of records) survey.see(head);
    const { year, source } = survey.firstYear(context);
    return new EsxiClock(context.zone, year, source);
  }

  /** The time of a line; `inferred` where its year was worked out. Lines must come in the order of the log. */
  timeOf(line: EsxiLine): { readonly micros: number; readonly inferred: boolean } {
    if (!line.lacksYear) {
      if (line.hasZone) return { micros: line.micros, inferred: false };
      this.#usedZone = true;
      return { micros: this.#local.toUtc(line.micros), inferred: false };
    }
    if (turnsYear(this.#previous, line.micros)) this.#turns++;
    this.#previous = line.micros;
    this.#usedZone = true;
    const date = new Date(line.micros / 1000);
    date.setUTCFullYear((this.#firstYear ?? READ_AS) + this.#turns);
    return { micros: this.#local.toUtc(date.getTime() * 1000), inferred: true };
  }

  /** What the ledger says of the times. */
  basis(): LedgerEntry {
    return {
      zone: this.#usedZone ? this.#zone.name : 'UTC',
      zoneSource: this.#usedZone ? this.#zone.source : 'log',
      yearSource: this.#yearSource,
    };
  }
}

/** A month that jumps back by more than a day of disorder begins a new year. */
const turnsYear = (previous: number | undefined, next: number): boolean =>
  previous !== undefined && next < previous - 30 * DAY_MICROS;

/** Counts the turns of the year through a whole log, and finds a line that states its year. */
class YearSurvey {
  #previous: number | undefined;
  #turns = 0;
  #anchor: { readonly year: number; readonly turns: number } | undefined;

  see(line: EsxiLine): void {
    if (line.lacksYear) {
      if (turnsYear(this.#previous, line.micros)) this.#turns++;
      this.#previous = line.micros;
      return;
    }
    const date = new Date(line.micros / 1000);
    const year = date.getUTCFullYear();
    date.setUTCFullYear(READ_AS);
    this.#anchor ??= { year, turns: this.#turns + (turnsYear(this.#previous, date.getTime() * 1000) ? 1 : 0) };
  }

  firstYear(context: ParseContext): { year: number; source: string } {
    if (context.assumeYear !== undefined)
      return { year: context.assumeYear - this.#turns, source: 'assumed by the user' };
    if (this.#anchor !== undefined)
      return { year: this.#anchor.year - this.#anchor.turns, source: 'a line of the log that states it' };
    if (context.newest === undefined) return { year: READ_AS, source: 'unknown' };
    const newest = new Date(context.newest.time / 1000);
    const last = new Date((this.#previous ?? 0) / 1000);
    last.setUTCFullYear(newest.getUTCFullYear());
    // A day of grace: the newest moment is in UTC, the line in local time.
    const isLater = last.getTime() > newest.getTime() + DAY_MICROS / 1000;
    return { year: newest.getUTCFullYear() - (isLater ? 1 : 0) - this.#turns, source: context.newest.source };
  }
}
