import type { Value } from '../../model/index.ts';
import type { LogMapping, Mappings, Target } from './mapping.ts';
import { address, addresses, ip, lower, outcome, text } from './values.ts';

const source: readonly Target[] = [
  ['source.ip', ip],
  ['source.address', address],
];
const destination: readonly Target[] = [
  ['destination.ip', ip],
  ['destination.address', address],
];

/** What two ends say in a protocol of their own, as most logs have it. */
const spoken = (protocol: string, transport: string | undefined, fields: LogMapping['fields']): LogMapping => ({
  category: ['network'],
  type: ['connection', 'protocol'],
  protocol,
  ...(transport === undefined ? {} : { transport }),
  fields,
});

const failed = (...words: readonly string[]) => {
  const known = new Set(words);
  return (value: unknown): string => (known.has(String(value).toLowerCase()) ? 'failure' : 'success');
};

/** Of a sensor about itself. */
const METRIC: LogMapping = { kind: 'metric', category: ['network'], type: ['info'], fields: {} };
/** What an analyzer found out about a machine, by an address and no connection. */
const KNOWN: LogMapping = {
  category: ['host', 'network'],
  type: ['info'],
  fields: { host: source, host_ip: source, port_num: ['source.port'], port_proto: [['network.transport', lower]] },
};

