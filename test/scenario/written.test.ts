import { expect, test } from 'vitest';
import { WindowsMachine } from '../../src/scenario/acts/windows.ts';
import type { Item } from '../../src/scenario/item.ts';
import { Random } from '../../src/scenario/random.ts';
import { ahead, writtenAt } from '../../src/scenario/written.ts';

const AT = Date.UTC(2026, 2, 10, 14, 2, 11) * 1000 + 345_000;
const HOUR = 3600e6;

const flow: Item = {
  kind: 'flow',
  at: AT,
  file: 'conn.log',
  seconds: 90,
  from: '10.0.0.1',
  fromPort: 50_000,
  to: '10.0.0.2',
  toPort: 445,
  protocol: 'tcp',
  state: 'SF',
  sent: 1,
  received: 1,
  uid: 'C1',
};
const osquery: Item = {
  kind: 'osquery',
  at: AT,
  file: 'o.log',
  row: { name: 'process_events', host: 'm', counter: 1, columns: { pid: '7', time: String(Math.floor(AT / 1e6)) } },
};

test('a connection is written when it ends, an osquery row when the scheduler looks, a line of syslog at once', () => {
  expect(writtenAt(flow) - AT).toBe(90e6);
  expect(writtenAt(osquery)).toBe(Date.UTC(2026, 2, 10, 14, 2, 20) * 1000);
  expect(writtenAt({ kind: 'syslog', at: AT, file: 's', host: 'm', tag: 't', text: 'x' })).toBe(AT);
});

test('a clock that is ahead moves the record and every time that the record says itself', () => {
  expect(ahead(flow, 0)).toBe(flow);
  expect(ahead(flow, -2.4e6).at).toBe(AT - 2.4e6);
  expect(ahead(osquery, HOUR)).toMatchObject({
    at: AT + HOUR,
    row: { columns: { pid: '7', time: String(Math.floor((AT + HOUR) / 1e6)) } },
  });
  const machine = new WindowsMachine('', 'FS01', '10.0.0.2', new Random(1));
  const sysmon = machine.sysmon(AT, 5, []);
  const moved = ahead(sysmon, HOUR);
  expect(moved.at).toBe(sysmon.at + HOUR);
  expect(moved).toMatchObject({
    record: {
      micros: sysmon.at + HOUR,
      data: [{ name: 'RuleName' }, { name: 'UtcTime', value: '2026-03-10 15:02:11.345' }],
    },
  });
});
