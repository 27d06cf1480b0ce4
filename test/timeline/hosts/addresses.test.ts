import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostTable } from '../../../src/model/index.ts';
import type { PlainEvent } from '../../support/events.ts';
import { at, type Facts, fact, machinesOf, sysmon3 } from '../../support/hosts.ts';

const own = (name: string, ...events: PlainEvent[]): PlainEvent[] =>
  events.map(event => ({ ...event, artifact: `${name}/Sysmon.evtx`, 'winlog.computer_name': name }));
const facts = (...names: string[]): Facts =>
  Object.fromEntries([
    ...names.map(name => [`${name}/Sysmon.evtx`, { format: 'evtx', root: { path: name } }]),
    ['dhcp.log', { format: 'zeek:dhcp' }],
  ]);
const ipsOf = (table: HostTable, id: string): readonly string[] => [
  ...new Set(table.byId(id)!.addresses.map(({ ip }) => ip)),
];
const holder = (table: HostTable, ip: string, time: string): string | undefined => {
  const host = table.byAddress(ip, at(time));
  return host === 'ambiguous' ? 'ambiguous' : host?.id;
};
const accepted = (time: string, source: string, port: number, destination: string, to: number, more: PlainEvent = {}) =>
  sysmon3(time, source, destination, to, {
    'source.port': port,
    'winlog.event_data.Initiated': 'false',
    'network.transport': 'tcp',
    ...more,
  });
const lease = (time: string, ip: string, name: string | undefined, mac: string, seconds = 86_400): PlainEvent => ({
  artifact: 'dhcp.log',
  time,
  'event.module': 'zeek',
  'event.dataset': 'zeek.dhcp',
  'zeek.dhcp.assigned_addr': ip,
  'zeek.dhcp.host_name': name,
  'zeek.dhcp.mac': mac,
  'zeek.dhcp.lease_time': seconds,
});

describe('a connection that others began', () => {
  test('shows no address of a machine of which it is known that it has the other one', () => {
    const { table } = machinesOf(
      own(
        'ws1',
        accepted('2026-03-01T09:00:00Z', '10.0.0.66', 445, '10.0.0.9', 50_001),
        sysmon3('2026-03-01T10:00:00Z', '10.0.0.9', '10.0.0.5', 445),
      ),
      facts('ws1'),
    );
    expect(ipsOf(table, 'ws1')).toEqual(['10.0.0.9']);
    expect(table.byId('ws1')!.addresses[0]!.from, 'it was seen with its own at that time, too').toBe(
      at('2026-03-01T09:00:00Z'),
    );
  });

  test('shows none that another machine has, and over UDP none at all: nobody knows who began', () => {
    const { table } = machinesOf(
      [
        ...own('dc1', sysmon3('2026-03-01T10:00:00Z', '10.0.0.1', '10.0.0.5', 445)),
        ...own(
          'ws1',
          accepted('2026-03-01T10:00:00Z', '10.0.0.1', 389, '10.0.0.9', 50_000),
          accepted('2026-03-01T10:00:00Z', '10.0.0.2', 389, '10.0.0.9', 50_000, { 'network.transport': 'udp' }),
        ),
      ],
      facts('dc1', 'ws1'),
    );
    expect(table.byId('ws1')!.addresses).toEqual([]);
    expect(ipsOf(table, 'dc1')).toEqual(['10.0.0.1']);
  });
});

describe('an address that DHCP hands out', () => {
  const seen = [
    ...own('ws1', sysmon3('2026-03-01T10:00:00Z', '10.0.0.50', '10.0.0.5', 445)),
    ...own('ws2', sysmon3('2026-03-01T14:00:00Z', '10.0.0.50', '10.0.0.5', 445)),
  ];

  test('is the first machine’s until another gets it, however long its lease was to last', () => {
    const { table, warnings } = machinesOf(
      [
        ...seen,
        lease('2026-03-01T09:59:00Z', '10.0.0.50', 'ws1', 'aa:01'),
        lease('2026-03-01T12:00:00Z', '10.0.0.50', undefined, 'aa:01'),
        lease('2026-03-01T13:53:00Z', '10.0.0.50', 'ws2', 'aa:02'),
      ],
      facts('ws1', 'ws2'),
    );
    expect(warnings).toEqual([]);
    expect(holder(table, '10.0.0.50', '2026-03-01T13:52:59Z')).toBe('ws1');
    expect(holder(table, '10.0.0.50', '2026-03-01T13:53:00Z')).toBe('ws2');
    expect(holder(table, '10.0.0.50', '2026-03-02T13:00:00Z')).toBe('ws2');
  });

  test('is nobody’s while somebody has it of whom there are no logs', () => {
    const { table, changing, events } = machinesOf(
      [
        ...own('ws1', sysmon3('2026-03-01T10:00:00Z', '10.0.0.50', '10.0.0.5', 445)),
        lease('2026-03-01T09:59:00Z', '10.0.0.50', 'ws1', 'aa:01', 3600),
        lease('2026-03-01T13:53:00Z', '10.0.0.50', 'printer', 'aa:09', 3600),
        ...['12:00', '14:00', '16:00'].map(time => ({
          artifact: 'conn.log',
          time: `2026-03-01T${time}:00Z`,
          'event.module': 'zeek',
          'destination.ip': '10.0.0.50',
        })),
      ],
      { ...facts('ws1'), 'conn.log': { format: 'zeek:conn' } },
    );
    expect(holder(table, '10.0.0.50', '2026-03-01T14:00:00Z')).toBeUndefined();
    expect(holder(table, '10.0.0.50', '2026-03-01T12:00:00Z')).toBe('ws1');
    expect([...changing]).toEqual(['10.0.0.50']);
    expect(events.slice(-3).map(event => event['aftershock.destination.host'])).toEqual(['ws1', undefined, 'ws1']);
  });

  test('under a name that nobody here has is still the machine’s that was seen with it meanwhile', () => {
    const { table } = machinesOf(
      [
        ...own('ws1', sysmon3('2026-03-01T10:00:00Z', '10.0.0.50', '10.0.0.5', 445)),
        lease('2026-03-01T09:00:00Z', '10.0.0.50', 'Bobs-Laptop', 'aa:01'),
      ],
      facts('ws1'),
    );
    expect(holder(table, '10.0.0.50', '2026-03-01T10:00:00Z')).toBe('ws1');
  });

  test('was the machine’s as it was triaged, and another’s before, where both were seen with it', () => {
    const { table, warnings } = machinesOf(
      [
        ...own('ws2', sysmon3('2026-03-01T10:00:00Z', '10.0.0.50', '10.0.0.5', 445)),
        ...own(
          'ws1',
          sysmon3('2026-03-02T10:00:00Z', '10.0.0.50', '10.0.0.5', 445),
          sysmon3('2026-03-02T18:00:00Z', '10.0.0.7', '10.0.0.5', 445),
        ),
      ],
      {
        ...facts('ws1', 'ws2'),
        'ws1/Sysmon.evtx': { format: 'evtx', root: { path: 'ws1', addresses: [fact('10.0.0.50')] } },
      },
    );
    expect(warnings).toEqual([]);
    expect(holder(table, '10.0.0.50', '2026-03-01T10:00:00Z')).toBe('ws2');
    expect(holder(table, '10.0.0.50', '2026-03-02T17:00:00Z')).toBe('ws1');
    expect(table.byId('ws1')!.addresses).toContainEqual({
      ip: '10.0.0.50',
      from: at('2026-03-02T10:00:00Z'),
      to: at('2026-03-02T18:00:00Z'),
      source: 'ipconfig',
    });
  });
});

