import { expect, test } from 'vitest';
import { suricata } from '../../../src/parsers/suricata/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const record = {
  timestamp: '2025-03-02T05:02:20.000000+0100',
  flow_id: 1,
  event_type: 'flow',
  src_ip: 'fe80:0000:0000:0000:fada:0cff:fedc:87f1',
  src_port: 50_101,
  dest_ip: '10.0.0.5',
  dest_port: 3389,
  proto: 'TCP',
  flow: {
    start: '2025-03-02T05:00:05.000000+0100',
    end: '2025-03-02T05:00:08.250000+0100',
    state: 'new',
    pkts_toserver: 3,
    bytes_toserver: 198,
  },
};
const parse = (text: string) => parseAll(suricata, logOf(artifactOf('eve.json', Buffer.from(text))));

test('a flow happened when it began, not when it was written', async () => {
  const { events } = await parse(`${JSON.stringify(record)}\n`);
  expect(new Date(events[0]!.time / 1000).toISOString()).toBe('2025-03-02T04:00:05.000Z');
  expect(events[0]).toMatchObject({ 'event.created': '2025-03-02T04:02:20.000Z', 'event.duration': 3_250_000_000 });
});

test('other records happened when they were written', async () => {
  const { events } = await parse(
    `${JSON.stringify({ ...record, event_type: 'alert', alert: { signature: 'x', signature_id: 7, action: 'blocked' } })}\n`,
  );
  expect(new Date(events[0]!.time / 1000).toISOString()).toBe('2025-03-02T04:02:20.000Z');
  expect(events[0]).toMatchObject({
    'event.kind': 'alert',
    'event.type': ['denied'],
    'rule.name': 'x',
    'rule.id': '7',
  });
});

test('addresses have one spelling', async () => {
  const { events } = await parse(`${JSON.stringify(record)}\n`);
  expect(events[0]!['source.ip']).toBe('fe80::fada:cff:fedc:87f1');
});

test('identifiers of 64 bits are not rounded', async () => {
  const { events } = await parse(
    `${JSON.stringify(record).replace('"flow_id":1', '"flow_id":18446744073709551610')}\n`,
  );
  expect(events[0]!['suricata.eve.flow_id']).toBe('18446744073709551610');
});

test('a record without a time, or that is none, costs itself', async () => {
  const good = JSON.stringify(record);
  const { events, problems } = await parse(`${good}\n{"event_type":"flow","flow_id":2}\nnonsense\n${good}\n`);
  expect(events).toHaveLength(2);
  expect(problems.map(({ kind, record: line }) => [kind, line])).toEqual([
    ['damaged-record', 2],
    ['damaged-record', 3],
  ]);
});

test('names such as __proto__ are harmless', async () => {
  const { events } = await parse(
    `${JSON.stringify(record).replace('"proto"', '"__proto__":{"polluted":true},"proto"')}\n`,
  );
  expect(events).toHaveLength(1);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a DNS answer names its flags and every address, and they are related', async () => {
  const dns = {
    type: 'answer',
    rrname: 'x.example',
    qr: true,
    rd: true,
    ra: true,
    aa: false,
    grouped: { A: ['10.0.0.7'], AAAA: ['fd00:0:0:0:0:0:0:9'], CNAME: ['y.example'] },
  };
  const { events } = await parse(
    `${JSON.stringify({ ...record, event_type: 'dns', flow: undefined, src_ip: '10.0.0.1', dns })}\n`,
  );
  expect(events[0]).toMatchObject({
    'dns.header_flags': ['RD', 'RA'],
    'dns.resolved_ip': ['10.0.0.7', 'fd00::9'],
    'related.ip': ['10.0.0.1', '10.0.0.5', '10.0.0.7', 'fd00::9'],
  });
});

test('a certificate is taken apart', async () => {
  const tls = {
    subject: 'C=AT, O=Example, Inc., CN=x.example',
    issuerdn: 'CN=ca',
    serial: '0A:0b',
    fingerprint: 'aa:00',
    notbefore: '2019-07-17T14:52:35',
    notafter: 'never',
  };
  const { events } = await parse(`${JSON.stringify({ ...record, event_type: 'tls', flow: undefined, tls })}\n`);
  expect(events[0]).toMatchObject({
    'tls.server.x509.subject.organization': 'Example, Inc.',
    'tls.server.x509.issuer.common_name': 'ca',
    'tls.server.x509.serial_number': '0A0B',
    'tls.server.hash.sha1': 'AA00',
    'tls.server.not_before': '2019-07-17T14:52:35.000Z',
  });
  expect(events[0]).not.toHaveProperty('tls.server.not_after');
});

