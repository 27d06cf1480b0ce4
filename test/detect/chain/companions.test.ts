import { describe, expect, test } from 'vitest';
import { detect } from '../../../src/detect/engine.ts';
import { resolveParameters } from '../../../src/rules/index.ts';
import { hostTableOf, type PlainEvent, timelineOf } from '../../support/events.ts';
import { assignmentsOf, at, burst, chainFile, child, inbound, serviceEvent, verdictOn } from './stage-events.ts';

// Each companion with what it must see beside the nearest thing that it must leave alone.

const seen = (id: string, events: readonly PlainEvent[], set: Readonly<Record<string, string>> = {}): string[] =>
  detect({
    timeline: timelineOf(events),
    hosts: hostTableOf({ id: 'victim' }),
    chains: [chainFile(id)],
    parameters: resolveParameters([chainFile(id)], assignmentsOf(set)),
    toleranceMicros: () => 5e6,
    refer: () => ({ 'event.id': '', '@timestamp': '', 'log.file.path': '', summary: '' }),
    sources: [],
  }).findings.map(({ rule, aftershock }) => `${rule.id} ${aftershock.level}`);

const command = (seconds: number, name: string, line: string): PlainEvent => ({
  time: at(seconds),
  host: 'victim',
  'event.category': 'process',
  'event.type': 'start',
  'process.name': name,
  'process.command_line': line,
});

describe('Zerologon', () => {
  const change = (over: PlainEvent = {}): PlainEvent => ({
    time: at(60),
    host: 'victim',
    'host.name': 'DC01.corp.example',
    'event.provider': 'Microsoft-Windows-Security-Auditing',
    'event.code': '4742',
    'winlog.event_data.SubjectUserSid': 'S-1-5-7',
    'winlog.event_data.TargetUserName': 'DC01$',
    'winlog.event_data.PasswordLastSet': '9/16/2020 11:40:05 PM',
    ...over,
  });
  const refused = (seconds: number): PlainEvent => ({
    time: at(seconds),
    host: 'victim',
    'event.provider': 'NETLOGON',
    'event.code': '5805',
  });

  test('an anonymous change of the controller’s own password is seen', () => {
    expect(seen('zerologon', [change()])).toEqual(['zerologon high']);
  });

  test.each([
    ['its own renewal', { 'winlog.event_data.SubjectUserSid': 'S-1-5-18' }],
    ['a member’s renewal', { 'winlog.event_data.TargetUserName': 'WS07$' }],
    ['a change without a password', { 'winlog.event_data.PasswordLastSet': '-' }],
    ['the same number of another provider', { 'event.provider': 'Other' }],
  ])('%s is not', (_, over) => {
    expect(seen('zerologon', [change(over)])).toEqual([]);
  });

  test('three refusals in front of an anonymous change are seen, two are not', () => {
    expect(
      seen('zerologon-attempts', [
        refused(1),
        refused(2),
        refused(3),
        change({ 'winlog.event_data.TargetUserName': 'WS07$' }),
      ]),
    ).toEqual(['zerologon-attempts high']);
    expect(seen('zerologon-attempts', [refused(1), refused(2), change()])).toEqual([]);
  });
});

describe('PrintNightmare', () => {
  const driver: PlainEvent = {
    time: at(0),
    host: 'victim',
    'event.provider': 'Microsoft-Windows-PrintService',
    'event.code': '808',
  };

  test('a failed plug-in and a program under the spooler are seen, either alone is not', () => {
    expect(seen('printnightmare', [driver, child(5)])).toEqual(['printnightmare medium']);
    expect(seen('printnightmare', [driver])).toEqual([]);
    expect(seen('printnightmare', [child(5)])).toEqual([]);
    expect(seen('printnightmare', [driver, child(5, { parent: 'explorer.exe', context: 'none' })])).toEqual([]);
  });

  test('beside a chain of the same technique on the same machine it is no second finding', () => {
    const chains = [chainFile('t1210-windows'), chainFile('printnightmare')];
    const { findings } = verdictOn([inbound(0), { ...driver, time: at(3) }, child(5)], { chains });
    expect(findings.map(({ rule }) => rule.id)).toEqual(['t1210-windows']);
  });
});

