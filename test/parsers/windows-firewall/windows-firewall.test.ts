import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { windowsFirewall } from '../../../src/parsers/windows-firewall/index.ts';
import { artifactOf, hasShared, logOf, parseAll, sharedPath } from '../../support/evidence.ts';

const HEAD = `#Version: 1.5
#Software: Microsoft Windows Firewall
#Time Format: Local
#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path
`;
const ROW = '2025-03-02 05:00:02 DROP TCP 10.0.0.9 10.0.0.5 50101 3389 52 S 1 0 64240 - - - RECEIVE\n';
const parse = (bytes: Uint8Array, over = {}) =>
  parseAll(windowsFirewall, logOf(artifactOf('pfirewall.log', bytes)), over);

test('local times become UTC by the machine’s zone, and say so', async () => {
  const { events, ledger } = await parse(Buffer.from(HEAD + ROW), {
    zone: { name: 'America/New_York', source: 'registry' },
  });
  expect(new Date(events[0]!.time / 1000).toISOString()).toBe('2025-03-02T10:00:02.000Z');
  expect(events[0]!['event.timezone']).toBe('America/New_York');
  expect(ledger.get('pfirewall.log')).toMatchObject({ zone: 'America/New_York', zoneSource: 'registry' });
});

test('the hour that comes twice in autumn is told apart by the order of the lines', async () => {
  const at = (time: string) => ROW.replace('2025-03-02 05:00:02', `2025-11-02 ${time}`);
  const log = HEAD + at('01:50:00') + at('01:10:00') + at('02:00:00');
  const { events } = await parse(Buffer.from(log), { zone: { name: 'America/New_York', source: 'registry' } });
  expect(events.map(event => new Date(event.time / 1000).toISOString().slice(11, 16))).toEqual([
    '05:50',
    '06:10',
    '07:00',
  ]);
});

test('columns are what #Fields says, in whatever order', async () => {
  const log =
    '#Software: Microsoft Windows Firewall\n#Time Format: UTC\n#Fields: date time dst-ip src-ip action protocol dst-port\n2025-03-02 05:00:02 10.0.0.5 10.0.0.9 ALLOW TCP 445\n';
  const { events } = await parse(Buffer.from(log), { zone: { name: 'America/New_York', source: 'x' } });
  expect(events[0]).toMatchObject({
    time: Date.UTC(2025, 2, 2, 5, 0, 2) * 1000,
    'source.ip': '10.0.0.9',
    'destination.port': 445,
  });
});

test('a copy in UTF-16 says the same', async () => {
  const plain = await parse(Buffer.from(HEAD + ROW));
  const wide = await parse(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(HEAD + ROW, 'utf16le')]));
  expect(windowsFirewall.identify(Buffer.from(`\ufeff${HEAD}`, 'utf16le'), 'x')).toBe('yes');
  expect(wide.events.map(({ time }) => time)).toEqual(plain.events.map(({ time }) => time));
  expect(wide.events[0]!['destination.port']).toBe(3389);
});

test('a file that lost its head is told by its first row, which no other log resembles', async () => {
  expect(windowsFirewall.identify(Buffer.from(ROW), 'pfirewall.log.old')).toBe('yes');
  expect((await parse(Buffer.from(ROW + ROW))).events).toHaveLength(2);
  for (const other of [
    '2025-03-02 05:00:02 DROP TABLE x',
    '2025-03-02 05:00:02 10.0.0.5 GET / - 80 - 10.0.0.9',
    ROW.slice(1),
  ])
    expect(windowsFirewall.identify(Buffer.from(`${other}\n`), 'x')).toBe('no');
});

test('a torn last line is a cut with its offset', async () => {
  const { problems } = await parse(Buffer.from(`${HEAD}${ROW}2025-03-02 05:`));
  expect(problems).toMatchObject([{ kind: 'truncated', offset: HEAD.length + ROW.length }]);
});

test.skipIf(!hasShared('firewall', 'windows_firewall.log'))(
  'every row of a real log is an event, needs the shared data',
  async () => {
    const bytes = readFileSync(sharedPath('firewall', 'windows_firewall.log'));
    const rows = bytes
      .toString('latin1')
      .split('\n')
      .filter(line => /^\d{4}-/.test(line));
    const { events, problems } = await parse(bytes);
    expect(events).toHaveLength(rows.length);
    expect(problems.filter(({ kind }) => kind !== 'gap')).toEqual([]);
  },
);
