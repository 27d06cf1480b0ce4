import type { Field, Scalar, Value } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import { certificateName } from '../shared/certificate-name.ts';
import { stateMessage, stateOutcome, stateType } from './conn-states.ts';

/** A target field, and how its value is made where it is not the cell's own; undefined: this cell says nothing about it. */
export type Target = Field | readonly [Field, (value: Value) => Value | undefined];

export interface LogMapping {
  readonly kind?: 'alert';
  readonly category: readonly string[];
  readonly type: readonly string[];
  /** For logs of one application protocol. */
  readonly protocol?: string;
  readonly transport?: string;
  /** Zeek's name of a column → the ECS fields that say the same. What stands here with an ECS name is kept under `zeek.<log>.` too. */
  readonly fields: { readonly [column: string]: readonly Target[] };
}

const text = (value: Value): string => String(Array.isArray(value) ? value[0] : value);
const address = (value: Value): Value => canonicalIp(text(value)) ?? text(value);
const ip = (value: Value): Value | undefined => canonicalIp(text(value));
const family = (value: Value): Value | undefined => {
  const known = canonicalIp(text(value));
  return known === undefined ? undefined : known.includes(':') ? 'ipv6' : 'ipv4';
};
const lower = (value: Value): Value => text(value).toLowerCase();
const list = (value: Value): readonly Scalar[] => (Array.isArray(value) ? value : [value as Scalar]);
const addresses = (value: Value): Value | undefined => {
  const found = list(value).flatMap(answer => canonicalIp(String(answer)) ?? []);
  return found.length > 0 ? found : undefined;
};
const outcome = (value: Value): Value => (value === true || value === 'T' ? 'success' : 'failure');
const before = (mark: string) => (value: Value) => text(value).split(mark)[0] || undefined;
const after = (mark: string) => (value: Value) => text(value).split(mark).slice(1).join(mark) || undefined;
const baseName = (value: Value): Value | undefined => text(value).split('\\').at(-1) || undefined;

/** `gssapi,smb,krb` names three; `-ftp` says that a guess was taken back. */
const services = (value: Value): Value | undefined => {
  const named = text(value)
    .split(',')
    .filter(name => name !== '' && !name.startsWith('-'));
  return named.length > 1 ? named : named[0];
};

/** Columns that mean the same in every log and are kept whole by ECS: not repeated under `zeek.<log>.`. */
export const ENDPOINTS: LogMapping['fields'] = {
  ts: [],
  uid: ['zeek.session_id'],
  uids: ['zeek.session_id'],
  'id.orig_h': [
    ['source.ip', ip],
    ['source.address', address],
    ['network.type', family],
  ],
  'id.orig_p': ['source.port'],
  'id.resp_h': [
    ['destination.ip', ip],
    ['destination.address', address],
  ],
  'id.resp_p': ['destination.port'],
};

/** Columns that mean the same in every log, beside their own name. */
const EVERYWHERE: LogMapping['fields'] = {
  proto: [['network.transport', lower]],
  community_id: ['network.community_id'],
};

const CLIENT_CERTIFICATE: readonly Target[] = certificateName('client', 'subject');
const SERVER_CERTIFICATE: readonly Target[] = certificateName('server', 'subject');

const TLS_VERSION = /^(TLS|SSL|DTLS)v(\d)(\d?)$/;

