import type { EventFields } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import { communityId } from '../shared/community-id.ts';
import { isoTimeAt } from '../shared/iso-time.ts';
import { isInternalIp, networkDirection } from '../shared/network-direction.ts';

/** One line of fast.log: an alert, at the sensor's wall clock, read as if it were UTC. */
export interface FastAlert {
  readonly wall: number;
  readonly fields: EventFields;
}

/**
 * `03/02/2025-05:00:01.123456  [Drop] [**] [1:2100498:7] text [**] [Classification: c] [Priority: 2] {TCP} 10.0.0.9:80 -> 10.0.0.5:50000`; Snort's
 * is the same with two digits of the year. The text comes from whoever wrote the rule.
 */
const LINE =
  /^(\d\d)\/(\d\d)\/(\d{2}|\d{4})-(\d\d:\d\d:\d\d(?:\.\d{1,9})?)\s+(?:\[(w?Drop)\] )?\[\*\*\] \[(\d{1,10}):(\d{1,10}):(\d{1,10})\] (.{0,2048}) \[\*\*\](?: \[Classification: (.{0,256}?)\])? ?(?:\[Priority: (\d{1,10})\])? ?\{([\w:-]{1,40})\} (\S{1,64}) -> (\S{1,64})\s*$/;

const TRANSPORTS: ReadonlyMap<string, string> = new Map([
  ['icmpv6', 'ipv6-icmp'],
  ['ipv6-icmp', 'ipv6-icmp'],
]);

export const isFastLog = (line: string): boolean => LINE.test(line);

/** Undefined where the line is no alert. */
export function fastAlert(line: string): FastAlert | undefined {
  const m = LINE.exec(line);
  if (m === null) return undefined;
  const [, month, day, year, clock, drop, gid, sid, rev, name, category, priority, proto, from, to] = m;
  const time = isoTimeAt(`${year!.length === 2 ? `20${year}` : year}-${month}-${day} ${clock}`);
  const [source, destination] = [endOf(from!), endOf(to!)];
  if (time === undefined || source === undefined || destination === undefined) return undefined;
  const word = proto!.toLowerCase();
  const transport = TRANSPORTS.get(word) ?? word;
  // Type and code of an ICMP message stand where others have their ports.
  const isPorted = !transport.includes('icmp');
  return {
    wall: time.micros,
    fields: {
      'event.kind': 'alert',
      'event.module': 'suricata',
      'event.dataset': 'suricata.fast',
      'event.category': ['network', 'intrusion_detection'],
      'event.type': [drop === undefined || drop === 'wDrop' ? 'allowed' : 'denied'],
      'event.severity': priority === undefined ? undefined : Number(priority),
      message: name,
      'rule.name': name,
      'rule.id': sid,
      'rule.category': category === '(null)' || category === '' ? undefined : category,
      'suricata.fast.gid': gid,
      'suricata.fast.rev': rev,
      'suricata.fast.action': drop,
      'source.ip': source.ip,
      'source.address': source.ip,
      'source.port': isPorted ? source.port : undefined,
      'destination.ip': destination.ip,
      'destination.address': destination.ip,
      'destination.port': isPorted ? destination.port : undefined,
      'network.transport': transport,
      'network.type': source.ip.includes(':') ? 'ipv6' : 'ipv4',
      'network.direction': networkDirection(isInternalIp(source.ip), isInternalIp(destination.ip)),
      'network.community_id': communityId(transport, source.ip, source.port, destination.ip, destination.port),
      'related.ip': [...new Set([source.ip, destination.ip])],
      'observer.type': 'ids',
    },
  };
}

/** `10.0.0.9:80`, `10.0.0.9`, or an address of IPv6 in its long spelling with its port behind one more colon. */
function endOf(text: string): { readonly ip: string; readonly port: number | undefined } | undefined {
  const colon = text.lastIndexOf(':');
  const groups = text.split(':').length;
  const hasPort = groups === 2 || groups === 9 || (groups > 2 && canonicalIp(text) === undefined);
  const ip = canonicalIp(hasPort ? text.slice(0, colon) : text);
  const port = hasPort ? Number(text.slice(colon + 1)) : undefined;
  if (ip === undefined || (port !== undefined && !(port >= 0 && port < 65_536))) return undefined;
  return { ip, port };
}
