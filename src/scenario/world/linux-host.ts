import type { UnixProcess } from '../acts/linux.ts';
import { INIT } from '../acts/linux.ts';
import type { Setting } from '../cases/index.ts';
import { ACCOUNTS, LinuxServer, type LinuxSurroundings } from '../cases/linux-server.ts';
import type { HostDocument } from '../file/document.ts';
import type { Item } from '../item.ts';
import { type Machine, type MachineAct, type MachineNoise, programsIn, type Target } from './machine.ts';
import { type LinuxService, linuxService } from './services.ts';

const FOLDERS: Readonly<Record<string, string>> = {
  sh: '/bin/dash',
  bash: '/bin/bash',
  systemctl: '/usr/bin/systemctl',
};

/** A Linux server of a scenario. */
export class LinuxHost implements Machine {
  readonly name: string;
  readonly ip: string;
  readonly #server: LinuxServer;
  readonly #services: ReadonlyMap<string, LinuxService>;
  /** Main processes by service; processes of the storyline by act. */
  readonly #daemons = new Map<string, UnixProcess>();
  readonly #started = new Map<string, UnixProcess>();

  constructor(setting: Setting, name: string, host: HostDocument, around: Partial<LinuxSurroundings>) {
    const services = host.services ?? [];
    const ports = services.flatMap(({ port }) => port ?? []);
    this.#server = new LinuxServer(setting, name, host.ips[0]!, ports.length === 0 ? [22] : ports, around);
    this.name = name;
    this.ip = host.ips[0]!;
    this.#services = new Map(services.map(service => [service.name, linuxService(service)]));
    for (const [key, { exe, user, args, unit }] of this.#services) {
      const account = user as keyof typeof ACCOUNTS;
      this.#daemons.set(key, key === 'sshd' ? this.#server.sshd : this.#server.daemon(exe, account, args, unit));
    }
  }

  get items(): Item[] {
    return this.#server.items;
  }

  act(act: MachineAct, at: number, addresses: readonly Target[]): void {
    switch (act.act) {
      case 'service_crash':
        for (let i = 0; i < (act.times ?? 1); i++) {
          this.#crash(at + i * 12e6, act.service, act.signal ?? 11, act.restarts ?? true);
        }
        break;
      case 'service_shell':
        this.#started.set(act.id, this.#shell(at, this.#daemons.get(act.parent)!, act.cmd));
        break;
      case 'command':
        this.#started.set(act.id, this.#shell(at, this.#processOf(act.lineage), act.cmd));
        break;
      case 'outbound':
        for (const [i, to] of addresses.entries()) this.connect(at + i * 20e6, act.lineage, to, 95);
        break;
      case 'logon':
        this.#server.login(at, act.user, addresses[0]!.ip, [['/usr/bin/id']]);
        break;
      default: // a Windows or a hypervisor's act: the file is refused before
    }
  }

  noise(noise: MachineNoise, at: number, address: string): void {
    const { machine, items } = this.#server;
    switch (noise.kind) {
      case 'admin_ssh':
        this.#server.login(at, noise.user ?? 'ops', address, [['/usr/bin/uptime']]);
        break;
      case 'automation':
        this.#server.login(at, 'ansible', address, [['/bin/sh', '-c', 'echo ~ansible && sleep 0']]);
        break;
      case 'unattended_upgrade':
        this.#upgrade(at, noise.units);
        break;
      case 'crash_loop':
      case 'driver_crash':
        this.#crash(at, noise.service, 11, true);
        break;
      case 'operator_restart':
        this.#restart(at + 5e6, noise.service);
        break;
      case 'cron': {
        const uid = noise.user === undefined ? 0 : (ACCOUNTS[noise.user as keyof typeof ACCOUNTS] ?? 0);
        const job = machine.child(this.#server.cron, '/bin/sh', { uid, auid: uid });
        items.push(
          machine.executed(at, job, ['/bin/sh', '-c', noise.cmd]),
          machine.syslog(at, 'CRON', job.pid, `(${noise.user ?? 'root'}) CMD (${noise.cmd})`),
        );
        break;
      }
      default: // a Windows machine's: the file is refused before
    }
  }

  accessed(): void {
    // Daemons of Linux say nothing of a connection by itself that all of them would say.
  }

  connect(at: number, lineage: string | undefined, to: Target, seconds: number): void {
    const by = lineage === undefined ? this.#server.machine.child(INIT, '/usr/bin/python3') : this.#processOf(lineage);
    this.#server.connect(at, by, to.ip, to.port, seconds);
  }

  #processOf(lineage: string | undefined): UnixProcess {
    return (lineage === undefined ? undefined : this.#started.get(lineage)) ?? INIT;
  }

  #crash(at: number, name: string, signal: number, restarts: boolean): void {
    const service = this.#services.get(name)!;
    const daemon = this.#daemons.get(name)!;
    this.#server.workerCrashed(at, daemon, signal);
    // A child of sshd serves one connection: the daemon itself lives on.
    if (name === 'sshd') return;
    this.#server.unitFailed(at + 400_000, service.unit, signal);
    if (restarts) this.#daemons.set(name, this.#server.unitStarted(at + 1.5e6, service.unit, daemon, service.args));
  }

  /** A shell and what it runs, each a process; returns the one that goes on: the last interpreter, else the shell. */
  #shell(at: number, parent: UnixProcess, command: string): UnixProcess {
    const inner = command.replace(/^(?:\/bin\/)?(?:ba|da)?sh -c /, '').replace(/^(["'])(.*)\1$/s, '$2');
    const shell = this.#server.child(at, parent, '/bin/dash', ['/bin/sh', '-c', inner], { comm: 'sh' });
    let last = shell;
    for (const [i, part] of programsIn(inner).entries()) {
      const args = part.split(/\s+/);
      const name = args[0]!.slice(args[0]!.lastIndexOf('/') + 1);
      if (!/^[a-z][a-z0-9.+-]*$/i.test(name)) continue;
      const child = this.#server.child(at + (i + 1) * 150_000, shell, FOLDERS[name] ?? `/usr/bin/${name}`, args);
      if (/^(?:sh|bash|python3?|perl|nc)$/.test(name)) last = child;
    }
    return last;
  }

  #upgrade(at: number, units: readonly string[]): void {
    this.#server.child(at, INIT, '/usr/bin/apt-get', ['apt-get', '-y', 'upgrade']);
    for (const [i, unit] of units.entries()) {
      const name = unit.replace(/\.service$/, '');
      const service = [...this.#services].find(([key, one]) => one.unit === name || key === name)?.[0];
      this.#restart(at + 20e6 + i * 8e6, service, name);
    }
  }

  #restart(at: number, service: string | undefined, unit = this.#services.get(service ?? '')?.unit ?? ''): void {
    const { machine, items } = this.#server;
    items.push(
      machine.syslog(at, 'systemd', 1, `Stopping ${unit}.service...`),
      machine.syslog(at + 500_000, 'systemd', 1, `${unit}.service: Deactivated successfully.`),
      machine.service(at + 600_000, 'SERVICE_STOP', unit),
    );
    const daemon = service === undefined ? undefined : this.#daemons.get(service);
    if (service === undefined || daemon === undefined || service === 'sshd') {
      items.push(machine.service(at + 2e6, 'SERVICE_START', unit));
    } else {
      this.#daemons.set(service, this.#server.unitStarted(at + 2e6, unit, daemon, this.#services.get(service)!.args));
    }
    items.push(machine.syslog(at + 2.2e6, 'systemd', 1, `Started ${unit}.service.`));
  }
}
