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
