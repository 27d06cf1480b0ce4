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

  constructor(setting: Setting, role: string, ip: string, ports: readonly number[]) {
    this.#setting = setting;
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
    for (const day of ['-1 ', '']) this.#ordinaryDay(day, ports);
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
    const [from, to] = [clock(`${day}06:30:00`), clock(`${day}18:00:00`)];
    items.push(
      ...sensor.traffic(70 * bustle, from, to, () => ({
        from: random.pick(GUESTS),
        to: ip,
        port: random.pick(ports),
        state: random.pick(['SF', 'SF', 'SF', 'RSTO'] as const),
      })),
      ...sensor.traffic(20 * bustle, from, to, () => ({ from: ip, to: RESOLVER, port: 53, protocol: 'udp' as const })),
    );
    // The package manager looks for news: connections that both the audit system and the sensor see.
    for (let i = 0; i < 12 * bustle; i++) {
      const at = random.between(from, to);
      this.connect(at, machine.child(INIT, '/usr/lib/apt/methods/http'), '198.51.100.80', 80, 1);
    }
    for (let hour = 7; hour < 18; hour++) {
      const time = clock(`${day}${String(hour).padStart(2, '0')}:17:01`);
      const job = machine.child(this.cron, '/bin/sh', { auid: 0 });
      this.login(time + 600e6, 'ansible', AUTOMATION, [['/bin/sh', '-c', 'echo ~ansible && sleep 0']]);
      items.push(
        machine.executed(time, job, ['/bin/sh', '-c', 'run-parts /etc/cron.hourly']),
        machine.syslog(time, 'CRON', job.pid, '(root) CMD (   cd / && run-parts --report /etc/cron.hourly)'),
      );
    }
    this.login(clock(`${day}09:12:44`), 'ops', OPERATOR, [['/usr/bin/uptime']]);
  }
}

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
