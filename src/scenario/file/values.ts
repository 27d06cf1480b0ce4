import { z } from 'zod';
import { canonicalIp, parseCidr } from '../../util/cidr.ts';
import { parseDuration } from '../../util/duration.ts';

// The small values that a scenario file is made of. They stay text in the document, so that its JSON Schema is what a person writes.

export const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'a name of letters, digits, dots, hyphens: mail01');

export const Duration = z
  .string()
  .refine(text => parseDuration(text) !== undefined, 'a duration is expected: PT2H03M10S, or 2h3m10s')
  .describe('ISO 8601 duration, or 2h3m10s');

export const SignedDuration = z
  .string()
  .refine(text => parseDuration(text.replace(/^[+-]/, '')) !== undefined, 'a duration is expected: -PT3H, or +2.4s')
  .describe('a duration that may begin with a sign');

export const Ip = z.string().refine(text => canonicalIp(text) !== undefined, 'an address is expected: 10.20.1.25');
export const Network = z.string().refine(text => parseCidr(text) !== undefined, 'a network is expected: 10.20.0.0/16');

export const Place = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*:\d{1,5}$/, 'a host and a port are expected: mail01:25');

export const Rate = z
  .string()
  .regex(/^\d{1,4}(?:\.\d+)?\/[hmd]$/, 'a rate is expected: 40/h, 3/m or 12/d')
  .describe('so many an hour, a minute or a day');

export const FilePath = z
  .string()
  .min(1)
  .refine(
    text =>
      !text.startsWith('/') && !text.includes('\\') && !text.split('/').some(part => part === '..' || part === ''),
    'a path inside the collection is expected: mail01/var/log/syslog',
  );

/** A duration with or without a sign → microseconds. The text has passed its schema. */
export function micros(text: string): number {
  const value = parseDuration(text.replace(/^[+-]/, ''));
  if (value === undefined) throw new RangeError(`${text} is no duration`);
  return text.startsWith('-') ? -value : value;
}

/** `40/h` → how many in a span of microseconds. */
export function countIn(rate: string, span: number): number {
  const [count, unit] = rate.split('/') as [string, string];
  return Math.round((Number(count) * span) / (unit === 'm' ? 60e6 : unit === 'h' ? 3600e6 : 86_400e6));
}

/** `mail01:25` → host and port. */
export function placeOf(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
