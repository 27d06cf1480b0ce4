import ipaddr from 'ipaddr.js';

/** A network that an address may lie in. Compiled once; `has` costs a few integer operations for IPv4. */
export interface Cidr {
  /** As the user wrote it. */
  readonly text: string;
  has(ip: string): boolean;
}

/** `10.0.0.0/8`, `fc00::/7`, or a single address. Undefined where it is neither (octal forms and short forms are refused). */
export function parseCidr(text: string): Cidr | undefined {
  const [address, bits, ...more] = text.trim().split('/');
  if (address === undefined || more.length > 0) return undefined;
  const four = ipv4Number(address);
  if (four !== undefined) {
    const length = bits === undefined ? 32 : prefixLength(bits, 32);
    if (length === undefined) return undefined;
    const mask = length === 0 ? 0 : (-1 << (32 - length)) >>> 0;
    const network = (four & mask) >>> 0;
    return {
      text,
      has: ip => {
        const other = ipv4Number(ip);
        return other !== undefined && (other & mask) >>> 0 === network;
      },
    };
  }
  const six = ipv6(address);
  const length = bits === undefined ? 128 : prefixLength(bits, 128);
  if (six === undefined || length === undefined) return undefined;
  return {
    text,
    has: ip => {
      const other = ipv4Number(ip) === undefined ? ipv6(ip) : undefined;
      return other?.match(six, length) ?? false;
    },
  };
}

function prefixLength(text: string, most: number): number | undefined {
  const n = /^\d{1,3}$/.test(text) ? Number(text) : -1;
  return n >= 0 && n <= most ? n : undefined;
}

/** Dotted quad (also as IPv4-mapped IPv6) → unsigned 32 bits. */
export function ipv4Number(text: string): number | undefined {
  const start = text.startsWith('::ffff:') ? 7 : 0;
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 46) {
      if (octet < 0 || ++dots > 3) return undefined;
      value = value * 256 + octet;
      octet = -1;
    } else if (c >= 48 && c <= 57) {
      if (octet === 0) return undefined; // 010.0.0.1 is octal to some and decimal to others
      octet = octet < 0 ? c - 48 : octet * 10 + c - 48;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : undefined;
}

function ipv6(text: string): ipaddr.IPv6 | undefined {
  const bare = text.includes('%') ? text.slice(0, text.indexOf('%')) : text;
  return bare.includes(':') && ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : undefined;
}

/** One spelling an address: IPv4-mapped IPv6 as IPv4, IPv6 compressed and lower case, no zone. Undefined where it is no address. */
export function canonicalIp(text: string): string | undefined {
  const four = ipv4Number(text.toLowerCase());
  if (four !== undefined) return [four >>> 24, (four >>> 16) & 255, (four >>> 8) & 255, four & 255].join('.');
  const six = ipv6(text);
  if (six === undefined) return undefined;
  return six.isIPv4MappedAddress() ? six.toIPv4Address().toString() : six.toString();
}

/** True for addresses that are nobody's: loopback, link-local, multicast, broadcast, unspecified. */
export function isNobodysIp(ip: string): boolean {
  return NOBODYS.some(range => range.has(ip));
}

const NOBODYS = [
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255',
  '0.0.0.0',
  '::1',
  '::',
  'fe80::/10',
  'ff00::/8',
].map(text => parseCidr(text)!);
