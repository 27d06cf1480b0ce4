import {
  type AddressFact,
  type EpochMicros,
  epochMicros,
  type Host,
  type HostTable,
  isoTime,
  type Platform,
} from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import type { Sighting } from './address-book.ts';
import type { Stranger } from './leases.ts';
import type { Identity } from './registry.ts';

interface Claim {
  readonly host: Host;
  readonly from: number;
  readonly to: number;
  /** The user said from when to when: outside it is nobody's. */
  readonly isStrict: boolean;
}

/** True for a fact that holds within its interval only; others are moments at which a machine was seen with an address. */
export const isStrict = (fact: AddressFact): boolean =>
  fact.source === '--hosts' && (fact.from !== undefined || fact.to !== undefined);

/** The finished table, its machines by identity, and the addresses that two machines had at the same time. */
export function tableOf(
  identities: readonly Identity[],
  sightings: readonly Sighting[],
  strangers: readonly Stranger[] = [],
): {
  readonly table: HostTable;
  readonly hostOf: ReadonlyMap<Identity, Host>;
  readonly warnings: readonly string[];
  /** Addresses whose owner depends on the time. */
  readonly changing: ReadonlySet<string>;
} {
  const facts = new Map<Identity, AddressFact[]>(identities.map(identity => [identity, []]));
  for (const { ip, identity, from, to, source } of sightings) {
    facts.get(identity)?.push({ ip, from: ends(from), to: ends(to), source });
  }
  const ids = new Set<string>();
  const hostOf = new Map<Identity, Host>();
  const hosts = [...identities]
    .map(identity => ({ identity, name: canonicalName(identity) }))
    .sort(
      (a, b) =>
        compare(a.name.toLowerCase(), b.name.toLowerCase()) || compare(spellings(a.identity), spellings(b.identity)),
    )
    .map(({ identity, name }) => {
      const host: Host = {
        id: uniqueId(name.toLowerCase(), ids),
        name,
        aliases: aliasesOf(identity, name),
        os: platformOf(identity),
        addresses: mergedFacts(facts.get(identity)!),
      };
      hostOf.set(identity, host);
      return host;
    });
  const claims = claimsOf(hosts);
  const strange = new Map<string, Stranger[]>();
  for (const stranger of strangers) {
    const same = strange.get(stranger.ip);
    if (same === undefined) strange.set(stranger.ip, [stranger]);
    else same.push(stranger);
  }
  const changing = new Set(strange.keys());
  for (const [ip, all] of claims) {
    if (all.some(claim => claim.isStrict || claim.host !== all[0]!.host)) changing.add(ip);
  }
  return { table: new Table(hosts, claims, strange), hostOf, warnings: ambiguities(claims), changing };
}

class Table implements HostTable {
  readonly hosts: readonly Host[];
  readonly #byId: ReadonlyMap<string, Host>;
  readonly #claims: ReadonlyMap<string, readonly Claim[]>;
  readonly #strangers: ReadonlyMap<string, readonly Stranger[]>;

  constructor(
    hosts: readonly Host[],
    claims: ReadonlyMap<string, readonly Claim[]>,
    strangers: ReadonlyMap<string, readonly Stranger[]>,
  ) {
    this.hosts = hosts;
    this.#byId = new Map(hosts.map(host => [host.id, host]));
    this.#claims = claims;
    this.#strangers = strangers;
  }

  byId(id: string): Host | undefined {
    return this.#byId.get(id);
  }

  /**
   * Whoever is known to have had the address then. An address that only one machine ever had is that machine's at any time at which
   * it was not leased to somebody else; between two machines' intervals it is nobody's.
   */
  byAddress(ip: string, time: EpochMicros): Host | 'ambiguous' | undefined {
    const known = this.#claims.has(ip) ? ip : (canonicalIp(ip) ?? '');
    const claims = this.#claims.get(known);
    if (claims === undefined) return undefined;
    let holder: Claim | undefined;
    let isShared = false;
    const only = claims[0]!.host;
    for (const claim of claims) {
      if (claim.host !== only || claim.isStrict) isShared = true;
      if (time < claim.from || time > claim.to || claim.host === holder?.host) continue;
      if (holder === undefined || isHandedOver(holder, claim)) holder = claim;
      else if (!isHandedOver(claim, holder)) return 'ambiguous';
    }
    if (holder !== undefined) return holder.host;
    const isStrangers = this.#strangers.get(known)?.some(({ from, to }) => time >= from && time <= to) ?? false;
    return isShared || isStrangers ? undefined : only;
  }
}

