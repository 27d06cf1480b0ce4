import type { Platform } from '../../model/index.ts';
import { canGoBy, isQualified, netbiosName } from './names.ts';

/** A machine while it is being put together. */
export interface Identity {
  /** Spelling → how often it was seen. */
  readonly names: Map<string, number>;
  /** What tells it from other machines of its name: `host.id` and SIDs of its Windows installation. */
  readonly machineIds: Set<string>;
  readonly sids: Set<string>;
  readonly platforms: Map<Platform, number>;
  /** Evidence roots that hold its logs. */
  readonly roots: Set<string>;
}

/** What is known of whoever goes by a name, besides the name. */
export interface Traits {
  readonly root?: string;
  readonly sids: ReadonlySet<string>;
  readonly machineIds: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
export const NO_TRAITS: Traits = { sids: NONE, machineIds: NONE };

/** All machines so far, found by any spelling of their name. */
export class Registry {
  readonly all: Identity[] = [];
  readonly #byNetbios = new Map<string, Identity[]>();
  readonly #byName = new Map<string, Identity[]>();
  /** Of `#byNetbios`, those that were seen without a domain. */
  readonly #unqualified = new Map<string, Identity[]>();
  /** By name: whoever has it of several that could be meant, and who these are. */
  readonly #undecided = new Map<string, { readonly identity: Identity; readonly candidates: readonly Identity[] }>();

  /**
   * Whoever can be meant. By a name with its domain those that have it to the letter, else those that leave the domain open: a log may
   * name thousands that share a first label, and they are not compared with each other.
   */
  #candidates(name: string): readonly Identity[] {
    if (!isQualified(name)) {
      const same = this.#byNetbios.get(netbiosName(name)) ?? [];
      return same.filter(identity => canGoBy(identity.names.keys(), name));
    }
    const exact = this.#byName.get(name.toLowerCase());
    if (exact !== undefined && exact.length > 0) return exact;
    const open = this.#unqualified.get(netbiosName(name)) ?? [];
    return open.filter(identity => canGoBy(identity.names.keys(), name));
  }

  /** Undefined also where two machines have the name. */
  find(name: string): Identity | undefined {
    const candidates = this.#candidates(name);
    return candidates.length === 1 ? candidates[0] : undefined;
  }

  /**
   * The machine of that name: another one than any so far where SIDs or machine ids contradict. Where several could be meant it is the
   * one that has logs in the same evidence root, else one of its own, for a wrong join is worse than none.
   */
  named(name: string, count: number, traits: Traits = NO_TRAITS): Identity {
    const candidates = this.#candidates(name).filter(identity => !contradicts(identity, traits));
    const { root } = traits;
    const near = root === undefined ? [] : candidates.filter(({ roots }) => roots.has(root));
    const key = netbiosName(name);
    let identity = near.length === 1 ? near[0] : candidates.length === 1 ? candidates[0] : undefined;
    if (candidates.length > 1) identity ??= this.#undecided.get(key)?.identity;
    if (identity === undefined) {
      identity = { names: new Map(), machineIds: new Set(), sids: new Set(), platforms: new Map(), roots: new Set() };
      this.all.push(identity);
      if (candidates.length > 1) this.#undecided.set(key, { identity, candidates });
    }
    for (const sid of traits.sids) identity.sids.add(sid);
    for (const id of traits.machineIds) identity.machineIds.add(id);
    if (root !== undefined) identity.roots.add(root);
    this.alias(identity, name, count);
    return identity;
  }

  /** A record of a log of many speaks of the machine: where several could be meant, of none of them. */
  mention(name: string, count: number): void {
    const candidates = this.#candidates(name);
    if (candidates.length <= 1) this.named(name, count);
  }

  alias(identity: Identity, name: string, count: number): void {
    identity.names.set(name, (identity.names.get(name) ?? 0) + count);
    const key = netbiosName(name);
    this.#list(this.#byName, name.toLowerCase(), identity);
    this.#list(this.#byNetbios, key, identity);
    if (!isQualified(name)) this.#list(this.#unqualified, key, identity);
  }

  #list(index: Map<string, Identity[]>, key: string, identity: Identity): void {
    const same = index.get(key);
    if (same === undefined) index.set(key, [identity]);
    else if (same.at(-1) !== identity && !same.includes(identity)) same.push(identity);
  }

  /** Machines of one name, which only their SIDs or ids tell apart, and names that several could be meant by. */
  namesakes(): readonly string[] {
    const warnings: string[] = [];
    for (const same of this.#byNetbios.values()) {
      const [first] = same;
      const other = same.find(
        identity => identity !== first && contradicts(first!, { ...identity, root: '' }) && shares(first!, identity),
      );
      if (other === undefined) continue;
      const kind = areApart(first!.sids, other.sids) ? 'sids' : 'machineIds';
      const ids = [first!, other].map(identity => [...identity[kind]].sort().join(', ')).join(' and ');
      const name = [...other.names.keys()][0]!;
      const by = kind === 'sids' ? 'SIDs' : 'machine ids';
      warnings.push(
        `${name} is the name of two machines, told apart by their ${by} (${ids}); what others say of ${name} is joined to neither`,
      );
    }
    for (const [name, { candidates }] of this.#undecided) {
      const known = candidates.map(({ names }) => [...names.keys()][0]!).sort();
      warnings.push(
        `${name} may be ${known.join(' or ')}: logs under this name alone count as those of another machine; a hostname file beside them decides`,
      );
    }
    return warnings;
  }

  /** `from` was `into` under an earlier name. */
  join(into: Identity, from: Identity): void {
    for (const [name, count] of from.names) this.alias(into, name, count);
    for (const id of from.machineIds) into.machineIds.add(id);
    for (const sid of from.sids) into.sids.add(sid);
    for (const root of from.roots) into.roots.add(root);
    for (const [platform, count] of from.platforms)
      into.platforms.set(platform, (into.platforms.get(platform) ?? 0) + count);
    this.all.splice(this.all.indexOf(from), 1);
    for (const index of [this.#byName, this.#byNetbios, this.#unqualified]) {
      for (const same of index.values()) if (same.includes(from)) same.splice(same.indexOf(from), 1);
    }
  }
}

const shares = (a: Identity, b: Identity): boolean => [...b.names.keys()].some(name => canGoBy(a.names.keys(), name));

/** Both are known, and not one is common. */
const areApart = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size > 0 && b.size > 0 && ![...a].some(id => b.has(id));

/** systemd's id of an installation. Other sources put other things into `host.id`, and one machine has one of each. */
const SYSTEMD_ID = /^[0-9a-f]{32}$/;
const systemdIds = (ids: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...ids].filter(id => SYSTEMD_ID.test(id)));

/** Whether these cannot be one machine. Within one evidence root an id may change: images get theirs at their first start. */
function contradicts(identity: Identity, { root, sids, machineIds }: Traits): boolean {
  if (areApart(identity.sids, sids)) return true;
  if (root !== undefined && identity.roots.has(root)) return false;
  return areApart(systemdIds(identity.machineIds), systemdIds(machineIds));
}
