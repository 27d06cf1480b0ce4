import { parseCidr } from '../../util/cidr.ts';

/** RFC 1918, shared address space and unique local: addresses that no router of the internet carries. */
const INTERNAL = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map(
  text => parseCidr(text)!,
);

const known = new Map<string, boolean>();

/** Whether an address belongs to no public network. Remembers what it was asked: a log repeats its addresses. */
export function isInternalIp(ip: string): boolean {
  let is = known.get(ip);
  if (is === undefined) {
    is = INTERNAL.some(range => range.has(ip));
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