/** Where one interval ends at the very moment at which the next begins, the moment is the next one's. */
const isHandedOver = (before: Claim, after: Claim): boolean => before.to === after.from && before.from < after.from;

function claimsOf(hosts: readonly Host[]): ReadonlyMap<string, readonly Claim[]> {
  const claims = new Map<string, Claim[]>();
  for (const host of hosts) {
    for (const fact of host.addresses) {
      const claim = {
        host,
        from: fact.from ?? Number.NEGATIVE_INFINITY,
        to: fact.to ?? Number.POSITIVE_INFINITY,
        isStrict: isStrict(fact),
      };
      const known = claims.get(fact.ip);
      if (known === undefined) claims.set(fact.ip, [claim]);
      else known.push(claim);
    }
  }
  return claims;
}

function ambiguities(claims: ReadonlyMap<string, readonly Claim[]>): readonly string[] {
  const warnings: string[] = [];
  for (const [ip, all] of [...claims].sort(([a], [b]) => compare(a, b))) {
    const sorted = [...all].sort((a, b) => a.from - b.from);
    for (const [i, claim] of sorted.entries()) {
      const other = sorted
        .slice(i + 1)
        .find(next => next.host !== claim.host && next.from <= claim.to && !isHandedOver(claim, next));
      if (other === undefined) continue;
      const when = Number.isFinite(other.from) ? `from ${isoTime(other.from)}` : 'at the same time';
      warnings.push(
        `${ip} is an address of ${claim.host.name} and of ${other.host.name} ${when}: joined to neither; name its owner with --hosts`,
      );
      break;
    }
  }
  return warnings;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const ends = (micros: number | undefined): EpochMicros | undefined =>
  micros === undefined ? undefined : epochMicros(micros);
const spellings = (identity: Identity): string => [...identity.names.keys()].sort().join(' ');

/** The spelling that was seen most; of equals the longest, which says most. */
const canonicalName = (identity: Identity): string =>
  [...identity.names].sort(([a, m], [b, n]) => n - m || b.length - a.length || compare(a, b))[0]![0];

function aliasesOf(identity: Identity, name: string): readonly string[] {
  const byFolded = new Map<string, string>();
  for (const alias of [...identity.names.keys()].sort()) {
    if (alias.toLowerCase() !== name.toLowerCase()) byFolded.set(alias.toLowerCase(), alias);
  }
  return [...byFolded.values()].sort(compare);
}

function platformOf(identity: Identity): Platform | undefined {
  const platforms = [...identity.platforms].sort(([a, m], [b, n]) => n - m || compare(a, b));
  return platforms[0]?.[0];
}

function uniqueId(name: string, taken: Set<string>): string {
  let id = name;
  for (let n = 2; taken.has(id); n++) id = `${name}-${n}`;
  taken.add(id);
  return id;
}

/** One fact an address and source where the intervals touch: a lease renewed every hour is one lease. */
function mergedFacts(facts: readonly AddressFact[]): readonly AddressFact[] {
  const sorted = [...facts].sort(
    (a, b) =>
      compare(a.ip, b.ip) ||
      compare(a.source, b.source) ||
      (a.from ?? Number.NEGATIVE_INFINITY) - (b.from ?? Number.NEGATIVE_INFINITY),
  );
  const merged: AddressFact[] = [];
  for (const fact of sorted) {
    const before = merged.at(-1);
    const touches =
      before !== undefined &&
      before.ip === fact.ip &&
      before.source === fact.source &&
      (before.to === undefined || fact.from === undefined || fact.from <= before.to);
    if (!touches) merged.push(fact);
    else if (before.to !== undefined && (fact.to === undefined || fact.to > before.to)) {
      merged[merged.length - 1] = { ...before, to: fact.to };
    }
  }
  return merged;
}
