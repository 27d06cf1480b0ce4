import { epochMicros, isoTime, type Scalar, type Value } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';

export const text = (value: Value): string => String(Array.isArray(value) ? value[0] : value);
export const address = (value: Value): Value => canonicalIp(text(value)) ?? text(value);
export const ip = (value: Value): Value | undefined => canonicalIp(text(value));
export const family = (value: Value): Value | undefined => {
  const known = canonicalIp(text(value));
  return known === undefined ? undefined : known.includes(':') ? 'ipv6' : 'ipv4';
};
export const lower = (value: Value): Value => text(value).toLowerCase();
export const list = (value: Value): readonly Scalar[] => (Array.isArray(value) ? value : [value as Scalar]);
export const addresses = (value: Value): Value | undefined => {
  const found = list(value).flatMap(answer => canonicalIp(String(answer)) ?? []);
  return found.length > 0 ? found : undefined;
};
export const outcome = (value: Value): Value => (value === true || value === 'T' ? 'success' : 'failure');
export const before = (mark: string) => (value: Value) => text(value).split(mark)[0] || undefined;
export const after = (mark: string) => (value: Value) => text(value).split(mark).slice(1).join(mark) || undefined;
export const baseName = (value: Value): Value | undefined => text(value).split('\\').at(-1) || undefined;

/** Epoch seconds → RFC 3339. */
export const moment = (value: Value): Value | undefined => {
  const seconds = Number(text(value));
  return seconds > 0 && seconds < LATEST_SECONDS ? isoTime(epochMicros(Math.round(seconds * 1e6))) : undefined;
};
const LATEST_SECONDS = 253_402_300_800;

/** `gssapi,smb,krb` names three; `-ftp` says that a guess was taken back. */
export const services = (value: Value): Value | undefined => {
  const named = text(value)
    .split(',')
    .filter(name => name !== '' && !name.startsWith('-'));
  return named.length > 1 ? named : named[0];
};
