import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/index.ts';
import { type EnrichOptions, enriched } from '../support/enrich.ts';
import type { PlainEvent } from '../support/events.ts';

const AT = Date.parse('2026-03-01T10:00:00Z');
const at = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();

const record = (seconds: number, provider: string, code: string, more: PlainEvent = {}): PlainEvent => ({
  time: at(seconds),
  'event.provider': provider,
  'event.code': code,
  'host.os.type': 'windows',
  ...more,
});
const scm = (seconds: number, code: string, service: string | readonly string[], more: PlainEvent = {}): PlainEvent =>
  record(seconds, 'Service Control Manager', code, { 'service.name': service, ...more });
const crashed = (seconds: number, service: string | readonly string[] = 'Print Spooler', count = 1): PlainEvent =>
  scm(seconds, '7031', service, { 'winlog.event_data.param2': String(count) });
const running = (seconds: number, service: string | readonly string[] = 'Print Spooler'): PlainEvent =>
  scm(seconds, '7036', service, { 'service.state': 'running' });
const stopped = (seconds: number, service: string | readonly string[] = 'Print Spooler'): PlainEvent =>
  scm(seconds, '7036', service, { 'service.state': 'stopped' });
const applicationError = (seconds: number, program = 'spoolsv.exe', more: PlainEvent = {}): PlainEvent =>
  record(seconds, 'Application Error', '1000', {
    'event.action': 'application-crash',
    'process.name': program,
    ...more,
  });
const errorReport = (seconds: number, program = 'spoolsv.exe', action = 'application-crash'): PlainEvent =>
  record(seconds, 'Windows Error Reporting', '1001', { 'event.action': action, 'process.name': program });
const started = (seconds: number, image: string, more: PlainEvent = {}): PlainEvent =>
  record(seconds, 'Microsoft-Windows-Sysmon', '1', {
    'event.category': 'process',
    'event.type': 'start',
    'process.pid': 5000 + seconds,
    'process.executable': `C:\\Windows\\System32\\${image}`,
    'process.name': image,
    ...more,
  });

const windows = (events: readonly PlainEvent[], options: EnrichOptions = {}): Event[] =>
  enriched(events, { os: 'windows', ...options });
/** What became of each event, in order; '' where nothing. */
const told = (events: readonly PlainEvent[]): string[] =>
  windows(events).map(event => String(event['aftershock.service.event'] ?? ''));

describe('a crash of a service', () => {
  test.each([
    ['display name', 'Print Spooler'],
    ['key', 'Spooler'],
    ['display name in another language', 'Druckwarteschlange'],
    ['unknown display name with its key', ['Серверная служба печати', 'Spooler']],
  ])('is known by %s', (_, name) => {
    expect(windows([crashed(0, name)])[0]).toMatchObject({
      'aftershock.service.event': 'crash',
      'aftershock.service.name': 'spooler',
      'aftershock.service.ports': ['135', '445'],
      'aftershock.service.strength': 'strong',
    });
  });

  test.each([
    ['SQL Server (SQLEXPRESS)', 'mssqlserver'],
    ['MSSQL$SQLEXPRESS', 'mssqlserver'],
    ['Remote Desktop Services', 'termservice'],
    ['W3SVC', 'w3svc'],
    ['postgresql-x64-15', 'postgres'],
  ])('%s is %s', (name, service) => {
    expect(windows([crashed(0, name)])[0]!['aftershock.service.name']).toBe(service);
  });

  test('of a service that no map knows is weak, keeps its name and has no ports', () => {
    const [event] = windows([crashed(0, 'Acme Gateway')]);
    expect(event).toMatchObject({
      'aftershock.service.event': 'crash',
      'aftershock.service.name': 'acme gateway',
      'aftershock.service.strength': 'weak',
    });
    expect(event!['aftershock.service.ports']).toBeUndefined();
  });

  test.each(['Windows Search', 'WSearch', 'Sync Host_Session2', 'OneSyncSvc_3a2f1', 'CDPUserSvc_4f1e2'])(
    'of %s, which listens nowhere, is none',
    name => {
      expect(told([crashed(0, name)])).toEqual(['']);
    },
  );

  test('is never read from an event id alone', () => {
    expect(
      told([
        record(0, 'Microsoft-Windows-LoadPerf', '1000', { 'process.name': 'spoolsv.exe' }),
        record(1, 'Microsoft-Windows-LoadPerf', '1001', { 'process.name': 'spoolsv.exe' }),
        record(2, 'SomeApp', '7031', { 'service.name': 'Print Spooler' }),
        record(3, 'MsiInstaller', '1001'),
      ]),
    ).toEqual(['', '', '', '']);
  });

  test('is none where Windows Error Reporting tells of something else', () => {
    expect(
      told([errorReport(0, 'spoolsv.exe', 'error-reported'), errorReport(1, 'spoolsv.exe', 'application-hang')]),
    ).toEqual(['', '']);
  });

  test('of a program that is no service is none', () => {
    expect(told([applicationError(0, 'excel.exe'), errorReport(1, 'excel.exe')])).toEqual(['', '']);
  });

  test('of one service in svchost, named by the report', () => {
    const [event] = windows([applicationError(0, 'svchost.exe', { 'service.name': 'TermService' })]);
    expect(event).toMatchObject({ 'aftershock.service.event': 'crash', 'aftershock.service.name': 'termservice' });
  });

  test('of a svchost that nothing names stands beside what the service manager says', () => {
    expect(told([applicationError(0, 'svchost.exe'), crashed(2, 'TermService')])).toEqual(['second_evidence', 'crash']);
    expect(told([applicationError(0, 'svchost.exe')])).toEqual(['']);
  });
});

