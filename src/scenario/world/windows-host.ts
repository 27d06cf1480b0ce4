import type { Process } from '../acts/windows.ts';
import { fileCreated, remoteShell } from '../acts/windows-events.ts';
import type { Setting } from '../cases/index.ts';
import { SYSTEM32, WindowsServer, type WindowsSurroundings } from '../cases/windows-server.ts';
import type { HostDocument } from '../file/document.ts';
import type { Item } from '../item.ts';
import { type Machine, type MachineAct, type MachineNoise, programsIn, type Target } from './machine.ts';
import { type WindowsService, windowsService } from './services.ts';

const POWERSHELL = `${SYSTEM32}\\WindowsPowerShell\\v1.0\\powershell.exe`;
/** Tools that a command line runs by name, and that the audit policy shows as processes of their own. */
const TOOLS =
  /^(?:whoami|net|net1|ipconfig|nltest|systeminfo|tasklist|hostname|reg|sc|certutil|rundll32|powershell)\b/i;

/** A Windows server of a scenario. */
export class WindowsHost implements Machine {
  readonly name: string;
  readonly ip: string;
  readonly #server: WindowsServer;
  readonly #services: ReadonlyMap<string, WindowsService>;
  readonly #ports: ReadonlyMap<number, string>;
  readonly #running = new Map<string, Process>();
  readonly #started = new Map<string, Process>();
  readonly #crashes = new Map<string, number>();
  readonly #svchost: Process;

  constructor(setting: Setting, name: string, host: HostDocument, around: Partial<WindowsSurroundings>) {
    const services = host.services ?? [];
    const ports = services.flatMap(({ port }) => port ?? []);
    this.#server = new WindowsServer(setting, name, host.ips[0]!, ports.length === 0 ? [445] : ports, around);
    this.name = name;
    this.ip = host.ips[0]!;
    this.#services = new Map(services.map(service => [service.name, windowsService(service)]));
    this.#ports = new Map(
      services.flatMap(({ name: key, port }) => (port === undefined ? [] : [[port, key] as const])),
    );
    for (const [key, { image, commandLine, user }] of this.#services)
      this.#running.set(key, this.#server.service(image, commandLine, user));
    this.#svchost = this.#server.machine.process(`${SYSTEM32}\\svchost.exe`, 'svchost.exe -k netsvcs');
  }

  get items(): Item[] {
    return this.#server.items;
  }

