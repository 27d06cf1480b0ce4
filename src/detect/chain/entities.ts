import type { HostTable, Platform } from '../../model/index.ts';
import type { Answers } from './answers.ts';
import { ABSENT, CodeReader, Remembered } from './codes.ts';
import { addressOf, type Flows } from './flows.ts';

const BY_PORT: readonly (readonly [Platform, ReadonlySet<string>])[] = [
  ['esxi', new Set(['427', '902', '5989'])],
  ['windows', new Set(['445', '135', '3389', '5985', '5986'])],
  ['macos', new Set(['5900'])],
];

/**
 * Which platform an entity is of. A machine says so itself; one that does not, and an address that joins no machine, is judged by the ports it answers
 * on, else by those it is asked on, so that one address is one rule's. 443 alone decides nothing; what nothing decides is Linux.
 */
export class Platforms {
  readonly #hosts: HostTable;
  readonly #answers: Answers;
  #byAddress: ReadonlyMap<string, Platform> | undefined;

  constructor(hosts: HostTable, answers: Answers) {
    this.#hosts = hosts;
    this.#answers = answers;
  }

  of(entity: string): Platform | undefined {
    const address = addressOf(entity);
    const stated = address === undefined ? this.#hosts.byId(entity)?.os : undefined;
    if (stated !== undefined) return stated;
    this.#byAddress ??= platformsByPorts(this.#answers, id => this.#hosts.byId(id)?.os === undefined);
    return this.#byAddress.get(address ?? entity);
  }

  /** Addresses that a machine ever had. */
  addressesOf(entity: string): readonly string[] {
    return [...new Set(this.#hosts.byId(entity)?.addresses.map(({ ip }) => ip))];
  }

  /** Platforms of the machines of the collection. */
  get known(): ReadonlySet<Platform> {
    return new Set(this.#hosts.hosts.flatMap(({ os }) => os ?? []));
  }
}

/** By address, and by the id of a machine that states no platform. */
function platformsByPorts(
  { timeline, timed, flows }: Answers,
  isUnstated: (host: string) => boolean,
): ReadonlyMap<string, Platform> {
  const isOk = new CodeReader(timeline, 'aftershock.flow.outcome', ([text]) => (text === 'ok' ? 1 : 0));
  const asked = new Ports(flows);
  const answered = new Ports(flows);
  const unstated = new Remembered(host => isUnstated(flows.hosts.name(host)));
  for (let position = 0; position < timed; position++) {
    const host = flows.responderHost.of(position);
    if (host !== ABSENT && !unstated.of(host)) continue;
    const entity = flows.entity(host, flows.responder.of(position));
    if (entity === ABSENT) continue;
    const ports = flows.ports.of(position);
    asked.add(entity, ports);
    if (isOk.of(position) === 1) answered.add(entity, ports);
  }
  const answeredOn = answered.byName();
  return new Map([...asked.byName()].map(([name, ports]) => [name, platformOf(answeredOn.get(name) ?? ports)]));
}

/** A scanned address is asked on every port there is; a few tell enough. */
const MOST_PORTS = 64;

/** Ports of entities, the first few of each. */
class Ports {
  readonly #flows: Flows;
  readonly #known = new Map<number, { readonly ports: Set<string>; readonly sets: Set<number> }>();

  constructor(flows: Flows) {
    this.#flows = flows;
  }

  add(entity: number, set: number): void {
    let known = this.#known.get(entity);
    if (known === undefined) {
      known = { ports: new Set(), sets: new Set() };
      this.#known.set(entity, known);
    }
    const { ports, sets } = known;
    if (set === ABSENT || ports.size >= MOST_PORTS || sets.has(set)) return;
    sets.add(set);
    for (const port of this.#flows.portSets.ports(set)) ports.add(port);
  }

  /** By address, or by id of the machine. */
  byName(): ReadonlyMap<string, ReadonlySet<string>> {
    return new Map(
      [...this.#known].map(([entity, { ports }]) => {
        const name = this.#flows.entities.name(entity);
        return [addressOf(name) ?? name, ports] as const;
      }),
    );
  }
}

const platformOf = (ports: ReadonlySet<string>): Platform =>
  BY_PORT.find(([, own]) => [...ports].some(port => own.has(port)))?.[0] ?? 'linux';
