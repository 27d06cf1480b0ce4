import { Sensor } from '../acts/network.ts';
import { settingOf } from '../cases/index.ts';
import { scan } from '../cases/scan.ts';
import { type ActDocument, BURSTS, isBurst, isTraffic, type NoiseDocument, TRAFFIC } from '../file/acts.ts';
import type { HostDocument, ScenarioDocument } from '../file/document.ts';
import { shortName } from '../file/sources.ts';
import { countIn, micros, placeOf } from '../file/values.ts';
import type { Item } from '../item.ts';
import type { Random } from '../random.ts';
import { clockOf } from '../story.ts';
import { Addresses } from './addresses.ts';
import { EsxiHost } from './esxi-host.ts';
import { LinuxHost } from './linux-host.ts';
import { MacHost } from './mac-host.ts';
import { fetchesIn, type Machine, type Target } from './machine.ts';
import { officeHours } from './office-hours.ts';
import { WindowsHost } from './windows-host.ts';

const DAY = 86_400e6;
const HEALTHY = ['SF', 'SF', 'SF', 'RSTO'] as const;

/** One record of the world, and the act that it is evidence of. */
export interface Trace {
  readonly item: Item;
  readonly act: string | undefined;
}

/** Everything that happens in a scenario, before anybody decides what of it is collected. The same seed gives the same traces. */
export function happenings(scenario: ScenarioDocument, seed: number, start: number): readonly Trace[] {
  return new World(scenario, seed, start).run();
}

class World {
  readonly #scenario: ScenarioDocument;
  readonly #start: number;
  readonly #end: number;
  readonly #random: Random;
  readonly #addresses: Addresses;
  readonly #sensor: Sensor;
  readonly #machines: ReadonlyMap<string, Machine>;
  /** What the network shows beside the flows that machines tell of themselves. */
  readonly #flows: Item[] = [];
  readonly #isOfficeHour: (at: number) => boolean;
  readonly #actOf = new Map<Item, string>();