const LOGS: { readonly [log: string]: LogMapping } = {
  conn: {
    category: ['network'],
    type: [],
    fields: {
      service: [['network.protocol', services]],
      duration: ['event.duration'],
      conn_state: [
        'zeek.connection.state',
        ['event.type', stateType],
        ['event.outcome', stateOutcome],
        ['zeek.connection.state_message', stateMessage],
      ],
      history: ['zeek.connection.history'],
      missed_bytes: ['zeek.connection.missed_bytes'],
      local_orig: ['zeek.connection.local_orig'],
      local_resp: ['zeek.connection.local_resp'],
      orig_ip_bytes: ['source.bytes'],
      resp_ip_bytes: ['destination.bytes'],
      orig_pkts: ['source.packets'],
      resp_pkts: ['destination.packets'],
      orig_l2_addr: ['source.mac'],
      resp_l2_addr: ['destination.mac'],
    },
  },
  dns: {
    category: ['network'],
    type: ['connection', 'info', 'protocol'],
    protocol: 'dns',
    fields: {
      rtt: ['event.duration'],
      query: ['dns.question.name'],
      qtype_name: ['dns.question.type'],
      rcode_name: ['dns.response_code', ['event.outcome', v => (text(v) === 'NOERROR' ? 'success' : 'failure')]],
      trans_id: [['dns.id', text]],
      qclass_name: [['dns.question.class', v => (text(v) === 'C_INTERNET' ? 'IN' : text(v))]],
      answers: ['dns.answers.data', ['dns.resolved_ip', addresses]],
    },
  },
  http: {
    category: ['network', 'web'],
    type: ['connection', 'info', 'protocol'],
    protocol: 'http',
    transport: 'tcp',
    fields: {
      method: ['http.request.method', ['event.action', lower]],
      host: ['url.domain'],
      uri: ['url.original', ['url.path', before('?')], ['url.query', after('?')]],
      version: ['http.version'],
      referrer: ['http.request.referrer'],
      user_agent: ['user_agent.original'],
      request_body_len: ['http.request.body.bytes'],
      response_body_len: ['http.response.body.bytes'],
      status_code: ['http.response.status_code', ['event.outcome', v => (Number(v) < 400 ? 'success' : 'failure')]],
      username: ['user.name', 'url.username', 'related.user'],
    },
  },
  ssl: {
    category: ['network'],
    type: ['connection', 'protocol'],
    transport: 'tcp',
    fields: {
      version: [
        ['tls.version', v => TLS_VERSION.exec(text(v))?.slice(2).filter(Boolean).join('.')],
        ['tls.version_protocol', v => TLS_VERSION.exec(text(v))?.[1]?.toLowerCase()],
      ],
      cipher: ['tls.cipher'],
      cert_chain_fuids: ['zeek.ssl.server.cert_chain_fuids'],
      validation_status: ['zeek.ssl.validation.status'],
      curve: ['tls.curve'],
      server_name: ['destination.domain', 'tls.client.server_name', 'zeek.ssl.server.name'],
      resumed: ['tls.resumed'],
      established: ['tls.established'],
      subject: ['tls.server.subject', ...SERVER_CERTIFICATE],
      issuer: ['tls.server.issuer', ...certificateName('server', 'issuer')],
      client_subject: CLIENT_CERTIFICATE,
      client_issuer: certificateName('client', 'issuer'),
      ja3: ['tls.client.ja3'],
      ja3s: ['tls.server.ja3s'],
    },
  },
  ssh: {
    category: ['network'],
    type: ['connection', 'protocol'],
    protocol: 'ssh',
    transport: 'tcp',
    fields: {
      auth_success: [['event.outcome', outcome], 'zeek.ssh.auth.success'],
      auth_attempts: ['zeek.ssh.auth.attempts'],
      cipher_alg: ['zeek.ssh.algorithm.cipher'],
      mac_alg: ['zeek.ssh.algorithm.mac'],
      compression_alg: ['zeek.ssh.algorithm.compression'],
      kex_alg: ['zeek.ssh.algorithm.key_exchange'],
      host_key_alg: ['zeek.ssh.algorithm.host_key'],
    },
  },
  rdp: {
    category: ['network'],
    type: ['info', 'protocol'],
    protocol: 'rdp',
    transport: 'tcp',
    fields: {
      cookie: ['user.name'],
      ssl: ['tls.established'],
      cert_count: ['zeek.rdp.cert.count'],
      client_name: ['source.domain'],
    },
  },
  rfb: {
    category: ['network'],
    type: ['connection', 'info'],
    protocol: 'rfb',
    transport: 'tcp',
    fields: {
      auth: [['event.outcome', outcome], 'zeek.rfb.auth.success'],
      authentication_method: ['zeek.rfb.auth.method'],
      client_major_version: ['zeek.rfb.version.client.major'],
      client_minor_version: ['zeek.rfb.version.client.minor'],
      server_major_version: ['zeek.rfb.version.server.major'],
      server_minor_version: ['zeek.rfb.version.server.minor'],
    },
  },
  smb_files: {
    category: ['network', 'file'],
    type: ['connection', 'protocol'],
    protocol: 'smb',
    transport: 'tcp',
    fields: { action: ['event.action'], name: ['file.path', ['file.name', baseName]], size: ['file.size'] },
  },
  smb_mapping: {
    category: ['network'],
    type: ['connection', 'protocol'],
    protocol: 'smb',
    transport: 'tcp',
    fields: {},
  },
  smb_cmd: {
    category: ['network'],
    type: ['connection', 'protocol'],
    protocol: 'smb',
    transport: 'tcp',
    fields: {
      command: ['event.action'],
      status: [['event.outcome', v => (text(v) === 'SUCCESS' ? 'success' : 'failure')]],
    },
  },
  dce_rpc: {
    category: ['network'],
    type: ['connection', 'info', 'protocol'],
    protocol: 'dce_rpc',
    transport: 'tcp',
    fields: { operation: ['event.action'] },
  },
  kerberos: {
    category: ['network', 'authentication'],
    type: ['authentication', 'connection', 'protocol'],
    protocol: 'kerberos',
    fields: {
      request_type: ['event.action'],
      client: [
        ['user.name', before('/')],
        ['related.user', before('/')],
        ['user.domain', after('/')],
      ],
      success: [['event.outcome', outcome]],
      client_cert_subject: CLIENT_CERTIFICATE,
      server_cert_subject: SERVER_CERTIFICATE,
      // As earlier versions name them.
      'cert.client_subject': CLIENT_CERTIFICATE,
      'cert.server_subject': SERVER_CERTIFICATE,
    },
  },
  ntlm: {
    category: ['authentication', 'network'],
    type: ['connection', 'info'],
    protocol: 'ntlm',
    transport: 'tcp',
    fields: {
      username: ['user.name'],
      domainname: ['user.domain', 'zeek.ntlm.domain'],
      hostname: ['source.domain'],
      success: [['event.outcome', outcome]],
      server_dns_computer_name: ['destination.domain', 'zeek.ntlm.server.name.dns'],
      server_nb_computer_name: ['zeek.ntlm.server.name.netbios'],
      server_tree_name: ['zeek.ntlm.server.name.tree'],
    },
  },
  dhcp: {
    category: ['network'],
    type: ['connection', 'info', 'protocol'],
    protocol: 'dhcp',
    transport: 'udp',
    fields: {
      client_addr: [
        ['source.ip', ip],
        ['source.address', address],
      ],
      server_addr: [
        ['destination.ip', ip],
        ['destination.address', address],
      ],
      mac: ['source.mac', 'zeek.dhcp.address.mac'],
      assigned_addr: ['zeek.dhcp.address.assigned'],
      requested_addr: ['zeek.dhcp.address.requested'],
      host_name: ['zeek.dhcp.hostname'],
      msg_types: ['zeek.dhcp.msg.types'],
      duration: ['event.duration'],
    },
  },
  notice: {
    kind: 'alert',
    category: ['intrusion_detection'],
    type: ['info'],
    fields: {
      note: ['rule.name'],
      msg: ['message', 'rule.description'],
      src: [
        ['source.ip', ip],
        ['source.address', address],
      ],
      dst: [
        ['destination.ip', ip],
        ['destination.address', address],
      ],
      p: ['destination.port'],
    },
  },
  weird: { kind: 'alert', category: ['network'], type: ['info'], fields: { name: ['rule.name'] } },
};

