import { canonicalIp } from '../../util/cidr.ts';
import type { AuditPart } from './audit-parts.ts';
import { isLittleEndian } from './audit-syscalls.ts';

/** A decoded `saddr=`. `family` is as ausearch names it; address and port are there for IPv4 and IPv6 alone. */
export interface SocketAddress {
  readonly family: string;
  readonly address?: string;
  readonly port?: number;
  readonly path?: string;
}

const FAMILIES: ReadonlyMap<number, string> = new Map([
  [0, 'unspec'],
  [1, 'unix'],
  [2, 'ipv4'],
  [10, 'ipv6'],
  [16, 'netlink'],
  [17, 'packet'],
  [31, 'bluetooth'],
  [38, 'alg'],
  [40, 'vsock'],
]);

/**
 * A `struct sockaddr` in hexadecimal. The family is in the byte order of the machine that was audited, which its `arch=` tells;
 * port and IPv4 address are in network order everywhere. Undefined where it is no such structure.
 */
export function socketAddress(hex: string, littleEndian: boolean): SocketAddress | undefined {
  if (hex.length < 4 || hex.length > 512 || hex.length % 2 !== 0 || !/^[0-9A-Fa-f]+$/.test(hex)) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  const family = littleEndian ? bytes.readUInt16LE(0) : bytes.readUInt16BE(0);
  const name = FAMILIES.get(family) ?? String(family);
  switch (family) {
    case 1:
      return { family: name, path: unixPath(bytes.subarray(2)) };
    case 2:
      if (bytes.length < 8) return { family: name };
      return { family: name, address: bytes.subarray(4, 8).join('.'), port: bytes.readUInt16BE(2) };
    case 10: {
      if (bytes.length < 24) return { family: name };
      const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(8 + 2 * i).toString(16)).join(':');
      return { family: name, address: canonicalIp(groups) ?? groups, port: bytes.readUInt16BE(2) };
    }
    default:
      return { family: name };
  }
}

/** Ends at the first NUL; one that begins with NUL is an abstract name, written with `@` as ss and lsof do. */
function unixPath(bytes: Buffer): string {
  const isAbstract = bytes[0] === 0 && bytes.some(byte => byte !== 0);
  const name = isAbstract ? bytes.subarray(1) : bytes;
  const end = name.indexOf(0);
  const text = (end === -1 ? name : name.subarray(0, end)).toString('utf8');
  return isAbstract ? `@${text}` : text;
}

/** What ausearch -i prints in its place: `{ saddr_fam=inet laddr=10.0.0.1 lport=22 }`; also auditd's own enriched SADDR. */
export function printedSocketAddress(text: string): SocketAddress | undefined {
  const family = /\b(?:saddr_)?fam=(\S+)/.exec(text)?.[1];
  if (family === undefined) return undefined;
  const address = /\bladdr=(\S+)/.exec(text)?.[1];
  const port = /\blport=(\d{1,5})/.exec(text)?.[1];
  const path = /\bpath=(.+?)(?: [a-z_]+=| *\}|$)/.exec(text)?.[1];
  const name = family === 'inet' ? 'ipv4' : family === 'inet6' ? 'ipv6' : family === 'local' ? 'unix' : family;
  return {
    family: name,
    ...(address === undefined ? {} : { address: canonicalIp(address) ?? address }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(path === undefined ? {} : { path }),
  };
}

/** The address of an event: of its first SOCKADDR that can be read, raw or printed. */
export function socketOf(parts: readonly AuditPart[], arch: string | undefined): SocketAddress | undefined {
  for (const part of parts) {
    if (part.type !== 'SOCKADDR') continue;
    const raw = part.fields.get('saddr') ?? '';
    const printed = part.fields.get('SADDR');
    const socket = raw.startsWith('{') ? printedSocketAddress(raw) : socketAddress(raw, isLittleEndian(arch));
    const isTold = socket?.address !== undefined || socket?.path !== undefined;
    const found = isTold || printed === undefined ? socket : printedSocketAddress(printed);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whose address a call names: of the one who came, or of the one who is gone to. */
export const PEER_SIDES: ReadonlyMap<string, 'source' | 'destination'> = new Map([
  ['accept', 'source'],
  ['accept4', 'source'],
  ['recvfrom', 'source'],
  ['recvmsg', 'source'],
  ['connect', 'destination'],
  ['sendto', 'destination'],
  ['sendmsg', 'destination'],
]);