describe('one crash told by several logs counts once', () => {
  test('the record that names the service speaks for it, the others are second evidence', () => {
    expect(told([errorReport(-1), applicationError(0), crashed(0.4)])).toEqual([
      'second_evidence',
      'crash',
      'second_evidence',
    ]);
    expect(told([applicationError(0), crashed(0.4), errorReport(59)])).toEqual([
      'crash',
      'second_evidence',
      'second_evidence',
    ]);
  });

  test('a report that was queued is no second crash', () => {
    expect(told([applicationError(0), errorReport(400)])).toEqual(['crash', '']);
  });

  test('the same record in two files is one', () => {
    expect(
      told([
        { ...crashed(0), artifact: 'System.evtx' },
        { ...crashed(0), artifact: 'System.xml' },
      ]),
    ).toEqual(['crash', '']);
  });

  test('two records of one kind are two crashes', () => {
    expect(told([crashed(0), crashed(30)])).toEqual(['crash', 'crash']);
  });

  test('records of different services are different crashes', () => {
    expect(told([crashed(0), crashed(1, 'Server')])).toEqual(['crash', 'crash']);
  });

  test('sixty seconds are the same crash, more are not', () => {
    expect(told([applicationError(0), crashed(60)])).toEqual(['crash', 'second_evidence']);
    expect(told([applicationError(0), crashed(60.001)])).toEqual(['crash', 'crash']);
  });

  test('WerFault names the crashed process by its pid', () => {
    const service = started(-60, 'spoolsv.exe', { 'process.pid': 1500 });
    const collector = started(0, 'WerFault.exe', {
      'process.command_line': 'C:\\Windows\\system32\\WerFault.exe -u -p 1500 -s 400',
      'process.parent.executable': 'C:\\Windows\\System32\\svchost.exe',
      'process.parent.pid': 900,
      'process.parent.command_line': 'svchost.exe -k WerSvcGroup',
    });
    expect(told([service, collector])).toEqual(['', 'crash']);
    expect(told([service, collector, crashed(1)])).toEqual(['', 'second_evidence', 'crash']);
    expect(told([started(-60, 'excel.exe', { 'process.pid': 1500 }), collector])).toEqual(['', '']);
  });

  test('the pipe of the service, made again by another process, is second evidence', () => {
    const pipe = (seconds: number, pid: number): PlainEvent =>
      record(seconds, 'Microsoft-Windows-Sysmon', '17', {
        'file.name': '\\spoolss',
        'process.pid': pid,
        'event.action': ['pipe-created'],
      });
    expect(told([crashed(0), pipe(5, 77)])).toEqual(['crash', 'second_evidence']);
    expect(told([pipe(-5, 77), crashed(0)])).toEqual(['', 'crash']);
    expect(told([crashed(0), pipe(61, 77)])).toEqual(['crash', '']);
  });
});

