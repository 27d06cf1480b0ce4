import ipaddr from 'ipaddr.js';
import { ipv4Number } from '../../util/cidr.ts';
import { sha1Block } from '../../util/sha1-block.ts';

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
  const protocol = protocolNumber(transport);
  const isKnown = a !== undefined && b !== undefined && protocol !== undefined;
  if (!isKnown || !writeCommunityId(protocol, a, sourcePort, b, destinationPort, WRITTEN, 0)) return undefined;
  return WRITTEN.toString('latin1');
}

/** Of the transports that have community ids. */
export const protocolNumber = (transport: string): number | undefined => PROTOCOLS.get(transport);

/** `1:` and 28 characters of Base64. */
export const COMMUNITY_ID_LENGTH = 30;
const WRITTEN = Buffer.alloc(COMMUNITY_ID_LENGTH);

/** The same for whoever has the bytes of the addresses at hand, written into `out` at `at`; false, and nothing written, where there is none. */
export function writeCommunityId(
  stated: number,
  a: Uint8Array,
  sourcePort: number | undefined,
  b: Uint8Array,
  destinationPort: number | undefined,
  out: Uint8Array,
  at: number,
): boolean {
  if (a.length !== b.length || !isPort(sourcePort) || !isPort(destinationPort)) return false;
  const protocol = stated === 1 && a.length === 16 ? 58 : stated;
  const isIcmp = protocol === 1 || protocol === 58;
  const answer = isIcmp ? (protocol === 1 ? ICMP : ICMP6).get(sourcePort) : undefined;
  // A message that nobody answers has a direction of its own.
  const isOneWay = isIcmp && answer === undefined;
  const otherPort = answer ?? destinationPort;
  const isForward = isOneWay || isBefore(a, sourcePort, b, otherPort);
  const size = a.length;
  const hashed = size === 4 ? HASHED_4 : HASHED_6;
  const low = isForward ? a : b;
  const high = isForward ? b : a;
  for (let i = 0; i < size; i++) {
    hashed[2 + i] = low[i]!;
    hashed[2 + size + i] = high[i]!;
  }
  const lowPort = isForward ? sourcePort : otherPort;
  const highPort = isForward ? otherPort : sourcePort;
  const rest = 2 + 2 * size;
  hashed[rest] = protocol;
  hashed[rest + 2] = lowPort >> 8;
  hashed[rest + 3] = lowPort & 255;
  hashed[rest + 4] = highPort >> 8;
  hashed[rest + 5] = highPort & 255;
  out[at] = 49;
  out[at + 1] = 58;
  writeBase64(sha1Block(hashed), out, at + 2);
  return true;
}

/** Seed (0), both addresses, protocol, padding, both ports: filled anew for every flow. */
const HASHED_4 = new Uint8Array(16);
const HASHED_6 = new Uint8Array(40);

const DIGITS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

/** Five words as 28 characters: six threes of bytes, two bytes and the filler. */
function writeBase64(digest: Int32Array, out: Uint8Array, at: number): void {
  let to = at;
  for (let i = 0; i < 18; i += 3) {
    const three = (byteOf(digest, i) << 16) | (byteOf(digest, i + 1) << 8) | byteOf(digest, i + 2);
    out[to] = DIGITS[three >> 18]!;
    out[to + 1] = DIGITS[(three >> 12) & 63]!;
    out[to + 2] = DIGITS[(three >> 6) & 63]!;
    out[to + 3] = DIGITS[three & 63]!;
    to += 4;
  }
  const last = (byteOf(digest, 18) << 10) | (byteOf(digest, 19) << 2);
  out[to] = DIGITS[last >> 12]!;
  out[to + 1] = DIGITS[(last >> 6) & 63]!;
  out[to + 2] = DIGITS[last & 63]!;
  out[to + 3] = 61;
}

const byteOf = (digest: Int32Array, at: number): number => (digest[at >> 2]! >>> (24 - 8 * (at & 3))) & 255;

function isBefore(a: Uint8Array, portA: number, b: Uint8Array, portB: number): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return portA <= portB;
}

/** 4 or 16 bytes; undefined for what is no address. */
export function addressBytes(ip: string): Uint8Array | undefined {
  const four = ipv4Number(ip);
  if (four !== undefined) return Uint8Array.of(four >>> 24, four >>> 16, four >>> 8, four);
  return ipaddr.isValid(ip) ? Uint8Array.from(ipaddr.parse(ip).toByteArray()) : undefined;
}

const isPort = (port: number | undefined): port is number =>
  port !== undefined && Number.isInteger(port) && port >= 0 && port < 65_536;
