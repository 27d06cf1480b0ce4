import { hash } from 'node:crypto';
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
  const [a, b] = [addressBytes(source), addressBytes(destination)];
  return a === undefined || b === undefined
    ? undefined
    : communityIdOfBytes(transport, a, sourcePort, b, destinationPort);
}

/** The same for whoever has the bytes of the addresses at hand. */
export function communityIdOfBytes(
  transport: string,
  a: Uint8Array,
  sourcePort: number | undefined,
  b: Uint8Array,
  destinationPort: number | undefined,
): string | undefined {
  if (a.length !== b.length || !isPort(sourcePort) || !isPort(destinationPort)) return undefined;
  const stated = PROTOCOLS.get(transport);
  const protocol = stated === 1 && a.length === 16 ? 58 : stated;
  if (protocol === undefined) return undefined;
  const answer = (protocol === 1 ? ICMP : protocol === 58 ? ICMP6 : undefined)?.get(sourcePort);
  // A message that nobody answers has a direction of its own.
  const isOneWay = (protocol === 1 || protocol === 58) && answer === undefined;
  const size = a.length;
  const [low, high, lowPort, highPort] =
    isOneWay || isBefore(a, sourcePort, b, answer ?? destinationPort)
      ? [a, b, sourcePort, answer ?? destinationPort]
      : [b, a, answer ?? destinationPort, sourcePort];
  const hashed = size === 4 ? HASHED_4 : HASHED_6;
  hashed.set(low, 2);
  hashed.set(high, 2 + size);
  hashed[2 + 2 * size] = protocol;
  hashed.writeUInt16BE(lowPort, 4 + 2 * size);
  hashed.writeUInt16BE(highPort, 6 + 2 * size);
  return `1:${hash('sha1', hashed, 'base64')}`;
}

/** Seed (0), both addresses, protocol, padding, both ports: filled anew for every flow. */
const HASHED_4 = Buffer.alloc(16);
const HASHED_6 = Buffer.alloc(40);

function isBefore(a: Uint8Array, portA: number, b: Uint8Array, portB: number): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return portA <= portB;
}

/** 4 or 16 bytes; undefined for what is no address. */
export function addressBytes(ip: string): Uint8Array | undefined {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip);
  if (four !== null) return Uint8Array.of(Number(four[1]), Number(four[2]), Number(four[3]), Number(four[4]));
  return ipaddr.isValid(ip) ? Uint8Array.from(ipaddr.parse(ip).toByteArray()) : undefined;
}

const isPort = (port: number | undefined): port is number =>
  port !== undefined && Number.isInteger(port) && port >= 0 && port < 65_536;
