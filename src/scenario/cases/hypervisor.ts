import { Sensor } from '../acts/network.ts';
import type { HostdLevel, Item } from '../item.ts';
import type { Setting } from './case.ts';

const VCENTER = '10.33.0.10';
const STORE = '10.33.0.60';
const RESOLVER = '10.33.0.2';

/** Who else is in the network of a hypervisor. */
export interface HypervisorSurroundings {
  readonly vcenter: string;
  readonly store: string;
  readonly resolver: string;
}

const SURROUNDINGS: HypervisorSurroundings = { vcenter: VCENTER, store: STORE, resolver: RESOLVER };

/** One ESXi host on two days: vCenter manages it, it reads its storage, its logs go on. */
export class Hypervisor {
  readonly items: Item[] = [];
  readonly sensor: Sensor;
  readonly ip: string;
  readonly name: string;
  readonly #logs: string;
  readonly #setting: Setting;
  readonly #around: HypervisorSurroundings;

  constructor(
    setting: Setting,
    role: string,
    ip: string,
    ports: readonly number[],
    around: Partial<HypervisorSurroundings> = {},
  ) {
    this.#setting = setting;
    this.#around = { ...SURROUNDINGS, ...around };
    this.name = setting.nameOf(role);
    this.ip = ip;
    this.#logs = `${setting.folder}/${this.name}/var/run/log`;
    this.sensor = new Sensor(`${setting.folder}/zeek/conn.log`, setting.random);
    this.items.push({
      kind: 'raw',
      at: 0,
      file: `${setting.folder}/${this.name}/etc/vmware/esx.conf`,
      text: esxConf(this.name, ip),
    });
    for (const day of setting.ordinaryDays) this.#ordinaryDay(day, ports);
  }

  hostd(at: number, level: HostdLevel, sub: string, text: string): void {
    this.items.push({ kind: 'hostd', at, file: `${this.#logs}/hostd.log`, level, sub, text, thread: '2099241' });
  }

  /** The line with which hostd begins its log after a start. */
  hostdBegins(at: number, pid: number): void {
    this.hostd(
      at,
      'info',
      'Default',
      `Section for VMware ESX, pid=${pid}, version=7.0.3, build=19193900, option=Release`,
    );
  }

  vmkernel(at: number, text: string, level?: 'WARNING' | 'ALERT'): void {
    this.items.push({
      kind: 'vmkernel',
      at,
      file: `${this.#logs}/vmkernel.log`,
      text,
      ...(level === undefined ? {} : { level }),
    });
  }

  dumped(at: number, program: string, cartel: number): void {
    this.vmkernel(
      at,
      `UserDump: 3157: ${program}: Dumping cartel ${cartel} (from world ${cartel}) to file /var/core/${program}-zdump.000 ...`,
    );
  }

  vobd(at: number, id: string, text: string): void {
    this.items.push({
      kind: 'raw',
      at,
      file: `${this.#logs}/vobd.log`,
      text: `${new Date(at / 1000).toISOString()}: [UserLevelCorrelator] ${Math.floor(at / 1e3) % 1e12}us: [${id}] ${text}`,
    });
  }

  shell(at: number, command: string): void {
    this.items.push({ kind: 'esxi-shell', at, file: `${this.#logs}/shell.log`, user: 'root', pid: 2104417, command });
  }

  connect(at: number, to: string, port: number, seconds = 80): void {
    this.items.push(this.sensor.flow({ at, from: this.ip, to, port, seconds }));
  }

  #ordinaryDay(day: string, ports: readonly number[]): void {
    const { random, clock, bustle } = this.#setting;
    const { ip, sensor, items } = this;
    const { vcenter, store, resolver } = this.#around;
    const [from, to] = [clock(`${day}06:00:00`), clock(`${day}18:00:00`)];
    items.push(
      ...sensor.traffic(60 * bustle, from, to, () => ({
        from: vcenter,
        to: ip,
        port: random.pick([443, 902]),
        state: random.pick(['SF', 'S1', 'RSTO'] as const),
      })),
      ...sensor.traffic(25 * bustle, from, to, () => ({ from: vcenter, to: ip, port: random.pick(ports) })),
      ...sensor.traffic(15 * bustle, from, to, () => ({ from: ip, to: resolver, port: 53, protocol: 'udp' as const })),
      ...sensor.traffic(25 * bustle, from, to, () => ({ from: ip, to: store, port: 2049 })),
      sensor.flow({ at: from, from: ip, to: store, port: 2049 }),
      sensor.flow({ at: from, from: ip, to: resolver, port: 53, protocol: 'udp' }),
    );
    for (let i = 0; i < 10 * bustle; i++) {
      const time = random.between(from, to);
      this.hostd(
        time,
        'info',
        'Vimsvc.ha-eventmgr',
        `Event ${1800 + i} : User vpxuser@${vcenter} logged in as VMware-client/6.5.0`,
      );
      this.vmkernel(
        time + 7e6,
        'ScsiDeviceIO: 4167: Cmd(0x45b8c0ffee00) 0x1a, CmdSN 0x7e2 from world 0 to dev "naa.6000" failed H:0x0 D:0x2 P:0x0',
      );
    }
    // A machine may be called what it likes.
    this.hostd(
      from + 60e6,
      'info',
      'Vimsvc.ha-eventmgr',
      'Event 1700 : Virtual machine PANIC-room on datastore1 is powered on',
    );
  }
}

const esxConf = (name: string, ip: string): string =>
  [
    `/adv/Misc/HostName = "${name}"`,
    '/net/vmkernelnic/child[0000]/name = "vmk0"',
    `/net/vmkernelnic/child[0000]/ipv4address = "${ip}"`,
  ].join('\n');
