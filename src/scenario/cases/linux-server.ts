import { INIT, LinuxMachine, type UnixProcess } from '../acts/linux.ts';
import { Sensor } from '../acts/network.ts';
import type { Item } from '../item.ts';
import type { Setting } from './case.ts';

/** Accounts of daemons in the passwd of every server here. */
export const ACCOUNTS = {
  root: 0,
  'www-data': 33,
  'Debian-exim': 104,
  redis: 109,
  mysql: 110,
  postgres: 111,
  tomcat: 112,
  ftp: 113,
} as const;

const RESOLVER = '10.32.1.2';
const OPERATOR = '10.32.9.5';
const AUTOMATION = '10.32.9.20';
export const GUESTS = ['198.51.100.11', '198.51.100.12', '198.51.100.40', '198.51.100.41'] as const;

/** Who else is in the network of a Linux server. */
export interface LinuxSurroundings {
  readonly guests: readonly string[];
  readonly resolver: string;
  /** Where packages come from. */
  readonly mirror: string;
  readonly operator: string | undefined;
  readonly automation: string | undefined;
}

const SURROUNDINGS: LinuxSurroundings = {
  guests: GUESTS,
  resolver: RESOLVER,
  mirror: '198.51.100.80',
  operator: OPERATOR,
  automation: AUTOMATION,
};

/** One Linux server on two days: its daemon at work, cron, an operator over SSH. */
export class LinuxServer {
  readonly machine: LinuxMachine;
  readonly sensor: Sensor;
  readonly items: Item[] = [];
  readonly ip: string;
  readonly name: string;
  readonly sshd: UnixProcess;
  readonly cron: UnixProcess;
  readonly #setting: Setting;
  readonly #around: LinuxSurroundings;

  constructor(
    setting: Setting,
    role: string,
    ip: string,
    ports: readonly number[],
    around: Partial<LinuxSurroundings> = {},
  ) {
    this.#setting = setting;
    this.#around = { ...SURROUNDINGS, ...around };
    this.name = setting.nameOf(role);
    this.ip = ip;
    const folder = `${setting.folder}/${this.name}`;
    this.machine = new LinuxMachine(folder, this.name, ip, setting.random);
    this.sensor = new Sensor(`${setting.folder}/zeek/conn.log`, setting.random);
    this.items.push(
      { kind: 'raw', at: 0, file: `${folder}/[root]/etc/hostname`, text: this.name },
      { kind: 'raw', at: 0, file: `${folder}/[root]/etc/passwd`, text: PASSWD },
      { kind: 'raw', at: 0, file: `${folder}/live_response/network/ip_addr_show.txt`, text: addresses(ip) },
    );
    this.cron = this.daemon('/usr/sbin/cron', 'root', ['/usr/sbin/cron', '-f'], 'cron');
    this.sshd = this.daemon('/usr/sbin/sshd', 'root', ['/usr/sbin/sshd', '-D'], 'ssh');
    for (const day of setting.ordinaryDays) this.#ordinaryDay(day, ports);
  }

  /** A daemon that systemd started when the machine was booted. */
  daemon(exe: string, account: keyof typeof ACCOUNTS, args: readonly string[], unit: string): UnixProcess {
    const daemon = this.machine.child(INIT, exe, { uid: ACCOUNTS[account] });
    const at = this.#setting.clock('-1 06:00:01');
    this.items.push(this.machine.service(at, 'SERVICE_START', unit), this.machine.executed(at + 200_000, daemon, args));
    return daemon;
  }

  child(
    at: number,
    parent: UnixProcess,
    exe: string,
    args: readonly string[],
    over: Partial<UnixProcess> = {},
  ): UnixProcess {
    const child = this.machine.child(parent, exe, over);
    this.items.push(this.machine.executed(at, child, args));
    return child;
  }

  /** A worker of a daemon ends by a signal, in the words of the audit system and, for a fault of memory, of the kernel. */
  workerCrashed(at: number, daemon: UnixProcess, signal = 11): UnixProcess {
    const { machine, items } = this;
    const worker = machine.child(daemon, daemon.exe);
    items.push(machine.abended(at, worker, signal));
    if (signal === 11) {
      const text = `[93618.114210] ${worker.comm}[${worker.pid}]: segfault at 7f3c00000008 ip 000055d0c0ffee11 sp 00007ffc0ffee0a0 error 4 in ${worker.comm}[55d0c0fe0000+120000]`;
      items.push(machine.syslog(at, 'kernel', undefined, text));
    }
    return worker;
  }

  /** systemd sees the main process of a unit go. */
  unitFailed(at: number, unit: string, signal = 11): void {
    const { machine, items } = this;
    const status = `${signal}/${SIGNALS[signal] ?? 'KILL'}`;
    items.push(
      machine.syslog(at, 'systemd', 1, `${unit}.service: Main process exited, code=dumped, status=${status}`),
      machine.syslog(at + 10_000, 'systemd', 1, `${unit}.service: Failed with result 'core-dump'.`),
      machine.service(at + 20_000, 'SERVICE_STOP', unit, 'failed'),
    );
  }

