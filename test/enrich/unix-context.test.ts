import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/index.ts';
import { type EnrichOptions, enriched } from '../support/enrich.ts';
import type { PlainEvent } from '../support/events.ts';
import { NO_ROOT } from '../support/evidence.ts';

const AT = Date.parse('2026-03-01T10:00:00Z');
const at = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();

/** An auditd SYSCALL record. */
const audited = (seconds: number, pid: number, ppid: number, exe: string, more: PlainEvent = {}): PlainEvent => ({
  time: at(seconds),
  'event.dataset': 'linux.auditd',
  'event.code': 'SYSCALL',
  'host.os.type': 'linux',
  'process.pid': pid,
  'process.parent.pid': ppid,
  'process.executable': exe,
  'process.name': exe.slice(exe.lastIndexOf('/') + 1),
  'user.id': '0',
  'user.effective.id': '0',
  ...more,
});
const exec = (seconds: number, pid: number, ppid: number, exe: string, more: PlainEvent = {}): PlainEvent =>
  audited(seconds, pid, ppid, exe, {
    'event.action': ['executed', 'exec', 'start'],
    'event.category': 'process',
    'event.type': 'start',
    ...more,
  });
/** A record of a running process that starts nothing. */
const acts = (seconds: number, pid: number, ppid: number, exe: string, more: PlainEvent = {}): PlainEvent =>
  audited(seconds, pid, ppid, exe, { 'event.action': ['connected-to'], 'event.category': 'network', ...more });
const fork = (seconds: number, pid: number, ppid: number, exe: string, child: number): PlainEvent =>
  audited(seconds, pid, ppid, exe, {
    'event.action': ['fork'],
    'event.category': 'process',
    'event.type': 'info',
    'auditd.data.exit': String(child),
  });
const sshd = (seconds: number, pid: number, action: string, outcome: string): PlainEvent => ({
  time: at(seconds),
  artifact: 'auth.log',
  'event.dataset': 'linux.syslog',
  'event.action': action,
  'event.category': ['authentication', 'session'],
  'event.type': action === 'ssh_disconnect' ? 'end' : 'info',
  'event.outcome': outcome,
  'process.name': 'sshd',
  'process.pid': pid,
});

const linux = (events: readonly PlainEvent[], options: EnrichOptions = {}): Event[] =>
  enriched(events, { os: 'linux', ...options });
/** The last started process. */
const last = (events: readonly PlainEvent[], options: EnrichOptions = {}): Event =>
  linux(events, options).findLast(event => event['event.type'] === 'start')!;
const contextOf = (events: readonly PlainEvent[], options: EnrichOptions = {}): unknown =>
  last(events, options)['aftershock.process.context'];

