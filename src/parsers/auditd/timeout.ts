import { auditTypeNumber } from '../shared/audit-type-numbers.ts';

// auparse, and with it ausearch, gives an event up as whole before the end of the log: after a record that ends one or stands for itself,
// and once another event begins that is two seconds younger. What comes later it tells as an event of its own. We know better and keep
// it with its event, but tell it also by itself, so that nobody who compares the two misses a row.

const TIMEOUT_SECONDS = 2;

const FIRST_EVENT = 1300;
const EOE = 1320;
const PROCTITLE = 1327;
const MAC_UNLBL_ALLOW = 1406;
const MAC_CALIPSO_DEL = 1419;
const KERNEL = 2000;
const FIRST_ANOMALY = 2100;

/** True of the types behind which auparse expects nothing more of an event. */
function computeEnds(type: string): boolean {
  const number = auditTypeNumber(type);
  if (number === undefined) return true;
  return (
    number < FIRST_EVENT ||
    number >= FIRST_ANOMALY ||
    number === KERNEL ||
    number === PROCTITLE ||
    number === EOE ||
    (number >= MAC_UNLBL_ALLOW && number <= MAC_CALIPSO_DEL)
  );
}

/** Where in an event auparse would begin another. */
export interface Told {
  readonly seconds: number;
  /** Indexes of records. */
  readonly again: number[];
  /** Number of the event, counted over the log, that began last when this one was begun or begun again. */
  since: number;
  isWhole: boolean;
}

/** Follows auparse's judgement of when an event is whole. */
export class EndOfEvent {
  readonly #ends = new Map<string, boolean>();
  #begun = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #newestAt = 0;
  #last = Number.NEGATIVE_INFINITY;

  begin(micros: number): Told {
    const seconds = Number.isNaN(micros) ? 0 : Math.floor(micros / 1e6);
    this.#begun++;
    this.#last = seconds;
    if (seconds >= this.#newest) {
      this.#newest = seconds;
      this.#newestAt = this.#begun;
    }
    return { seconds, again: [], since: this.#begun, isWhole: false };
  }

  /** To be called for each record of an event, with its place in it. */
  add(told: Told, type: string, index: number): void {
    const limit = told.seconds + TIMEOUT_SECONDS;
    const isLate =
      (this.#newestAt > told.since && this.#newest >= limit) || (this.#begun > told.since && this.#last >= limit);
    // An end of event that comes behind the end begins nothing.
    if (index > 0 && type !== 'EOE' && (told.isWhole || isLate)) {
      told.again.push(index);
      told.since = this.#begun;
    }
    told.isWhole = this.#isEnd(type);
  }

  #isEnd(type: string): boolean {
    let isEnd = this.#ends.get(type);
    if (isEnd === undefined) {
      isEnd = computeEnds(type);
      if (this.#ends.size < 1024) this.#ends.set(type, isEnd);
    }
    return isEnd;
  }
}
