import { describe, expect, test } from 'vitest';
import type { AddressFact, EvidenceRoot } from '../../src/model/index.ts';
import { parseHostsFile } from '../../src/timeline/hosts.ts';
import type { PlainEvent } from '../support/events.ts';
import { at, machinesOf as build, fact, sysmon3 as sysmon } from '../support/hosts.ts';

describe('who is who', () => {
  test('one machine may be spelled with and without domain, in any case, and cut to 15 characters', () => {
    const { table, ids } = build(
      [
        { artifact: 'a.evtx', time: '2026-03-01T10:00:00Z', 'winlog.computer_name': 'DC-FRANKFURT-MAIN.corp.example' },
        { artifact: 'b.evtx', time: '2026-03-01T10:00:01Z', 'winlog.computer_name': 'dc-frankfurt-ma' },
        { artifact: 'c.log', time: '2026-03-01T10:00:02Z', 'host.name': 'DC-Frankfurt-Main' },
      ],
      { 'a.evtx': { format: 'evtx' }, 'b.evtx': { format: 'evtx' }, 'c.log': { format: 'syslog' } },
    );
    expect(ids).toEqual(['dc-frankfurt-main.corp.example']);
    expect(table.hosts[0]!.aliases).toEqual(['DC-Frankfurt-Main', 'dc-frankfurt-ma']);
  });

  test('equal first labels under two domains are two machines', () => {
    const { ids } = build(
      [
        { artifact: 'a.evtx', 'winlog.computer_name': 'dc01.emea.example' },
        { artifact: 'b.evtx', 'winlog.computer_name': 'dc01.apac.example' },
      ],
      { 'a.evtx': { format: 'evtx' }, 'b.evtx': { format: 'evtx' } },
    );
    expect(ids).toEqual(['dc01.apac.example', 'dc01.emea.example']);
  });

  test('a computer that is renamed within one log stays one machine and its aliases grow', () => {
    const { table, hostOfArtifact, events } = build(
      ['WIN-1A2B3C4D5E6', 'WIN-1A2B3C4D5E6', 'WEB01', 'WEB01', 'WEB01'].map(name => ({
        artifact: 'System.evtx',
        time: '2026-03-01T10:00:00Z',
        'winlog.computer_name': name,
      })),
      { 'System.evtx': { format: 'evtx' } },
    );
    expect(table.hosts.map(host => [host.id, host.aliases])).toEqual([['web01', ['WIN-1A2B3C4D5E6']]]);
    expect(hostOfArtifact.get('System.evtx')).toBe('web01');
    expect(new Set(events.map(event => event['aftershock.host']))).toEqual(new Set(['web01']));
  });

  test('a collector whose records alternate between names speaks of several machines', () => {
    const names = ['ws01', 'ws02', 'ws01', 'ws03', 'ws02', 'ws01', 'ws02'];
    const { ids, hostOfArtifact, events } = build(
      names.map(name => ({
        artifact: 'ForwardedEvents.evtx',
        time: '2026-03-01T10:00:00Z',
        'winlog.computer_name': name,
      })),
      { 'ForwardedEvents.evtx': { format: 'evtx' } },
    );
    expect(ids).toEqual(['ws01', 'ws02', 'ws03']);
    expect(hostOfArtifact.has('ForwardedEvents.evtx')).toBe(false);
    expect(events.map(event => event['aftershock.host'])).toEqual(names);
  });

  test('localhost is no name: the log is its evidence root’s', () => {
    const { ids, events } = build(
      [{ artifact: 'web01/messages', time: '2026-03-01T10:00:00Z', 'host.name': 'localhost' }],
      {
        'web01/messages': { format: 'syslog', root: { path: 'web01', hostname: 'web01', layout: 'uac' } },
      },
    );
    expect(ids).toEqual(['web01']);
    expect(events[0]!['aftershock.host']).toBe('web01');
  });

  test('a log that names nobody goes to the one machine that its folder is about', () => {
    const { hostOfArtifact } = build(
      [
        { artifact: 'x/audit.log', 'host.os.type': 'linux' },
        { artifact: 'x/messages', 'host.name': 'mail', 'host.os.type': 'linux' },
      ],
      {
        'x/audit.log': { format: 'auditd', root: { path: 'x' } },
        'x/messages': { format: 'syslog', root: { path: 'x' } },
      },
    );
    expect(hostOfArtifact.get('x/audit.log')).toBe('mail');
  });

  test('a nameless log of another platform is not given to the folder’s only named machine', () => {
    const { ids, warnings } = build(
      [
        { artifact: 'audit.log', 'host.os.type': 'linux' },
        { artifact: 'System.evtx', 'winlog.computer_name': 'DC01', 'host.os.type': 'windows' },
      ],
      { 'audit.log': { format: 'auditd' }, 'System.evtx': { format: 'evtx' } },
    );
    expect(ids).toEqual(['dc01', 'unnamed-linux']);
    expect(warnings[0]).toContain('audit.log');
  });

  test('a sensor is never a host', () => {
    const { ids, events, warnings } = build(
      [
        { artifact: 'conn.log', 'observer.name': 'sensor-a', 'source.ip': '10.0.0.9', 'destination.ip': '10.0.0.5' },
        { artifact: 'beats.json', 'host.name': 'sensor-b', 'event.module': 'zeek' },
      ],
      { 'conn.log': { format: 'zeek:conn', observer: 'sensor-a' }, 'beats.json': { format: 'ecs-json' } },
    );
    expect(ids).toEqual([]);
    expect(warnings).toEqual([]);
    expect(events.every(event => event['aftershock.host'] === undefined)).toBe(true);
  });
});

