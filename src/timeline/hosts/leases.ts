import type { Sighting } from './address-book.ts';
import type { Identity } from './registry.ts';

/** An address that a DHCP server handed out, from the acknowledgement until the lease runs out. Epoch microseconds. */
export interface Lease {
  readonly ip: string;
  readonly from: number;
  readonly to: number;
  /** The machine, where the client told a name that one of the collection has. */
  readonly identity: Identity | undefined;
  readonly name: string | undefined;
  readonly mac: string | undefined;
}

/** An address was somebody's then of whom the collection has no logs. */
export interface Stranger {
  readonly ip: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Who held which address and when. A lease ends when the address is handed to another; a client that tells no name is the machine whose
 * name came with its hardware address elsewhere; one that tells the name of nobody here is a stranger.
 */
export function holdersOf(leases: readonly Lease[]): {
  readonly sightings: readonly Sighting[];
  readonly strangers: readonly Stranger[];
} {
  const byMac = new Map<string, Lease>();
  for (const lease of leases) if (lease.mac !== undefined && lease.name !== undefined) byMac.set(lease.mac, lease);
  const byIp = new Map<string, Lease[]>();
  for (const lease of leases) {
    const known = lease.name === undefined ? byMac.get(lease.mac ?? '') : lease;
    if (known === undefined) continue;
    const whose = { ...lease, identity: known.identity, name: known.name };
    const same = byIp.get(lease.ip);
    if (same === undefined) byIp.set(lease.ip, [whose]);
    else same.push(whose);
  }
  const sightings: Sighting[] = [];
  const strangers: Stranger[] = [];
  for (const [ip, all] of byIp) {
    all.sort((a, b) => a.from - b.from);
    // The first lease after this one that is another's; from the last backwards, each looks at the next only.
    let next: { readonly lease: Lease; readonly end: number } | undefined;
    for (const lease of all.toReversed()) {
      const isOthers = next !== undefined && whoOf(next.lease) !== whoOf(lease);
      const end: number = next === undefined ? Number.POSITIVE_INFINITY : isOthers ? next.lease.from : next.end;
      next = { lease, end };
      const { identity, from } = lease;
      const to = Math.max(from, Math.min(lease.to, end));
      if (identity === undefined) strangers.push({ ip, from, to });
      else sightings.push({ ip, identity, from, to, source: 'Zeek dhcp' });
    }
  }
  return { sightings, strangers };
}

const whoOf = ({ identity, mac, name }: Lease): unknown => identity ?? mac ?? name;

/**
 * Leases as they were held. Where another machine is seen with the address before a lease runs out, it was given up at some time since
 * its holder was last seen with it.
 */
export function untilTaken(held: readonly Sighting[], seen: readonly Sighting[]): readonly Sighting[] {
  const byIp = new Map<string, Sighting[]>();
  for (const sighting of seen) {
    const same = byIp.get(sighting.ip);
    if (same === undefined) byIp.set(sighting.ip, [sighting]);
    else same.push(sighting);
  }
  return held.map(lease => {
    const from = lease.from!;
    const same = (byIp.get(lease.ip) ?? []).filter(other => other.source !== '--hosts' && other.from !== undefined);
    let taken = Number.POSITIVE_INFINITY;
    for (const other of same) {
      if (other.identity !== lease.identity && other.from! >= from) taken = Math.min(taken, other.from!);
    }
    if (taken > lease.to!) return lease;
    let to = from;
    for (const own of same) {
      if (own.identity === lease.identity && own.to !== undefined && own.to < taken) to = Math.max(to, own.to);
    }
    return { ...lease, to };
  });
}
