import type { EventFields } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import { withoutUptime } from './linux-uptime.ts';

/** `KEY=value` words and bare flags of a netfilter LOG line, up to the inner packet of an ICMP error in brackets. */
const WORD = /([A-Z][A-Za-z]*)=(\S*)|\b(SYN|ACK|FIN|RST|PSH|URG|DF)\b/g;

const VERDICTS: readonly (readonly [RegExp, string, string])[] = [
  [
    /\b(?:DROP|BLOCK|DENY|DENIED|REJECT|DISCARD)|(?:^|[\W_])(?:DROP|REJECT)(?:ED)?\b|_(?:DROP|REJECT)\b|-[DR]\]$/i,
    'deny',
    'denied',
  ],
  [/\b(?:ACCEPT|ALLOW|PASS|PERMIT)|_ACCEPT\b|-A\]$/i, 'allow', 'allowed'],
];

/**
 * A packet that iptables, nftables or ufw logged: `PREFIX IN=eth0 OUT= MAC=… SRC=… DST=… PROTO=TCP SPT=… DPT=… SYN`. The prefix is
 * the rule author's own text; where it names a verdict, that is the verdict.
 */
export function netfilterPacket(line: string): EventFields | undefined {
  const message = withoutUptime(line);
  const start = message.indexOf('IN=');
  if (start === -1 || !message.includes('OUT=', start) || !message.includes('SRC=', start)) return undefined;
  // firewalld puts its prefixes in quotes.
  const prefix = message.slice(0, start).replaceAll('"', '').trim();
  const inner = message.indexOf(' [', start);
  const text = inner === -1 ? message.slice(start) : message.slice(start, inner);
  const words = new Map<string, string>();
  const flags: string[] = [];
  for (const [, key, value, flag] of text.matchAll(WORD)) {
    if (flag !== undefined) flags.push(flag);
    else if (key !== undefined && !words.has(key)) words.set(key, value ?? '');
  }
  const source = canonicalIp(words.get('SRC') ?? '');
  const destination = canonicalIp(words.get('DST') ?? '');
  if (source === undefined || destination === undefined) return undefined;
  const verdict = VERDICTS.find(([pattern]) => pattern.test(prefix));
  const input = words.get('IN') ?? '';
  const output = words.get('OUT') ?? '';
  const action = SHORT.get(/-([ADR])\]$/.exec(prefix)?.[1] ?? '') ?? lastWord(prefix);
  return {
    'event.action': action === '' ? 'packet-logged' : action,
    'event.category': ['network'],
    'event.type': verdict === undefined ? ['connection'] : ['connection', verdict[2]],
    'source.ip': source,
    'source.address': source,
    'source.port': port(words.get('SPT')),
    'source.mac': mac(words.get('MAC'), 6),
    'destination.ip': destination,
    'destination.address': destination,
    'destination.port': port(words.get('DPT')),
    'destination.mac': mac(words.get('MAC'), 0),
    'network.transport': transport(words.get('PROTO')),
    'network.type': source.includes(':') ? 'ipv6' : 'ipv4',
    'network.bytes': port(words.get('LEN')),
    'network.direction':
      input !== '' && output === '' ? 'ingress' : input === '' && output !== '' ? 'egress' : undefined,
    'firewall.action': verdict?.[1],
    'firewall.prefix': prefix === '' ? undefined : prefix,
    'firewall.input_device': input === '' ? undefined : input,
    'firewall.output_device': output === '' ? undefined : output,
    'firewall.tcp_flags':
      flags.filter(flag => flag !== 'DF').length === 0 ? undefined : flags.filter(flag => flag !== 'DF'),
  };
}

/** EdgeOS ends its prefixes with a letter: `[WAN_IN-10-D]`. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['A', 'accept'],
  ['D', 'drop'],
  ['R', 'reject'],
]);

const lastWord = (prefix: string): string =>
  prefix.replace(/:$/, '').split(/\s+/).at(-1)?.replaceAll(/[[\]]/g, '').toLowerCase() ?? '';

const port = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined;

const TRANSPORTS: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['2', 'igmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['47', 'gre'],
  ['58', 'ipv6-icmp'],
  ['icmpv6', 'ipv6-icmp'],
]);

function transport(protocol: string | undefined): string | undefined {
  const name = protocol?.toLowerCase();
  return name === undefined ? undefined : (TRANSPORTS.get(name) ?? name);
}

/** `MAC=` is the frame's header: destination, source, type. */
function mac(header: string | undefined, at: number): string | undefined {
  const bytes = header?.split(':') ?? [];
  return bytes.length < 12 ? undefined : bytes.slice(at, at + 6).join(':');
}