test('a sensor’s documents among a machine’s in one export are nobody’s', () => {
  const { ids, events } = build(
    [
      { 'host.name': 'ws01', 'event.module': 'windows' },
      { 'host.name': 'sensor-b', 'event.module': 'zeek' },
    ],
    { 'test.log': { format: 'ecs-json' } },
  );
  expect(ids).toEqual(['ws01']);
  expect(events.map(event => event['aftershock.host'])).toEqual(['ws01', undefined]);
});

describe('whose address', () => {
  const root = (hostname: string, ...addresses: AddressFact[]): Partial<EvidenceRoot> => ({
    path: hostname,
    hostname,
    layout: 'kape',
    addresses,
  });

  test('a sensor’s flow is joined to the machines by address', () => {
    const { events } = build(
      [
        { artifact: 'ws/System.evtx', 'winlog.computer_name': 'WS01' },
        { artifact: 'conn.log', time: '2026-03-01T10:00:00Z', 'source.ip': '10.0.0.9', 'destination.ip': '10.0.0.5' },
      ],
      {
        'ws/System.evtx': { format: 'evtx', root: root('WS01', fact('10.0.0.5')) },
        'conn.log': { format: 'zeek:conn', observer: 'zeek' },
      },
    );
    expect(events[1]!['aftershock.destination.host']).toBe('ws01');
    expect(events[1]!['aftershock.source.host']).toBeUndefined();
  });

  test('Sysmon 3 that a machine initiated shows its address; of an inbound one only the side with the listening port does', () => {
    const inbound = { 'winlog.event_data.Initiated': 'false' };
    const { table } = build(
      [
        sysmon('2026-03-01T10:00:00Z', '10.0.0.5', '10.0.0.9', 445, { 'host.name': 'A' }),
        sysmon('2026-03-01T10:00:01Z', '10.0.0.77', '10.0.0.6', 445, { 'host.name': 'A', ...inbound }),
        sysmon('2026-03-01T10:00:02Z', '10.0.0.7', '10.0.0.77', 50_001, {
          'host.name': 'A',
          ...inbound,
          'source.port': 3389,
        }),
        sysmon('2026-03-01T10:00:03Z', '10.0.0.8', '10.0.0.78', 50_001, { 'host.name': 'A', ...inbound }),
      ],
      { 'test.log': { format: 'windows-json' } },
    );
    expect(table.hosts[0]!.addresses.map(({ ip }) => ip)).toEqual(['10.0.0.5', '10.0.0.6', '10.0.0.7']);
  });

  test('5156 shows the local side: the source of what goes out, the listening side of what comes in; 4624 shows nothing', () => {
    const security = {
      'event.provider': 'Microsoft-Windows-Security-Auditing',
      'host.name': 'A',
      time: '2026-03-01T10:00:00Z',
    };
    const wfp = (
      direction: string,
      source: string,
      sourcePort: number,
      destination: string,
      port: number,
    ): PlainEvent => ({
      ...security,
      'event.code': '5156',
      'winlog.event_data.Direction': direction,
      'source.ip': source,
      'source.port': sourcePort,
      'destination.ip': destination,
      'destination.port': port,
    });
    const { table } = build(
      [
        wfp('%%14593', '10.0.0.1', 49_800, '10.0.0.9', 445),
        wfp('%%14592', '10.0.0.2', 3333, '10.0.0.9', 49_279),
        wfp('%%14592', '10.0.0.9', 49_280, '10.0.0.3', 445),
        wfp('%%14592', '10.0.0.4', 5000, '10.0.0.5', 6000),
        { ...security, 'event.code': '4624', 'source.ip': '10.0.0.6', 'source.port': 50_000 },
      ],
      { 'test.log': { format: 'evtx' } },
    );
    expect(table.hosts[0]!.addresses.map(({ ip, source }) => [ip, source])).toEqual([
      ['10.0.0.1', 'Security 5156'],
      ['10.0.0.2', 'Security 5156'],
      ['10.0.0.3', 'Security 5156'],
    ]);
  });

  test('loopback, link-local, multicast and broadcast are nobody’s', () => {
    const nobodys = [
      '127.0.0.1',
      '169.254.3.4',
      'fe80::1',
      '224.0.0.251',
      '255.255.255.255',
      '0.0.0.0',
      '::1',
      'ff02::1',
    ];
    const { table } = build(
      nobodys.map(ip => sysmon('2026-03-01T10:00:00Z', ip, '10.0.0.9', 445, { 'host.name': 'A' })),
      { 'test.log': { format: 'evtx' } },
    );
    expect(table.hosts[0]!.addresses).toEqual([]);
  });

  test('an address that two machines have at once is joined to neither, with a warning', () => {
    const { table, warnings, events } = build(
      [
        { artifact: 'a/x.evtx', 'winlog.computer_name': 'A' },
        { artifact: 'b/x.evtx', 'winlog.computer_name': 'B' },
        { artifact: 'conn.log', time: '2026-03-01T10:00:00Z', 'destination.ip': '10.0.2.15' },
      ],
      {
        'a/x.evtx': { format: 'evtx', root: root('A', fact('10.0.2.15')) },
        'b/x.evtx': { format: 'evtx', root: root('B', fact('10.0.2.15')) },
        'conn.log': { format: 'zeek:conn', observer: 'zeek' },
      },
    );
    expect(table.byAddress('10.0.2.15', at('2026-03-01T10:00:00Z'))).toBe('ambiguous');
    expect(events[2]!['aftershock.destination.host']).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/10\.0\.2\.15.*A.*B.*--hosts/);
  });

  test('behind one NAT each machine still means itself by its own address', () => {
    const { events } = build(
      ['A', 'B', 'A', 'B'].map((name, i) =>
        sysmon(`2026-03-01T10:00:0${i}Z`, '10.0.2.15', '198.51.100.7', 443, {
          'host.name': name,
          artifact: `${name}.evtx`,
        }),
      ),
      { 'A.evtx': { format: 'evtx' }, 'B.evtx': { format: 'evtx' } },
    );
    expect(events.map(event => event['aftershock.source.host'])).toEqual(['a', 'a', 'b', 'b']);
  });

  test('an address that DHCP gave to another machine later belongs to each in its time, and to nobody in between', () => {
    const { table, warnings } = build(
      [
        sysmon('2026-03-01T08:00:00Z', '10.0.0.50', '10.0.0.9', 445, { 'host.name': 'A', artifact: 'A.evtx' }),
        sysmon('2026-03-01T09:00:00Z', '10.0.0.50', '10.0.0.9', 445, { 'host.name': 'A', artifact: 'A.evtx' }),
        sysmon('2026-03-02T08:00:00Z', '10.0.0.50', '10.0.0.9', 445, { 'host.name': 'B', artifact: 'B.evtx' }),
        sysmon('2026-03-02T09:00:00Z', '10.0.0.50', '10.0.0.9', 445, { 'host.name': 'B', artifact: 'B.evtx' }),
      ],
      { 'A.evtx': { format: 'evtx' }, 'B.evtx': { format: 'evtx' } },
    );
    const owner = (time: string): unknown => {
      const host = table.byAddress('10.0.0.50', at(time));
      return typeof host === 'object' ? host.id : host;
    };
    expect(owner('2026-03-01T08:30:00Z')).toBe('a');
    expect(owner('2026-03-02T08:30:00Z')).toBe('b');
    expect(owner('2026-03-01T20:00:00Z')).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test('a DHCP lease on the wire names the machine until it runs out', () => {
    const { table } = build(
      [
        { artifact: 'a.evtx', 'winlog.computer_name': 'WS-66.corp.example' },
        {
          artifact: 'dhcp.log',
          time: '2026-03-01T08:00:00Z',
          'zeek.dhcp.host_name': 'WS-66',
          'zeek.dhcp.assigned_addr': '10.20.0.66',
          'zeek.dhcp.lease_time': 3600,
        },
        {
          artifact: 'dhcp.log',
          time: '2026-03-01T08:00:00Z',
          'zeek.dhcp.host_name': 'printer',
          'zeek.dhcp.assigned_addr': '10.20.0.67',
          'zeek.dhcp.lease_time': 3600,
        },
      ],
      { 'a.evtx': { format: 'evtx' }, 'dhcp.log': { format: 'zeek:dhcp', observer: 'zeek' } },
    );
    expect(table.hosts).toHaveLength(1);
    expect(table.hosts[0]!.addresses).toEqual([
      { ip: '10.20.0.66', from: at('2026-03-01T08:00:00Z'), to: at('2026-03-01T09:00:00Z'), source: 'Zeek dhcp' },
    ]);
  });

  test('what the user says of an address overrules what logs say of it', () => {
    const given = parseHostsFile('host,ip,from,to\nC,10.0.0.5,2026-03-01T00:00:00Z,2026-03-01T12:00:00Z\n');
    expect(given.errors).toEqual([]);
    const { table } = build(
      [sysmon('2026-03-01T10:00:00Z', '10.0.0.5', '10.0.0.9', 445, { 'host.name': 'A' })],
      { 'test.log': { format: 'evtx' } },
      given.hosts,
    );
    expect(table.byAddress('10.0.0.5', at('2026-03-01T10:00:00Z'))).toMatchObject({ id: 'c' });
    expect(table.byAddress('10.0.0.5', at('2026-03-01T13:00:00Z'))).toBeUndefined();
  });
});

describe('the hosts file', () => {
  test('CSV and both shapes of YAML say the same', () => {
    const csv = parseHostsFile('host,ip,from,to\r\nDC01,10.0.0.4,,\r\nWS01,fd00::1,,\r\n');
    const list = parseHostsFile('- {host: DC01, ip: 10.0.0.4}\n- host: WS01\n  ip: fd00:0::1\n');
    const mapping = parseHostsFile('DC01: 10.0.0.4\nWS01: [fd00::1]\n');
    expect(csv.errors).toEqual([]);
    expect(list).toEqual(csv);
    expect(mapping).toEqual(csv);
  });

  test('a wrong address, a wrong time and an interval that ends first are told by line', () => {
    const { errors, hosts } = parseHostsFile(
      'host,ip,from,to\nA,10.0.0.256,,\nB,10.0.0.1,yesterday,\nC,10.0.0.2,2026-03-02,2026-03-01\nD,10.0.0.3,,\n',
    );
    expect(errors.map(error => error.slice(0, 6))).toEqual(['line 2', 'line 3', 'line 4']);
    expect(hosts.map(({ host }) => host)).toEqual(['D']);
  });

  test('names like __proto__ are names', () => {
    const { hosts, errors } = parseHostsFile('host,ip,from,to\n__proto__,10.0.0.1,,\n');
    expect(errors).toEqual([]);
    expect(hosts[0]!.host).toBe('__proto__');
  });
});
