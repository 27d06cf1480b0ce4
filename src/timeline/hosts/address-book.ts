import { isNobodysIp } from '../../util/cidr.ts';
import type { Identity } from './registry.ts';

/** A machine was seen with an address between two moments (epoch microseconds; undefined ends are open). */
export interface Sighting {
  readonly ip: string;
  readonly identity: Identity;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly source: string;
}

const HOUR_MICROS = 3_600_000_000;

type Owners = Map<Identity, Map<number, { from: number; to: number; source: string }>>;
/** In the place of the owners of loopback, link-local and the like. */
const NOBODY: Owners = new Map();

/** Sightings of one address at one machine, by the hour: a busy machine says the same thing a million times. */
export class AddressBook {
  readonly #hours = new Map<string, Owners>();
  readonly #stated: Sighting[] = [];
  /** Machines that are known beyond doubt to have had an address, whenever. */
  readonly #owners = new Map<string, Set<Identity>>();

  /** The machine had the address at that moment. */
  see(ip: string, identity: Identity, time: number, source: string): void {
    if (!this.infer(ip, identity, time, source)) return;
    this.own(ip, identity);
  }

  /** The machine seems to have had the address at that moment; false where nobody can have it. */
  infer(ip: string, identity: Identity, time: number, source: string): boolean {
    if (Number.isNaN(time)) return false;
    let owners = this.#hours.get(ip);
    if (owners === undefined) {
      owners = isNobodysIp(ip) ? NOBODY : new Map();
      this.#hours.set(ip, owners);
    }
    if (owners === NOBODY) return false;
    let hours = owners.get(identity);
    if (hours === undefined) {
      hours = new Map();
      owners.set(identity, hours);
    }
    const hour = Math.floor(time / HOUR_MICROS);
    const seen = hours.get(hour);
    if (seen === undefined) hours.set(hour, { from: time, to: time, source });
    else {
      if (time < seen.from) seen.from = time;
      if (time > seen.to) seen.to = time;
    }
    return true;
  }

  /** A source says outright from when to when. */
  state(sighting: Sighting): void {
    if (isNobodysIp(sighting.ip)) return;
    this.own(sighting.ip, sighting.identity);
    this.#stated.push(sighting);
  }

  /** The machine has the address at some time; when is said elsewhere, or nowhere. */
  own(ip: string, identity: Identity): void {
    const owners = this.#owners.get(ip);
    if (owners === undefined) this.#owners.set(ip, new Set([identity]));
    else owners.add(identity);
  }

  isOwned(ip: string): boolean {
    return this.#owners.has(ip);
  }

  isOf(ip: string, identity: Identity): boolean {
    return this.#owners.get(ip)?.has(identity) ?? false;
  }

  isOfOthers(ip: string, identity: Identity): boolean {
    const owners = this.#owners.get(ip);
    return owners !== undefined && !owners.has(identity);
  }

  /** All of them; what one machine was seen with, and nobody else in between, is one interval. */
  sightings(): readonly Sighting[] {
    const all = [...this.#stated];
    for (const [ip, owners] of this.#hours) {
      const seen = [...owners].flatMap(([identity, hours]) => [...hours.values()].map(hour => ({ identity, ...hour })));
      seen.sort((a, b) => a.from - b.from || a.to - b.to);
      if (owners.size > 1) spread(seen);
      const open = new Map<Identity, { from: number; to: number; source: string }>();
      let last: Identity | undefined;
      for (const { identity, from, to, source } of seen) {
        const current = open.get(identity);
        if (current !== undefined && last === identity) current.to = Math.max(current.to, to);
        else {
          if (current !== undefined) all.push({ ip, identity, ...current });
          open.set(identity, { from, to, source });
        }
        last = identity;
      }
      for (const [identity, interval] of open) all.push({ ip, identity, ...interval });
    }
    return all;
  }
}

/**
 * Of an hour only its first and its last sighting are known: where those of two machines lie in one another, each may have had the
 * address at any moment between the first and the last of all.
 */
function spread(seen: { identity: Identity; from: number; to: number }[]): void {
  for (let first = 0; first < seen.length; ) {
    const { from, identity } = seen[first]!;
    let { to } = seen[first]!;
    let isShared = false;
    let next = first + 1;
    for (; next < seen.length && seen[next]!.from <= to; next++) {
      if (seen[next]!.identity !== identity) isShared = true;
      to = Math.max(to, seen[next]!.to);
    }
    if (isShared) for (const member of seen.slice(first, next)) Object.assign(member, { from, to });
    first = next;
  }
}
