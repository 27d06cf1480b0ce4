import { canonicalIp, parseCidr } from '../../util/cidr.ts';
import type { ScenarioDocument } from '../file/document.ts';

const MOST_PEERS = 6;

/** Who has which address in the world of a scenario. */
export class Addresses {
  readonly #byName = new Map<string, readonly string[]>();
  readonly #byRole = new Map<string, string[]>();
  readonly #taken: ReadonlySet<string>;
  readonly #base: string;

  constructor({ hosts, external = [] }: ScenarioDocument['world']) {
    for (const host of hosts) {
      this.#byName.set(host.id, host.ips);
      for (const role of host.roles ?? []) this.#byRole.set(role, [...(this.#byRole.get(role) ?? []), host.ips[0]!]);
    }
    for (const { id, ip, cidr } of external) this.#byName.set(id, ip === undefined ? someOf(cidr!) : [ip]);
    this.#taken = new Set([...this.#byName.values()].flat());
    const first = hosts.flatMap(host => host.ips).find(ip => ip.includes('.'));
    this.#base = (first ?? '10.250.0.1').split('.').slice(0, 2).join('.');
  }

  /** Of a host, an external, or an address that the file gives itself; an external network has a few. */
  of(name: string): readonly string[] {
    return this.#byName.get(name) ?? (canonicalIp(name) === undefined ? [] : [name]);
  }

  /** The machines with a role. */
  withRole(role: string): readonly string[] {
    return this.#byRole.get(role) ?? [];
  }

  /** The machine with a role, or an address beside the machines of the world that has it unnamed: `last` are its last two numbers. */
  neighbour(role: string, last: string): string {
    const address = `${this.#base}.${last}`;
    return this.withRole(role)[0] ?? (this.#taken.has(address) ? `${this.#base}.254.${last.split('.')[1]!}` : address);
  }
}

/** The same few addresses of a network each time, spread over its first 256. */
function someOf(cidr: string): readonly string[] {
  const network = parseCidr(cidr);
  const [address] = cidr.split('/') as [string];
  const parts = address.split('.').map(Number);
  if (network === undefined || parts.length !== 4) return [address];
  const found: string[] = [];
  for (let i = 11; i < 256 && found.length < MOST_PEERS; i += 29) {
    const ip = [...parts.slice(0, 3), (parts[3]! & ~0xff) + ((parts[3]! + i) & 0xff)].join('.');
    if (network.has(ip)) found.push(ip);
  }
  return found.length === 0 ? [address] : found;
}
