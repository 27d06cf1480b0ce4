import { Sensor } from '../acts/network.ts';
import type { Item, UnifiedEntry } from '../item.ts';
import type { Setting } from './case.ts';

/** Who else is in the network of a Mac. */
export interface MacSurroundings {
  readonly resolver: string;
  readonly web: string;
  readonly colleague: string;
}

const SURROUNDINGS: MacSurroundings = { resolver: '10.34.0.2', web: '198.51.100.80', colleague: '10.34.0.9' };

/** One Mac on two days: names, the web, a colleague over Screen Sharing, a developer's shell. */
export class Mac {
  readonly items: Item[] = [];
  readonly sensor: Sensor;
  readonly ip: string;
  readonly name: string;
  readonly #setting: Setting;
  readonly #folder: string;
  readonly #around: MacSurroundings;

  constructor(
    setting: Setting,
    role: string,
    ip: string,
    ports: readonly number[],
    around: Partial<MacSurroundings> = {},
  ) {
    this.#setting = setting;
    this.#around = { ...SURROUNDINGS, ...around };
    this.name = setting.nameOf(role);
    this.ip = ip;
    this.#folder = `${setting.folder}/${this.name}`;
    this.sensor = new Sensor(`${setting.folder}/zeek/conn.log`, setting.random);
    this.items.push(
      { kind: 'raw', at: 0, file: `${this.#folder}/hostname.txt`, text: this.name },
      {
        kind: 'raw',
        at: 0,
        file: `${this.#folder}/ifconfig.txt`,
        text: `en0: flags=8863<UP> mtu 1500\n\tinet ${ip} netmask 0xffffff00 broadcast 10.34.3.255`,
      },
    );
    for (const day of setting.ordinaryDays) this.#ordinaryDay(day, ports);
  }

  /** An entry of the unified log; by launchd where nobody else is named. */
  log(at: number, entry: Partial<UnifiedEntry> & Pick<UnifiedEntry, 'text'>): void {
    this.items.push({
      kind: 'unified',
      at,
      file: `${this.#folder}/log-show.ndjson`,
      process: '/sbin/launchd',
      pid: 1,
      subsystem: '',
      category: '',
      messageType: 'Default',
      ...entry,
    });
  }

  /** launchd tells how a job ended, and that it spawned the next one. */
  crashed(at: number, label: string, program: string, pid: number): void {
    this.log(at, {
      subsystem: 'com.apple.xpc.launchd',
      messageType: 'Error',
      text: `[system/${label} [${pid}]:] exited due to SIGSEGV | sent by exc handler[${pid}], ran for 3912ms`,
    });
    this.log(at + 10.2e6, {
      subsystem: 'com.apple.xpc.launchd',
      text: `[system/${label}:] Successfully spawned ${program}[${pid + 12}] because ipc (socket)`,
    });
  }

  ran(at: number, pid: number, parent: number, path: string, cmdline: string, parentName: string, uid = 0): void {
    this.#osquery(at, 'process_events', {
      pid: String(pid),
      parent: String(parent),
      path,
      cmdline,
      parent_name: parentName,
      uid: String(uid),
      euid: String(uid),
      time: String(Math.floor(at / 1e6)),
    });
  }

  connect(at: number, pid: number, path: string, to: string, port: number): void {
    const fromPort = this.#setting.random.between(50_000, 60_000);
    this.#osquery(at, 'socket_events', {
      action: 'connect',
      pid: String(pid),
      path,
      family: '2',
      protocol: '6',
      local_address: this.ip,
      local_port: String(fromPort),
      remote_address: to,
      remote_port: String(port),
      success: '1',
      time: String(Math.floor(at / 1e6)),
    });
    this.items.push(this.sensor.flow({ at, from: this.ip, fromPort, to, port, seconds: 60 }));
  }

  /** A colleague logs in over SSH, in the words of sshd. */
  login(at: number, user: string, from: string): void {
    const pid = this.#setting.random.between(1200, 1900);
    const fromPort = this.#setting.random.between(50_000, 60_000);
    const sshd = { process: '/usr/sbin/sshd', pid, subsystem: 'com.openssh.sshd' };
    this.items.push(this.sensor.flow({ at: at - 1e6, from, fromPort, to: this.ip, port: 22, seconds: 300 }));
    this.log(at, {
      ...sshd,
      text: `Accepted publickey for ${user} from ${from} port ${fromPort} ssh2: ED25519 SHA256:m`,
    });
    this.ran(at + 300_000, pid + 2, pid, '/bin/zsh', '-zsh', 'sshd', 501);
  }

  #osquery(at: number, name: string, columns: Readonly<Record<string, string>>): void {
    this.items.push({
      kind: 'osquery',
      at,
      file: `${this.#folder}/private/var/log/osquery/osqueryd.results.log`,
      row: { name, host: this.name, counter: 41, columns },
    });
  }

  #ordinaryDay(day: string, ports: readonly number[]): void {
    const { random, clock, bustle } = this.#setting;
    const { sensor, items, ip } = this;
    const { resolver, web, colleague } = this.#around;
    const [from, to] = [clock(`${day}08:00:00`), clock(`${day}18:00:00`)];
    items.push(
      ...sensor.traffic(40 * bustle, from, to, () => ({
        from: ip,
        to: resolver,
        port: 53,
        protocol: 'udp' as const,
      })),
      ...sensor.traffic(40 * bustle, from, to, () => ({
        from: ip,
        to: web,
        port: 443,
        state: random.pick(['SF', 'RSTO'] as const),
      })),
      ...sensor.traffic(12 * bustle, from, to, () => ({
        from: colleague,
        to: ip,
        port: random.pick(ports),
        seconds: 120,
      })),
    );
    this.login(clock(`${day}09:40:00`), 'anna', colleague);
    for (let i = 0; i < 8 * bustle; i++) {
      const time = random.between(from, to);
      // Workers of the search index end all day.
      this.log(time, {
        subsystem: 'com.apple.xpc.launchd',
        text: `[system/com.apple.mdworker.shared [${900 + (i % 90)}]:] exited due to SIGKILL | sent by mds[112]`,
      });
      this.ran(time, 700 + (i % 90), 640, '/usr/bin/git', 'git status', 'zsh', 501);
    }
  }
}
