import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event, Field, Value } from '../../../src/model/index.ts';
import { ALL_FIELDS, BatchBuilder, eventAt } from '../../../src/model/index.ts';
import type { WindowsSystem } from '../../../src/parsers/shared/windows-event.ts';
import { WindowsEventWriter, writeWindowsEvent } from '../../../src/parsers/shared/windows-event.ts';
import { DataNames } from '../../../src/parsers/shared/windows-names.ts';
import { windowsJson } from '../../../src/parsers/windows-json/index.ts';
import { windowsXml } from '../../../src/parsers/windows-xml/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';
import type { Sample } from '../../support/windows-carriers.ts';
import { asXml, JSON_CARRIERS } from '../../support/windows-carriers.ts';

const SYSTEM: WindowsSystem = {
  provider: 'Service Control Manager',
  eventId: 7036,
  channel: 'System',
  computer: 'HOST-A',
  recordId: '18446744073709551615',
  micros: Date.UTC(2026, 2, 11, 10, 4, 17) * 1000,
  nanos: 300,
};

function written(
  over: Partial<WindowsSystem>,
  names: readonly string[],
  values: readonly (Value | undefined)[],
  wanted: 'all' | ReadonlySet<Field> = 'all',
): Event {
  const batch = new BatchBuilder('a', wanted);
  new WindowsEventWriter(wanted).write(batch, 0, { ...SYSTEM, ...over }, names, values);
  return eventAt(batch.finish(), 0);
}

/** Everything but the place of the record in its carrier. */
function placeless(event: Event): object {
  const { artifact: _artifact, record: _record, 'log.offset': _offset, 'log.file.line': _line, ...rest } = event;
  return rest;
}

const visible = fc.string({
  unit: fc.constantFrom(...'abcXYZ09 _-.\\/:"\'<>&=,;%äß€😀\t\n'),
  minLength: 1,
  maxLength: 30,
});
const SHAPES: readonly (readonly [string, number, string, readonly string[]])[] = [
  [
    'Microsoft-Windows-Sysmon',
    1,
    'Microsoft-Windows-Sysmon/Operational',
    ['ProcessGuid', 'ProcessId', 'Image', 'CommandLine', 'User', 'LogonId', 'Hashes', 'ParentImage'],
  ],
  [
    'Microsoft-Windows-Sysmon',
    3,
    'Microsoft-Windows-Sysmon/Operational',
    ['Image', 'Protocol', 'Initiated', 'SourceIp', 'SourcePort', 'DestinationIp', 'DestinationPort'],
  ],
  ['Microsoft-Windows-Sysmon', 13, 'Microsoft-Windows-Sysmon/Operational', ['TargetObject', 'Details']],
  [
    'Microsoft-Windows-Security-Auditing',
    4624,
    'Security',
    ['TargetUserName', 'TargetUserSid', 'LogonType', 'IpAddress', 'IpPort', 'ProcessName'],
  ],
  [
    'Microsoft-Windows-Security-Auditing',
    4688,
    'Security',
    ['SubjectUserName', 'NewProcessId', 'NewProcessName', 'CommandLine', 'ParentProcessName'],
  ],
  ['Service Control Manager', 7031, 'System', ['param1', 'param2', 'param3', 'Binary']],
  ['Windows Error Reporting', 1001, 'Application', ['EventName', 'P1', 'P4', 'P7']],
  ['Some-Other-Provider', 4711, 'Some-Other-Provider/Admin', ['__proto__', 'constructor', 'x']],
];
const telling = fc.constantFrom(
  '-',
  '0x1f4',
  '500',
  '10.0.0.9',
  '::ffff:10.0.0.9',
  '{747F3D96-9288-5F53-1902-00000000E501}',
  'C:\\Windows\\System32\\cmd.exe',
  'CORP\\adm',
  'true',
  '3',
  'MD5=AA,SHA256=BB',
  'HKLM\\System\\X',
  'DWORD (0x00000002)',
  'APPCRASH',
  'svchost.exe_EventLog',
  'S-1-0-0',
);
const sample: fc.Arbitrary<Sample> = fc.constantFrom(...SHAPES).chain(([provider, eventId, channel, names]) =>
  fc.record({
    system: fc.record({
      provider: fc.constant(provider),
      eventId: fc.constant(eventId),
      channel: fc.constant(channel),
      providerGuid: fc.constant('{555908d1-a6d7-4695-8e1e-26931d2012f4}'),
      computer: fc.constantFrom('HOST-A', 'b.corp.example'),
      version: fc.nat(5),
      level: fc.nat(5),
      task: fc.nat(20_000),
      opcode: fc.nat(2),
      keywords: fc.constantFrom('0x8020000000000000', '0x8010000000000000', '0x80000000000000'),
      recordId: fc.bigInt({ min: 1n, max: (1n << 64n) - 1n }).map(String),
      micros: fc.integer({ min: 0, max: 4_000_000_000_000 }).map(n => n * 1000 + (n % 1000)),
      nanos: fc.nat(9).map(n => n * 100),
      processId: fc.nat(70_000),
      threadId: fc.nat(70_000),
      userId: fc.constantFrom('S-1-5-18', undefined),
    }),
    data: fc
      .tuple(...names.map(name => fc.tuple(fc.constant(name), fc.oneof(visible, telling))))
      .map(pairs => [
        ...(provider.endsWith('Sysmon') ? ([['UtcTime', '2026-03-11 10:04:19.205']] as const) : []),
        ...pairs,
      ]),
  }),
);

