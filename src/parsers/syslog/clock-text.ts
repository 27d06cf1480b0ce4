import type { Header } from './head.ts';

// The pieces that times are made of.

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
export const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export const isDigit = (c: number): boolean => c >= 48 && c <= 57;

export function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const c = text.charCodeAt(i) - 48;
    if (!(c >= 0 && c <= 9)) return -1;
    value = value * 10 + c;
  }
  return value;
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