  constructor(scenario: ScenarioDocument, seed: number, start: number) {
    this.#scenario = scenario;
    this.#start = start;
    this.#end = start + micros(scenario.clock.duration);
    this.#addresses = new Addresses(scenario.world);
    this.#isOfficeHour = officeHours(scenario.clock.tz ?? 'UTC');
    const midnight = Math.floor(start / DAY) * DAY;
    const days = Math.floor((this.#end - 1 - midnight) / DAY);
    const setting = {
      ...settingOf(seed),
      clock: clockOf(midnight),
      ordinaryDays: ['-1 ', '', ...Array.from({ length: days }, (_, i) => `${i + 1} `)],
    };
    this.#random = setting.random;
    this.#sensor = new Sensor('/zeek/conn.log', setting.random);
    const used = namesUsed(scenario);
    this.#machines = new Map(
      scenario.world.hosts
        .filter(host => used.has(host.id))
        .map(host => [host.id, this.#machineOf(host, setting)] as const),
    );
  }

  run(): readonly Trace[] {
    for (const noise of this.#scenario.noise ?? []) this.#noise(noise);
    for (const act of this.#scenario.storyline ?? []) this.#attributed(act);
    const items = [...[...this.#machines.values()].flatMap(machine => machine.items), ...this.#flows];
    return items.map(item => ({ item, act: this.#actOf.get(item) }));
  }

  #machineOf(host: HostDocument, setting: ReturnType<typeof settingOf>): Machine {
    const near = this.#addresses;
    const name = shortName(host);
    const resolver = near.neighbour('resolver', '0.2');
    switch (host.os) {
      case 'linux': {
        const peers = this.#scenario.world.external?.flatMap(({ id, cidr }) => (cidr === undefined ? [] : near.of(id)));
        const guests = near.withRole('client').length > 0 ? near.withRole('client') : (peers ?? []);
        return new LinuxHost(setting, name, host, {
          guests: guests.length > 0 ? guests : [near.neighbour('client', '5.31')],
          resolver,
          operator: near.withRole('admin')[0],
          automation: near.withRole('automation')[0],
        });
      }
      case 'windows': {
        const clients = near.withRole('client');
        return new WindowsHost(setting, name, host, {
          ...(host.fqdn?.includes('.') ? { domain: host.fqdn.slice(host.fqdn.indexOf('.') + 1) } : {}),
          clients:
            clients.length > 0 ? clients : ['5.31', '5.32', '5.33', '5.47'].map(last => near.neighbour('', last)),
          controller: near.neighbour('controller', '0.5'),
        });
      }
      case 'esxi':
        return new EsxiHost(setting, name, host, {
          vcenter: near.neighbour('vcenter', '0.10'),
          store: near.neighbour('storage', '0.60'),
          resolver,
        });
      case 'macos':
        return new MacHost(setting, name, host, { resolver, colleague: near.neighbour('admin', '0.9') });
      default:
        return host.os satisfies never;
    }
  }

  #targets(to: string | readonly string[]): Target[] {
    return [to].flat().flatMap(text => {
      const { host, port } = placeOf(text);
      const ip = this.#addresses.of(host)[0];
      return ip === undefined ? [] : [{ ip, port }];
    });
  }

  /** Performs an act; everything that is recorded meanwhile is its evidence. */
  #attributed(act: ActDocument): void {
    const recorders = [...this.#machines.values(), { items: this.#flows }];
    const before = recorders.map(recorder => recorder.items.length);
    this.#act(act, this.#start + micros(act.at));
    for (const [i, recorder] of recorders.entries())
      for (const item of recorder.items.slice(before[i])) this.#actOf.set(item, act.id);
  }

  #act(act: ActDocument, at: number): void {
    if (isBurst(act)) {
      const { host, port } = act.to.includes(':') ? placeOf(act.to) : { host: act.to, port: BURSTS[act.act] ?? 0 };
      const to = this.#addresses.of(host)[0]!;
      const from = this.#addresses.of(act.from)[0]!;
      const flows = this.#sensor.burst(act.count, Math.round(act.count * act.failed), { at, from, to, port });
      this.#flows.push(...flows);
      const through = flows.find(flow => flow.state === 'SF');
      if (through !== undefined) this.#machines.get(host)?.accessed(through.at + 500_000, from, through.fromPort, port);
      return;
    }
    if (act.act === 'access') {
      const { host, port } = placeOf(act.to);
      const to = this.#addresses.of(host)[0]!;
      const from = this.#addresses.of(act.from)[0]!;
      const seconds = micros(act.lasts ?? '20s') / 1e6;
      const { sent = 48_211, received = 9120 } = act;
      const flow = this.#sensor.flow({ at, from, to, port, seconds, sent, received });
      this.#flows.push(flow);
      this.#machines.get(host)?.accessed(at + 500_000, from, flow.fromPort, port);
      return;
    }
    const machine = this.#machines.get(act.host)!;
    const targets =
      act.act === 'outbound'
        ? this.#targets(act.to)
        : act.act === 'logon'
          ? [{ ip: this.#addresses.of(act.from)[0]!, port: 0 }]
          : [];
    machine.act(act, at, targets);
    if (act.act !== 'service_shell' && act.act !== 'command') return;
    for (const target of fetchesIn(act.cmd)) machine.connect(at + 700_000, act.id, target, 1);
  }

  #noise(noise: NoiseDocument): void {
    if (isTraffic(noise)) {
      this.#traffic(noise);
      return;
    }
    switch (noise.kind) {
      case 'vuln_scan': {
        const from = this.#addresses.of(noise.from)[0]!;
        const at = this.#start + micros(noise.at);
        for (const name of [noise.to].flat()) this.#flows.push(...this.#scan(from, name, at, micros(noise.duration)));
        return;
      }
      case 'vpn_users': {
        const [to] = this.#targets(noise.to);
        const from = this.#addresses.of(noise.from)[0]!;
        for (const at of this.#times(noise.rate, 'flat')) {
          const state = this.#random.pick(['SF', 'SF', 'SF', 'RSTO', 'S0'] as const);
          this.#flows.push(this.#sensor.flow({ at, from, to: to!.ip, port: to!.port, state }));
        }
        return;
      }
      case 'admin_ssh':
      case 'automation':
        for (const name of [noise.to].flat())
          for (const at of this.#times(noise.rate, 'office_hours'))
            this.#machines.get(name)!.noise(noise, at, this.#addresses.of(noise.from)[0]!);
        return;
      case 'admin_winrm':
        for (const name of [noise.to].flat()) {
          const machine = this.#machines.get(name)!;
          const at = this.#start + micros(noise.at);
          machine.noise(noise, at, this.#addresses.of(noise.from)[0]!);
          if (noise.onward !== undefined) machine.connect(at + 69e6, noise.kind, this.#targets(noise.onward)[0]!, 12);
        }
        return;
      case 'crash_loop':
      case 'cron': {
        const every = Math.max(60e6, micros(noise.every));
        for (let at = this.#start - DAY + every / 2; at < this.#end; at += every)
          this.#machines.get(noise.host)!.noise(noise, at, '');
        return;
      }
      case 'unattended_upgrade':
      case 'patch_reboot':
      case 'driver_crash':
      case 'operator_restart':
        this.#machines.get(noise.host)!.noise(noise, this.#start + micros(noise.at), '');
        return;
      default:
        noise satisfies never;
    }
  }

  #traffic(noise: Extract<NoiseDocument, { kind: keyof typeof TRAFFIC }>): void {
    const sources = [noise.from].flat().flatMap(name => this.#addresses.of(name));
    for (const place of [noise.to].flat()) {
      const { host, port } = place.includes(':') ? placeOf(place) : { host: place, port: TRAFFIC[noise.kind] };
      const to = this.#addresses.of(host)[0]!;
      for (const at of this.#times(noise.rate, noise.profile ?? 'flat')) {
        const from = this.#random.pick(sources);
        this.#flows.push(this.#sensor.flow({ at, from, to, port, state: this.#random.pick(HEALTHY) }));
      }
    }
  }

  #scan(from: string, name: string, at: number, span: number): Item[] {
    const host = this.#scenario.world.hosts.find(one => one.id === name)!;
    const open = (host.services ?? []).flatMap(service => service.port ?? []);
    const flows = scan(this.#sensor, at, host.ips[0]!, open);
    const last = Math.max(1, ...flows.map(flow => flow.at - at));
    return flows.map(flow => ({ ...flow, from, at: at + Math.round(((flow.at - at) * span) / last) }));
  }

  /** Moments at a rate, from a day before the start to the end, in no rhythm. */
  #times(rate: string, profile: 'office_hours' | 'flat'): number[] {
    const from = this.#start - DAY;
    const times = Array.from({ length: countIn(rate, this.#end - from) }, () => this.#random.between(from, this.#end));
    return profile === 'flat' ? times : times.filter(this.#isOfficeHour);
  }
}

/** Machines that do something or record something; the others are only addresses. */
function namesUsed({ sources, storyline = [], noise = [] }: ScenarioDocument): ReadonlySet<string> {
  const doing = [...storyline, ...noise].flatMap(one => [
    ...('host' in one ? [one.host] : []),
    ...('to' in one ? [one.to].flat().map(text => text.split(':', 1)[0]!) : []),
  ]);
  return new Set([...sources.map(source => source.host), ...doing]);
}