describe('a shell under a daemon', () => {
  test.each([
    ['/usr/sbin/smbd', 'smbd'],
    ['/usr/sbin/exim4', 'exim4'],
    ['/usr/sbin/apache2', 'httpd'],
    ['/usr/sbin/nginx', 'nginx'],
    ['/usr/sbin/php-fpm8.2', 'php-fpm'],
    ['/usr/sbin/mariadbd', 'mysqld'],
    ['/usr/lib/postgresql/15/bin/postgres', 'postgres'],
    ['/usr/bin/redis-server', 'redis-server'],
    ['/usr/sbin/vsftpd', 'vsftpd'],
    ['/usr/lib/jvm/java-17/bin/java', 'tomcat'],
  ])('%s is %s', (exe, service) => {
    const event = last([acts(-60, 800, 1, exe), exec(0, 900, 800, '/bin/sh')]);
    expect(event).toMatchObject({
      'process.parent.name': exe.slice(exe.lastIndexOf('/') + 1),
      'process.parent.executable': exe,
      'aftershock.process.parent_inferred': 'true',
      'aftershock.process.context': 'service',
      'aftershock.process.service': service,
      'aftershock.process.is_shell': 'true',
    });
  });

  test('is found also where the first record of the daemon comes after its child', () => {
    expect(contextOf([exec(0, 900, 800, '/bin/sh'), acts(20, 800, 1, '/usr/sbin/exim4')])).toBe('service');
  });

  test('is found where only a process list of the collection names the daemon', () => {
    const root = {
      ...NO_ROOT,
      texts: new Map([
        [
          'live_response/process/ps_auxwww.txt',
          'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n' +
            'root           1  0.0  0.4 168000 11000 ?        Ss   Jan01   0:10 /sbin/init\n' +
            'Debian-+     800  0.0  0.2  18000  5000 ?        Ss   Jan01   0:01 /usr/sbin/exim4 -bd -q30m\n',
        ],
      ]),
    };
    expect(contextOf([exec(0, 900, 800, '/bin/sh')], { root })).toBe('service');
    expect(contextOf([exec(0, 900, 800, '/bin/sh')])).toBe('none');
  });

  test('shares one lineage with everything that it starts, and their connections', () => {
    const events = linux([
      acts(-60, 800, 1, '/usr/sbin/exim4'),
      exec(0, 900, 800, '/bin/sh'),
      exec(1, 901, 900, '/usr/bin/curl'),
      acts(2, 901, 900, '/usr/bin/curl', { 'destination.ip': '10.0.0.9' }),
    ]);
    const root = events[1]!['process.entity_id'];
    expect(events.slice(1).map(event => event['aftershock.process.lineage'])).toEqual([root, root, root]);
    expect(events[2]!['process.entity_id']).toBe(events[3]!['process.entity_id']);
    expect(events[2]!['process.parent.entity_id']).toBe(root);
  });

  test('that takes the place of the daemon itself, without a fork', () => {
    const event = last([acts(-60, 800, 1, '/usr/bin/redis-server'), exec(0, 800, 1, '/bin/sh')]);
    expect(event).toMatchObject({
      'aftershock.process.context': 'service',
      'aftershock.process.service': 'redis-server',
    });
  });

  test('a worker that the daemon forked carries its image until it executes another', () => {
    const events = [fork(0, 800, 1, '/usr/sbin/smbd', 850), exec(1, 850, 800, '/bin/sh')];
    expect(contextOf(events)).toBe('service');
  });

  test('that detaches itself keeps the lineage, and takes no parent but the one that its log states', () => {
    const events = linux([
      acts(-60, 800, 1, '/usr/sbin/exim4'),
      exec(0, 900, 800, '/bin/sh'),
      fork(1, 900, 800, '/bin/sh', 905),
      exec(2, 905, 1, '/usr/bin/nc'),
    ]);
    const detached = events.at(-1)!;
    expect(detached['aftershock.process.lineage']).toBe(events[1]!['process.entity_id']);
    expect(detached['process.parent.name']).toBeUndefined();
  });

  test('that is a script has both of its names as a parent', () => {
    const events = [
      exec(0, 900, 800, '/bin/dash', { 'process.name': ['dash', 'update.sh'] }),
      exec(1, 901, 900, '/usr/bin/curl'),
    ];
    expect(last(events)['process.parent.name']).toEqual(['dash', 'update.sh']);
  });

  test('takes no image that its parent executed only later', () => {
    const events = [exec(0, 901, 900, '/usr/bin/rm'), exec(1, 900, 1, '/usr/sbin/smbd')];
    expect(linux(events)[0]!['process.parent.name']).toBeUndefined();
  });

  test('of a daemon that ServiceNames leaves out is none of its', () => {
    const events = [acts(-60, 800, 1, '/usr/sbin/vsftpd'), exec(0, 900, 800, '/bin/sh')];
    expect(contextOf(events, { settings: { serviceNames: ['sshd'] } })).toBe('none');
    expect(contextOf(events, { settings: { serviceNames: ['vsftpd.service'] } })).toBe('service');
  });

  test('of a daemon of the user’s own', () => {
    const events = [acts(-60, 800, 1, '/opt/acme/bin/acmed'), exec(0, 900, 800, '/bin/sh')];
    expect(contextOf(events)).toBe('none');
    expect(last(events, { settings: { serviceNames: ['acmed'] } })).toMatchObject({
      'aftershock.process.context': 'service',
      'aftershock.process.service': 'acmed',
    });
  });

  test('that the allowlist names, by path or by user', () => {
    const events = [
      acts(-60, 800, 1, '/usr/sbin/apache2'),
      exec(0, 900, 800, '/bin/sh', {
        'process.command_line': 'sh -c /usr/lib/cgi/awstats.pl',
        'user.name': 'www-data',
        'user.id': '33',
        'user.effective.id': '33',
      }),
    ];
    const allowing = (entry: string): unknown => contextOf(events, { settings: { shellAllowlist: [entry] } });
    expect(allowing('/usr/lib/cgi/')).toBe('none');
    expect(allowing('www-data')).toBe('none');
    expect(allowing('/usr/lib/other/')).toBe('service');
    expect(allowing('nobody')).toBe('service');
  });
});

