import type { HostTable, Platform } from '../../model/index.ts';
import { addressOf } from './access-log.ts';
import type { Answers } from './answers.ts';
import { FieldReader } from './field-reader.ts';

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
  { timeline, timed }: Answers,
  isUnstated: (host: string) => boolean,
): ReadonlyMap<string, Platform> {
  const read = {
    host: new FieldReader(timeline, 'aftershock.flow.responder_host'),
    address: new FieldReader(timeline, 'aftershock.flow.responder'),
    ports: new FieldReader(timeline, 'aftershock.flow.ports'),
    outcome: new FieldReader(timeline, 'aftershock.flow.outcome'),
  };
  const asked = new Map<string, Set<string>>();
  const answered = new Map<string, Set<string>>();
  const add = (to: Map<string, Set<string>>, address: string, ports: readonly string[]): void => {
    let set = to.get(address);
    if (set === undefined) {
      set = new Set();
      to.set(address, set);
    }
    // A scanned address is asked on every port there is; a few tell enough.
    if (set.size < 64) for (const port of ports) set.add(port);
  };
  for (let position = 0; position < timed; position++) {
    const host = read.host.text(position);
    if (host !== undefined && !isUnstated(host)) continue;
    const address = host ?? read.address.text(position);
    if (address === undefined) continue;
    const ports = read.ports.texts(position);
    add(asked, address, ports);
    if (read.outcome.text(position) === 'ok') add(answered, address, ports);
  }
  return new Map([...asked].map(([address, ports]) => [address, platformOf(answered.get(address) ?? ports)]));
}

const platformOf = (ports: ReadonlySet<string>): Platform =>
  BY_PORT.find(([, own]) => [...ports].some(port => own.has(port)))?.[0] ?? 'linux';
