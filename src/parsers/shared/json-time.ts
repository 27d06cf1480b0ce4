import type { Moment } from './windows-time.ts';
import { windowsTime } from './windows-time.ts';

/** 1970-01-01 in FILETIME's 100 ns ticks. */
const UNIX_EPOCH_TICKS = 116_444_736_000_000_000n;

/**
 * A time as JSON documents hold it: RFC 3339 text, or a count since 1970 whose unit its size tells (seconds, milli-, micro-, nanoseconds),
 * or a FILETIME. Digits in a text count as a number. Undefined where it is none of these.
 */
export function jsonTime(value: unknown): Moment | undefined {
  if (typeof value === 'string' && !/^-?\d+(?:\.\d+)?$/.test(value)) return windowsTime(value.trim());
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const count = Number(value);
  if (!(Math.abs(count) < 9e18)) return undefined;
  const size = Math.abs(count);
  if (size < 1e10) return whole(count * 1e6);
  if (size < 1e14) return whole(count * 1000);
  if (size < 1e17) return whole(count);
  const exact = BigInt(typeof value === 'string' ? value.split('.', 1)[0]! : Math.round(value));
  if (size >= 1e18) return split(exact);
  return split((exact - UNIX_EPOCH_TICKS) * 100n);
}

const whole = (micros: number): Moment => ({ micros: Math.round(micros), nanos: 0 });

function split(nanos: bigint): Moment {
  const micros = nanos / 1000n;
  const rest = Number(nanos - micros * 1000n);
  return rest < 0 ? { micros: Number(micros) - 1, nanos: rest + 1000 } : { micros: Number(micros), nanos: rest };
}