describe('a shell of a service account', () => {
  const www = { 'user.id': '33', 'user.effective.id': '33', 'user.name': 'www-data' };

  test('that nobody logged into counts, whoever the parent is', () => {
    expect(last([exec(0, 900, 800, '/bin/sh', www)])).toMatchObject({
      'aftershock.process.context': 'service',
      'aftershock.process.service': 'httpd',
    });
    expect(contextOf([exec(0, 900, 800, '/usr/bin/python3.11', www)])).toBe('service');
  });

  test('known by the collected passwd: a system uid without a login shell', () => {
    const root = {
      ...NO_ROOT,
      users: new Map([
        ['412', { name: 'acme', shell: '/usr/sbin/nologin' }],
        ['413', { name: 'robot', shell: '/bin/bash' }],
      ]),
    };
    const of = (uid: string): unknown =>
      contextOf([exec(0, 900, 800, '/bin/sh', { 'user.id': uid, 'user.effective.id': uid })], { root });
    expect(of('412')).toBe('service');
    expect(of('413')).toBe('none');
    expect(of('0')).toBe('none');
  });

  test('does not count where somebody is logged in', () => {
    expect(contextOf([exec(0, 900, 800, '/bin/sh', { ...www, 'user.audit.id': '1000' })])).toBe('none');
  });

  test.each([
    '/usr/sbin/cron',
    '/usr/sbin/crond',
    '/usr/sbin/atd',
    '/usr/lib/systemd/systemd',
    '/usr/bin/containerd-shim-runc-v2',
    '/usr/bin/runc',
    '/usr/bin/conmon',
  ])('does not count under %s', exe => {
    expect(contextOf([acts(-60, 700, 1, exe), exec(0, 900, 700, '/bin/sh', www)])).toBe('none');
    const through = [acts(-60, 700, 1, exe), exec(0, 900, 700, '/bin/sh', www), exec(1, 901, 900, '/bin/sh', www)];
    expect(contextOf(through)).toBe('none');
  });

  test('does not count where a start script starts the daemon', () => {
    const postgres = { 'user.id': '113', 'user.effective.id': '113', 'user.name': 'postgres' };
    const events = [
      exec(0, 700, 1, '/usr/bin/perl', {
        'process.command_line': '/usr/bin/perl -wT /usr/bin/pg_ctlcluster 15 main start',
      }),
      exec(1, 710, 700, '/usr/lib/postgresql/15/bin/pg_ctl', postgres),
      exec(2, 720, 710, '/bin/sh', {
        ...postgres,
        'process.command_line': 'sh -c exec postgres -D /var/lib/postgresql',
      }),
    ];
    expect(contextOf(events)).toBe('none');
  });

  test('of a web application that systemd started counts', () => {
    const events = [
      exec(0, 700, 1, '/usr/bin/python3.11', { ...www, 'process.command_line': 'python3 -m gunicorn app' }),
      exec(1, 710, 700, '/bin/sh', www),
    ];
    expect(contextOf(events)).toBe('service');
  });

  test('does not count right under the first process, which starts units and timers', () => {
    expect(contextOf([exec(0, 900, 1, '/bin/sh', www)])).toBe('none');
  });
});

describe('everyday shells are no exploit', () => {
  test('cron running sh -c', () => {
    expect(contextOf([acts(-60, 700, 1, '/usr/sbin/crond'), exec(0, 900, 700, '/bin/sh')])).toBe('none');
  });

  test('a health check inside a container', () => {
    const events = [
      acts(-60, 700, 1, '/usr/bin/containerd-shim-runc-v2'),
      exec(0, 900, 700, '/bin/sh', { 'process.command_line': 'sh -c curl -f http://localhost/' }),
    ];
    expect(contextOf(events)).toBe('none');
  });

  test('logrotate telling the web server to reload', () => {
    const events = [
      acts(-60, 700, 1, '/usr/sbin/logrotate'),
      exec(0, 900, 700, '/bin/sh'),
      exec(0.1, 901, 900, '/usr/bin/systemctl', { 'process.command_line': 'systemctl reload apache2' }),
    ];
    expect(contextOf(events)).toBe('none');
  });
});