describe('a service that is kept down', () => {
  const crashes = (count: number, over = {}) =>
    Array.from({ length: count }, (_, i) => serviceEvent(i * 600, 'crash', over));

  test('five crashes within an hour are seen, four are not, nor five of different services', () => {
    expect(seen('service-crash-dos', crashes(5))).toEqual(['service-crash-dos low']);
    expect(seen('service-crash-dos', crashes(4))).toEqual([]);
    expect(seen('service-crash-dos', [...crashes(3), ...crashes(2, { name: 'other' })])).toEqual([]);
  });

  test('a patch night is not', () => {
    expect(seen('service-crash-dos', crashes(5, { maintenance: true }))).toEqual([]);
  });
});

test('a rule for another platform leaves a machine alone', () => {
  const kill = command(0, 'esxcli', 'esxcli vm process kill -w 1234');
  expect(verdictOn([kill], { chains: [chainFile('esxi-vm-kill')] }).findings).toEqual([]);
});

describe('services stopped by command', () => {
  const stops = [
    command(0, 'net.exe', 'net stop MSSQLSERVER /y'),
    command(10, 'sc.exe', 'sc  config VSS start= disabled'),
    command(20, 'taskkill.exe', 'taskkill /f /im sqlservr.exe'),
  ];

  test('three are seen, two are not, nor three questions', () => {
    expect(seen('service-stop', stops)).toEqual(['service-stop low']);
    expect(seen('service-stop', stops.slice(1))).toEqual([]);
    expect(
      seen(
        'service-stop',
        [1, 2, 3].map(s => command(s, 'sc.exe', 'sc query MSSQLSERVER')),
      ),
    ).toEqual([]);
  });

  test('on Linux as well', () => {
    expect(
      seen(
        'service-stop',
        [1, 2, 3].map(s => command(s, 'systemctl', `systemctl stop db${s}`)),
      ),
    ).toEqual(['service-stop low']);
    expect(
      seen(
        'service-stop',
        [1, 2, 3].map(s => command(s, 'systemctl', `systemctl reload db${s}`)),
      ),
    ).toEqual([]);
  });
});

describe('virtual machines that end', () => {
  const off = (seconds: number, task: string): PlainEvent => ({
    time: at(seconds),
    host: 'victim',
    'event.action': 'vm_power_off',
    'labels.task': task,
  });
  const end = (parent: string, derived = true): PlainEvent => ({
    time: at(0),
    host: 'victim',
    'event.category': 'process',
    'event.type': 'end',
    'process.name': 'vmx',
    'process.parent.name': parent,
    'aftershock.derived': derived ? 'true' : undefined,
  });

  test('esxcli that kills one is seen, esxcli that lists them is not', () => {
    expect(seen('esxi-vm-kill', [command(0, 'esxcli', 'esxcli vm process kill -t force -w 1234')])).toEqual([
      'esxi-vm-kill medium',
    ]);
    expect(seen('esxi-vm-kill', [command(0, 'esxcli', 'esxcli vm process list')])).toEqual([]);
  });

  test('three off without a task are seen; by task, or two, or over an hour, they are not', () => {
    expect(seen('esxi-vm-power-off', [off(0, 'false'), off(60, 'false'), off(120, 'false')])).toEqual([
      'esxi-vm-power-off medium',
    ]);
    expect(seen('esxi-vm-power-off', [off(0, 'true'), off(60, 'true'), off(120, 'true')])).toEqual([]);
    expect(seen('esxi-vm-power-off', [off(0, 'false'), off(60, 'false')])).toEqual([]);
    expect(seen('esxi-vm-power-off', [off(0, 'false'), off(1800, 'false'), off(3600, 'false')])).toEqual([]);
  });

  test('a signal from anything but kill is seen; what kill does is Elastic’s rule, and an ordinary end is nothing', () => {
    expect(seen('vmx-process-killed', [end('bash')])).toEqual(['vmx-process-killed medium']);
    expect(seen('vmx-process-killed', [end('kill')])).toEqual([]);
    expect(seen('vmx-process-killed', [end('hostd-worker', false)])).toEqual([]);
  });
});

