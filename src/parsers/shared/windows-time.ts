/** A moment as the batch wants it: epoch microseconds, and the 0–999 ns that these cut off. */
export interface Moment {
  readonly micros: number;
  readonly nanos: number;
}

/**
 * The times of Windows carriers: `2025-06-08T07:15:09.2216228Z`, `2019-04-18 16:55:37.125`, with one to nine digits of a fraction,
 * `T` or a blank, `Z`, `±HH:MM` or nothing. Nothing means UTC: that is what these fields hold by definition (SystemTime, Sysmon's UtcTime).
 * Undefined where the text is anything else or no such day exists.
 */
export function windowsTime(text: string): Moment | undefined {
  if (text.length < 19 || text.length > 40) return undefined;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const separator = text.charCodeAt(10);
  if (separator !== 84 && separator !== 32) return undefined;
  const year = number(text, 0, 4);
  const month = number(text, 5, 7);
  const day = number(text, 8, 10);
  const hour = number(text, 11, 13);
  const minute = number(text, 14, 16);
  const second = number(text, 17, 19);
  // Not below 1: NaN fails every comparison, so the checks are written to be true for what is right.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return undefined;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  let at = 19;
  let fraction = 0; // nanoseconds
  if (text.charCodeAt(at) === 46) {
    const start = ++at;
    while (isDigit(text.charCodeAt(at))) at++;
    if (at === start || at - start > 9) return undefined;
    fraction = number(text, start, at) * 10 ** (9 - (at - start));
  }
  const zone = zoneMinutes(text, at);
  if (zone === undefined) return undefined;
  const millis = Date.UTC(year, month - 1, day, hour, minute, second);
  if (year < 100 || Number.isNaN(millis)) return undefined;
  const micros = Math.trunc(fraction / 1000);
  return { micros: (millis - zone * 60_000) * 1000 + micros, nanos: fraction - micros * 1000 };
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Digits from–to as a number; NaN where one of them is none. */
function number(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return Number.NaN;
    value = value * 10 + code - 48;
  }
  return value;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
function daysIn(year: number, month: number): number {
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : DAYS[month - 1]!;
}

function zoneMinutes(text: string, at: number): number | undefined {
  if (at === text.length) return 0;
  const sign = text.charCodeAt(at);
  if (sign === 90) return at + 1 === text.length ? 0 : undefined;
  if (sign !== 43 && sign !== 45) return undefined;
  const hours = number(text, at + 1, at + 3);
  const minutesAt = text.charCodeAt(at + 3) === 58 ? at + 4 : at + 3;
  const minutes = number(text, minutesAt, minutesAt + 2);
  if (!(hours <= 14 && minutes <= 59) || minutesAt + 2 !== text.length) return undefined;
  return (sign === 43 ? 1 : -1) * (hours * 60 + minutes);
}
