import { type Column, DAY, isoTime } from '../../model/index.ts';
import { TextRows } from './text-rows.ts';

const ZERO = 48;
/** `2026-03-02T` */
const DATE_LENGTH = 11;
const MOST_LENGTH = DATE_LENGTH + '00:00:00.000000Z'.length;

/** Epoch microseconds as RFC 3339 with three digits of a second, or six where three do not say it all; a date is worked out once a day. */
export function momentColumn(micros: Float64Array): Column | undefined {
  const rows = micros.length;
  const texts = new TextRows(rows, MOST_LENGTH);
  let day = Number.NaN;
  let date = Buffer.alloc(0);
  for (let row = 0; row < rows; row++) {
    const moment = micros[row]!;
    if (Number.isNaN(moment)) continue;
    const today = Math.floor(moment / DAY);
    if (today !== day) {
      day = today;
      date = Buffer.from(isoTime(today * DAY).slice(0, DATE_LENGTH));
    }
    const out = texts.room(MOST_LENGTH);
    const start = texts.end;
    for (let i = 0; i < date.length; i++) out[start + i] = date[i]!;
    const end = writeClock(moment - today * DAY, out, start + date.length);
    texts.wrote(row, end - start);
  }
  return texts.isEmpty ? undefined : texts.finish(rows);
}

/** Microseconds since midnight → `10:00:00.123Z`; returns the place after it. */
function writeClock(sinceMidnight: number, out: Uint8Array, at: number): number {
  const seconds = Math.floor(sinceMidnight / 1e6);
  const micros = sinceMidnight - seconds * 1e6;
  const minutes = Math.floor(seconds / 60);
  two(Math.floor(minutes / 60), out, at);
  out[at + 2] = 58;
  two(minutes % 60, out, at + 3);
  out[at + 5] = 58;
  two(seconds % 60, out, at + 6);
  out[at + 8] = 46;
  const millis = Math.floor(micros / 1000);
  three(millis, out, at + 9);
  const rest = micros - millis * 1000;
  if (rest > 0) three(rest, out, at + 12);
  const end = at + (rest > 0 ? 15 : 12);
  out[end] = 90;
  return end + 1;
}

function two(n: number, out: Uint8Array, at: number): void {
  const tens = Math.floor(n / 10);
  out[at] = ZERO + tens;
  out[at + 1] = ZERO + n - tens * 10;
}
function three(n: number, out: Uint8Array, at: number): void {
  const hundreds = Math.floor(n / 100);
  out[at] = ZERO + hundreds;
  two(n - hundreds * 100, out, at + 1);
}
