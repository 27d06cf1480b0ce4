import { DateTime } from 'luxon';

/** True for an IANA zone name, and for a fixed offset such as +02:00. */
export function isZone(name: string): boolean {
  if (OFFSET.test(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}

const OFFSET = /^([+-]\d\d):?(\d\d)$/;

/**
 * A moment (RFC 3339, UTC) as clocks in a zone show it, with its offset and every digit of its fraction:
 * `2026-03-01T19:02:11.1234567+09:00`. UTC stays as it is; text that is no moment, too.
 */
export function inZone(time: string, zone: string): string {
  if (zone === 'UTC') return time;
  const fraction = /\.\d+(?=Z$)/.exec(time)?.[0] ?? '';
  const offset = OFFSET.exec(zone);
  const moment = DateTime.fromISO(time, { zone: offset === null ? zone : `UTC${offset[1]}:${offset[2]}` });
  return moment.isValid ? `${moment.toFormat("yyyy-MM-dd'T'HH:mm:ss")}${fraction}${moment.toFormat('ZZ')}` : time;
}

/** `+05:30`, `-04:00`, or UTC: the zone of a fixed offset, minutes east of Greenwich. */
export function offsetText(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const m = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
}
