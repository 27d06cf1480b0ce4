import { type Field, isoTime, type Scalar, type Value } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import { certificateName } from '../shared/certificate-name.ts';
import { isoTimeAt } from '../shared/iso-time.ts';

/** A target field, and how its value is made where it is not the record's own; undefined: the record says nothing about it. */
export type Target = Field | readonly [Field, (value: Value) => Value | undefined];

export interface KindMapping {
  readonly kind?: 'alert' | 'metric';
  readonly category: readonly string[];
  readonly type: readonly string[];
}

const text = (value: Value): string => String(Array.isArray(value) ? value[0] : value);
const list = (value: Value): readonly Scalar[] => (Array.isArray(value) ? value : [value as Scalar]);
const lower = (value: Value): Value => text(value).toLowerCase();
const ip = (value: Value): Value | undefined => canonicalIp(text(value));
const address = (value: Value): Value => canonicalIp(text(value)) ?? text(value);
const family = (value: Value): Value | undefined => {
  const known = canonicalIp(text(value));
  return known === undefined ? undefined : known.includes(':') ? 'ipv6' : 'ipv4';
};
/** Suricata ends a server name with the root's dot. */
const name = (value: Value): Value => text(value).replace(/\.$/, '');
/** `00:11:AA` → `0011AA`. */
const hex = (value: Value): Value | undefined => text(value).replaceAll(':', '').toUpperCase() || undefined;
/** Of a certificate, which states it in UTC and does not say so. */
const moment = (value: Value): Value | undefined => {
  const time = isoTimeAt(text(value));
  return time === undefined ? undefined : isoTime(time.micros);
};
/** `/a/b.html?x` → `html`. */
const extension = (value: Value): Value | undefined =>
  /^[^?#]*\/[^?#/]*\.([A-Za-z\d]{1,16})(?:[?#]|$)/.exec(text(value))?.[1];
const query = (value: Value): Value | undefined => /\?([^#]+)/.exec(text(value))?.[1];
const protocol = (value: Value): Value | undefined => (text(value) === 'failed' ? undefined : lower(value));
const addresses = (value: Value): Value | undefined => {
  const found = list(value).flatMap(answer => canonicalIp(String(answer)) ?? []);
  return found.length > 0 ? found : undefined;
};
const tlsVersion = (at: number) => (value: Value) =>
  /^(TLS|SSL) ?v?(\d(?:\.\d)?)$/i.exec(text(value))?.[at]?.toLowerCase();
const nanosOfSeconds = (value: Value): Value | undefined =>
  Number.isFinite(Number(value)) ? Number(value) * 1e9 : undefined;

/** Keys of a record that ECS keeps whole: not repeated under `suricata.eve.`. */
export const WHOLE: ReadonlyMap<string, readonly Target[]> = new Map<string, readonly Target[]>([
  [
    'src_ip',
    [
      ['source.ip', ip],
      ['source.address', address],
      ['network.type', family],
    ],
  ],
  ['src_port', ['source.port']],
  [
    'dest_ip',
    [
      ['destination.ip', ip],
      ['destination.address', address],
    ],
  ],
  ['dest_port', ['destination.port']],
  ['proto', [['network.transport', lower]]],
  ['community_id', ['network.community_id']],
  ['timestamp', []],
  ['flow.start', ['event.start']],
  ['flow.end', ['event.end']],
]);

/** Keys that have an ECS name beside their own. */
export const ALSO: ReadonlyMap<string, readonly Target[]> = new Map<string, readonly Target[]>([
  ['app_proto', [['network.protocol', protocol]]],
  ['host', ['observer.name']],
  ['ether.src_mac', ['source.mac']],
  ['ether.dest_mac', ['destination.mac']],
  ['flow.age', [['event.duration', nanosOfSeconds]]],
  ['flow.pkts_toserver', ['source.packets']],
  ['flow.pkts_toclient', ['destination.packets']],
  ['flow.bytes_toserver', ['source.bytes']],
  ['flow.bytes_toclient', ['destination.bytes']],
  ['alert.signature', ['rule.name']],
  ['alert.signature_id', [['rule.id', text]]],
  ['alert.category', ['rule.category', 'message']],
  ['alert.severity', ['event.severity']],
  ['http.hostname', ['url.domain', 'destination.domain', ['related.hosts', list]]],
  [
    'http.url',
    [
      'url.original',
      [
        'url.path',
        v =>
          text(v)
            .replace(/^https?:\/\/[^/]*/i, '')
            .split('?')[0] || undefined,
      ],
      ['url.query', query],
      ['url.extension', extension],
    ],
  ],
  ['http.http_method', ['http.request.method']],
  ['http.http_user_agent', ['user_agent.original']],
  ['http.status', ['http.response.status_code', ['event.outcome', v => (Number(v) < 400 ? 'success' : 'failure')]]],
  ['http.length', ['http.response.body.bytes']],
  ['http.http_refer', ['http.request.referrer']],
  ['dns.id', [['dns.id', text]]],
  ['dns.type', ['dns.type']],
  ['dns.rrname', ['dns.question.name']],
  ['dns.rrtype', ['dns.question.type']],
  ['dns.rcode', ['dns.response_code']],
  ['dns.rdata', ['dns.answers.data', ['dns.resolved_ip', addresses]]],
  [
    'tls.sni',
    [
      ['tls.client.server_name', name],
      ['destination.domain', name],
    ],
  ],
  [
    'tls.version',
    [
      ['tls.version', tlsVersion(2)],
      ['tls.version_protocol', tlsVersion(1)],
    ],
  ],
  ['tls.subject', ['tls.server.subject', ...certificateName('server', 'subject')]],
  ['tls.issuerdn', ['tls.server.issuer', ...certificateName('server', 'issuer')]],
  ['tls.serial', [['tls.server.x509.serial_number', hex]]],
  [
    'tls.fingerprint',
    [
      ['tls.server.hash.sha1', hex],
      ['related.hash', hex],
    ],
  ],
  [
    'tls.notbefore',
    [
      ['tls.server.not_before', moment],
      ['tls.server.x509.not_before', moment],
    ],
  ],
  [
    'tls.notafter',
    [
      ['tls.server.not_after', moment],
      ['tls.server.x509.not_after', moment],
    ],
  ],
  ['tls.session_resumed', ['tls.resumed']],
  ['tls.ja3.hash', ['tls.client.ja3']],
  ['tls.ja3s.hash', ['tls.server.ja3s']],
  ['fileinfo.filename', ['file.path']],
  ['fileinfo.size', ['file.size']],
]);

const KINDS: ReadonlyMap<string, KindMapping> = new Map<string, KindMapping>([
  ['alert', { kind: 'alert', category: ['network', 'intrusion_detection'], type: ['info'] }],
  ['anomaly', { category: ['network'], type: ['info'] }],
  ['drop', { category: ['network'], type: ['connection', 'denied'] }],
  ['flow', { category: ['network'], type: ['connection'] }],
  ['http', { category: ['network', 'web'], type: ['access', 'protocol'] }],
  ['stats', { kind: 'metric', category: ['network'], type: [] }],
  ['fileinfo', { category: ['network', 'file'], type: ['info'] }],
]);

export const mappingOf = (kind: string): KindMapping =>
  KINDS.get(kind) ?? { category: ['network'], type: ['protocol'] };

/** What a flow's state says of its beginning and its end. */
export const FLOW_TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['new', ['connection', 'start']],
  ['established', ['connection', 'start']],
  ['closed', ['connection', 'start', 'end']],
]);