test('a URL is taken apart', async () => {
  const at = async (url: string) =>
    (await parse(`${JSON.stringify({ ...record, event_type: 'http', flow: undefined, http: { url } })}\n`)).events[0]!;
  expect(await at('/a/b.html?q=1.php')).toMatchObject({
    'url.path': '/a/b.html',
    'url.query': 'q=1.php',
    'url.extension': 'html',
  });
  expect(await at('/a.b/c')).not.toHaveProperty('url.extension');
});

test('what a rule says of itself is told in the words of ATT&CK and CVE', async () => {
  const metadata = {
    mitre_tactic_id: ['TA0008'],
    mitre_tactic_name: ['Lateral_Movement'],
    mitre_technique_id: ['T1210'],
    mitre_technique_name: ['Exploitation_Of_Remote_Services'],
    cve: ['CVE_2017_0144', '2019-0708', 'none'],
    created_at: ['2024_02_30'],
    updated_at: ['2024_02_29'],
    severity: ['9'],
  };
  const alert = { action: 'allowed', signature_id: 1, severity: 1, metadata };
  const { events } = await parse(`${JSON.stringify({ ...record, event_type: 'alert', alert })}\n`);
  expect(events[0]).toMatchObject({
    'threat.tactic.id': ['TA0008'],
    'threat.tactic.name': ['Lateral Movement'],
    'threat.technique.id': ['T1210'],
    'threat.technique.name': ['Exploitation Of Remote Services'],
    'vulnerability.id': ['CVE-2017-0144', 'CVE-2019-0708'],
    'suricata.eve.alert.updated_at': '2024-02-29T00:00:00.000Z',
    'suricata.eve.alert.severity': 1,
    'suricata.eve.alert.metadata.severity': '9',
  });
});

test('DNS of version 3 says its question and its answers in lists', async () => {
  const dns = {
    version: 3,
    type: 'response',
    id: 7,
    rcode: 'NOERROR',
    queries: [{ rrname: 'srv.example', rrtype: 'A' }],
    answers: [
      { rrname: 'srv.example', rrtype: 'CNAME', ttl: 60, rdata: 'a.example' },
      { rrname: 'a.example', rrtype: 'A', ttl: 30, rdata: '10.0.0.80' },
    ],
  };
  const { events } = await parse(`${JSON.stringify({ ...record, event_type: 'dns', dns })}\n`);
  expect(events[0]).toMatchObject({
    'dns.type': 'answer',
    'dns.question.name': 'srv.example',
    'dns.answers.data': ['a.example', '10.0.0.80'],
    'dns.answers.ttl': [60, 30],
    'dns.resolved_ip': ['10.0.0.80'],
  });
});

test('services say who spoke, what was asked and how it went', async () => {
  const records = [
    { event_type: 'krb5', krb5: { msg_type: 'KRB_TGS_REP', cname: 'amy', realm: 'CORP.EXAMPLE', sname: 'cifs/fs' } },
    {
      event_type: 'smb',
      smb: { command: 'SMB2_COMMAND_CREATE', status: 'STATUS_ACCESS_DENIED', filename: 'a\\b.exe' },
    },
    { event_type: 'rdp', rdp: { event_type: 'initial_request', cookie: 'amy' } },
    { event_type: 'dcerpc', dcerpc: { request: 'REQUEST', opnum: 89 } },
    { event_type: 'netflow', netflow: { pkts: 3, bytes: 180, start: '2025-03-02T05:00:00.5+0000', age: 2 } },
  ];
  const { events, problems } = await parse(records.map(r => `${JSON.stringify({ ...record, ...r })}\n`).join(''));
  expect(problems).toEqual([]);
  expect(events).toMatchObject([
    { 'event.action': 'KRB_TGS_REP', 'user.name': 'amy', 'user.domain': 'CORP.EXAMPLE', 'network.protocol': 'krb5' },
    { 'event.outcome': 'failure', 'file.path': 'a\\b.exe', 'file.name': 'b.exe' },
    { 'event.action': 'initial_request', 'user.name': 'amy' },
    { 'event.action': 'REQUEST', 'suricata.eve.dcerpc.opnum': 89 },
    { 'source.packets': 3, 'source.bytes': 180, 'event.start': '2025-03-02T05:00:00.500Z' },
  ]);
});