  /** systemd starts a unit again; returns its new main process. */
  unitStarted(at: number, unit: string, before: UnixProcess, args: readonly string[]): UnixProcess {
    const again = this.machine.child({ ...before, pid: 1 }, before.exe);
    this.items.push(this.machine.service(at, 'SERVICE_START', unit), this.machine.executed(at + 100_000, again, args));
    return again;
  }

  /** A connection that the machine opens, as the audit system and the sensor see it. */
  connect(at: number, by: UnixProcess, to: string, port: number, seconds = 30): void {
    this.items.push(
      this.machine.connected(at, by, to, port),
      this.sensor.flow({ at: at + 1000, from: this.ip, to, port, seconds, sent: 6000, received: 8000 }),
    );
  }

  /** An operator logs in with a key, gets a shell, and leaves. */
  login(at: number, user: string, from: string, commands: readonly (readonly string[])[]): void {
    const { machine, items } = this;
    const session = machine.child(this.sshd, '/usr/sbin/sshd');
    const fromPort = this.#setting.random.between(50_000, 60_000);
    items.push(
      this.sensor.flow({ at: at - 1e6, from, fromPort, to: this.ip, port: 22, seconds: 300 }),
      machine.syslog(
        at,
        'sshd',
        session.pid,
        `Accepted publickey for ${user} from ${from} port ${fromPort} ssh2: ED25519 SHA256:x`,
      ),
      machine.syslog(
        at + 20_000,
        'sshd',
        session.pid,
        `pam_unix(sshd:session): session opened for user ${user}(uid=1000) by (uid=0)`,
      ),
    );
    const shell = this.child(at + 200_000, session, '/bin/bash', ['-bash'], { uid: 1000, auid: 1000 });
    for (const [i, args] of commands.entries()) this.child(at + 5e6 + i * 4e6, shell, args[0]!, args);
    items.push(
      machine.syslog(at + 299e6, 'sshd', session.pid, `pam_unix(sshd:session): session closed for user ${user}`),
    );
  }

  #ordinaryDay(day: string, ports: readonly number[]): void {
    const { random, clock, bustle } = this.#setting;
    const { machine, sensor, items, ip } = this;
    const { guests, resolver, mirror, operator, automation } = this.#around;
    const [from, to] = [clock(`${day}06:30:00`), clock(`${day}18:00:00`)];
    items.push(
      ...sensor.traffic(70 * bustle, from, to, () => ({
        from: random.pick(guests),
        to: ip,
        port: random.pick(ports),
        state: random.pick(['SF', 'SF', 'SF', 'RSTO'] as const),
      })),
      ...sensor.traffic(20 * bustle, from, to, () => ({ from: ip, to: resolver, port: 53, protocol: 'udp' as const })),
    );
    // The package manager looks for news: connections that both the audit system and the sensor see.
    for (let i = 0; i < 12 * bustle; i++) {
      const at = random.between(from, to);
      this.connect(at, machine.child(INIT, '/usr/lib/apt/methods/http'), mirror, 80, 1);
    }
    for (let hour = 7; hour < 18; hour++) {
      const time = clock(`${day}${String(hour).padStart(2, '0')}:17:01`);
      const job = machine.child(this.cron, '/bin/sh', { auid: 0 });
      if (automation !== undefined)
        this.login(time + 600e6, 'ansible', automation, [['/bin/sh', '-c', 'echo ~ansible && sleep 0']]);
      items.push(
        machine.executed(time, job, ['/bin/sh', '-c', 'run-parts /etc/cron.hourly']),
        machine.syslog(time, 'CRON', job.pid, '(root) CMD (   cd / && run-parts --report /etc/cron.hourly)'),
      );
    }
    if (operator !== undefined) this.login(clock(`${day}09:12:44`), 'ops', operator, [['/usr/bin/uptime']]);
  }
}

const SIGNALS: Readonly<Record<number, string>> = { 4: 'ILL', 6: 'ABRT', 7: 'BUS', 8: 'FPE', 11: 'SEGV' };

const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  ...Object.entries(ACCOUNTS)
    .slice(1)
    .map(([name, id]) => `${name}:x:${id}:${id}::/var/lib/${name}:/usr/sbin/nologin`),
  'ops:x:1000:1000:Operations:/home/ops:/bin/bash',
].join('\n');

const addresses = (ip: string): string =>
  [
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000',
    '    inet 127.0.0.1/8 scope host lo',
    '2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000',
    `    inet ${ip}/16 brd 10.32.255.255 scope global eth0`,
  ].join('\n');
