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

/** Questions and answers among ICMP messages: the type of the one stands where the other's port would. */
const ICMP = pairs([8, 0], [9, 10], [13, 14], [15, 16], [17, 18]);
const ICMP6 = pairs([128, 129], [130, 131], [133, 134], [135, 136], [139, 140], [144, 145]);

function pairs(...both: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(both.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
}

/**
 * Community ID v1, seed 0 (github.com/corelight/community-id-spec): a hash of the five-tuple that is the same in both directions
 * and in every tool. Undefined for other protocols and for what is no address.
 * @param sourcePort for ICMP: the type of the message
 * @param destinationPort for ICMP: its code
 */
export function communityId(
  transport: string,
  source: string,
  sourcePort: number | undefined,
  destination: string,
  destinationPort: number | undefined,
): string | undefined {
  if (!isPort(sourcePort) || !isPort(destinationPort)) return undefined;
  if (!ipaddr.isValid(source) || !ipaddr.isValid(destination)) return undefined;
  const [a, b] = [ipaddr.parse(source), ipaddr.parse(destination)];
  const stated = PROTOCOLS.get(transport);
  const protocol = stated === 1 && a.kind() === 'ipv6' ? 58 : stated;
  if (protocol === undefined || a.kind() !== b.kind()) return undefined;
  const answer = (protocol === 1 ? ICMP : protocol === 58 ? ICMP6 : undefined)?.get(sourcePort);
  // A message that nobody answers has a direction of its own.
  const isOneWay = (protocol === 1 || protocol === 58) && answer === undefined;
  const from = endOf(a.toByteArray(), sourcePort);
  const to = endOf(b.toByteArray(), answer ?? destinationPort);
  const [first, second] = isOneWay || Buffer.compare(from, to) <= 0 ? [from, to] : [to, from];
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

const endOf = (address: readonly number[], port: number): Buffer => Buffer.from([...address, port >> 8, port & 255]);

const isPort = (port: number | undefined): port is number =>
  port !== undefined && Number.isInteger(port) && port >= 0 && port < 65_536;
