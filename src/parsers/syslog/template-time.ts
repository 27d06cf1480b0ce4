import { monthAt, readTimeOfDay } from './clock-text.ts';
import type { Header } from './head.ts';

// Times that templates of rsyslog and syslog-ng, logread and routers begin their lines with. Many programs write the same in logs of their
// own: a line with such a time is a syslog's only where a host and a tag follow.

type Shape = readonly [pattern: RegExp, read: (m: RegExpExecArray, header: Header) => boolean];

const ZONE = '(?: ?(Z|UTC|GMT|[+-]\\d\\d(?::?\\d\\d)?)(?= ))?';
const CLOCK = '(\\d\\d:\\d\\d:\\d\\d)(?:[.,](\\d{1,9}))?';

const SHAPES: readonly Shape[] = [
  // `2026-02-19 09:10:05.123456 +01:00` (date-pgsql), `2026/02/19 09:10:05`
  [
    new RegExp(`(\\d{4})([-/.])(\\d\\d)\\2(\\d\\d) ${CLOCK}${ZONE}(?= )`, 'y'),
    ([, year, , month, day, clock, fraction, zone], header) =>
      put(header, Number(year), Number(month), Number(day), clock!, fraction, zone),
  ],
  // `20260219091005` (date-mysql)
  [
    /(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?= )/y,
    ([, year, month, day, h, m, s], header) =>
      put(header, Number(year), Number(month), Number(day), `${h}:${m}:${s}`, undefined, undefined),
  ],
  // `1771492205.123` (date-unixtimestamp, $UNIXTIME)
  [
    /(\d{10})(?:\.(\d{1,6}))?(?= )/y,
    ([, seconds, fraction = ''], header) => {
      header.kind = 'epoch';
      header.time = Number(seconds) * 1e6 + Number(fraction.padEnd(6, '0'));
      header.offset = 0;
      return true;
    },
  ],
  // `2026 Feb 19 09:10:05` ($FULLDATE)
  [
    new RegExp(`(\\d{4}) ([A-Z][a-z]{2}) ([ \\d]\\d) ${CLOCK}(?= )`, 'y'),
    ([, year, month, day, clock, fraction], header) =>
      put(header, Number(year), monthAt(month!, 0), Number(day), clock!, fraction, undefined),
  ],
  // `Thu Feb 19 09:10:05 2026` (logread)
  [
    new RegExp(`[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \\d]\\d) ${CLOCK}(?: (UTC|GMT)| [A-Z]{3,5})? (\\d{4})(?= )`, 'y'),
    ([, month, day, clock, fraction, zone, year], header) =>
      put(header, Number(year), monthAt(month!, 0), Number(day), clock!, fraction, zone),
  ],
];

/** The time at the beginning of text[at, end); returns the index behind it, or -1. */
export function readTemplateTime(text: string, at: number, end: number, header: Header): number {
  for (const [pattern, read] of SHAPES) {
    pattern.lastIndex = at;
    const m = pattern.exec(text);
    if (m !== null && pattern.lastIndex <= end && read(m, header)) return at + m[0].length;
  }
  return -1;
}

function put(
  header: Header,
  year: number,
  month: number,
  day: number,
  clock: string,
  fraction: string | undefined,
  zone: string | undefined,
): boolean {
  const midnight = Date.UTC(year, month - 1, day);
  if (month < 1 || new Date(midnight).getUTCDate() !== day || month > 12) return false;
  if (readTimeOfDay(clock, 0, clock.length, header) === -1) return false;
  const digits = (fraction ?? '').padEnd(9, '0');
  const minutes = zone === undefined ? Number.NaN : zoneMinutes(zone);
  header.kind = 'iso';
  header.offset = minutes;
  header.nanos = Number(digits.slice(6));
  header.time = midnight * 1000 + header.time * 1e6 + Number(digits.slice(0, 6));
  if (!Number.isNaN(minutes)) header.time -= minutes * 60e6;
  return true;
}

/** `Z`, `UTC`, `+0100`, `+01:00`, `+01`. */
function zoneMinutes(zone: string): number {
  const m = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  return m === null ? 0 : (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3] ?? 0));
}

const NO_HOSTS: ReadonlySet<string> = new Set(
  'UTC GMT Z CET CEST EET EEST WET WEST BST MSK EST EDT CST CDT MST MDT PST PDT JST IST HKT SGT AEST AEDT TRACE FATAL'.split(
    ' ',
  ),
);
const LEVEL = /^(?:emerg|alert|crit|critical|err|error|warn|warning|notice|info|information|debug|trace|fatal)$/i;
const HOST = /^(?!\d+$)[A-Za-z0-9][\w.:-]{0,254}$/;
const TAG = /^(?=.*[A-Za-z])[\w./@%()+-]{1,128}$/;
const SAID_AGAIN = /(?:last )?message repeated \d|-- MARK --/y;

/** True where host and tag are those of a syslog; once they were, the same host is enough. */
export function isSyslogLine(text: string, header: Header): boolean {
  const { host, tag, pid, words } = header;
  const isHost = HOST.test(host) && !NO_HOSTS.has(host) && !LEVEL.test(host);
  if (!isHost && (host !== '' || header.level === '')) return false;
  if (isHost && host === words.host) return true;
  SAID_AGAIN.lastIndex = header.message;
  if (isHost && SAID_AGAIN.test(text)) return true;
  if (!header.isTagged || !TAG.test(tag) || LEVEL.test(tag) || (pid !== '' && !/^\d{1,10}$/.test(pid))) return false;
  words.host = host;
  return true;
}
