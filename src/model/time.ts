/** Microseconds since 1970-01-01T00:00:00Z. An integer held in a double: exact until the year 2255. */
export type EpochMicros = number & { readonly __unit: 'epoch-micros' };

/** A span in microseconds, never negative. */
export type DurationMicros = number & { readonly __unit: 'micros' };

export const epochMicros = (n: number): EpochMicros => n as EpochMicros;
const durationMicros = (n: number): DurationMicros => n as DurationMicros;

export const SECOND = durationMicros(1_000_000);
export const MINUTE = durationMicros(60_000_000);
export const HOUR = durationMicros(3_600_000_000);
export const DAY = durationMicros(86_400_000_000);

const pad = (n: number, width: number): string => String(n).padStart(width, '0');

/**
 * RFC 3339 in UTC with as many digits as the time has: milliseconds, microseconds, or nanoseconds.
 * Times that no calendar can hold come back as `+micros` text rather than as an exception.
 */
export function isoTime(micros: number, nanos = 0): string {
  const millis = Math.floor(micros / 1000);
  const date = new Date(millis);
  if (Number.isNaN(date.getTime())) return `${micros}us`;
  const base = date.toISOString().slice(0, -1);
  const sub = micros - millis * 1000;
  if (nanos !== 0) return `${base}${pad(sub, 3)}${pad(nanos, 3)}Z`;
  return sub === 0 ? `${base}Z` : `${base}${pad(sub, 3)}Z`;
}
