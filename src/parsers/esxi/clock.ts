import type { LogSet } from '../../model/index.ts';
import type { LedgerEntry, ParseContext } from '../parser.ts';
import { LocalTime } from '../shared/local-time.ts';
import { epochSeconds, inferYear, YearCounter, type YearEvidence } from '../shared/unix-year.ts';
import { type EsxiLine, READ_AS } from './header.ts';
import { esxiRecords } from './records.ts';

/** The beginning of the leap year as of which lines without a year are read. */
const READ_AS_MICROS = Date.UTC(READ_AS, 0, 1) * 1000;
/** 29 February of such a year, in seconds. */
const LEAP_DAY = 59 * 86_400;

/**
 * Times of one log. ESXi states UTC and the year, so mostly nothing is to be done; logs of ESX 4 and what a syslog server
 * stamped anew lack the year or the zone.
 */
export class EsxiClock {
  readonly #local: LocalTime;
  readonly #zone: ParseContext['zone'];
  readonly #firstYear: number | undefined;
  readonly #yearSource: string | null;
  readonly #counter = new YearCounter();
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
    const base = inferYear(await survey(log), context.assumeYear, context.newest);
    return new EsxiClock(context.zone, base?.first, base?.source ?? 'unknown');
  }

  /** The time of a line, NaN where nothing tells its year; `inferred` where that was worked out. Lines must come in order. */
  timeOf(line: EsxiLine): { readonly micros: number; readonly inferred: boolean } {
    if (!line.lacksYear) {
      if (line.hasZone) return { micros: line.micros, inferred: false };
      this.#usedZone = true;
      return { micros: this.#local.toUtc(line.micros), inferred: false };
    }
    const seconds = secondsOf(line);
    const wraps = this.#counter.step(seconds);
    if (this.#firstYear === undefined) return { micros: Number.NaN, inferred: false };
    this.#usedZone = true;
    return { micros: this.#local.toUtc(epochSeconds(this.#firstYear + wraps, seconds) * 1e6), inferred: true };
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

const secondsOf = (line: EsxiLine): number => (line.micros - READ_AS_MICROS) / 1e6;

/** Counts the New Years through a whole log, and finds a line that states its year. */
async function survey(log: LogSet): Promise<YearEvidence> {
  const counter = new YearCounter();
  const leaps: number[] = [];
  const anchors: { wraps: number; year: number; source: string }[] = [];
  const deaf = { stray: () => undefined, tooLong: () => undefined };
  for await (const records of esxiRecords(log, false, deaf)) {
    for (const { head } of records) {
      if (head.lacksYear) {
        const seconds = secondsOf(head);
        const wraps = counter.step(seconds);
        if (Math.floor(seconds / 86_400) * 86_400 === LEAP_DAY && leaps.at(-1) !== wraps) leaps.push(wraps);
      } else if (anchors.length === 0) {
        const date = new Date(head.micros / 1000);
        const year = date.getUTCFullYear();
        date.setUTCFullYear(READ_AS);
        // It may be the first line of its year.
        const isNext = counter.last !== -1 && (date.getTime() * 1000 - READ_AS_MICROS) / 1e6 < counter.last - 86_400;
        anchors.push({ wraps: counter.wraps + (isNext ? 1 : 0), year, source: 'a line of the log that states it' });
      }
    }
  }
  return { wraps: counter.wraps, last: Math.max(counter.last, 0), leaps, anchors };
}
