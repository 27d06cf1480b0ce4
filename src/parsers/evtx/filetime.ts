import { u32, u64 } from './bytes.ts';

// Ticks of 100 ns since 1601, exact without 64-bit integers: 2^32 of them are 429 496 ms and 7 296 ticks.

/** 1601 to 1970 in milliseconds. */
const EPOCH_MILLIS = 11_644_473_600_000;
const DAY_MILLIS = 86_400_000;
const LAST_MILLIS = 253_402_300_799_999;

/** Microseconds since 1970 and the 0–900 ns beyond. */
export function filetimeMicros(bytes: Uint8Array, at: number): { readonly micros: number; readonly nanos: number } {
  const high = u32(bytes, at + 4);
  const rest = high * 7296 + u32(bytes, at);
  const millis = Math.floor(rest / 10_000);
  const ticks = rest - millis * 10_000;
  const micros = Math.floor(ticks / 10);
  return { micros: (high * 429_496 + millis - EPOCH_MILLIS) * 1000 + micros, nanos: (ticks - micros * 10) * 100 };
}

/** `2026-03-11T10:04:19.2050000Z`. */
const digits = Buffer.alloc(28);
const DATE = 11;
let lastDay = Number.NaN;

/**
 * RFC 3339 with seven digits, as ASCII that holds until the next call; undefined for ticks that no calendar of four-digit years holds.
 */
export function filetimeDigits(bytes: Uint8Array, at: number): Uint8Array | undefined {
  const high = u32(bytes, at + 4);
  const rest = high * 7296 + u32(bytes, at);
  const whole = Math.floor(rest / 10_000);
  const millis = high * 429_496 + whole - EPOCH_MILLIS;
  const day = Math.floor(millis / DAY_MILLIS);
  if (day !== lastDay) {
    if (millis > LAST_MILLIS) return undefined;
    digits.write(new Date(day * DAY_MILLIS).toISOString().slice(0, DATE), 'latin1');
    lastDay = day;
  }
  const inDay = millis - day * DAY_MILLIS;
  const second = Math.floor(inDay / 1000);
  const minute = Math.floor(second / 60);
  put(DATE, 2, Math.floor(minute / 60), 0x3a);
  put(DATE + 3, 2, minute % 60, 0x3a);
  put(DATE + 6, 2, second % 60, 0x2e);
  put(DATE + 9, 7, (inDay - second * 1000) * 10_000 + rest - whole * 10_000, 0x5a);
  return digits;
}

function put(at: number, width: number, number: number, behind: number): void {
  let rest = number;
  for (let i = at + width - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10);
    digits[i] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
  digits[at + width] = behind;
}

/** The same as text; ticks that no calendar holds are left as the number they are. */
export const filetimeText = (bytes: Uint8Array, at: number): string =>
  filetimeDigits(bytes, at) === undefined ? u64(bytes, at).toString() : digits.toString('latin1');
