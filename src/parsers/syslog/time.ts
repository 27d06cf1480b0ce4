import { isoTimeAt } from '../shared/iso-time.ts';
import { secondsOfYear } from '../shared/unix-year.ts';
import { DAYS, digits, isDigit, monthAt, readTimeOfDay } from './clock-text.ts';
import type { Header } from './head.ts';
import { readTemplateTime } from './template-time.ts';

// The times that syslogs begin their lines with.

/** The time at the beginning of text[at, end) alone: kind, time, fraction and offset. Returns the index behind it, or -1. */
export function readTime(text: string, at: number, end: number, header: Header): number {
  header.fraction = 0;
  header.isLeapDay = false;
  header.isAnyones = false;
  const c = text.charCodeAt(at);
  if (c >= 65 && c <= 90) {
    if (isDigit(text.charCodeAt(at + 4)) && text.charCodeAt(at + 8) === 45) return readWeekday(text, at, end, header);
    const after = readBsd(text, at, end, header);
    return after === -1 && monthAt(text, at + 4) !== 0 ? readAnyones(text, at, end, header) : after;
  }
  if (!isDigit(c)) return -1;
  if (text.charCodeAt(at + 10) === 84) return readIso(text, at, end, header);
  if (text.charCodeAt(at + 2) !== 58) {
    const after = text.charCodeAt(at + 10) === 46 ? readEpoch(text, at, end, header) : -1;
    return after === -1 ? readAnyones(text, at, end, header) : after;
  }
  header.kind = 'clock';
  return readTimeOfDay(text, at, end, header);
}

function readAnyones(text: string, at: number, end: number, header: Header): number {
  header.isAnyones = true;
  return readTemplateTime(text, at, end, header);
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
  if (text.charCodeAt(at + 10) !== 84) return -1;
  const time = isoTimeAt(text, at);
  if (time === undefined || time.end > end) return -1;
  header.kind = 'iso';
  header.time = time.micros;
  header.nanos = time.nanos;
  header.offset = time.offsetMinutes ?? Number.NaN;
  return time.end;
}
