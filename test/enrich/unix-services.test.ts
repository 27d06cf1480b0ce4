import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/index.ts';
import { type EnrichOptions, enriched } from '../support/enrich.ts';
import type { PlainEvent } from '../support/events.ts';

const AT = Date.parse('2026-03-01T10:00:00Z');
const at = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();

const told = (events: readonly Event[]): string[] =>
  events.map(event => String(event['aftershock.service.event'] ?? ''));

describe('Linux', () => {
  const line = (seconds: number, program: string, action: string, more: PlainEvent = {}): PlainEvent => ({
    time: at(seconds),
    'event.dataset': 'linux.syslog',
    'host.os.type': 'linux',
    'event.action': [action],
    'process.name': program,
    ...more,
  });
  const systemd = (seconds: number, action: string, unit: string, more: PlainEvent = {}): PlainEvent =>
    line(seconds, 'systemd', action, { 'service.name': unit, 'process.pid': 1, ...more });
  const kernel = (seconds: number, program: string, pid: number, more: PlainEvent = {}): PlainEvent =>
    line(seconds, program, 'process_crash', { 'process.pid': pid, 'log.syslog.appname': 'kernel', ...more });
  const linux = (events: readonly PlainEvent[], options: EnrichOptions = {}): string[] =>
    told(enriched(events, { os: 'linux', ...options }));

  test('the kernel, systemd and the dump tell of one crash', () => {
    const dump = line(0.3, 'exim4', 'process_crash', { 'log.syslog.appname': 'systemd-coredump', 'process.pid': 800 });
    expect(linux([kernel(0, 'exim4', 800), systemd(0.2, 'process_crash', 'exim4'), dump])).toEqual([
      'crash',
      'second_evidence',
      'second_evidence',
    ]);
  });

  test('and so do the daemon’s own words and the kernel’s, where the log names only the process that both are about', () => {
    const says = (seconds: number, message: string): PlainEvent =>
      line(seconds, 'smbd', 'process_crash', { 'process.pid': 800, message });
    expect(
      linux([
        says(0, 'smbd[800]: segfault at 10 ip 0000 sp 0000 error 4 in smbd[1000+2000]'),
        says(0.1, 'INTERNAL ERROR: Signal 11 in pid 800 (4.17.12)'),
        says(1, 'Process 800 (smbd) of user 0 dumped core.'),
      ]),
    ).toEqual(['crash', 'second_evidence', 'second_evidence']);
  });

  test('one line of the kernel in two logs is one crash and no second evidence', () => {
    const copy = (artifact: string): PlainEvent => ({ ...kernel(0, 'smbd', 800), artifact });
    expect(linux([copy('kern.log'), copy('syslog')])).toEqual(['crash', '']);
  });

  test('two children that crash are two crashes', () => {
    expect(linux([kernel(0, 'sshd', 800), kernel(2, 'sshd', 801)])).toEqual(['crash', 'crash']);
  });

  test('only a watched daemon counts', () => {
    expect(linux([kernel(0, 'gnome-shell', 800), systemd(1, 'service_restart', 'systemd-journald')])).toEqual(['', '']);
    expect(linux([kernel(0, 'vsftpd', 800)], { settings: { serviceNames: ['sshd'] } })).toEqual(['']);
    expect(linux([kernel(0, 'acmed', 800)], { settings: { serviceNames: ['acmed'] } })).toEqual(['crash']);
  });

  test('a unit is its daemon by any name', () => {
    const names = ['ssh', 'apache2', 'mariadb', 'postgresql@15-main', 'redis', 'nfs-kernel-server'];
    const events = enriched(
      names.map((unit, i) => systemd(i * 1000, 'process_crash', unit)),
      { os: 'linux' },
    );
    expect(events.map(event => event['aftershock.service.name'])).toEqual([
      'sshd',
      'httpd',
      'mysqld',
      'postgres',
      'redis-server',
      'nfsd',
    ]);
  });

  test('systemd’s restart of its own accord is abnormal, told once, although it says "Stopped" on the way', () => {
    expect(
      linux([
        systemd(0, 'process_crash', 'smbd'),
        systemd(0.1, 'service_failed', 'smbd'),
        systemd(5, 'service_restart', 'smbd'),
        systemd(5.1, 'service_stop', 'smbd'),
        systemd(5.2, 'service_start', 'smbd'),
      ]),
    ).toEqual(['crash', 'stop', 'abnormal_restart', 'stop', 'start']);
  });

  test('an exit after "Stopping" is the operator’s, and so is the start after it', () => {
    expect(
      linux([
        systemd(0, 'service_stopping', 'smbd'),
        systemd(0.5, 'service_failed', 'smbd'),
        systemd(3, 'service_start', 'smbd'),
      ]),
    ).toEqual(['stop', 'stop', 'start']);
  });

  test('a failure and a start are a restart, but no crash', () => {
    expect(linux([systemd(0, 'service_failed', 'smbd'), systemd(3, 'service_start', 'smbd')])).toEqual([
      'stop',
      'abnormal_restart',
    ]);
  });

  test('the audit system’s stops: failed is an end that nobody asked for', () => {
    const audit = (seconds: number, actions: readonly string[], outcome: string): PlainEvent => ({
      time: at(seconds),
      'event.dataset': 'linux.auditd',
      'event.action': actions,
      'event.category': 'process',
      'event.type': 'end',
      'event.outcome': outcome,
      'service.name': 'smbd',
      'process.pid': 1,
      'process.executable': '/usr/lib/systemd/systemd',
    });
    const start = audit(3, ['started-service', 'service_start'], 'success');
    expect(linux([audit(0, ['stopped-service', 'service_stop', 'service_failed'], 'failure'), start])).toEqual([
      'stop',
      'abnormal_restart',
    ]);
    expect(linux([audit(0, ['stopped-service', 'service_stop'], 'success'), start])).toEqual(['stop', 'start']);
  });

  const command = (seconds: number, commandLine: string, more: PlainEvent = {}): PlainEvent => ({
    time: at(seconds),
    'event.dataset': 'linux.auditd',
    'event.category': 'process',
    'event.type': 'start',
    'process.name': commandLine.split(' ', 1)[0]!,
    'process.command_line': commandLine,
    'process.pid': 4000,
    ...more,
  });

  test.each([
    'systemctl restart smbd',
    'systemctl --no-block reload-or-restart smbd.service',
    'service smbd restart',
    'systemctl restart samba',
  ])('%s makes a restart an operator’s', commandLine => {
    expect(
      linux([command(-2, commandLine), systemd(0, 'service_failed', 'smbd'), systemd(1, 'service_start', 'smbd')]).at(
        -1,
      ),
    ).toBe('start');
  });

  test('systemctl status does not, nor does a restart of something else', () => {
    const restart = [systemd(0, 'service_failed', 'smbd'), systemd(1, 'service_start', 'smbd')];
    expect(linux([command(-2, 'systemctl status smbd'), ...restart]).at(-1)).toBe('abnormal_restart');
    expect(linux([command(-2, 'systemctl restart nginx'), ...restart]).at(-1)).toBe('abnormal_restart');
  });

  test('a package manager makes it an operator’s, and maintenance', () => {
    const events = enriched(
      [command(-30, 'apt-get upgrade -y'), systemd(0, 'service_failed', 'smbd'), systemd(1, 'service_start', 'smbd')],
      { os: 'linux' },
    );
    expect(told(events)).toEqual(['', 'stop', 'start']);
    expect(events.at(-1)!['aftershock.maintenance']).toBe('true');
  });

  test.each([
    ['a line of yum', line(-30, 'yum', 'x', { 'event.action': undefined, message: 'Updated: samba-4.10.16-20.el7' })],
    [
      'a line of unattended-upgrade',
      line(-30, 'unattended-upgrade', 'x', {
        'event.action': undefined,
        message: 'Packages that will be upgraded: samba',
      }),
    ],
    ['the unit that upgrades daily', systemd(-30, 'service_start', 'apt-daily-upgrade')],
  ])('%s is maintenance', (_, event) => {
    const events = enriched([event, systemd(0, 'process_crash', 'smbd'), systemd(1, 'service_restart', 'smbd')], {
      os: 'linux',
    });
    expect(told(events)).toEqual(['', 'crash', 'start']);
    expect(events[1]!['aftershock.maintenance']).toBe('true');
  });

  test('a boot makes every start its own', () => {
    expect(linux([line(-60, 'kernel', 'host_boot'), systemd(0, 'service_restart', 'smbd')])).toEqual(['', 'start']);
  });

  test('a panic is a crash of the machine', () => {
    expect(linux([line(0, 'kernel', 'host_panic')])).toEqual(['host_crash']);
  });

  test('running out of memory is no crash, and the restart after it is not abnormal', () => {
    expect(linux([line(0, 'mysqld', 'oom_kill')])).toEqual(['']);
    const restart = [systemd(0.1, 'service_failed', 'mysql'), systemd(5, 'service_restart', 'mysql')];
    expect(linux([line(0, 'mysqld', 'oom_kill'), ...restart])).toEqual(['', 'stop', 'start']);
  });

  test('a word of a crash about a watched daemon, which nothing confirms, is a word', () => {
    const words = (program: string, message: string, level?: string): PlainEvent => ({
      time: at(0),
      'event.dataset': 'linux.syslog',
      'process.name': program,
      message,
      'log.level': level,
    });
    expect(linux([words('monitor', 'smbd: Segmentation Fault seen')])).toEqual(['keyword']);
    expect(linux([words('monitor', 'smbd: Segmentation Fault seen', 'info')])).toEqual(['']);
    expect(linux([words('monitor', 'firefox: segmentation fault')])).toEqual(['']);
  });

  test.each([
    ['/var/lib/systemd/coredump/core.smbd.0.5f3c2ab1de944f0e8f0e1a2b3c4d5e6f.800.1772359200000000.zst', 'smbd'],
    ['/var/crash/_usr_sbin_smbd.0.crash', 'smbd'],
    ['/var/crash/core.exim4.800', 'exim4'],
  ])('the dump %s is a crash of %s', (path, service) => {
    const created: PlainEvent = { time: at(0), 'event.category': 'file', 'event.type': 'creation', 'file.path': path };
    const [event] = enriched([created], { os: 'linux' });
    expect(event).toMatchObject({ 'aftershock.service.event': 'crash', 'aftershock.service.name': service });
    expect(linux([created], { settings: { coreDumpPaths: ['/somewhere/else'] } })).toEqual(['']);
    expect(linux([kernel(-1, service, 800), created])).toEqual(['crash', 'second_evidence']);
  });
});

