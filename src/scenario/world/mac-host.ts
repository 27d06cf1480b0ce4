import type { Setting } from '../cases/index.ts';
import { Mac, type MacSurroundings } from '../cases/mac.ts';
import type { HostDocument } from '../file/document.ts';
import type { Item } from '../item.ts';
import { type Machine, type MachineAct, type MachineNoise, programsIn, type Target } from './machine.ts';
import { type MacService, macService } from './services.ts';

interface Started {
  readonly pid: number;
  readonly path: string;
  readonly name: string;
  readonly uid: number;
}

/** A Mac of a scenario. */
export class MacHost implements Machine {
  readonly name: string;
  readonly ip: string;
  readonly #mac: Mac;
  readonly #services: ReadonlyMap<string, MacService>;
  readonly #running = new Map<string, number>();
  readonly #started = new Map<string, Started>();
  #pid = 4100;

  constructor(setting: Setting, name: string, host: HostDocument, around: Partial<MacSurroundings>) {
    const services = host.services ?? [];
    const ports = services.flatMap(({ port }) => port ?? []);
    this.#mac = new Mac(setting, name, host.ips[0]!, ports.length === 0 ? [5900] : ports, around);
    this.name = name;
    this.ip = host.ips[0]!;
    this.#services = new Map(services.map(service => [service.name, macService(service)]));
  }

  get items(): Item[] {
    return this.#mac.items;
  }

  act(act: MachineAct, at: number, addresses: readonly Target[]): void {
    switch (act.act) {
      case 'service_crash':
        for (let i = 0; i < (act.times ?? 1); i++) this.#crash(at + i * 12.6e6, act.service);
        break;
      case 'service_shell': {
        const { program, uid } = this.#services.get(act.parent)!;
        const daemon = { pid: this.#running.get(act.parent) ?? 1, path: '', name: program, uid };
        this.#started.set(act.id, this.#shell(at, daemon, act.cmd));
        break;
      }
      case 'command':
        this.#started.set(act.id, this.#shell(at, this.#processOf(act.lineage), act.cmd));
        break;
      case 'outbound':
        for (const [i, to] of addresses.entries()) this.connect(at + i * 20e6, act.lineage, to);
        break;
      case 'logon':
        this.#mac.login(at, act.user, addresses[0]!.ip);
        break;
      default: // another platform's act: the file is refused before
    }
  }

  noise(noise: MachineNoise, at: number, address: string): void {
    switch (noise.kind) {
      case 'admin_ssh':
        this.#mac.login(at, noise.user ?? 'anna', address);
        break;
      case 'crash_loop':
      case 'driver_crash':
        this.#crash(at, noise.service);
        break;
      case 'operator_restart': {
        const { label, program } = this.#services.get(noise.service)!;
        this.#mac.log(at, { text: `[system/${label}:] exited due to SIGTERM | sent by launchctl[${this.#next()}]` });
        this.#mac.log(at + 1e6, {
          text: `[system/${label}:] Successfully spawned ${program}[${this.#next()}] because semaphore`,
        });
        break;
      }
      default: // another platform's: the file is refused before
    }
  }

  accessed(): void {
    // What screensharingd says of a connection it says only of those that log in.
  }

  connect(at: number, lineage: string | undefined, to: Target): void {
    const by = lineage === undefined ? undefined : this.#started.get(lineage);
    this.#mac.connect(at, by?.pid ?? this.#next(), by?.path ?? '/usr/bin/ssh', to.ip, to.port);
  }

  #next(): number {
    this.#pid += 12;
    return this.#pid;
  }

  #processOf(lineage: string | undefined): Started {
    return (
      (lineage === undefined ? undefined : this.#started.get(lineage)) ?? { pid: 1, path: '', name: 'launchd', uid: 0 }
    );
  }

  /** launchd spawns the next one with a pid twelve higher. */
  #crash(at: number, name: string): void {
    const { label, program } = this.#services.get(name)!;
    const pid = this.#running.get(name) ?? this.#next();
    this.#mac.crashed(at, label, program, pid);
    this.#running.set(name, pid + 12);
    this.#pid = Math.max(this.#pid, pid + 12);
  }

  #shell(at: number, parent: Started, command: string): Started {
    const inner = command.replace(/^(?:\/bin\/)?(?:ba|z)?sh -c /, '').replace(/^(["'])(.*)\1$/s, '$2');
    const shell = { pid: this.#next() + 1, path: '/bin/bash', name: 'bash', uid: parent.uid };
    this.#mac.ran(at, shell.pid, parent.pid, shell.path, `bash -c "${inner}"`, parent.name, shell.uid);
    for (const [i, part] of programsIn(inner).entries()) {
      const name = part.split(/\s/, 1)[0]!.replace(/^.*\//, '');
      if (!/^[a-z][a-z0-9.+-]*$/i.test(name)) continue;
      const path = /^(?:sh|bash|zsh)$/.test(name) ? `/bin/${name}` : `/usr/bin/${name}`;
      this.#mac.ran(at + (i + 1) * 250_000, shell.pid + i + 1, shell.pid, path, part, 'bash', shell.uid);
    }
    return shell;
  }
}