describe('a restart', () => {
  test('after a crash, without an operator, is abnormal for two minutes', () => {
    expect(told([crashed(0), running(120)])).toEqual(['crash', 'abnormal_restart']);
    expect(told([crashed(0), running(120.001)])).toEqual(['crash', 'start']);
  });

  test('told by the process and by the service manager is one', () => {
    const process = started(5, 'spoolsv.exe', {
      'process.parent.executable': 'C:\\Windows\\System32\\services.exe',
      'process.parent.pid': 600,
    });
    expect(told([crashed(0), process, running(5.2)])).toEqual(['crash', 'abnormal_restart', 'start']);
  });

  test('after a process of the service ended by itself', () => {
    const parent = { 'process.parent.executable': 'C:\\Windows\\System32\\services.exe', 'process.parent.pid': 600 };
    const events = (code: number): PlainEvent[] => [
      started(-600, 'spoolsv.exe', { 'process.pid': 1500, ...parent }),
      record(0, 'Microsoft-Windows-Security-Auditing', '4689', {
        'event.category': 'process',
        'event.type': 'end',
        'process.pid': 1500,
        'process.executable': 'C:\\Windows\\System32\\spoolsv.exe',
        'process.exit_code': code,
      }),
      started(3, 'spoolsv.exe', { 'process.pid': 1600, ...parent }),
    ];
    expect(told(events(0xc0000005))).toEqual(['start', 'stop', 'abnormal_restart']);
    expect(told(events(0))).toEqual(['start', 'stop', 'start']);
  });

  test('after the end of a process whose start lies before the log, with no word of the service manager', () => {
    const ended = (seconds: number): PlainEvent =>
      record(seconds, 'Microsoft-Windows-Sysmon', '5', {
        'event.category': 'process',
        'event.type': 'end',
        'process.pid': 1500,
        'process.executable': 'C:\\Windows\\System32\\spoolsv.exe',
        'process.name': 'spoolsv.exe',
      });
    const again = (seconds: number, parent = 'services.exe'): PlainEvent =>
      started(seconds, 'spoolsv.exe', {
        'process.pid': 1600,
        'process.parent.executable': `C:\\Windows\\System32\\${parent}`,
        'process.parent.pid': 600,
      });
    expect(told([ended(0), again(120)])).toEqual(['stop', 'abnormal_restart']);
    expect(told([ended(0), again(120.001)])).toEqual(['stop', 'start']);
    expect(told([ended(0), again(3, 'cmd.exe')])).toEqual(['stop', '']);
    expect(told([ended(0), stopped(0.1), again(3)])).toEqual(['stop', 'stop', 'start']);
    const act = started(-20, 'sc.exe', { 'process.command_line': 'sc stop spooler' });
    expect(told([act, ended(0), again(3)]).at(-1)).toBe('start');
  });

  test('by an orderly stop and start is none', () => {
    expect(told([stopped(0), running(3)])).toEqual(['stop', 'start']);
  });

  test.each([
    ['sc', 'sc stop spooler'],
    ['net', 'net  stop "Print Spooler"'],
    ['powershell', 'powershell -c Restart-Service -Name Spooler'],
  ])('by an operator with %s is none', (image, line) => {
    const act = started(-20, `${image}.exe`, { 'process.command_line': line });
    expect(told([act, crashed(0), running(3)]).at(-1)).toBe('start');
  });

  test('by an operator who touched another service is still abnormal', () => {
    const act = started(-20, 'sc.exe', { 'process.command_line': 'sc stop w3svc' });
    expect(told([act, crashed(0), running(3)]).at(-1)).toBe('abnormal_restart');
  });

  test('of the start type or the machine is an operator’s act', () => {
    expect(told([scm(-20, '7040', ['Print Spooler', 'Spooler']), crashed(0), running(3)]).at(-1)).toBe('start');
    expect(
      told([record(-20, 'User32', '1074', { 'winlog.event_data.param4': '0x500ff' }), crashed(0), running(3)]).at(-1),
    ).toBe('start');
  });

  test('within five minutes of a boot is none', () => {
    const boot = (seconds: number): PlainEvent => record(seconds, 'Microsoft-Windows-Kernel-General', '12');
    expect(told([boot(-299), crashed(0), running(1)]).at(-1)).toBe('start');
    expect(told([boot(-301), crashed(0), running(1)]).at(-1)).toBe('abnormal_restart');
  });
});