const OTHER: LogMapping = { category: ['network'], type: ['info'], fields: {} };

export const mappingOf = (log: string): LogMapping => (Object.hasOwn(LOGS, log) ? LOGS[log]! : OTHER);
export const isKnownLog = (log: string): boolean => Object.hasOwn(LOGS, log);

/** Where a column of a log goes. */
export function targetsOf(log: string, column: string): readonly Target[] {
  if (Object.hasOwn(ENDPOINTS, column)) return ENDPOINTS[column]!;
  const own = mappingOf(log).fields;
  const raw: Field = `zeek.${log}.${column}`;
  const named = Object.hasOwn(own, column)
    ? own[column]!
    : Object.hasOwn(EVERYWHERE, column)
      ? EVERYWHERE[column]!
      : [];
  // A name cannot be both a value and a folder of values in one document (`auth` beside `auth.method`).
  const isFolder = named.some(target => String(typeof target === 'string' ? target : target[0]).startsWith(`${raw}.`));
  return isFolder ? named : [raw, ...named];
}

/** Names that sites give to the endpoints of a connection (Zeek's Log::default_field_name_map). */
const SITE_NAMES: ReadonlyMap<string, string> = new Map([
  ['src', 'id.orig_h'],
  ['src_ip', 'id.orig_h'],
  ['src_port', 'id.orig_p'],
  ['dst', 'id.resp_h'],
  ['dst_ip', 'id.resp_h'],
  ['dst_port', 'id.resp_p'],
]);
const SCOPED = /^id_(orig|resp)_([hp])$/;

/** One spelling a column: `id_orig_h` (scope separator `_`) and `id.orig_h` are the same. */
export function columnName(written: string, log: string): string {
  const scoped = SCOPED.exec(written);
  if (scoped !== null) return `id.${scoped[1]}_${scoped[2]}`;
  return (log === 'conn' ? SITE_NAMES.get(written) : undefined) ?? written;
}

/** What a record says by its columns alone, for files that do not name their log. The first that fits. */
const SIGNATURES: readonly (readonly [string, readonly string[]])[] = [
  ['conn', ['conn_state', 'proto']],
  ['dns', ['trans_id', 'rcode_name']],
  ['dns', ['trans_id', 'qtype_name']],
  ['dns', ['query', 'qclass']],
  ['http', ['trans_depth']],
  ['ssh', ['auth_attempts']],
  ['ssh', ['kex_alg']],
  ['ssl', ['established', 'resumed']],
  ['rdp', ['security_protocol', 'cookie']],
  ['rdp', ['security_protocol', 'result']],
  ['rfb', ['authentication_method']],
  ['dce_rpc', ['endpoint', 'operation']],
  ['kerberos', ['request_type', 'service']],
  ['ntlm', ['username', 'domainname']],
  ['ntlm', ['server_nb_computer_name']],
  ['smb_cmd', ['command', 'tree_service']],
  ['smb_files', ['action', 'path', 'name']],
  ['smb_mapping', ['share_type']],
  ['dhcp', ['msg_types']],
  ['dhcp', ['assigned_addr']],
  ['notice', ['note', 'msg']],
  ['weird', ['name', 'notice', 'peer']],
];

export function logBySignature(columns: ReadonlySet<string>): string | undefined {
  return SIGNATURES.find(([, keys]) => keys.every(key => columns.has(key)))?.[0];
}
