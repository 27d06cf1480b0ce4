import { isoTimeAt } from '../shared/iso-time.ts';
import { secondsOfYear } from '../shared/unix-year.ts';
import type { Header } from './head.ts';

// The times that syslogs begin their lines with.

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The time at the beginning of text[at, end) alone: kind, time, fraction and offset. Returns the index behind it, or -1. */
export function readTime(text: string, at: number, end: number, header: Header): number {
  header.fraction = 0;
  header.isLeapDay = false;
  const c = text.charCodeAt(at);
  if (c >= 65 && c <= 90) {
    return isDigit(text.charCodeAt(at + 4)) && text.charCodeAt(at + 8) === 45
      ? readWeekday(text, at, end, header)
      : readBsd(text, at, end, header);
  }
  if (!isDigit(c)) return -1;
  if (text.charCodeAt(at + 10) === 46) return readEpoch(text, at, end, header);
  if (text.charCodeAt(at + 2) !== 58) return readIso(text, at, end, header);
  header.kind = 'clock';
  return readTimeOfDay(text, at, end, header);
}

export const isDigit = (c: number): boolean => c >= 48 && c <= 57;

function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const c = text.charCodeAt(i) - 48;
    if (!(c >= 0 && c <= 9)) return -1;
    value = value * 10 + c;
  }
  return value;
}

/** `Mmm dd HH:MM:SS[.f]`, also `Mmm dd YYYY HH:MM:SS` as routers write it. Returns the index behind it, or -1. */
function readBsd(text: string, at: number, end: number, header: Header): number {
  const month = monthAt(text, at);
  if (month === 0 || text.charCodeAt(at + 3) !== 32) return -1;
  const isPadded = text.charCodeAt(at + 4) === 32;
  let i = at + 4;
  let day = isPadded ? digits(text, i + 1, 1) : digits(text, i, 2);
  if (day === -1 && !isPadded) {
    day = digits(text, i, 1);
    i += 2;
  } else i += 3;
  if (day < 1 || day > DAYS[month - 1]!) return -1;
  let year = -1;
  if (text.charCodeAt(i + 4) === 32) {
    year = digits(text, i, 4);
    if (year !== -1) i += 5;
  }
  const after = readTimeOfDay(text, i, end, header);
  if (after === -1) return -1;
  const clock = header.time;
  header.isLeapDay = month === 2 && day === 29;
  if (year === -1) {
    header.kind = 'bsd';
    header.time = secondsOfYear(month, day, 0, 0, 0) + clock;
  } else {
    header.kind = 'iso';
    header.time = Date.UTC(year, month - 1, day) * 1000 + clock * 1e6 + header.fraction;
  }
  return after;
}

export function monthAt(text: string, at: number): number {
  const a = text.charCodeAt(at);
  const b = text.charCodeAt(at + 1);
  const c = text.charCodeAt(at + 2);
  for (let m = 0; m < 36; m += 3) {
    if (MONTHS.charCodeAt(m + 2) === c && MONTHS.charCodeAt(m + 1) === b && MONTHS.charCodeAt(m) === a)
      return m / 3 + 1;
  }
  return 0;
}

/** `HH:MM:SS[.f]` into header.time (seconds of the day) and header.fraction. */
export function readTimeOfDay(text: string, at: number, end: number, header: Header): number {
  const hour = digits(text, at, 2);
  const minute = digits(text, at + 3, 2);
  const second = digits(text, at + 6, 2);
  if (hour < 0 || minute < 0 || second < 0 || hour > 23 || minute > 59 || second > 60) return -1;
  if (text.charCodeAt(at + 2) !== 58 || text.charCodeAt(at + 5) !== 58) return -1;
  header.time = hour * 3600 + minute * 60 + second;
  let i = at + 8;
  const mark = text.charCodeAt(i);
  if ((mark === 46 || mark === 44) && isDigit(text.charCodeAt(i + 1))) {
    i++;
    let scale = 100_000;
    while (i < end && isDigit(text.charCodeAt(i))) {
      header.fraction += (text.charCodeAt(i) - 48) * scale;
      scale = Math.floor(scale / 10);
      i++;
    }
  }
  return i;
}

/** `journalctl -o short-full`: `Thu 2026-02-19 09:10:05 UTC`. Of the names of zones only UTC is the same everywhere. */
function readWeekday(text: string, at: number, end: number, header: Header): number {
  const m =
    /^[A-Z][a-z]{2} (\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))? ([A-Z]{2,5}|[+-]\d\d(?:\d\d)?)(?= )/.exec(
      text.slice(at, Math.min(end, at + 56)),
    );
  if (m === null || readTimeOfDay(m[4]!, 0, 8, header) === -1) return -1;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  if (month < 1 || month > 12 || day < 1 || day > DAYS[month - 1]!) return -1;
  header.kind = 'iso';
  header.time =
    Date.UTC(year, month - 1, day) * 1000 + header.time * 1e6 + Number((m[5] ?? '').padEnd(6, '0').slice(0, 6));
  const offset = /^([+-])(\d\d)(\d\d)?$/.exec(m[6]!);
  header.offset =
    m[6] === 'UTC'
      ? 0
      : offset === null
        ? Number.NaN
        : (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0));
  if (offset !== null) header.time -= header.offset * 60e6;
  return at + m[0].length;
}

/** `journalctl -o short-unix`: seconds since 1970, and six digits. */
function readEpoch(text: string, at: number, end: number, header: Header): number {
  const seconds = digits(text, at, 10);
  const micros = digits(text, at + 11, 6);
  if (seconds === -1 || micros === -1 || at + 17 >= end || text.charCodeAt(at + 17) !== 32) return -1;
  header.kind = 'epoch';
  header.time = seconds * 1e6 + micros;
  header.offset = 0;
  return at + 17;
}

export function readIso(text: string, at: number, end: number, header: Header): number {
  // No syslog writes a blank between date and time; many programs' own logs do.
  if (text.charCodeAt(at + 10) !== 84) return -1;
  const time = isoTimeAt(text, at);
  if (time === undefined || time.end > end) return -1;
  header.kind = 'iso';
  header.time = time.micros;
  header.nanos = time.nanos;
  header.offset = time.offsetMinutes ?? Number.NaN;
  return time.end;
}
