/** A calendar time as text states it. Without a zone, `micros` reads the wall clock as if it were UTC. */
export interface IsoTime {
  readonly micros: number;
  /** 0–999: what microseconds cut off. */
  readonly nanos: number;
  /** Index of the first character behind it. */
  readonly end: number;
  /** Minutes east of UTC as the text states them; undefined where it states none. */
  readonly offsetMinutes: number | undefined;
}

const ZERO = 48;

/**
 * `2024-03-01T10:00:00.123456Z`, `2024-03-01 10:00:00.5 -0800`, `2024-03-01T10:00:00+01:00`, beginning at `at`.
 * Undefined where no such time stands there or no calendar has it. A leap second counts as the second after it.
 */
export function isoTimeAt(text: string, at = 0): IsoTime | undefined {
  const year = digits(text, at, 4);
  const month = digits(text, at + 5, 2);
  const day = digits(text, at + 8, 2);
  const hour = digits(text, at + 11, 2);
  const minute = digits(text, at + 14, 2);
  const second = digits(text, at + 17, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || minute < 0 || second < 0) return undefined;
  if (hour > 23 || minute > 59 || second > 60 || day > daysIn(year, month)) return undefined;
  if (text[at + 4] !== '-' || text[at + 7] !== '-' || text[at + 13] !== ':' || text[at + 16] !== ':') return undefined;
  if (text[at + 10] !== 'T' && text[at + 10] !== ' ') return undefined;
  let end = at + 19;
  let fraction = 0;
  if (text[end] === '.' || text[end] === ',') {
    let scale = 100_000_000;
    let c = text.charCodeAt(end + 1) - ZERO;
    if (c >= 0 && c <= 9) {
      end++;
      for (; c >= 0 && c <= 9; c = text.charCodeAt(++end) - ZERO) {
        fraction += c * scale;
        scale = Math.floor(scale / 10);
      }
    }
  }
  // By far the most are in UTC: no object for those.
  const isUtc = text.charCodeAt(end) === 90;
  const zone = isUtc ? undefined : zoneAt(text, end);
  const seconds = daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  const micros = Math.floor(fraction / 1000);
  return {
    micros: (seconds - (zone?.minutes ?? 0) * 60) * 1_000_000 + micros,
    nanos: fraction - micros * 1000,
    end: isUtc ? end + 1 : (zone?.end ?? end),
    offsetMinutes: isUtc ? 0 : zone?.minutes,
  };
}

/** `+01:00`, `+0100`, also behind one blank. */
function zoneAt(text: string, at: number): { minutes: number; end: number } | undefined {
  const start = text[at] === ' ' ? at + 1 : at;
  const sign = text[start];
  if (sign !== '+' && sign !== '-') return undefined;
  const hours = digits(text, start + 1, 2);
  const colon = text[start + 3] === ':' ? 1 : 0;
  const minutes = digits(text, start + 3 + colon, 2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return undefined;
  const next = text.charCodeAt(start + 5 + colon) - ZERO;
  if (next >= 0 && next <= 9) return undefined;
  return { minutes: (sign === '-' ? -1 : 1) * (hours * 60 + minutes), end: start + 5 + colon };
}

/** The number that `count` digits at `at` say; -1 where one of them is no digit. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const c = text.charCodeAt(i) - ZERO;
    if (!(c >= 0 && c <= 9)) return -1;
    value = value * 10 + c;
  }
  return value;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 in the Gregorian calendar; years begin in March so that the leap day comes last. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}