test('intervals of --hosts may touch: the moment between is the later one’s, and nothing is ambiguous', () => {
  const { table, warnings } = machinesOf([], {}, [
    { host: 'n1', ip: '10.0.0.50', from: at('2026-03-01T10:00:00Z'), to: at('2026-03-01T11:00:00Z') },
    { host: 'n2', ip: '10.0.0.50', from: at('2026-03-01T11:00:00Z'), to: undefined },
  ]);
  expect(warnings).toEqual([]);
  expect(['10:59:59', '11:00:00'].map(time => holder(table, '10.0.0.50', `2026-03-01T${time}Z`))).toEqual(['n1', 'n2']);
});

test.each([
  ['dhclient', 'bound to 10.0.0.7 -- renewal in 1490 seconds.'],
  ['NetworkManager', "<info>  [1772359200.1234] dhcp4 (eth0): option ip_address           => '10.0.0.7'"],
  ['NetworkManager', '<info>  dhcp4 (eth0):   address 10.0.0.7'],
  ['systemd-networkd', 'eth0: DHCPv4 address 10.0.0.7/24, gateway 10.0.0.1 acquired from 10.0.0.1'],
])('%s says which address the machine got', (program, message) => {
  const { table } = machinesOf(
    [{ artifact: 'syslog', time: '2026-03-01T10:00:00Z', 'host.name': 'web01', 'process.name': program, message }],
    { syslog: { format: 'syslog' } },
  );
  expect(ipsOf(table, 'web01')).toEqual(['10.0.0.7']);
});

test('property: however addresses change hands, a flow is joined to whoever had the address then, or to nobody', () => {
  const START = at('2026-03-01T00:00:00Z');
  const MINUTE = 60e6;
  /** Turns of one address: whose, for how many minutes, and at which shares of its time the machine was seen with it. */
  const turn = fc.record({
    who: fc.integer({ min: 0, max: 3 }),
    minutes: fc.integer({ min: 1, max: 300 }),
    seen: fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 4 }),
    asked: fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { maxLength: 4 }),
    isLeased: fc.boolean(),
    isInbound: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(fc.array(turn, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }), addresses => {
      const events: PlainEvent[] = [];
      const truth: (string | undefined)[] = [];
      const flows: PlainEvent[] = [];
      for (const [a, turns] of addresses.entries()) {
        const ip = `10.0.0.${50 + a}`;
        let from: number = START;
        for (const { who, minutes, seen, asked, isLeased, isInbound } of turns) {
          const name = `ws${who}`;
          const time = (share: number): number => Math.round(from + share * minutes * MINUTE);
          for (const share of seen)
            events.push(...own(name, { ...sysmon3('2026-03-01T00:00:00Z', ip, '10.9.9.9', 445), time: time(share) }));
          if (isInbound)
            events.push(
              ...own(name, { ...accepted('2026-03-01T00:00:00Z', '10.9.9.9', 445, ip, 50_001), time: time(seen[0]!) }),
            );
          if (isLeased) events.push({ ...lease('2026-03-01T00:00:00Z', ip, name, `aa:${who}`), time: from });
          for (const share of asked) {
            flows.push({ artifact: 'conn.log', time: time(share), 'event.module': 'zeek', 'destination.ip': ip });
            truth.push(name);
          }
          from += minutes * MINUTE;
        }
      }
      const { events: all } = machinesOf([...events, ...flows], {
        ...facts('ws0', 'ws1', 'ws2', 'ws3'),
        'conn.log': { format: 'zeek:conn' },
      });
      const joined = all
        .filter(event => event.artifact === 'conn.log')
        .map(event => event['aftershock.destination.host']);
      for (const [i, host] of joined.entries()) if (host !== undefined) expect(host).toBe(truth[i]);
    }),
    { numRuns: 60 },
  );
});
