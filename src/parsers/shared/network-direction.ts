import { ipv4Number, parseCidr } from '../../util/cidr.ts';

/** Unique local addresses of IPv6. */
const UNIQUE_LOCAL = parseCidr('fc00::/7')!;

const known = new Map<string, boolean>();

/** 10/8, 172.16/12, 192.168/16 and the shared 100.64/10, by the 32 bits of an address: no router of the internet carries these. */
export const isInternalIpv4 = (bits: number): boolean =>
  bits >>> 24 === 10 || bits >>> 20 === 0xac1 || bits >>> 16 === 0xc0a8 || bits >>> 22 === 0x191;

/** Whether an address belongs to no public network. Remembers what it was asked of IPv6: a log repeats its addresses. */
export function isInternalIp(ip: string): boolean {
  const four = ipv4Number(ip);
  if (four !== undefined) return isInternalIpv4(four);
  let is = known.get(ip);
  if (is === undefined) {
    is = UNIQUE_LOCAL.has(ip);
    if (known.size > 65_536) known.clear();
    known.set(ip, is);
  }
  return is;
}

/** ECS network.direction from the viewpoint of the whole network. */
export function networkDirection(fromInside: boolean, toInside: boolean): string {
  if (fromInside) return toInside ? 'internal' : 'outbound';
  return toInside ? 'inbound' : 'external';
}
