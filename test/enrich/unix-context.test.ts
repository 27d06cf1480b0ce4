import { describe, expect, test } from 'vitest';
import type { PlainEvent } from '../support/events.ts';
import { NO_ROOT } from '../support/evidence.ts';
import { acts, contextOf, exec, fork, last, linux } from '../support/unix-events.ts';

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

  describe('whose parent started before the records began', () => {
    const job = (more: PlainEvent = {}): PlainEvent =>
      exec(0, 900, 899, '/usr/bin/dash', {
        ...www,
        'process.command_line': '/bin/sh -c php /var/www/cron.php',
        ...more,
      });
    const cron = (seconds: number, pid: number, command = 'php /var/www/cron.php'): PlainEvent => ({
      ...acts(seconds, pid, 1, '/usr/sbin/cron'),
      artifact: 'syslog',
      'event.dataset': 'linux.syslog',
      'event.code': undefined,
      'event.action': ['ran-scheduled-command'],
      'event.category': 'process',
      'event.type': 'start',
      'process.executable': undefined,
      'process.parent.pid': undefined,
      'process.name': 'CRON',
      'process.command_line': command,
      'user.name': 'www-data',
      'user.id': undefined,
      'user.effective.id': undefined,
    });
    const inner = exec(1, 901, 900, '/usr/bin/php8.2', www);
    const contexts = (events: readonly PlainEvent[]): unknown[] =>
      linux(events)
        .filter(event => event['event.dataset'] === 'linux.auditd' && event['event.type'] === 'start')
        .map(event => event['aftershock.process.context']);

    test('counts, and says that nobody knows the parent', () => {
      const [shell, child] = linux([job(), inner]);
      expect(shell).toMatchObject({
        'aftershock.process.context': 'service',
        'aftershock.process.parent_unknown': 'true',
      });
      expect(child!['aftershock.process.parent_unknown']).toBeUndefined();
      const known = last([acts(-60, 899, 1, '/opt/app/bin/worker'), job()]);
      expect(known['aftershock.process.context']).toBe('service');
      expect(known['aftershock.process.parent_unknown']).toBeUndefined();
    });

    test.each([
      ['cron’s line with the pid of the shell', [cron(-0.5, 900), job(), inner]],
      ['cron’s line with the pid above', [cron(-0.5, 899), job(), inner]],
      ['cron’s line with a pid of another namespace', [cron(0.9, 17), job(), inner]],
      ['a later record of the parent', [job(), inner, acts(5, 899, 700, '/usr/sbin/cron')]],
      [
        'the domain of SELinux',
        [job({ 'auditd.data.subj': 'system_u:system_r:system_cronjob_t:s0-s0:c0.c1023' }), inner],
      ],
    ] as const)('is no exploit where %s tells of a job', (_, events) => {
      expect(contexts(events)).toEqual(['none', 'none']);
    });

    test.each([
      ['of another command', [cron(-0.5, 17, 'run-parts /etc/cron.hourly'), job()]],
      ['four seconds away', [cron(-4, 17), job()]],
      ['of a longer command', [cron(-0.5, 17, '/var/www/cron.php'), job()]],
      ['of the web server’s domain', [job({ 'auditd.data.subj': 'system_u:system_r:httpd_t:s0' })]],
    ] as const)('counts where the trace is one %s', (_, events) => {
      expect(contexts(events)).toEqual(['service']);
    });
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