/** Logs besides those of connections, names, the web, and remote access. */
export const OTHER_LOGS: Mappings = {
  capture_loss: METRIC,
  stats: METRIC,
  dnp3: spoken('dnp3', 'tcp', { fc_request: [['event.action', lower]] }),
  dpd: {
    category: ['network'],
    type: ['connection', 'info'],
    fields: { analyzer: [['network.protocol', lower]], failure_reason: ['event.reason'] },
  },
  analyzer: {
    category: ['network'],
    type: ['connection', 'info'],
    fields: { analyzer_name: [['network.protocol', lower]], failure_reason: ['event.reason'] },
  },
  files: {
    category: ['file', 'network'],
    type: ['info'],
    fields: {
      conn_uids: ['zeek.session_id'],
      tx_hosts: [['server.ip', ip]],
      rx_hosts: [['client.ip', ip]],
      filename: ['file.path', ['file.name', fileName]],
      mime_type: ['file.mime_type'],
      total_bytes: ['file.size'],
      md5: ['file.hash.md5', 'related.hash'],
      sha1: ['file.hash.sha1', 'related.hash'],
      sha256: ['file.hash.sha256', 'related.hash'],
    },
  },
  ftp: spoken('ftp', 'tcp', {
    user: ['user.name', 'related.user'],
    command: ['event.action'],
    mime_type: ['file.mime_type'],
    file_size: ['file.size'],
    reply_code: [['event.outcome', value => (Number(text(value)) < 400 ? 'success' : 'failure')]],
  }),
  intel: {
    kind: 'alert',
    category: ['intrusion_detection', 'network'],
    type: ['info'],
    fields: { file_mime_type: ['file.mime_type'] },
  },
  irc: spoken('irc', 'tcp', {
    user: ['user.name', 'related.user'],
    command: [['event.action', lower]],
    dcc_file_name: ['file.name'],
    dcc_file_size: ['file.size'],
    dcc_mime_type: ['file.mime_type'],
  }),
  known_certs: {
    ...KNOWN,
    fields: { ...KNOWN.fields, subject: ['tls.server.subject'], issuer_subject: ['tls.server.issuer'] },
  },
  known_hosts: KNOWN,
  known_modbus: KNOWN,
  known_services: { ...KNOWN, fields: { ...KNOWN.fields, service: [['network.protocol', lower]] } },
  ldap: spoken('ldap', undefined, { opcode: [['event.action', lower]], result: [['event.outcome', resultOf]] }),
  ldap_search: spoken('ldap', undefined, { result: [['event.outcome', resultOf]] }),
  modbus: spoken('modbus', 'tcp', {
    func: [['event.action', lower]],
    exception: [['event.outcome', () => 'failure']],
  }),
  mysql: {
    category: ['database', 'network'],
    type: ['connection', 'protocol'],
    protocol: 'mysql',
    transport: 'tcp',
    fields: { cmd: ['event.action'], success: [['event.outcome', outcome]] },
  },
  ntp: spoken('ntp', 'udp', {}),
  ocsp: {
    category: ['network'],
    type: ['connection', 'protocol'],
    transport: 'tcp',
    fields: { certStatus: [['event.outcome', failed('revoked')]] },
  },
  pe: { category: ['file'], type: ['info'], fields: {} },
  postgresql: {
    category: ['database', 'network'],
    type: ['connection', 'protocol'],
    protocol: 'postgresql',
    transport: 'tcp',
    fields: {
      user: ['user.name', 'related.user'],
      frontend: ['event.action'],
      success: [['event.outcome', outcome]],
    },
  },
  quic: spoken('quic', 'udp', { server_name: ['destination.domain', 'tls.client.server_name'] }),
  radius: {
    category: ['authentication', 'network'],
    type: ['connection', 'info'],
    protocol: 'radius',
    transport: 'udp',
    fields: {
      username: ['user.name', 'related.user'],
      mac: ['source.mac'],
      result: [['event.outcome', failed('failed', 'failure')]],
      reply_msg: ['event.reason'],
    },
  },
  signatures: {
    kind: 'alert',
    category: ['intrusion_detection', 'network'],
    type: ['info'],
    fields: {
      src_addr: source,
      src_port: ['source.port'],
      dst_addr: destination,
      dst_port: ['destination.port'],
      sig_id: ['rule.id'],
      event_msg: ['message', 'rule.description'],
    },
  },
  sip: spoken('sip', undefined, {
    method: [['event.action', lower]],
    uri: ['url.full'],
    user_agent: ['user_agent.original'],
    status_code: [['event.outcome', value => (Number(text(value)) < 400 ? 'success' : 'failure')]],
  }),
  smtp: spoken('smtp', 'tcp', {
    mailfrom: ['email.from.address'],
    rcptto: ['email.to.address'],
    cc: ['email.cc.address'],
    reply_to: ['email.reply_to.address'],
    subject: ['email.subject'],
    msg_id: ['email.message_id'],
    user_agent: ['user_agent.original'],
    tls: ['tls.established'],
  }),
  snmp: spoken('snmp', 'udp', { duration: ['event.duration'] }),
  socks: spoken('socks', 'tcp', {
    user: ['user.name', 'related.user'],
    status: [['event.outcome', value => (text(value) === 'succeeded' ? 'success' : 'failure')]],
  }),
  software: { ...KNOWN, fields: { ...KNOWN.fields, host_p: ['source.port'] } },
  syslog: spoken('syslog', undefined, {
    message: ['message'],
    facility: ['log.syslog.facility.name'],
    severity: ['log.syslog.severity.name', ['log.level', lower]],
  }),
  traceroute: { category: ['network'], type: ['info'], fields: { src: source, dst: destination } },
  tunnel: { category: ['network'], type: ['connection'], fields: { action: ['event.action'] } },
  websocket: spoken('websocket', 'tcp', {
    host: ['url.domain'],
    uri: ['url.original'],
    user_agent: ['user_agent.original'],
  }),
  x509: {
    category: ['network', 'file'],
    type: ['info'],
    fields: { 'san.dns': ['related.hosts'], 'san.ip': [['related.ip', addresses]], fingerprint: ['related.hash'] },
  },
};

/** A path of Windows, of Unix, or a bare name. */
function fileName(value: Value): Value | undefined {
  const name = text(value).split(/[\\/]/).at(-1);
  return name === '' ? undefined : name;
}

/** LDAP states one result or several; every one has to be a success. */
function resultOf(value: Value): string {
  const results = [value].flat().map(one => String(one).toLowerCase());
  return results.every(one => one === 'success' || one === 'saslbindinprogress' || one === 'sasl bind in progress')
    ? 'success'
    : 'failure';
}