  act(act: MachineAct, at: number, addresses: readonly Target[]): void {
    const { machine, items } = this.#server;
    switch (act.act) {
      case 'service_crash':
        for (let i = 0; i < (act.times ?? 1); i++) this.#crash(at + i * 90e6, act.service, act.restarts ?? true);
        break;
      case 'service_shell':
        this.#started.set(act.id, this.#shell(at, this.#running.get(act.parent)!, act.cmd));
        break;
      case 'command':
        this.#started.set(act.id, this.#shell(at, this.#processOf(act.lineage), act.cmd));
        break;
      case 'file_drop':
        items.push(fileCreated(machine, at, this.#running.get(act.parent)!, act.path));
        break;
      case 'outbound':
        for (const [i, to] of addresses.entries()) this.connect(at + i * 25e6, act.lineage, to, 12);
        break;
      case 'logon':
        items.push(machine.logon(at, `CORP\\${act.user}`, 3, addresses[0]!.ip));
        break;
      case 'vm_kill': // a hypervisor's: the file is refused before
        break;
      default:
        act satisfies never;
    }
  }

  noise(noise: MachineNoise, at: number, address: string): void {
    const { machine, items, sensor, services } = this.#server;
    switch (noise.kind) {
      case 'admin_winrm': {
        const session = sensor.flow({
          at,
          from: address,
          to: this.ip,
          port: 5985,
          seconds: 40,
          sent: 21_000,
          received: 9000,
        });
        items.push(session, machine.logon(at + 1e6, 'CORP\\adm.lund', 3, address, session.fromPort));
        items.push(remoteShell(machine, at + 2e6));
        const host = this.#server.child(
          at + 2.5e6,
          services,
          `${SYSTEM32}\\wsmprovhost.exe`,
          'wsmprovhost.exe -Embedding',
        );
        this.#started.set('admin_winrm', this.#server.child(at + 9e6, host, POWERSHELL, 'powershell.exe Get-Service'));
        break;
      }
      case 'patch_reboot':
        this.#server.child(
          at,
          services,
          'C:\\Windows\\servicing\\TrustedInstaller.exe',
          'C:\\Windows\\servicing\\TrustedInstaller.exe',
        );
        items.push(
          machine.updateInstalled(at + 300e6, 'Cumulative Update for Windows Server 2019 (KB5000001)'),
          machine.plannedRestart(at + 330e6, 'Operating System: Service pack (Planned)'),
          ...[...this.#services.values()].flatMap(({ display }, i) => [
            machine.serviceState(at + 340e6 + i * 1e6, display, 'stopped'),
            machine.serviceState(at + 420e6 + i * 1e6, display, 'running'),
          ]),
        );
        break;
      case 'crash_loop':
      case 'driver_crash':
        this.#crash(at, noise.service, true, 'hpzui.dll');
        break;
      case 'operator_restart': {
        const { display } = this.#services.get(noise.service)!;
        items.push(machine.serviceState(at, display, 'stopped'), machine.serviceState(at + 5e6, display, 'running'));
        break;
      }
      default: // a Linux machine's: the file is refused before
    }
  }

  accessed(at: number, from: string, fromPort: number, port: number): void {
    const { machine, items } = this.#server;
    // The system itself serves SMB; the other services accept by themselves, and Sysmon sees which one did.
    if (port === 445) items.push(machine.logon(at, 'NT AUTHORITY\\ANONYMOUS LOGON', 3, from));
    const service = this.#ports.get(port);
    if (port !== 445 && service !== undefined)
      items.push(machine.accepted(at, this.#running.get(service)!, from, fromPort, port));
  }

  connect(at: number, lineage: string | undefined, to: Target, seconds: number): void {
    this.#server.connect(at, lineage === undefined ? this.#svchost : this.#processOf(lineage), to.ip, to.port, seconds);
  }

  #processOf(lineage: string | undefined): Process {
    return (lineage === undefined ? undefined : this.#started.get(lineage)) ?? this.#svchost;
  }

  /** A fault ends the service; one of a driver it survives with the same process, as far as the logs say. */
  #crash(at: number, name: string, restarts: boolean, driver?: string): void {
    const { display } = this.#services.get(name)!;
    const process = this.#running.get(name)!;
    if (driver === undefined) {
      this.#running.set(name, this.#server.crashed(at, process, display, restarts));
      return;
    }
    const times = (this.#crashes.get(name) ?? 0) + 1;
    this.#crashes.set(name, times);
    const { machine, items } = this.#server;
    const program = process.image.slice(process.image.lastIndexOf('\\') + 1);
    items.push(
      machine.applicationError(at, program, driver),
      machine.serviceCrashed(at + 400_000, display, times),
      machine.serviceState(at + 5.4e6, display, 'running'),
    );
  }

  #shell(at: number, parent: Process, command: string): Process {
    const shell = this.#server.child(at, parent, imageOf(command), command);
    for (const [i, part] of programsIn(command.replace(/^.*?\/c\s+/i, '')).entries()) {
      if (/\/c\s/i.test(command) && TOOLS.test(part))
        this.#server.child(at + (i + 1) * 300_000, shell, imageOf(part), part);
    }
    return shell;
  }
}

/** The program that a command line names, where Windows keeps it. */
function imageOf(command: string): string {
  const [, quoted, plain = ''] = /^(?:"([^"]+)"|(\S+))/.exec(command) ?? [];
  const name = quoted ?? plain;
  if (name.includes('\\')) return name;
  const program = /\.exe$/i.test(name) ? name : `${name}.exe`;
  return program.toLowerCase() === 'powershell.exe' ? POWERSHELL : `${SYSTEM32}\\${program}`;
}
