import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import { netflow } from '../../../src/parsers/netflow/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const HEADER = 'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out\n';
const parse = (text: string, over = {}) => parseAll(netflow, logOf(artifactOf('flows.csv', Buffer.from(text))), over);

interface Half {
  readonly t: number;
  readonly sa: string;
  readonly sp: number;
  readonly da: string;
  readonly dp: number;
  readonly flags?: string;
  readonly packets?: number;
}
const clock = (seconds: number): string =>
  new Date(Date.UTC(2025, 2, 2, 5) + seconds * 1000).toISOString().replace('T', ' ').slice(0, 23);
const line = ({ t, sa, sp, da, dp, flags = '...AP.SF', packets = 5 }: Half): string =>
  `${clock(t)},${clock(t + 1)},1.000,${sa},${da},${sp},${dp},TCP,${flags},0,0,${packets},${packets * 100},0,0,1,2\n`;
const turned = (half: Half, over: Partial<Half> = {}): Half => ({
  ...half,
  sa: half.da,
  sp: half.dp,
  da: half.sa,
  dp: half.sp,
  ...over,
});
const CLIENT: Half = { t: 0, sa: '10.0.0.9', sp: 50_000, da: '10.0.0.5', dp: 445 };
const ends = (event: Event) => [
  event['source.ip'],
  event['source.port'],
  event['destination.ip'],
  event['destination.port'],
];

test('the two directions of a connection are one event, whichever line comes first', async () => {
  for (const lines of [
    [CLIENT, turned(CLIENT, { t: 0.05, packets: 3 })],
    [turned(CLIENT, { t: 0.05, packets: 3 }), CLIENT],
  ]) {
    const { events, ledger } = await parse(HEADER + lines.map(line).join(''));
    expect(events).toHaveLength(1);
    expect(ends(events[0]!)).toEqual(['10.0.0.9', 50_000, '10.0.0.5', 445]);
    expect(events[0]).toMatchObject({
      'source.packets': 5,
      'destination.packets': 3,
      'netflow.is_paired': true,
      'log.file.line': 2,
    });
    expect(ledger.get('flows.csv')).toMatchObject({ parsed: 2, failed: 0 });
  }
});

test('of two halves that begin in the same second, the one to a well-known port began', async () => {
  const { events } = await parse(HEADER + line(turned(CLIENT)) + line({ ...CLIENT, t: 0.3 }));
  expect(ends(events[0]!)).toEqual(['10.0.0.9', 50_000, '10.0.0.5', 445]);
});

test('an attempt without an answer stays alone', async () => {
  const { events } = await parse(HEADER + line({ ...CLIENT, flags: '......S.' }));
  expect(events[0]).toMatchObject({ 'netflow.tcp_flags': 'S', 'destination.packets': 0, 'netflow.is_paired': false });
});

test('the same ports hours later are another connection', async () => {
  const { events } = await parse(HEADER + line(CLIENT) + line(turned(CLIENT, { t: 7200 })));
  expect(events).toHaveLength(2);
});

test('times are the collector’s wall clock', async () => {
  const { events } = await parse(HEADER + line(CLIENT), { zone: { name: 'Europe/Berlin', source: '--assume-tz' } });
  expect(events[0]!['event.start']).toBe('2025-03-02T04:00:00.000Z');
});

test('flags are letters, a hexadecimal byte or a number; nfdump 1.7 names its columns otherwise', async () => {
  const named = 'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flags,flows\n';
  const row = (flags: string) => `2025-03-02 05:00:00.000,1.5,6,10.0.0.9,50000,10.0.0.5,445,2,120,${flags},1\n`;
  for (const flags of ['......S.', '0x02', '2']) {
    const { events } = await parse(named + row(flags));
    expect(events[0]).toMatchObject({ 'netflow.tcp_flags': 'S', 'event.duration': 1.5e9, 'network.transport': 'tcp' });
  }
});

test('files put one after another are all read, whatever totals stand between them', async () => {
  const totals = 'Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n1,500,5,1,1,100\n';
  const other = 'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n';
  const { events, problems } = await parse(
    `${HEADER}${line(CLIENT)}${totals}${other}2025-03-02 06:00:00.000,1.5,TCP,10.0.0.9,50001,10.0.0.5,22,2,120,1\n${totals}`,
  );
  expect(problems).toEqual([]);
  expect(events.map(event => event['destination.port'])).toEqual([445, 22]);
});

test('rows that lost their header are told by their shape', async () => {
  const rows = line(CLIENT) + line({ ...CLIENT, t: 7200 });
  expect(netflow.identify(Buffer.from(rows), 'x')).toBe('yes');
  expect((await parse(rows)).events.map(ends)).toEqual((await parse(HEADER + rows)).events.map(ends));
  for (const other of ['2025-03-02 05:00:00,x,1.0,a,b,1,2,TCP,.S,0,0,1,2,3,4,\n', 'a,b,c\n'])
    expect(netflow.identify(Buffer.from(other), 'x')).toBe('no');
});

test('an ICMP message has a type and a code, and no ports', async () => {
  for (const port of ['3.13', '781']) {
    const { events } = await parse(HEADER + line({ ...CLIENT, sp: 0 }).replace(',445,TCP,', `,${port},ICMP,`));
    expect(events[0]).toMatchObject({ 'netflow.icmp_type': 3, 'netflow.icmp_code': 13, 'network.transport': 'icmp' });
    expect(events[0]).not.toHaveProperty('destination.port');
    expect(events[0]!['network.community_id']).toMatch(/^1:/);
  }
});

test('times may be seconds since 1970 with a fraction', async () => {
  const named = 'firstSeenRaw,lastSeenRaw,proto,srcAddr,dstAddr,srcPort,dstPort,packets,bytes\n';
  const { events } = await parse(`${named}1710144849.123,1710144850.123,6,10.0.0.9,10.0.0.5,1,2,1,60\n`);
  expect(events).toMatchObject([{ time: 1_710_144_849_123_000, 'event.duration': 1e9 }]);
});

test('times may be milliseconds since 1970: then no zone is applied to them', async () => {
  const named = 'cnt,af,firstSeen,lastSeen,received,proto,srcAddr,dstAddr,srcPort,dstPort,flags,inPackets,inBytes\n';
  const row = '1,2,1710144849123,1710144850123,1710144851000,6,10.0.0.9,10.0.0.5,50001,445,......S.,1,60\n';
  const { events, problems } = await parse(named + row, { zone: { name: 'Asia/Kolkata', source: 'test' } });
  expect(problems).toEqual([]);
  expect(events).toMatchObject([{ time: 1_710_144_849_123_000, 'event.duration': 1e9, 'source.bytes': 60 }]);
});

test('property: every half is in exactly one event, in the order of the lines', async () => {
  const half = fc.record({
    t: fc.integer({ min: 0, max: 900 }),
    sp: fc.constantFrom(50_000, 50_001),
    forth: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(half, { maxLength: 30 }), async halves => {
      const lines = halves.map(({ t, sp, forth }) => (forth ? { ...CLIENT, t, sp } : turned({ ...CLIENT, sp }, { t })));
      const { events, ledger } = await parse(HEADER + lines.map(line).join(''));
      const counted = events.reduce((sum, event) => sum + (event['netflow.is_paired'] === true ? 2 : 1), 0);
      expect(counted).toBe(halves.length);
      expect(ledger.get('flows.csv')!.parsed).toBe(halves.length);
      const records = events.map(event => event.record);
      expect(records).toEqual([...records].sort((a, b) => a - b));
    }),
    { numRuns: 60 },
  );
});
