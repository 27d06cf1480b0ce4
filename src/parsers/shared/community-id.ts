import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
  ['icmp6', 58],
  ['ipv6-icmp', 58],
  ['sctp', 132],
]);

/**
 * Community ID v1, seed 0 (github.com/corelight/community-id-spec): a hash of the five-tuple that is the same in both directions
 * and in every tool. Undefined for protocols without ports (ICMP pairs types by a table of its own) and for what is no address.
 */
export function communityId(
  transport: string,
  source: string,
  sourcePort: number | undefined,
  destination: string,
  destinationPort: number | undefined,
): string | undefined {
  const protocol = PROTOCOLS.get(transport);
  if (protocol === undefined || protocol === 1 || protocol === 58) return undefined;
  if (!isPort(sourcePort) || !isPort(destinationPort)) return undefined;
  if (!ipaddr.isValid(source) || !ipaddr.isValid(destination)) return undefined;
  const from = Buffer.from([...ipaddr.parse(source).toByteArray(), sourcePort >> 8, sourcePort & 255]);
  const to = Buffer.from([...ipaddr.parse(destination).toByteArray(), destinationPort >> 8, destinationPort & 255]);
  if (from.length !== to.length) return undefined;
  const [first, second] = Buffer.compare(from, to) <= 0 ? [from, to] : [to, from];
  const size = from.length - 2;
  const hashed = Buffer.concat([
    Buffer.from([0, 0]),
    first.subarray(0, size),
    second.subarray(0, size),
    Buffer.from([protocol, 0]),
    first.subarray(size),
    second.subarray(size),
  ]);
  return `1:${createHash('sha1').update(hashed).digest('base64')}`;
}

const isPort = (port: number | undefined): port is number =>
  port !== undefined && Number.isInteger(port) && port >= 0 && port < 65_536;
