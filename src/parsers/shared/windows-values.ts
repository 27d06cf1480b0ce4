import type { Field, Value } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import type { Convert, Into } from './windows-mapping.ts';
import { into } from './windows-mapping.ts';

// How a datum of a Windows event becomes the value of an ECS field. `-` is how Windows writes "nothing".

const isNothing = (text: string): boolean => text === '' || text === '-';

export const plain: Convert = text => (isNothing(text) ? undefined : text);

export const lowerCase: Convert = text => (isNothing(text) ? undefined : text.toLowerCase());

/** One spelling an address; absent for `-`, `LOCAL` and machine names. */
export const ip: Convert = text => (isNothing(text) ? undefined : canonicalIp(text.trim()));

/** What stands in an address column and is no address: `LOCAL`, a machine's name. */
export const notIp: Convert = text => (isNothing(text) || canonicalIp(text.trim()) !== undefined ? undefined : text);

/** Decimal or `0x` hexadecimal; absent where it is neither or not exact. */
const integer: Convert = text => {
  if (!/^(?:\d{1,16}|0[xX][0-9a-fA-F]{1,16})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
};

/** `0x0` is how an event says that no process took part. */
const processId: Convert = text => integer(text) || undefined;

/** `S-1-0-0` is nobody. */
const sid: Convert = text => (text === 'S-1-0-0' ? undefined : plain(text));

/** A logon session's id as Windows writes it, `0x3e7`, also where a collector counts it in decimal. */
const logonId: Convert = text => {
  if (/^\d{1,20}$/.test(text)) return `0x${BigInt(text).toString(16)}`;
  return lowerCase(text);
};

/** Windows writes port 0 for "not known". */
export const port: Convert = text => {
  const value = integer(text);
  return typeof value === 'number' && value > 0 && value < 65_536 ? value : undefined;
};

/** `DOMAIN\name` → `name`; `name@domain` stays whole: it is how the log names the account. */
export const accountName: Convert = text => (isNothing(text) ? undefined : text.slice(text.indexOf('\\') + 1));

export const accountDomain: Convert = text => {
  const at = text.indexOf('\\');
  return at <= 0 ? undefined : text.slice(0, at);
};

/** `{A-B}`, `a-b`: binary logs, XML exports and JSON readers write a GUID each in their way; joins need one. */
export const guid: Convert = text => {
  const isBraced = text.length === 38 && text.charCodeAt(0) === 123 && text.charCodeAt(37) === 125;
  const at = isBraced ? 1 : 0;
  const isGuid =
    text.length - 2 * at === 36 &&
    text.charCodeAt(at + 8) === 45 &&
    text.charCodeAt(at + 13) === 45 &&
    text.charCodeAt(at + 18) === 45 &&
    text.charCodeAt(at + 23) === 45;
  if (!isGuid) return plain(text);
  const spelled = isBraced ? text.toLowerCase() : `{${text.toLowerCase()}}`;
  return spelled === NIL_GUID ? undefined : spelled;
};

const NIL_GUID = '{00000000-0000-0000-0000-000000000000}';

/** One algorithm out of `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`. */
const hash = (algorithm: string): Convert => {
  const label = `${algorithm}=`;
  return text => {
    let at = text.indexOf(label);
    while (at > 0 && text.charCodeAt(at - 1) !== 44) at = text.indexOf(label, at + 1);
    if (at === -1) return undefined;
    const end = text.indexOf(',', at);
    return text.slice(at + label.length, end === -1 ? undefined : end).toLowerCase() || undefined;
  };
};

/** The hashes of a `Hashes` datum, into the fields of whose they are. */
export const hashes = (of: 'process' | 'file' | 'dll'): readonly Into[] => [
  into(`${of}.hash.md5`, hash('MD5')),
  into(`${of}.hash.sha1`, hash('SHA1')),
  into(`${of}.hash.sha256`, hash('SHA256')),
  ...(of === 'process' ? [into('process.pe.imphash', hash('IMPHASH'))] : []),
];

/** An account `DOMAIN\name`, into a user's fields. */
export const account: readonly Into[] = [into('user.name', accountName), into('user.domain', accountDomain)];

/** The one value that Sysmon writes for several of a signature's fields. */
export const trueFalse: Convert = text => (/^(?:true|false)$/i.test(text) ? text.toLowerCase() : undefined);

/** Logon type numbers by the names that Windows gives them. */
const LOGON_TYPES: readonly (string | undefined)[] = [
  'System',
  undefined,
  'Interactive',
  'Network',
  'Batch',
  'Service',
  undefined,
  'Unlock',
  'NetworkCleartext',
  'NewCredentials',
  'RemoteInteractive',
  'CachedInteractive',
  'CachedRemoteInteractive',
  'CachedUnlock',
];
export const logonType: Convert = text => {
  const number = integer(text);
  return typeof number === 'number' ? (LOGON_TYPES[number] ?? text) : plain(text);
};

/** IANA protocol numbers that Windows logs write. */
const PROTOCOLS = new Map([
  ['1', 'icmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['47', 'gre'],
  ['58', 'ipv6-icmp'],
]);
export const protocol: Convert = text => PROTOCOLS.get(text) ?? lowerCase(text);

/** `%%14592` and its text are how the Windows Filtering Platform writes a direction. */
const DIRECTIONS = new Map([
  ['%%14592', 'ingress'],
  ['%%14593', 'egress'],
  ['inbound', 'ingress'],
  ['outbound', 'egress'],
]);
export const direction: Convert = text => DIRECTIONS.get(text.toLowerCase());

/** Sysmon 3: whether this machine began the connection. */
export const initiated: Convert = text => {
  switch (text.toLowerCase()) {
    case 'true':
      return 'egress';
    case 'false':
      return 'ingress';
    default:
      return undefined;
  }
};

/** Always several values or one: an array of one is its member. */
export const several = (values: readonly string[]): Value | undefined =>
  values.length === 0 ? undefined : values.length === 1 ? values[0] : values;

/** The conversion that a field asks for, whatever the datum is called. */
export function conversionFor(field: Field): Convert {
  if (field.endsWith('.ip')) return ip;
  if (field.endsWith('.port')) return port;
  if (field.endsWith('.entity_id')) return guid;
  if (field.endsWith('.pid')) return processId;
  if (field.endsWith('.exit_code') || field === 'process.thread.id') return integer;
  if (field === 'winlog.logon.id') return logonId;
  if (field === 'user.id' || field === 'user.target.id') return sid;
  return plain;
}

/** The logon sessions that every Windows has, by their fixed ids: whose SID it is needs no name in any language. */
const SERVICE_SESSIONS = new Map([
  [0x3e7, 'S-1-5-18'],
  [0x3e5, 'S-1-5-19'],
  [0x3e4, 'S-1-5-20'],
]);
export const serviceAccountSid: Convert = session => {
  const id = integer(session);
  return typeof id === 'number' ? SERVICE_SESSIONS.get(id) : undefined;
};

/** Sysmon 22, QueryResults: `type:  5 alias.example;::ffff:192.0.2.7;2001:db8::1;`. */
const dnsParts = (results: string): readonly string[] =>
  results
    .split(';', 256)
    .map(part => part.replace(/^type:\s*\d+\s+/, '').trim())
    .filter(part => !isNothing(part))
    .map(part => canonicalIp(part) ?? part);

export const dnsAnswers: Convert = results => several(dnsParts(results));
export const dnsAddresses: Convert = results =>
  several(dnsParts(results).filter(part => canonicalIp(part) !== undefined));

/** Win32 error numbers of a DNS query by the names of the response codes that they stand for. */
const DNS_CODES = new Map([
  ['0', 'NOERROR'],
  ['9001', 'FORMERR'],
  ['9002', 'SERVFAIL'],
  ['9003', 'NXDOMAIN'],
  ['9004', 'NOTIMP'],
  ['9005', 'REFUSED'],
]);
export const dnsResponseCode: Convert = status => DNS_CODES.get(status) ?? plain(status);
