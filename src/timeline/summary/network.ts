import type { Event, Field } from '../../model/index.ts';

const text = (event: Event, field: Field): string => {
  const value = event[field];
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
};

const end = (event: Event, side: 'source' | 'destination'): string => {
  const ip = text(event, `${side}.ip`) || text(event, `${side}.address`);
  const port = text(event, `${side}.port`);
  const shown = ip.includes(':') ? `[${ip}]` : ip;
  return port === '' || port === '0' ? shown : `${shown}:${port}`;
};
const ends = (event: Event): string => {
  const [from, to] = [end(event, 'source'), end(event, 'destination')];
  return from === '' || to === '' ? from + to : `${from} → ${to}`;
};

const bytes = (n: unknown): string => {
  if (typeof n !== 'number') return '?';
  if (n < 1024) return `${n} B`;
  return n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 ** 2).toFixed(1)} MiB`;
};
const seconds = (event: Event): string => {
  const nanos = event['event.duration'];
  return typeof nanos === 'number' ? ` in ${(nanos / 1e9).toFixed(nanos < 1e9 ? 3 : 1)} s` : '';
};
const prefixed = (prefix: string, word: string): string => (word === '' ? '' : `${prefix}${word}`);

/** What became of an attempt to connect, in a word or two. */
const STATES: ReadonlyMap<string, string> = new Map([
  ['S0', 'no answer'],
  ['REJ', 'refused'],
  ['RSTO', 'reset by the client'],
  ['RSTR', 'reset by the server'],
  ['RSTOS0', 'client gave up'],
  ['RSTRH', 'reset by the server, request not seen'],
  ['SH', 'client closed before an answer'],
  ['SHR', 'server closed, request not seen'],
  ['S1', 'still open'],
  ['S2', 'closed by the client alone'],
  ['S3', 'closed by the server alone'],
  ['OTH', 'middle of a connection'],
  ['SF', ''],
]);

function flow(event: Event, state: string): string {
  const protocol = text(event, 'network.protocol') || text(event, 'network.transport');
  const sent = event['zeek.conn.orig_bytes'] ?? event['source.bytes'];
  const answered = event['zeek.conn.resp_bytes'] ?? event['destination.bytes'];
  const amount = sent === undefined && answered === undefined ? '' : `, ${bytes(sent)} out, ${bytes(answered)} back`;
  return `${ends(event)}${prefixed(' ', protocol)}${prefixed(', ', state)}${amount}${seconds(event)}`;
}

const verdict = (event: Event): string =>
  event['event.outcome'] === 'success' ? ' succeeded' : event['event.outcome'] === 'failure' ? ' failed' : '';

type Sentence = (event: Event) => string;

const ZEEK: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  ['conn', e => flow(e, STATES.get(text(e, 'zeek.connection.state')) ?? text(e, 'zeek.connection.state'))],
  [
    'dns',
    e =>
      `${ends(e)} asks for ${text(e, 'dns.question.name') || 'a name'}${prefixed(' ', text(e, 'dns.question.type'))}${prefixed(': ', text(e, 'dns.answers.data') || text(e, 'dns.response_code'))}`,
  ],
  [
    'http',
    e =>
      `${ends(e)} ${text(e, 'http.request.method') || 'HTTP'} ${text(e, 'url.domain')}${text(e, 'url.original')}${prefixed(' → ', text(e, 'http.response.status_code'))}`,
  ],
  [
    'ssl',
    e => `${ends(e)} TLS${prefixed(' ', text(e, 'tls.version'))}${prefixed(' to ', text(e, 'tls.client.server_name'))}`,
  ],
  ['ssh', e => `${ends(e)} SSH login${verdict(e)}${prefixed(', client ', text(e, 'zeek.ssh.client'))}`],
  ['rdp', e => `${ends(e)} RDP${prefixed(' as ', text(e, 'user.name'))}${prefixed(', ', text(e, 'zeek.rdp.result'))}`],
  ['rfb', e => `${ends(e)} VNC login${verdict(e)}`],
  ['ntlm', e => `${ends(e)} NTLM logon of ${text(e, 'user.domain')}\\${text(e, 'user.name')}${verdict(e)}`],
  [
    'kerberos',
    e =>
      `${ends(e)} Kerberos ${text(e, 'zeek.kerberos.request_type') || 'request'} of ${text(e, 'zeek.kerberos.client') || 'somebody'} for ${text(e, 'zeek.kerberos.service') || 'a service'}${verdict(e)}`,
  ],
  [
    'dce_rpc',
    e =>
      `${ends(e)} RPC ${text(e, 'zeek.dce_rpc.endpoint')}.${text(e, 'zeek.dce_rpc.operation')}${prefixed(' over ', text(e, 'zeek.dce_rpc.named_pipe'))}`,
  ],
  [
    'smb_files',
    e =>
      `${ends(e)} ${text(e, 'zeek.smb_files.action').replace('SMB::', '').toLowerCase().replaceAll('_', ' ')} ${text(e, 'zeek.smb_files.path')}\\${text(e, 'zeek.smb_files.name')}`,
  ],
  [
    'smb_mapping',
    e => `${ends(e)} opens share ${text(e, 'zeek.smb_mapping.path') || text(e, 'zeek.smb_mapping.share_type')}`,
  ],
  [
    'dhcp',
    e =>
      `DHCP ${text(e, 'zeek.dhcp.msg_types')}: ${text(e, 'zeek.dhcp.host_name') || text(e, 'zeek.dhcp.mac')} has ${text(e, 'zeek.dhcp.assigned_addr') || 'no address yet'}`,
  ],
  ['notice', e => `notice ${text(e, 'rule.name')}: ${text(e, 'message')}`],
  ['weird', e => `weird: ${text(e, 'rule.name')}${prefixed(' ', ends(e))}`],
]);

const SURICATA: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  [
    'flow',
    e => flow(e, `${text(e, 'suricata.eve.flow.state')}${prefixed(' by ', text(e, 'suricata.eve.flow.reason'))}`),
  ],
  ['alert', alert],
]);

const FIREWALL_WORDS: ReadonlyMap<string, string> = new Map([
  ['drop', 'dropped'],
  ['allow', 'allowed'],
  ['open', 'opened'],
  ['open-inbound', 'opened'],
  ['close', 'closed'],
]);

function alert(event: Event): string {
  return `alert ${text(event, 'rule.name')}: ${ends(event)}`;
}

/** One line about what a sensor or a packet filter saw; undefined for events of other logs. */
export function summarizeNetwork(event: Event): string | undefined {
  const dataset = text(event, 'event.dataset');
  if (dataset.startsWith('zeek.')) {
    const log = dataset.slice(5);
    return (ZEEK.get(log) ?? (e => `${log}${prefixed(' ', ends(e))}${prefixed(': ', text(e, 'event.action'))}`))(event);
  }
  if (dataset === 'suricata.eve') {
    const kind = text(event, 'suricata.eve.event_type');
    return (
      SURICATA.get(kind) ??
      (e => `${kind} ${ends(e)}${prefixed(' ', text(e, 'url.domain') || text(e, 'dns.question.name'))}`)
    )(event);
  }
  if (dataset === 'suricata.fast') return alert(event);
  if (dataset === 'netflow.flow') {
    const flags = [text(event, 'netflow.tcp_flags'), text(event, 'netflow.answer_tcp_flags')].filter(
      part => part !== '',
    );
    return flow(event, flags.length === 0 ? '' : `flags ${flags.join(' / ')}`);
  }
  if (dataset === 'windows.firewall') {
    const action = text(event, 'firewall.action').toLowerCase();
    return `firewall ${FIREWALL_WORDS.get(action) ?? action} ${ends(event)}${prefixed(' ', text(event, 'network.transport'))}`;
  }
  return undefined;
}