describe('sshd', () => {
  const LISTENER = acts(-3600, 600, 1, '/usr/sbin/sshd', { 'process.command_line': '/usr/sbin/sshd -D' });
  const monitor = acts(-10, 700, 600, '/usr/sbin/sshd');
  const child = acts(-9, 710, 700, '/usr/sbin/sshd');

  test('a login shell after Accepted is a login, under the sshd that logged it or its child', () => {
    const accepted = sshd(-9, 700, 'ssh_login', 'success');
    expect(contextOf([LISTENER, monitor, accepted, exec(0, 900, 700, '/bin/bash')])).toBe('login');
    expect(contextOf([LISTENER, monitor, accepted, child, exec(0, 900, 710, '/bin/bash')])).toBe('login');
  });

  test('and so is what is typed into it, hours later', () => {
    const events = [
      LISTENER,
      monitor,
      sshd(-9, 700, 'ssh_login', 'success'),
      exec(0, 900, 700, '/bin/bash'),
      exec(7200, 950, 900, '/usr/bin/curl'),
    ];
    expect(contextOf(events)).toBe('login');
  });

  test('sftp-server and a forced command after Accepted are a login', () => {
    const accepted = sshd(-9, 700, 'ssh_login', 'success');
    expect(contextOf([LISTENER, monitor, accepted, exec(0, 900, 700, '/usr/lib/openssh/sftp-server')])).toBe('login');
    expect(
      contextOf([
        LISTENER,
        monitor,
        accepted,
        exec(0, 900, 700, '/bin/sh', { 'process.command_line': 'sh -c /usr/bin/backup' }),
      ]),
    ).toBe('login');
  });

  test('a login that only the kernel knows: the login uid is set', () => {
    expect(contextOf([LISTENER, monitor, exec(0, 900, 700, '/bin/bash', { 'user.audit.id': '1000' })])).toBe('login');
  });

  test('a shell without any login is a child of the service', () => {
    expect(last([LISTENER, monitor, exec(0, 900, 700, '/bin/bash')])).toMatchObject({
      'aftershock.process.context': 'service',
      'aftershock.process.service': 'sshd',
      'aftershock.process.ports': ['22'],
    });
  });

  test('a failed login is none', () => {
    expect(contextOf([LISTENER, monitor, sshd(-9, 700, 'ssh_login', 'failure'), exec(0, 900, 700, '/bin/bash')])).toBe(
      'service',
    );
  });

  test('somebody else’s login is none', () => {
    expect(contextOf([LISTENER, monitor, sshd(-9, 701, 'ssh_login', 'success'), exec(0, 900, 700, '/bin/bash')])).toBe(
      'service',
    );
  });

  test('right under the listener there is no login, whatever was logged', () => {
    const events = [LISTENER, sshd(-9, 600, 'ssh_login', 'success'), exec(0, 900, 600, '/bin/bash')];
    expect(contextOf(events)).toBe('service');
  });

  test('a session that was closed is over', () => {
    const events = [
      LISTENER,
      monitor,
      sshd(-300, 700, 'ssh_login', 'success'),
      sshd(-200, 700, 'ssh_disconnect', ''),
      exec(0, 900, 700, '/bin/bash'),
    ];
    expect(contextOf(events)).toBe('service');
  });

  test('a reused pid of an earlier login does not excuse it', () => {
    const events = [
      LISTENER,
      monitor,
      sshd(-9, 700, 'ssh_login', 'success'),
      exec(100, 700, 600, '/usr/sbin/sshd', { 'event.type': 'end', 'event.action': ['exited', 'end'] }),
      fork(4000, 600, 1, '/usr/sbin/sshd', 700),
      exec(4001, 900, 700, '/bin/bash'),
    ];
    expect(contextOf(events)).toBe('service');
  });

  test('where neither logins nor login uids are logged, nothing is said', () => {
    const elastic = { 'event.code': undefined, 'event.dataset': 'endpoint.events.process' };
    const events = [
      exec(0, 900, 700, '/bin/bash', {
        ...elastic,
        'process.parent.name': 'sshd',
        'process.parent.executable': '/usr/sbin/sshd',
      }),
    ];
    expect(contextOf(events)).toBe('login');
  });

  test('on macOS launchd starts one sshd a connection, and that is no listener', () => {
    const mac = { 'event.code': undefined, 'event.dataset': 'osquery.result', 'host.os.type': 'macos' };
    const process = exec(-10, 700, 1, '/usr/sbin/sshd', mac);
    const shell = exec(0, 900, 700, '/bin/zsh', mac);
    const login = sshd(-9, 700, 'ssh_login', 'success');
    const other = sshd(-900, 20, 'ssh_login', 'success');
    expect(contextOf([process, login, shell], { os: 'macos' })).toBe('login');
    expect(contextOf([process, other, shell], { os: 'macos' })).toBe('service');
  });
});

test('a screen sharing daemon that starts curl, by its parent’s name alone', () => {
  const event = exec(0, 900, 800, '/usr/bin/curl', {
    'event.code': undefined,
    'event.dataset': 'osquery.result',
    'process.parent.name': 'screensharingd',
  });
  expect(last([event], { os: 'macos' })).toMatchObject({
    'aftershock.process.context': 'service',
    'aftershock.process.service': 'screensharingd',
  });
});
