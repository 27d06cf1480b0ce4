import type { Field } from '../../model/index.ts';
import { certificateName } from '../shared/certificate-name.ts';
import { beatsName } from './beats-names.ts';
import { stateMessage, stateOutcome, stateType } from './conn-states.ts';
import { OTHER_LOGS } from './ecs-other.ts';
import type { LogMapping, Mappings, Target } from './mapping.ts';
import {
  address,
  addresses,
  after,
  baseName,
  before,
  family,
  ip,
  lower,
  moment,
  outcome,
  services,
  text,
} from './values.ts';

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
  // Which sensor it was, where many write into one stream.
  '@system': ['observer.name'],
  _system_name: ['observer.name'],
};

/** Where the ends of a connection are told as client and server as well. */
const CLIENT: readonly Target[] = [...ENDPOINTS['id.orig_h']!, ['client.address', address]];
const SERVER: readonly Target[] = [...ENDPOINTS['id.resp_h']!, ['server.address', address]];

const CLIENT_CERTIFICATE: readonly Target[] = certificateName('client', 'subject');
const SERVER_CERTIFICATE: readonly Target[] = certificateName('server', 'subject');

const TLS_VERSION = /^(TLS|SSL|DTLS)v(\d)(\d?)$/;

const LOGS: Mappings = {
  ...OTHER_LOGS,
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
      TTLs: ['dns.answers.ttl'],
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
      'id.resp_p': ['destination.port', 'url.port'],
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
      'id.orig_h': CLIENT,
      'id.resp_h': SERVER,
      subject: ['tls.server.subject', ...SERVER_CERTIFICATE],
      issuer: ['tls.server.issuer', ...certificateName('server', 'issuer')],
      client_subject: CLIENT_CERTIFICATE,
      client_issuer: certificateName('client', 'issuer'),
      ja3: ['tls.client.ja3'],
      ja3s: ['tls.server.ja3s'],
      // Written by the package that adds certificates' dates and hashes to this log.
      resp_certificate_sha1: [
        ['tls.server.hash.sha1', lower],
        ['related.hash', lower],
      ],
      not_valid_before: [
        ['tls.server.not_before', moment],
        ['tls.server.x509.not_before', moment],
      ],
      not_valid_after: [
        ['tls.server.not_after', moment],
        ['tls.server.x509.not_after', moment],
      ],
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
      cookie: ['user.name', 'related.user'],
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
    fields: {
      action: ['event.action'],
      name: ['file.path', ['file.name', baseName]],
      size: ['file.size'],
      'times.accessed': [['file.accessed', moment]],
      'times.changed': [['file.ctime', moment]],
      'times.modified': [['file.mtime', moment]],
    },
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
      'referenced_file.name': ['file.path', ['file.name', baseName]],
      'referenced_file.size': ['file.size'],
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
      'id.orig_h': CLIENT,
      'id.resp_h': SERVER,
      from: [['zeek.kerberos.valid.from', moment]],
      till: [['zeek.kerberos.valid.until', moment]],
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
      username: ['user.name', 'related.user'],
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
    ports: { source: 68, destination: 67 },
    fields: {
      client_addr: [
        ['source.ip', ip],
        ['source.address', address],
        ['client.address', address],
      ],
      server_addr: [
        ['destination.ip', ip],
        ['destination.address', address],
        ['server.address', address],
      ],
      domain: ['network.name'],
      mac: ['source.mac', 'zeek.dhcp.address.mac'],
      // Up to version 2.5.
      assigned_ip: ['zeek.dhcp.assigned_addr', 'zeek.dhcp.address.assigned'],
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
      dropped: [['event.type', v => (v === true || v === 'T' ? ['denied', 'info'] : ['allowed', 'info'])]],
    },
  },
  weird: { kind: 'alert', category: ['network'], type: ['info'], fields: { name: ['rule.name'] } },
};

const OTHER: LogMapping = { category: ['network'], type: ['info'], fields: {} };

export const mappingOf = (log: string): LogMapping => (Object.hasOwn(LOGS, log) ? LOGS[log]! : OTHER);
export const isKnownLog = (log: string): boolean => Object.hasOwn(LOGS, log);

/** Where a column of a log goes. */
export function targetsOf(log: string, column: string): readonly Target[] {
  const own = mappingOf(log).fields;
  const named = Object.hasOwn(own, column)
    ? own[column]!
    : Object.hasOwn(EVERYWHERE, column)
      ? EVERYWHERE[column]!
      : [];
  if (Object.hasOwn(ENDPOINTS, column)) return named.length > 0 ? named : ENDPOINTS[column]!;
  const raw: Field = `zeek.${log}.${column}`;
  const beats = beatsName(log, column);
  const all = beats === undefined ? named : [...named, beats];
  // A name cannot be both a value and a folder of values in one document (`auth` beside `auth.method`).
  const isFolder = all.some(target => String(typeof target === 'string' ? target : target[0]).startsWith(`${raw}.`));
  return isFolder ? all : [raw, ...all];
}
