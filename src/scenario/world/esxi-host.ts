import { Hypervisor, type HypervisorSurroundings } from '../cases/hypervisor.ts';
import type { Setting } from '../cases/index.ts';
import type { HostDocument, ServiceDocument } from '../file/document.ts';
import type { Item } from '../item.ts';
import type { Random } from '../random.ts';
import type { Machine, MachineAct, MachineNoise, Target } from './machine.ts';
import { esxiProgram } from './services.ts';

/** A hypervisor of a scenario. */
export class EsxiHost implements Machine {
  readonly name: string;
  readonly ip: string;
  readonly #host: Hypervisor;
  readonly #random: Random;
  readonly #services: ReadonlyMap<string, ServiceDocument>;
  #events = 1900;
  #hostd = 2_101_113;

  constructor(setting: Setting, name: string, host: HostDocument, around: Partial<HypervisorSurroundings>) {
    const services = host.services ?? [];
    const ports = services.flatMap(({ port }) => port ?? []);
    this.#host = new Hypervisor(setting, name, host.ips[0]!, ports.length === 0 ? [443] : ports, around);
    this.#random = setting.random;
    this.name = name;
    this.ip = host.ips[0]!;
    this.#services = new Map(services.map(service => [service.name, service]));
  }

  get items(): Item[] {
    return this.#host.items;
  }

  act(act: MachineAct, at: number, addresses: readonly Target[]): void {
    switch (act.act) {
      case 'service_crash':
        for (let i = 0; i < (act.times ?? 1); i++) this.#crash(at + i * 40e6, act.service, act.restarts ?? true);
        break;
      case 'command':
        this.#host.shell(at, act.cmd);
        break;
      case 'outbound':
        for (const [i, to] of addresses.entries()) this.connect(at + i * 60e6, act.lineage, to, 80);
        break;
      case 'vm_kill':
        this.#kill(at, act.vms);
        break;
      default: // another platform's act: the file is refused before
    }
  }

  noise(noise: MachineNoise, at: number): void {
    switch (noise.kind) {
      case 'operator_restart':
        this.#host.shell(at, `/etc/init.d/${noise.service} restart`);
        if (noise.service !== 'hostd') break;
        this.#host.hostd(at + 3e6, 'info', 'Default', 'Signal 15 received, shutting down');
        this.#host.hostdBegins(at + 9e6, this.#hostd++);
        break;
      case 'crash_loop':
      case 'driver_crash':
        this.#crash(at, noise.service, true);
        break;
      default: // another platform's: the file is refused before
    }
  }

  accessed(): void {
    // Of a connection alone a hypervisor writes nothing.
  }

  connect(at: number, _lineage: string | undefined, to: Target, seconds: number): void {
    this.#host.connect(at, to.ip, to.port, seconds);
  }

  #crash(at: number, name: string, restarts: boolean): void {
    const service = this.#services.get(name)!;
    if (name === 'hostd')
      this.#host.hostd(at - 1e6, 'panic', 'Default', 'Panic: Memory access violation; Signal 11 received');
    this.#host.dumped(at, esxiProgram(service), this.#random.between(2_099_000, 2_099_999));
    if (name === 'hostd' && restarts) this.#host.hostdBegins(at + 18e6, this.#hostd++);
  }

  #kill(at: number, machines: readonly string[]): void {
    this.#host.shell(at, 'esxcli vm process list');
    for (const [i, name] of machines.entries()) {
      const time = at + (i + 1) * 11e6;
      this.#host.shell(
        time,
        `esxcli vm process kill --type=force --world-id=${this.#random.between(2_105_000, 2_105_999)}`,
      );
      const text = `Event ${this.#events++} : Virtual machine ${name} on ${this.name} in ha-datacenter is powered off`;
      this.#host.hostd(time + 1e6, 'info', 'Vimsvc.ha-eventmgr', text);
    }
  }
}
