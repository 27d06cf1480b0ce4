import type { Sighting } from './address-book.ts';

/** What a command said when the machine was triaged: it holds then, and for how long before nobody knows. */
export interface Snapshot {
  readonly sighting: Sighting;
  /** When that was: the latest moment that the machine's logs know. Epoch microseconds. */
  readonly at: number;
}

/**
 * Without rivals the address counts as the machine's at any time. Where another had it, too, it counts from the first moment at which
 * the machine itself was seen with it, if it was.
 */
export function snapshotSightings(snapshots: readonly Snapshot[], learnt: readonly Sighting[]): readonly Sighting[] {
  const byIp = new Map<string, Sighting[]>(snapshots.map(({ sighting }) => [sighting.ip, []]));
  for (const sighting of learnt) byIp.get(sighting.ip)?.push(sighting);
  return snapshots.map(({ sighting, at }) => {
    const { ip, identity } = sighting;
    const same = byIp.get(ip)!;
    const own = same.filter(other => other.identity === identity && other.from !== undefined && other.to !== undefined);
    if (own.length === 0 || own.length === same.length || !Number.isFinite(at)) return sighting;
    const from = own.reduce((least, other) => Math.min(least, other.from!), Number.POSITIVE_INFINITY);
    const to = own.reduce((most, other) => Math.max(most, other.to!), at);
    return { ...sighting, from, to };
  });
}
