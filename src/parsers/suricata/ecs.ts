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
const scheme = (value: Value): Value | undefined =>
  /^([a-z][a-z\d+.-]{0,15}):\/\//i.exec(text(value))?.[1]?.toLowerCase();
/** Of an absolute address, as a proxy's client writes it. */
const portOf = (value: Value): Value | undefined => {
  const port = /^[a-z][a-z\d+.-]{0,15}:\/\/[^/?#]*:(\d{1,5})(?:[/?#]|$)/i.exec(text(value))?.[1];
  return port === undefined ? undefined : Number(port);
};
const baseName = (value: Value): Value | undefined => text(value).split(/[\\/]/).at(-1) || undefined;
const dnsType = (value: Value): Value =>
  new Map([
    ['request', 'query'],
    ['response', 'answer'],
  ]).get(text(value)) ?? text(value);
const result = (value: Value): Value =>
  /^(?:STATUS_SUCCESS|STATUS_MORE_PROCESSING_REQUIRED|OK)$/i.test(text(value)) ? 'success' : 'failure';
const upper = (value: Value): Value => list(value).map(one => String(one).toUpperCase());
/** Rules write names with `_` for blanks. */
const words = (value: Value): Value => list(value).map(one => String(one).replaceAll('_', ' '));
const techniques = (value: Value): Value | undefined => {
  const found = list(value).flatMap(one => /\bT\d{4}(?:\.\d{3})?\b/i.exec(String(one))?.[0].toUpperCase() ?? []);
  return found.length > 0 ? found : undefined;
};
/** `2019-0708`, `CVE_2019_0708`, `cve,2019-0708` → `CVE-2019-0708`. */
const vulnerabilities = (value: Value): Value | undefined => {
  const found = list(value).flatMap(one => {
    const id = /(\d{4})[_-](\d{4,7})(?!\d)/.exec(String(one));
    return id === null ? [] : [`CVE-${id[1]}-${id[2]}`];
  });
  return found.length > 0 ? found : undefined;
};
/** Rules write `2010_09_23`. */
const date = (value: Value): Value | undefined => {
  const day = /^(\d{4})[_-](\d\d)[_-](\d\d)$/.exec(text(value));
  const time = day === null ? undefined : isoTimeAt(`${day[1]}-${day[2]}-${day[3]}T00:00:00Z`);
  return time === undefined ? undefined : isoTime(time.micros);
};
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
  ['netflow.start', ['event.start']],
  ['netflow.end', ['event.end']],
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
  ['netflow.age', [['event.duration', nanosOfSeconds]]],
  ['netflow.pkts', ['source.packets']],
  ['netflow.bytes', ['source.bytes']],
  ['alert.signature', ['rule.name']],
  ['alert.signature_id', [['rule.id', text]]],
  ['alert.category', ['rule.category', 'message']],
  ['alert.severity', ['event.severity']],
  ['alert.metadata.mitre_tactic_id', [['threat.tactic.id', upper]]],
  ['alert.metadata.mitre_tactic_name', [['threat.tactic.name', words]]],
  ['alert.metadata.mitre_technique_id', [['threat.technique.id', upper]]],
  ['alert.metadata.mitre_technique_name', [['threat.technique.name', words]]],
  ['alert.metadata.mitre_attack', [['threat.technique.id', techniques]]],
  ['alert.metadata.cve', [['vulnerability.id', vulnerabilities]]],
  ['alert.metadata.created_at', [['suricata.eve.alert.created_at', date]]],
  ['alert.metadata.updated_at', [['suricata.eve.alert.updated_at', date]]],
  ['http.http_port', ['url.port']],
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
      ['url.scheme', scheme],
      ['url.port', portOf],
    ],
  ],
  ['http.http_method', ['http.request.method']],
  ['http.http_user_agent', ['user_agent.original']],
  ['http.status', ['http.response.status_code', ['event.outcome', v => (Number(v) < 400 ? 'success' : 'failure')]]],
  ['http.length', ['http.response.body.bytes']],
  ['http.http_refer', ['http.request.referrer']],
  ['dns.id', [['dns.id', text]]],
  ['dns.type', [['dns.type', dnsType]]],
  ['dns.rrname', ['dns.question.name']],
  ['dns.rrtype', ['dns.question.type']],
  ['dns.rcode', ['dns.response_code']],
  // Version 3 (Suricata 8) has lists; an alert of earlier versions holds the messages of its transaction.
  ['dns.queries.rrname', ['dns.question.name']],
  ['dns.queries.rrtype', ['dns.question.type']],
  ['dns.query.rrname', ['dns.question.name']],
  ['dns.query.rrtype', ['dns.question.type']],
  ['dns.answers.rrname', ['dns.answers.name']],
  ['dns.answers.rrtype', ['dns.answers.type']],
  ['dns.answers.ttl', ['dns.answers.ttl']],
  ['dns.answers.rdata', ['dns.answers.data']],
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
  ['fileinfo.filename', ['file.path', ['file.name', baseName]]],
  ['fileinfo.size', ['file.size']],
  ['fileinfo.mimetype', ['file.mime_type']],
  ['fileinfo.md5', ['file.hash.md5', 'related.hash']],
  ['fileinfo.sha1', ['file.hash.sha1', 'related.hash']],
  ['fileinfo.sha256', ['file.hash.sha256', 'related.hash']],
  ['anomaly.event', ['event.action']],
  ['dcerpc.request', ['event.action']],
  ['ftp.command', ['event.action']],
  ['krb5.cname', ['user.name', 'related.user']],
  ['krb5.realm', ['user.domain']],
  ['krb5.msg_type', ['event.action']],
  ['rdp.event_type', ['event.action']],
  ['rdp.cookie', ['user.name', 'related.user']],
  ['rdp.client.client_name', ['source.domain']],
  ['rfb.authentication.security_result', [['event.outcome', result]]],
  ['smb.command', ['event.action']],
  ['smb.status', [['event.outcome', result]]],
  ['smb.filename', ['file.path', ['file.name', baseName]]],
  ['smb.ntlmssp.user', ['user.name', 'related.user']],
  ['smb.ntlmssp.domain', ['user.domain']],
  ['smb.ntlmssp.host', ['source.domain']],
  ['smtp.mail_from', ['email.from.address']],
  ['smtp.rcpt_to', ['email.to.address']],
  ['email.subject', ['email.subject']],
  ['email.message_id', ['email.message_id']],
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