describe('a crash loop says nothing', () => {
  const chronic = (events: readonly PlainEvent[]): unknown[] =>
    windows(events).map(event => event['aftershock.service.chronic']);
  const HOUR = 3600;

  test('three crashes in the day before', () => {
    expect(chronic([crashed(-3 * HOUR), crashed(-2 * HOUR), crashed(-HOUR), crashed(0)])).toEqual([
      undefined,
      undefined,
      undefined,
      'true',
    ]);
    expect(chronic([crashed(-2 * HOUR), crashed(-HOUR), crashed(0)])).toEqual([undefined, undefined, undefined]);
    expect(chronic([crashed(-30 * HOUR), crashed(-28 * HOUR), crashed(-26 * HOUR), crashed(0)])[3]).toBeUndefined();
  });

  test('but not three inside the window of one attack', () => {
    expect(chronic([crashed(0), crashed(100), crashed(200), crashed(300)])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a count of five by the service manager’s own book', () => {
    expect(chronic([crashed(0, 'Print Spooler', 4)])).toEqual([undefined]);
    expect(chronic([crashed(0, 'Print Spooler', 5), running(3)])).toEqual(['true', 'true']);
  });

  test('of another service does not matter', () => {
    expect(
      chronic([crashed(-3 * HOUR, 'Server'), crashed(-2 * HOUR, 'Server'), crashed(-HOUR, 'Server'), crashed(0)])[3],
    ).toBeUndefined();
  });
});

describe('maintenance', () => {
  const isMaintained = (events: readonly PlainEvent[]): boolean =>
    windows(events).at(-1)!['aftershock.maintenance'] === 'true';
  const update = (seconds: number, title: string): PlainEvent =>
    record(seconds, 'Microsoft-Windows-WindowsUpdateClient', '19', { 'winlog.event_data.updateTitle': title });

  test.each([
    ['an update', update(-60, 'Cumulative Update KB5034441')],
    ['TrustedInstaller’s process', started(-60, 'TrustedInstaller.exe')],
    ['TrustedInstaller’s service', running(-60, ['Windows Modules Installer', 'TrustedInstaller'])],
    ['the installer', record(-60, 'MsiInstaller', '1033')],
    ['a planned shutdown', record(-60, 'User32', '1074', { 'winlog.event_data.param4': '0x80020003' })],
  ])('%s', (_, event) => {
    expect(isMaintained([event, crashed(0)])).toBe(true);
  });

  test('lasts fifteen minutes', () => {
    expect(isMaintained([update(-900, 'KB5034441'), crashed(0)])).toBe(true);
    expect(isMaintained([update(-900.001, 'KB5034441'), crashed(0)])).toBe(false);
    expect(isMaintained([crashed(0), update(1, 'KB5034441'), crashed(-1)])).toBe(false);
  });

  test('is neither an unplanned shutdown nor the daily virus definitions', () => {
    expect(isMaintained([record(-60, 'User32', '1074', { 'winlog.event_data.param4': '0x500ff' }), crashed(0)])).toBe(
      false,
    );
    expect(isMaintained([update(-60, 'Security Intelligence Update - KB2267602 (Version 1.2)'), crashed(0)])).toBe(
      false,
    );
  });
});

test('a crash of the whole machine is one mark, however many records tell of it', () => {
  expect(
    told([
      record(0, 'Microsoft-Windows-Kernel-Power', '41'),
      record(5, 'EventLog', '6008'),
      record(60, 'Microsoft-Windows-WER-SystemErrorReporting', '1001'),
      record(61, 'BugCheck', '1001'),
    ]),
  ).toEqual(['host_crash', 'host_crash', 'host_crash', 'host_crash']);
});

test('hosts do not mix', () => {
  const events = windows([crashed(0), { ...running(5), host: 'other' }, { ...crashed(6), host: 'third' }]);
  expect(events.map(event => event['aftershock.service.event'])).toEqual(['crash', 'start', 'crash']);
});
