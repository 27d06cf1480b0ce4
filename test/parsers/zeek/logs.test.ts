import { describe, expect, test } from 'vitest';
import { parse } from './zeek-log.ts';

const ENDS = { uid: 'C1', 'id.orig_h': '10.0.0.9', 'id.orig_p': 50_000, 'id.resp_h': '10.0.0.5', 'id.resp_p': 9 };
const at = (log: string, columns: Readonly<Record<string, unknown>>) =>
  parse(`${JSON.stringify({ _path: log, ts: 1_740_888_000.5, ...columns })}\n`, 'x.log');

describe('every log says in ECS what it has a name for', () => {
  test.each([
    [
      'ftp',
      { ...ENDS, user: 'amy', command: 'RETR', reply_code: 550, reply_msg: 'No' },
      {
        'user.name': 'amy',
        'event.action': 'RETR',
        'event.outcome': 'failure',
        'zeek.ftp.reply.code': 550,
        'zeek.ftp.reply_code': 550,
      },
    ],
    [
      'smtp',
      { ...ENDS, mailfrom: 'a@x.example', rcptto: ['b@y.example'], subject: 's', tls: true },
      {
        'email.from.address': 'a@x.example',
        'email.to.address': ['b@y.example'],
        'tls.established': true,
        'zeek.smtp.mail_from': 'a@x.example',
      },
    ],
    [
      'files',
      {
        fuid: 'F1',
        tx_hosts: ['10.0.0.5'],
        rx_hosts: ['10.0.0.9'],
        conn_uids: ['C1'],
        filename: 'a/b.exe',
        total_bytes: 7,
        sha1: 'ab',
      },
      {
        'server.ip': '10.0.0.5',
        'client.ip': '10.0.0.9',
        'zeek.session_id': ['C1'],
        'file.name': 'b.exe',
        'file.size': 7,
        'file.hash.sha1': 'ab',
        'event.category': ['file', 'network'],
      },
    ],
    [
      'radius',
      { ...ENDS, username: 'amy', result: 'failed' },
      { 'user.name': 'amy', 'event.outcome': 'failure', 'network.protocol': 'radius' },
    ],
    [
      'mysql',
      { ...ENDS, cmd: 'query', arg: 'select 1', success: true },
      { 'event.action': 'query', 'event.outcome': 'success', 'zeek.mysql.arg': 'select 1' },
    ],
    [
      'signatures',
      { src_addr: '10.0.0.9', src_port: 1, dst_addr: '10.0.0.5', dst_port: 2, sig_id: 'sig-1', event_msg: 'm' },
      { 'event.kind': 'alert', 'rule.id': 'sig-1', 'source.ip': '10.0.0.9', 'destination.port': 2 },
    ],
    [
      'syslog',
      { ...ENDS, facility: 'AUTH', severity: 'ERR', message: 'hello' },
      { message: 'hello', 'log.level': 'err' },
    ],
    [
      'known_services',
      { host: '10.0.0.5', port_num: 22, port_proto: 'tcp', service: ['SSH'] },
      { 'source.ip': '10.0.0.5', 'network.transport': 'tcp' },
    ],
    ['ldap', { ...ENDS, opcode: 'bind simple', result: ['success'] }, { 'event.outcome': 'success' }],
    [
      'capture_loss',
      { ts_delta: 900, peer: 'a', gaps: 1, acks: 2, percent_lost: 50 },
      { 'event.kind': 'metric', 'zeek.capture_loss.percent_lost': 50 },
    ],
    [
      'tunnel',
      { ...ENDS, tunnel_type: 'Tunnel::TEREDO', action: 'Tunnel::DISCOVER' },
      { 'event.action': 'Tunnel::DISCOVER', 'zeek.tunnel.type': 'Tunnel::TEREDO' },
    ],
    [
      'dhcp',
      { uids: ['C1'], client_addr: '10.0.0.9', server_addr: '10.0.0.1', domain: 'corp' },
      { 'source.port': 68, 'destination.port': 67, 'server.address': '10.0.0.1', 'network.name': 'corp' },
    ],
    [
      'dhcp',
      { mac: '00:0c:29:0a:0b:0c', assigned_ip: '10.0.0.9', lease_time: 600 },
      { 'zeek.dhcp.assigned_addr': '10.0.0.9', 'source.mac': '00:0c:29:0a:0b:0c' },
    ],
    [
      'kerberos',
      { ...ENDS, request_type: 'AS', client: 'amy/CORP', till: 2_136_422_885 },
      { 'zeek.kerberos.valid.until': '2037-09-13T02:48:05.000Z', 'client.address': '10.0.0.9' },
    ],
    [
      'smb_cmd',
      {
        ...ENDS,
        command: 'NT_CREATE_ANDX',
        status: 'ACCESS_DENIED',
        referenced_file: { name: 'a\\b', action: 'SMB::FILE_OPEN' },
      },
      { 'event.outcome': 'failure', 'file.name': 'b', 'zeek.smb_cmd.file.action': 'SMB::FILE_OPEN' },
    ],
    [
      'dns',
      {
        ...ENDS,
        query: 'x.example',
        rcode_name: 'NOERROR',
        AA: true,
        TC: false,
        RD: true,
        RA: false,
        answers: ['10.0.0.80'],
        TTLs: [60],
      },
      { 'dns.header_flags': ['AA', 'RD'], 'dns.type': 'answer', 'dns.answers.ttl': [60] },
    ],
    ['dns', { ...ENDS, query: 'x.example', AA: false }, { 'dns.type': 'query' }],
    ['notice', { note: 'Scan::Port_Scan', src: '10.0.0.9', dropped: false }, { 'event.type': ['allowed', 'info'] }],
  ] as const)('%s', async (log, columns, expected) => {
    const { events, problems } = await at(log, columns);
    expect(problems).toEqual([]);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ 'event.dataset': `zeek.${log}`, ...expected });
  });

  test('a log that nobody knows keeps every column under its own name', async () => {
    const { events } = await at('our_own', { ...ENDS, colour: 'red', sizes: [1, 2] });
    expect(events[0]).toMatchObject({
      'event.dataset': 'zeek.our_own',
      'source.ip': '10.0.0.9',
      'zeek.our_own.colour': 'red',
      'zeek.our_own.sizes': [1, 2],
    });
  });
});

test('asking for a derived field alone gives it as it is among all', async () => {
  const record = { ...ENDS, query: 'x.example', rcode_name: 'NOERROR', AA: true, RD: true };
  const line = `${JSON.stringify({ _path: 'dns', ts: 1.5, ...record })}\n`;
  const { events } = await parse(line, 'x.log', { fields: new Set(['dns.header_flags', 'dns.type']) });
  expect(events[0]).toMatchObject({ 'dns.header_flags': ['AA', 'RD'], 'dns.type': 'answer' });
});

test('every record names its own sensor, where it names one', async () => {
  const record = (system: string | undefined) =>
    `${JSON.stringify({ _path: 'conn', _system_name: system, ts: 1.5, ...ENDS, proto: 'tcp', conn_state: 'SF' })}\n`;
  const { events } = await parse(['a', 'b', undefined].map(record).join(''), 'x.log');
  expect(events.map(event => event['observer.name'])).toEqual(['a', 'b', 'a']);
});
