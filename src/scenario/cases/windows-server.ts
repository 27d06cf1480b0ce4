import { Sensor } from '../acts/network.ts';
import { type Process, WindowsMachine } from '../acts/windows.ts';
import { audited, countersLoaded, reportedNoCrash, serviceEnded } from '../acts/windows-events.ts';
import type { Item } from '../item.ts';
import type { Setting } from './case.ts';

export const SYSTEM32 = 'C:\\Windows\\System32';
export const CLIENTS = ['10.31.5.31', '10.31.5.32', '10.31.5.33', '10.31.5.47'] as const;
/** How healthy sessions end: mostly with a reset. */
export const HEALTHY = ['RSTO', 'RSTO', 'SF', 'RSTR', 'S1'] as const;
const CONTROLLER = '10.31.0.5';

/** Who else is in the network of a Windows server. */
export interface WindowsSurroundings {
  readonly domain: string;
  readonly clients: readonly string[];
  readonly controller: string;
  /** Whether 4688 names the parent: not before Windows 10. */
  readonly hasParentNames: boolean;
}

const SURROUNDINGS: WindowsSurroundings = {
  domain: 'corp.example',
  clients: CLIENTS,
  controller: CONTROLLER,
  hasParentNames: true,
};

/** One Windows server on two days in its network: people at work, name service, a domain controller, and what its logs always hold. */
export class WindowsServer {
  readonly machine: WindowsMachine;
  readonly sensor: Sensor;
  readonly services: Process;
  readonly ip: string;
  readonly items: Item[] = [];
  readonly #setting: Setting;
  readonly #around: WindowsSurroundings;

  constructor(
    setting: Setting,
    role: string,
    ip: string,
    ports: readonly number[],
    around: Partial<WindowsSurroundings> = {},
  ) {
    const name = setting.nameOf(role);
    this.#setting = setting;
    this.ip = ip;
    this.#around = { ...SURROUNDINGS, ...around };
    this.machine = new WindowsMachine(
      `${setting.folder}/${name}`,
      `${name}.${this.#around.domain}`,
      ip,
      setting.random,
    );
    this.sensor = new Sensor(`${setting.folder}/zeek/conn.log`, setting.random);
    this.services = this.machine.process(`${SYSTEM32}\\services.exe`);
    this.items.push({
      kind: 'raw',
      at: 0,
      file: `${setting.folder}/${name}/ipconfig_all.txt`,
      text: ipconfig(name, this.#around.domain, ip),
    });
    for (const day of setting.ordinaryDays) this.#ordinaryDay(day, ports);
  }

  /** A process starts, in the words of Sysmon and of the audit policy. */
  start(at: number, child: Process, parent: Process): void {
    this.items.push(
      this.machine.started(at, child, parent),
      audited(this.machine, at + 1000, child, parent, this.#around.hasParentNames),
    );
  }

  /** A program that the service manager started when the machine was booted. */
  service(image: string, commandLine = image, user = 'NT AUTHORITY\\SYSTEM'): Process {
    const process = this.machine.process(image, commandLine, user);
    this.start(this.#setting.clock('-1 06:30:05'), process, this.services);
    return process;
  }

  /** A service ends by an access violation; returns the process that the service manager starts in its place, else the old one. */
  crashed(at: number, process: Process, display: string, isRestarted: boolean): Process {
    const { machine, items } = this;
    const program = process.image.slice(process.image.lastIndexOf('\\') + 1);
    items.push(machine.applicationError(at - 300_000, program, 'ntdll.dll', 'c0000005', process.pid));
    if (!isRestarted) {
      items.push(serviceEnded(machine, at, display));
      return process;
    }
    items.push(machine.serviceCrashed(at, display));
    const again = machine.process(process.image, process.commandLine, process.user);
    this.start(at + 60e6, again, this.services);
    items.push(machine.serviceState(at + 60.2e6, display, 'running'));
    return again;
  }

  /** A child in the shape that intruders give it. */
  child(at: number, parent: Process, image: string, commandLine: string): Process {
    const child = this.machine.process(image, commandLine, parent.user);
    this.start(at, child, parent);
    return child;
  }

  /** A connection that the machine opens, as Sysmon and the sensor see it. */
  connect(at: number, by: Process, to: string, port: number, seconds = 12): void {
    const fromPort = this.#setting.random.between(49_700, 64_000);
    this.items.push(
      this.machine.connected(at, by, to, port, fromPort),
      this.sensor.flow({ at: at + 1000, from: this.ip, fromPort, to, port, seconds, sent: 9000, received: 4000 }),
    );
  }

  #ordinaryDay(day: string, ports: readonly number[]): void {
    const { random, clock, bustle } = this.#setting;
    const { machine, sensor, items } = this;
    const { clients, controller } = this.#around;
    const [from, to] = [clock(`${day}07:30:00`), clock(`${day}17:30:00`)];
    const svchost = machine.process(
      `${SYSTEM32}\\svchost.exe`,
      'svchost.exe -k NetworkService',
      'NT AUTHORITY\\NETWORK SERVICE',
    );
    const explorer = machine.process('C:\\Windows\\explorer.exe', 'C:\\Windows\\explorer.exe', 'CORP\\b.holm');
    items.push(
      ...countersLoaded(machine, clock(`${day}06:31:00`)),
      ...countersLoaded(machine, clock(`${day}14:01:00`)),
      machine.serviceState(clock(`${day}07:31:00`), 'Windows Update', 'running'),
      machine.serviceState(clock(`${day}07:46:00`), 'Windows Update', 'stopped'),
      reportedNoCrash(machine, clock(`${day}07:50:00`), 'WindowsUpdateFailure3'),
      // Windows ends healthy connections with a reset.
      ...sensor.traffic(60 * bustle, from, to, () => ({
        from: random.pick(clients),
        to: this.ip,
        port: random.pick(ports),
        state: random.pick(HEALTHY),
      })),
      ...clients.flatMap(ip =>
        sensor.traffic(6 * bustle, from, to, () => ({
          from: ip,
          to: controller,
          port: random.pick([53, 88, 389]),
          state: random.pick(['RSTO', 'SF'] as const),
        })),
      ),
    );
    for (let i = 0; i < 12 * bustle; i++) {
      const time = random.between(from, to);
      this.connect(random.between(from, to), svchost, controller, random.pick([53, 88, 389]), 1);
      const client = random.pick(clients);
      if (ports.includes(445)) {
        const session = sensor.flow({
          at: time - 200_000,
          from: client,
          to: this.ip,
          port: 445,
          state: random.pick(HEALTHY),
          seconds: 2,
        });
        const user = random.pick(['a.lund', 'b.holm', 'c.dahl']);
        items.push(session, machine.logon(time, `CORP\\${user}`, 3, client, session.fromPort));
      }
      const tool = random.pick(['notepad.exe', 'mmc.exe', 'taskhostw.exe']);
      this.start(time + 40e6, machine.process(`${SYSTEM32}\\${tool}`, undefined, 'CORP\\b.holm'), explorer);
    }
  }
}

const ipconfig = (name: string, domain: string, ip: string): string =>
  [
    'Windows IP Configuration',
    '',
    `   Host Name . . . . . . . . . . . . : ${name}`,
    `   Primary Dns Suffix  . . . . . . . : ${domain}`,
    '',
    'Ethernet adapter Ethernet0:',
    '',
    `   IPv4 Address. . . . . . . . . . . : ${ip}(Preferred)`,
    '   Subnet Mask . . . . . . . . . . . : 255.255.0.0',
  ].join('\r\n');