describe('operations in guests', () => {
  const line = (seconds: number, message: string, user?: string): PlainEvent => ({
    time: at(seconds),
    host: 'victim',
    'event.module': 'esxi',
    'user.name': user,
    message,
  });
  const operation = (seconds: number, name: string, user?: string): PlainEvent =>
    line(seconds, `Event 47 : Guest operation ${name} performed on Virtual machine web01.`, user);
  const begun = (call: string): PlainEvent =>
    line(0, `[VpxLRO] -- BEGIN lro-7 -- guestOperationsManager -- vim.vm.guest.${call} -- 52aa(52bb)`);

  test('a program started or a file moved is seen, a list of processes alone is not', () => {
    for (const name of ['Start Program', 'Initiate File Transfer From Guest', 'Initiate File Transfer To Guest']) {
      expect(seen('esxi-guest-program', [operation(0, name)])).toEqual(['esxi-guest-program low']);
    }
    expect(seen('esxi-guest-program', [operation(0, 'List Processes')])).toEqual([]);
    expect(seen('esxi-guest-program', [begun('ProcessManager.startProgram')])).toEqual(['esxi-guest-program low']);
    expect(seen('esxi-guest-program', [begun('ProcessManager.listProcesses')])).toEqual([]);
  });

  test('expected accounts are left out, any other account and none are not', () => {
    const set = { ExpectedAdminUsers: 'vpxuser,backup' };
    expect(seen('esxi-guest-program', [operation(0, 'Start Program', 'VPXUSER')], set)).toEqual([]);
    expect(seen('esxi-guest-program', [operation(0, 'Start Program', 'root')], set)).toHaveLength(1);
    expect(seen('esxi-guest-program', [operation(0, 'Start Program')], set)).toHaveLength(1);
  });

  test('a machine that is named like an operation is none', () => {
    const name = 'Guest operation Start Program performed on Virtual machine x';
    expect(seen('esxi-guest-program', [line(0, `Event 48 : Virtual machine ${name} is powered off.`)])).toEqual([]);
  });

  test('five within ten minutes are many; four, or five in longer, are not', () => {
    const every = (seconds: number, count: number) =>
      Array.from({ length: count }, (_, i) => operation(i * seconds, i % 2 === 0 ? 'List Files' : 'List Processes'));
    expect(seen('esxi-guest-operations', every(150, 5))).toEqual(['esxi-guest-operations medium']);
    expect(seen('esxi-guest-operations', every(150, 4))).toEqual([]);
    expect(seen('esxi-guest-operations', every(151, 5))).toEqual([]);
  });
});

describe('an ESXi host from outside', () => {
  const host = { id: 'victim', os: 'esxi', ips: ['10.0.0.5'] } as const;
  const story = (source: string): PlainEvent[] => [
    ...burst(0, 12, 16, { port: 427, source }),
    serviceEvent(30, 'crash', { name: 'slpd', ports: ['427'] }),
    {
      ...burst(40, 0, 1)[0]!,
      'aftershock.flow.initiator': '10.0.0.5',
      'aftershock.flow.initiator_host': 'victim',
      'aftershock.flow.responder': '10.0.0.7',
      'aftershock.flow.responder_host': undefined,
      'aftershock.flow.ports': '445',
    },
  ];
  const judged = (source: string) =>
    verdictOn(story(source), {
      chains: [chainFile('t1210-esxi'), chainFile('esxi-public-endpoint')],
      hosts: [host],
    }).findings.map(({ rule, aftershock }) => `${rule.id} ${aftershock.level}`);

  test('is told under the way in as well, at low', () => {
    expect(judged('203.0.113.9')).toEqual([
      expect.stringMatching(/^t1210-esxi (high|critical)$/),
      'esxi-public-endpoint low',
    ]);
  });

  test('from inside is one finding', () => {
    expect(judged('10.0.0.9')).toEqual([expect.stringMatching(/^t1210-esxi (high|critical)$/)]);
  });
});