describe('macOS', () => {
  const launchd = (seconds: number, action: string, service: string, more: PlainEvent = {}): PlainEvent => ({
    time: at(seconds),
    'event.dataset': 'macos.unifiedlog',
    'host.os.type': 'macos',
    'event.provider': 'com.apple.xpc.launchd',
    'event.action': [action],
    'service.name': service,
    ...more,
  });
  const macos = (events: readonly PlainEvent[]): string[] => told(enriched(events, { os: 'macos' }));

  test('a crash, launchd’s count of it, its report and the respawn', () => {
    const report: PlainEvent = {
      time: at(2),
      'event.dataset': 'macos.crash',
      'event.action': ['process_crash'],
      'process.name': 'screensharingd',
      'process.pid': 410,
    };
    expect(
      macos([
        launchd(0, 'process_crash', 'screensharingd', { 'process.pid': 410 }),
        launchd(0.3, 'process_crash', 'screensharingd'),
        report,
        launchd(10, 'service_start', 'screensharingd'),
      ]),
    ).toEqual(['crash', '', 'second_evidence', 'abnormal_restart']);
  });

  test('an application that crashes is nobody’s service', () => {
    expect(
      macos([
        { time: at(0), 'event.dataset': 'macos.crash', 'event.action': ['process_crash'], 'process.name': 'Photos' },
      ]),
    ).toEqual(['']);
  });

  test('a job of launchd that answers no network may crash', () => {
    expect(macos([launchd(0, 'process_crash', 'com.apple.photoanalysisd')])).toEqual(['']);
  });

  test('launchctl makes a restart an operator’s', () => {
    const act: PlainEvent = {
      time: at(-2),
      'event.dataset': 'osquery.result',
      'event.category': 'process',
      'event.type': 'start',
      'process.name': 'launchctl',
      'process.command_line': 'launchctl kickstart -k system/com.apple.screensharing',
    };
    expect(
      macos([act, launchd(0, 'service_failed', 'screensharingd'), launchd(1, 'service_start', 'screensharingd')]).at(
        -1,
      ),
    ).toBe('start');
  });
});
