/** A decimal number in bytes, as Zeek writes counts, ports and intervals; NaN where it is none, or more than a double holds exactly. */
export function decimal(bytes: Uint8Array, from: number, to: number): number {
  let whole = 0;
  let i = from;
  const isNegative = bytes[i] === 45;
  if (isNegative) i++;
  if (i === to) return Number.NaN;
  const start = i;
  for (; i < to; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (i === to && i - start < 16) return isNegative ? -whole : whole;
  if (i < to && bytes[i] === 46 && i > start) {
    const point = i++;
    for (; i < to; i++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) break;
      whole = whole * 10 + digit;
    }
    // Both are exact, so one division rounds as the language would.
    if (i === to && i > point + 1 && i - start < 17) return (isNegative ? -whole : whole) / TENS[i - point - 1]!;
  }
  // Fractions and exponents: let the language round once, instead of us twice.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', from, to);
  const n = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(n) <= Number.MAX_SAFE_INTEGER ? n : Number.NaN;
}

/** 10 to the power of the place. */
const TENS = Array.from({ length: 17 }, (_, power) => 10 ** power);

/**
 * Seconds with a decimal fraction → units of 10^-`digits` s, without a detour through floating point (`1329843175.736107` is no
 * binary fraction). Digits beyond are rounded. NaN where it is no such number.
 */
export function seconds(bytes: Uint8Array, from: number, to: number, digits: number): number {
  let i = from;
  const isNegative = bytes[i] === 45;
  if (isNegative) i++;
  let value = 0;
  let left = -1; // digits still to come after the point; -1 before it
  const start = i;
  for (; i < to; i++) {
    const c = bytes[i]!;
    if (c === 46 && left === -1 && i > start) {
      left = digits;
      continue;
    }
    const digit = c - 48;
    if (digit < 0 || digit > 9)
      return i > start && (c === 101 || c === 69) ? exponent(bytes, from, to, digits) : Number.NaN;
    if (left === 0) {
      if (digit >= 5) value += 1;
      break;
    }
    value = value * 10 + digit;
    if (left > 0) left--;
  }
  if (i === start) return Number.NaN;
  for (let j = i; j < to; j++) if (bytes[j]! < 48 || bytes[j]! > 57) return Number.NaN;
  for (let n = left === -1 ? digits : left; n > 0; n--) value *= 10;
  return isNegative ? -value : value;
}

/** Epoch seconds, or ISO 8601 as `zeek-cut -d` and JSON::TS_ISO8601 write it → epoch microseconds; NaN where it is neither. */
export function momentOf(bytes: Buffer, from: number, to: number): number {
  if (to - from < 19 || bytes[from + 4] !== 45) return seconds(bytes, from, to, 6);
  const iso = ISO.exec(bytes.toString('latin1', from, to));
  if (iso === null) return Number.NaN;
  const millis = Date.parse(`${iso[1]}${iso[3] ?? 'Z'}`);
  return millis * 1000 + Number((iso[2] ?? '').padEnd(6, '0').slice(0, 6));
}

const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;

function exponent(bytes: Uint8Array, from: number, to: number, digits: number): number {
  const n = decimal(bytes, from, to);
  return Math.round(n * 10 ** digits);
}