describe('one event in several carriers', () => {
  test('is the same document from a binary log, XML and every JSON layout', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 4 }), async samples => {
        const batch = new BatchBuilder('a');
        for (const { system, data } of samples) {
          const [names, values] = [data.map(([name]) => name), data.map(([, value]) => value)];
          writeWindowsEvent(batch, 0, system, names, values);
        }
        const finished = batch.finish();
        const expected = samples.map((_, row) => placeless(eventAt(finished, row)));
        const xml = await parseAll(
          windowsXml,
          logOf(artifactOf('x', Buffer.from(samples.map(s => asXml(s)).join('')))),
        );
        expect(xml.problems).toEqual([]);
        expect(xml.events.map(placeless)).toEqual(expected);
        for (const [name, carrier] of Object.entries(JSON_CARRIERS)) {
          const text = samples.map(s => JSON.stringify(carrier(s))).join('\n');
          const json = await parseAll(windowsJson, logOf(artifactOf('j', Buffer.from(text))));
          expect(json.problems).toEqual([]);
          expect([name, json.events.map(placeless)]).toEqual([name, expected]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('needs no more of its data than it says, whatever fields are wanted', () => {
    const fields: readonly Field[] = [
      ...ALL_FIELDS,
      'winlog.event_data.Image',
      'winlog.event_data.param1',
      'labels.clock_anomaly',
    ];
    fc.assert(
      fc.property(sample, fc.subarray([...fields], { maxLength: 12 }), ({ system, data }, subset) => {
        const wanted = new Set<Field>(subset);
        const names = data.map(([name]) => name);
        const values = data.map(([, value]) => value);
        const { provider, eventId, channel } = system;
        const needs = new WindowsEventWriter(wanted).needs(provider, eventId, channel, names);
        const masked = values.map((value, i) => (needs[i] === 1 ? value : undefined));
        const whole = written(system, names, values);
        const asked = Object.fromEntries(
          Object.entries(whole).filter(([name]) => !name.includes('.') || wanted.has(name as Field)),
        );
        expect(written(system, names, masked, wanted)).toEqual(asked);
      }),
      { numRuns: 80 },
    );
  });
});

describe('what an event means', () => {
  test('is never read from its number alone: LoadPerf 1000 is no crash', () => {
    expect(written({ provider: 'Application Error', eventId: 1000 }, [''], ['spoolsv.exe'])['event.action']).toBe(
      'application-crash',
    );
    const other = written({ provider: 'LoadPerf', eventId: 1000 }, [''], ['WmiApRpl']);
    expect(other['event.action']).toBeUndefined();
    expect(other['process.name']).toBeUndefined();
    expect(other['event.code']).toBe('1000');
  });

  test('a report of Windows Error Reporting is a crash by its event name only, named or by place', () => {
    const nameless = [
      '',
      '0',
      'APPCRASH',
      'Not available',
      '0',
      'w3wp.exe',
      '10',
      'ts',
      'ntdll.dll',
      '10',
      'ts',
      'c0000374',
    ];
    const wer = { provider: 'Windows Error Reporting', eventId: 1001 };
    const byPlace = written(
      wer,
      nameless.map(() => ''),
      nameless,
    );
    expect(byPlace).toMatchObject({
      'event.action': 'application-crash',
      'process.name': 'w3wp.exe',
      'error.code': '0xc0000374',
    });
    const byName = written(wer, ['EventName', 'P1', 'P7'], ['APPCRASH', 'w3wp.exe', 'c0000374']);
    expect(byName).toMatchObject({
      'event.action': 'application-crash',
      'process.name': 'w3wp.exe',
      'error.code': '0xc0000374',
    });
    const health = written(wer, ['EventName', 'P1'], ['WsearchHealth', 'Corruption']);
    expect(health['event.action']).toBe('error-reported');
    expect(health['process.name']).toBeUndefined();
  });

  test('a service is named by its display name and, in any language, by the key in the binary datum', () => {
    const binary = Buffer.from('Spooler/1', 'utf16le').toString('hex');
    const event = written({}, ['param1', 'param2', 'Binary'], ['Druckwarteschlange', 'beendet', binary]);
    expect(event['service.name']).toEqual(['Druckwarteschlange', 'Spooler']);
    expect(event['service.state']).toBe('stopped');
    expect(written({}, ['param1', 'param2'], ['Print Spooler', 'Running'])).toMatchObject({
      'service.name': 'Print Spooler',
      'service.state': 'running',
    });
  });

  test('the shared service host gives the name of the service that crashed in it', () => {
    const event = written(
      { provider: 'Application Error', eventId: 1000 },
      ['AppName', 'AppPath'],
      ['svchost.exe_EventLog', 'C:\\Windows\\System32\\svchost.exe'],
    );
    expect(event).toMatchObject({ 'process.name': 'svchost.exe', 'service.name': 'EventLog' });
  });

  test.each([
    ['MSSQLSERVER', 18456, ['sa', ' Reason: x.', ' [CLIENT: 10.0.0.9]'], 'logon-failed'],
    ['MSSQL$SQLEXPRESS', 18454, ['sa', ' [CLIENT: ::ffff:10.0.0.9]'], 'logged-in'],
  ])('%s %i names the account and the address of its client', (provider, eventId, values, action) => {
    const event = written(
      { provider, eventId },
      values.map(() => ''),
      values,
    );
    expect(event).toMatchObject({ 'event.action': action, 'user.name': 'sa', 'source.ip': '10.0.0.9' });
  });

  test('the writer of a record is its user only where a user writes it', () => {
    const userId = 'S-1-5-21-1-2-3-1108';
    const shell = written(
      { provider: 'Microsoft-Windows-WinRM', eventId: 91, userId },
      ['resourceUri'],
      ['http://schemas.microsoft.com/powershell'],
    );
    expect(shell).toMatchObject({
      'event.action': 'winrm-shell-created',
      'user.id': userId,
      'network.direction': 'ingress',
    });
    const sysmon = written({ provider: 'Microsoft-Windows-Sysmon', eventId: 5, userId: 'S-1-5-18' }, [], []);
    expect(sysmon['user.id']).toBeUndefined();
    expect(sysmon['winlog.user.identifier']).toBe('S-1-5-18');
  });

  test('a data array and as many nameless data are the same, and empty ones keep their place', () => {
    const array = written({}, ['', 'Binary'], [['a', '', 'c'], 'ff']);
    expect(array).toEqual(written({}, ['', '', '', 'Binary'], ['a', '', 'c', 'ff']));
    expect(array).toMatchObject({
      'winlog.event_data.param1': 'a',
      'winlog.event_data.param3': 'c',
      'winlog.event_data.Binary': 'ff',
    });
    expect(array['winlog.event_data.param2']).toBeUndefined();
  });

  test('a name that comes twice has both values', () => {
    expect(written({}, ['LogonGuid', 'x', 'LogonGuid'], ['a', 'b', 'c'])['winlog.event_data.LogonGuid']).toEqual([
      'a',
      'c',
    ]);
  });
});

describe('the time of a Sysmon event', () => {
  const sysmon = { provider: 'Microsoft-Windows-Sysmon', eventId: 5, channel: 'Microsoft-Windows-Sysmon/Operational' };
  const linux = { ...sysmon, provider: 'Linux-Sysmon', channel: 'Linux-Sysmon/Operational' };
  const at = (utc: string, over: Partial<WindowsSystem>): Event => written(over, ['UtcTime'], [utc]);

  test('is UtcTime, with TimeCreated kept', () => {
    const event = at('2026-03-11 10:03:17.001', sysmon);
    expect(event.time).toBe(SYSTEM.micros - 59_999_000);
    expect(event.nanos).toBe(0);
    expect(event['event.created']).toBe('2026-03-11T10:04:17.000000300Z');
    expect(event['labels.clock_anomaly']).toBeUndefined();
  });

  test('stays UtcTime on Windows where the two contradict each other by more than a minute, and says so', () => {
    const event = at('2026-03-11 10:03:16.999', sysmon);
    expect(event.time).toBe(SYSTEM.micros - 60_001_000);
    expect(event['labels.clock_anomaly']).toBe('true');
  });

  test('is TimeCreated on Linux where the two contradict each other', () => {
    expect(at('2026-03-11 09:41:02.000', linux)).toMatchObject({
      time: SYSTEM.micros,
      'labels.clock_anomaly': 'true',
      'host.os.type': 'linux',
    });
    expect(at('2026-03-11 10:04:16.000', linux)['labels.clock_anomaly']).toBeUndefined();
  });

  test('is TimeCreated where UtcTime is no time', () => {
    expect(at('yesterday', sysmon).time).toBe(SYSTEM.micros);
  });
});

describe('hostile data names', () => {
  test('beyond the bounds are left out and said so, the mapped fields stay', () => {
    const names = Array.from({ length: 600 }, (_, i) => `n${i}`);
    const event = written({}, names, names);
    expect(Object.keys(event).filter(name => name.startsWith('winlog.event_data.')).length).toBe(512);
    expect(event['labels.data_left_out']).toBe('true');
    const batch = new BatchBuilder('a');
    const writer = new WindowsEventWriter('all');
    for (let row = 0; row < 30; row++) {
      const many = Array.from({ length: 500 }, (_, i) => `r${row}n${i}`);
      writer.write(batch, row, SYSTEM, many, many);
    }
    expect(batch.finish().columns.size).toBeLessThan(4200);
  });
});

test('an event is the same document whatever events were written before it, into its batch and into earlier ones', () => {
  // Names as a reader gives them: one object wherever they are the same. Plans and what they remember are found by it.
  const names = new DataNames();
  const several = fc.oneof(fc.constant(undefined), fc.array(fc.oneof(visible, telling), { maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(sample, fc.option(several, { freq: 3 })), { maxLength: 24 }), samples => {
      const events = samples.map(([{ system, data }, other]) => ({
        system,
        names: names.same(data.map(([name]) => name)),
        // Here and there a datum is missing, or has several values.
        values: data.map(([, value], i): Value | undefined => (i === 2 && other !== null ? other : value)),
      }));
      const batch = new BatchBuilder('a');
      const writer = new WindowsEventWriter('all');
      const together = [...chunked(events, 5)].flatMap(some => {
        for (const event of some) writer.write(batch, 0, event.system, event.names, event.values);
        const finished = batch.finish();
        return some.map((_, row) => eventAt(finished, row));
      });
      expect(together).toEqual(events.map(event => written(event.system, event.names, event.values)));
    }),
    { numRuns: 60 },
  );
});

function* chunked<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
