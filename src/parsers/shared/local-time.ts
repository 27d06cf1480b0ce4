import { FixedOffsetZone, IANAZone, type Zone } from 'luxon';

const HOUR_MILLIS = 3_600_000;
const MINUTE_MICROS = 60_000_000;
/** Lines of one log may stand out of order by so much without meaning anything. */
const DISORDER_MICROS = 5 * MINUTE_MICROS;
const MOST_HOURS = 20_000;

/**
 * Wall-clock times of one log → UTC. Where a clock is set back at the end of summer time, the same hour comes twice: then the
 * order of the lines decides which one is meant.
 */
export class LocalTime {
  readonly #zone: Zone;
  readonly #offsets = new Map<number, number>();
  #last = Number.NEGATIVE_INFINITY;

  /** An IANA name or `±HH:MM`; a zone that nobody knows counts as UTC. */
  constructor(zone: string) {
    this.#zone = zoneOf(zone);
  }

  /** `wall`: microseconds of the wall clock read as if it were UTC. */
  toUtc(wall: number): number {
    const millis = Math.floor(wall / 1000);
    // Offsets on both sides of the moment: they differ only around a change.
    const before = this.#offset(millis - 14 * HOUR_MILLIS);
    const after = this.#offset(millis + 14 * HOUR_MILLIS);
    const early = wall - before * MINUTE_MICROS;
    if (before === after) return this.#told(early);
    const late = wall - after * MINUTE_MICROS;
    const isEarly = this.#offset(Math.floor(early / 1000)) === before;
    const isLate = this.#offset(Math.floor(late / 1000)) === after;
    if (isEarly && isLate) return this.#told(early < this.#last - DISORDER_MICROS ? late : early);
    return this.#told(isLate && !isEarly ? late : early);
  }

  /** Minutes east of UTC at that moment, cached by the quarter hour. */
  #offset(millis: number): number {
    const quarter = Math.floor(millis / (HOUR_MILLIS / 4));
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      if (this.#offsets.size > MOST_HOURS) this.#offsets.clear();
      offset = this.#zone.offset(quarter * (HOUR_MILLIS / 4));
      this.#offsets.set(quarter, offset);
    }
    return offset;
  }

  #told(micros: number): number {
    if (micros > this.#last) this.#last = micros;
    return micros;
  }
}

function zoneOf(name: string): Zone {
  const fixed = /^(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})$/.exec(name);
  if (fixed !== null)
    return FixedOffsetZone.instance((fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])));
  const zone = IANAZone.create(name);
  return zone.isValid ? zone : FixedOffsetZone.utcInstance;
}
