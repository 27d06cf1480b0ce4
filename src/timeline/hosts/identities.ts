import type { Platform } from '../../model/index.ts';
import { type ArtifactNames, parserOf, platformOf } from './artifact-names.ts';
import { isSameName, isTellingName, netbiosName } from './names.ts';

/** A machine while it is being put together. */
export interface Identity {
  /** Spelling → how often it was seen. */
  readonly names: Map<string, number>;
  /** What tells it from other machines of its name: `host.id` and SIDs of its Windows installation. */
  readonly machineIds: Set<string>;
  readonly sids: Set<string>;
  readonly platforms: Map<Platform, number>;
}

export interface Identities {
  readonly all: readonly Identity[];
  /** The machine of every record of an artifact; an artifact that speaks of several machines is absent. */
  readonly byArtifact: ReadonlyMap<string, Identity>;
  readonly warnings: readonly string[];
  /** The machine that an evidence root is the triage of, where it is one machine's. */
  ofRoot(path: string): Identity | undefined;
  /** Who goes by the name, if anybody does. */
  find(name: string): Identity | undefined;
  /** Who goes by the name, from now on at the latest. */
  named(name: string): Identity;
}

/** Logs that a machine writes about itself: another name in one of them is an earlier name of the same machine. */
const OWN_LOGS = new Set([
  'evtx',
  'windows-xml',
  'windows-firewall',
  'syslog',
  'auditd',
  'journald',
  'daemon-log',
  'linux-crash',
  'esxi',
  'macos-unifiedlog',
  'macos-log',
  'macos-crash',
]);
const FORWARDED = /forwarded[ _-]?events|(?:^|\/)remote\//i;

/**
 * Who is who. A triaged machine (evidence root) comes first, then what the records call the machine; a name that changes once
 * within a machine's own log is a rename, names that alternate are a collector's.
 */
export function identify(artifacts: readonly ArtifactNames[]): Identities {
  const registry = new Registry();
  const byArtifact = new Map<string, Identity>();
  const warnings: string[] = [];
  const own = artifacts.filter(names => !names.isSensor);
  const installations = new Installations(own);
  const principals = new Set<string>();
  for (const names of own) {
    const hostname = names.facts.root.hostname;
    if (hostname !== undefined && isTellingName(hostname)) principals.add(netbiosName(hostname));
    if (groupsOf(names).length === 1) principals.add(netbiosName([...names.counts.keys()][0]!));
  }

  // First whoever names a machine: the roots, then the records.
  const byRoot = new Map<string, Identity>();
  for (const names of own) {
    const { path, hostname } = names.facts.root;
    if (hostname !== undefined && isTellingName(hostname) && !byRoot.has(path)) {
      byRoot.set(path, registry.named(hostname, 1, installations.of(path, hostname)));
    }
  }
  const nameless: ArtifactNames[] = [];
  for (const names of own) {
    const groups = groupsOf(names);
    if (groups.length === 0) {
      nameless.push(names);
      continue;
    }
    const root = byRoot.get(names.facts.root.path);
    if (groups.length > 1 && !isRename(names, groups, principals)) {
      for (const group of groups) for (const name of group) registry.named(name, names.counts.get(name)!);
      continue;
    }
    const isRoots =
      root !== undefined &&
      (groups.some(group => group.some(name => has(root, name))) ||
        (isSelfWritten(names) && names.facts.root.layout !== 'folder' && !principals.has(netbiosName(groups[0]![0]!))));
    const name = latestOrMost(names);
    const identity = isRoots ? root : registry.named(name, 0, installations.of(names.facts.root.path, name));
    for (const group of groups) for (const name of group) registry.alias(identity, name, names.counts.get(name)!);
    register(identity, names);
    byArtifact.set(names.path, identity);
  }

  warnings.push(...registry.namesakes(), ...joinRenamed(registry, own, byArtifact, byRoot));

  // Then whoever does not: they are their root's, if the root is one machine's.
  for (const names of nameless) {
    const root = names.facts.root;
    const identity =
      byRoot.get(root.path) ??
      registry.all.find(known => [...names.machineIds].some(id => known.machineIds.has(id))) ??
      soleOwner(root.path, names, own, byArtifact);
    if (identity !== undefined) {
      register(identity, names);
      byArtifact.set(names.path, identity);
    }
  }
  const orphans = nameless.filter(names => !byArtifact.has(names.path) && names.rows > 0);
  for (const names of orphans) {
    const folder = names.facts.root.path.split('/').at(-1) ?? '';
    const platform = platformOf(names);
    const name = isTellingName(folder) ? folder : platform === undefined ? 'unnamed' : `unnamed-${platform}`;
    const identity = registry.named(name, 1);
    register(identity, names);
    byArtifact.set(names.path, identity);
    if (name !== folder) {
      warnings.push(
        `${names.path}: no record and no file beside it names a machine; its events count as those of one machine, ${name}`,
      );
    }
  }
  return {
    all: registry.all,
    byArtifact,
    warnings,
    ofRoot: path => byRoot.get(path) ?? soleOwner(path, undefined, own, byArtifact),
    find: name => registry.find(name),
    named: name => registry.named(name, 0),
  };
}

/** All machines so far, found by any spelling of their name. */
class Registry {
  readonly all: Identity[] = [];
  readonly #byNetbios = new Map<string, Identity[]>();

  /** Undefined also where two machines have the name. */
  find(name: string): Identity | undefined {
    const same = this.#byNetbios.get(netbiosName(name))?.filter(identity => has(identity, name)) ?? [];
    return same.some(identity => contradict(identity.sids, same[0]!.sids)) ? undefined : same[0];
  }

  /** The machine of that name; another one than any so far where the installation's SIDs contradict. */
  named(name: string, count: number, sids: ReadonlySet<string> = NO_SIDS): Identity {
    const known = this.#byNetbios
      .get(netbiosName(name))
      ?.find(identity => has(identity, name) && !contradict(identity.sids, sids));
    if (known !== undefined) {
      for (const sid of sids) known.sids.add(sid);
      this.alias(known, name, count);
      return known;
    }
    const identity: Identity = { names: new Map(), machineIds: new Set(), sids: new Set(sids), platforms: new Map() };
    this.all.push(identity);
    this.alias(identity, name, count);
    return identity;
  }

  alias(identity: Identity, name: string, count: number): void {
    identity.names.set(name, (identity.names.get(name) ?? 0) + count);
    const key = netbiosName(name);
    const same = this.#byNetbios.get(key);
    if (same === undefined) this.#byNetbios.set(key, [identity]);
    else if (!same.includes(identity)) same.push(identity);
  }

  /** Machines of one name, which only their SIDs tell apart. */
  namesakes(): readonly string[] {
    return [...this.#byNetbios.values()].flatMap(same => {
      const other = same.find(identity => identity !== same[0] && contradict(identity.sids, same[0]!.sids));
      if (other === undefined || ![...other.names.keys()].some(name => has(same[0]!, name))) return [];
      const sids = [same[0]!, other].map(identity => [...identity.sids].sort().join(', ')).join(' and ');
      const name = [...other.names.keys()][0]!;
      return [
        `${name} is the name of two machines, told apart by their SIDs (${sids}); what others say of ${name} is joined to neither`,
      ];
    });
  }

  /** `from` was `into` under an earlier name. */
  join(into: Identity, from: Identity): void {
    for (const [name, count] of from.names) this.alias(into, name, count);
    for (const id of from.machineIds) into.machineIds.add(id);
    for (const sid of from.sids) into.sids.add(sid);
    for (const [platform, count] of from.platforms)
      into.platforms.set(platform, (into.platforms.get(platform) ?? 0) + count);
    this.all.splice(this.all.indexOf(from), 1);
    for (const same of this.#byNetbios.values()) if (same.includes(from)) same.splice(same.indexOf(from), 1);
  }
}

const NO_SIDS: ReadonlySet<string> = new Set();

/** Both are known, and not one is common. */
const contradict = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size > 0 && b.size > 0 && ![...a].some(sid => b.has(sid));

/** The SIDs that the logs of one triaged machine state under one name. A folder that holds everything is no machine's. */
class Installations {
  readonly #byRoot = new Map<string, Map<string, Set<string>>>();

  constructor(own: readonly ArtifactNames[]) {
    for (const names of own) {
      const groups = groupsOf(names);
      if (names.sids.size === 0 || groups.length !== 1 || names.facts.root.path === '' || !isSelfWritten(names))
        continue;
      const key = netbiosName(groups[0]![0]!);
      let byName = this.#byRoot.get(names.facts.root.path);
      if (byName === undefined) {
        byName = new Map();
        this.#byRoot.set(names.facts.root.path, byName);
      }
      byName.set(key, new Set([...(byName.get(key) ?? []), ...names.sids]));
    }
  }

  of(root: string, name: string): ReadonlySet<string> {
    return this.#byRoot.get(root)?.get(netbiosName(name)) ?? NO_SIDS;
  }
}

/**
 * A machine that got another name between two of its logs: the same id or SID, and the one name came when the other was gone.
 * Copies of one installation share them too, but are there at the same time.
 */
function joinRenamed(
  registry: Registry,
  own: readonly ArtifactNames[],
  byArtifact: Map<string, Identity>,
  byRoot: Map<string, Identity>,
): readonly string[] {
  const warnings: string[] = [];
  const spans = new Map<Identity, { first: number; last: number }>();
  const holders = new Map<string, Set<Identity>>();
  for (const names of own) {
    const identity = byArtifact.get(names.path);
    if (identity === undefined || names.first > names.last) continue;
    const span = spans.get(identity) ?? { first: names.first, last: names.last };
    spans.set(identity, { first: Math.min(span.first, names.first), last: Math.max(span.last, names.last) });
    for (const id of [...names.machineIds, ...names.sids])
      holders.set(id, (holders.get(id) ?? new Set()).add(identity));
  }
  for (const [id, identities] of holders) {
    const inTime = [...identities].filter(one => registry.all.includes(one));
    inTime.sort((a, b) => spans.get(a)!.first - spans.get(b)!.first);
    for (let at = 1; at < inTime.length; at++) {
      const [before, after] = [inTime[at - 1]!, inTime[at]!];
      if (spans.get(before)!.last > spans.get(after)!.first) {
        const [one, other] = [before, after].map(identity => [...identity.names.keys()][0]!);
        warnings.push(
          `${one} and ${other} have the same id (${id}) at the same time: copies of one installation, kept apart`,
        );
        continue;
      }
      registry.join(after, before);
      spans.set(after, { first: spans.get(before)!.first, last: spans.get(after)!.last });
      for (const map of [byArtifact, byRoot])
        for (const [path, identity] of map) if (identity === before) map.set(path, after);
    }
  }
  return warnings;
}

const has = (identity: Identity, name: string): boolean =>
  [...identity.names.keys()].some(own => isSameName(own, name));

/** Spellings of one machine each. */
function groupsOf(names: ArtifactNames): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const name of [...names.counts.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))) {
    const group = groups.find(members => isSameName(members[0]!, name));
    if (group === undefined) groups.push([name]);
    else group.push(name);
  }
  return groups;
}

const isSelfWritten = (names: ArtifactNames): boolean =>
  OWN_LOGS.has(parserOf(names.facts.format)) && !FORWARDED.test(names.path);

/** A machine that got another name, and not a collector that speaks of many: each name once, one after the other. */
function isRename(
  names: ArtifactNames,
  groups: readonly (readonly string[])[],
  principals: ReadonlySet<string>,
): boolean {
  if (!isSelfWritten(names) || names.runs > groups.length + 2) return false;
  return groups.filter(group => principals.has(netbiosName(group[0]!))).length <= 1;
}

const latestOrMost = (names: ArtifactNames): string =>
  [...names.counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];

function register(identity: Identity, names: ArtifactNames): void {
  for (const sid of names.sids) identity.sids.add(sid);
  for (const id of names.machineIds) identity.machineIds.add(id);
  const platform = platformOf(names) ?? names.facts.root.os;
  if (platform !== undefined) identity.platforms.set(platform, (identity.platforms.get(platform) ?? 0) + names.rows);
}

/** The one machine that the artifacts of a root belong to; for a nameless one only if it is of the same platform. */
function soleOwner(
  root: string,
  nameless: ArtifactNames | undefined,
  own: readonly ArtifactNames[],
  byArtifact: ReadonlyMap<string, Identity>,
): Identity | undefined {
  const owners = new Set<Identity>();
  for (const names of own) {
    if (names.facts.root.path !== root || (nameless !== undefined && names.counts.size === 0)) continue;
    const owner = byArtifact.get(names.path);
    if (owner === undefined) return undefined;
    owners.add(owner);
  }
  if (owners.size !== 1) return undefined;
  const owner = [...owners][0]!;
  const platform = nameless === undefined ? undefined : platformOf(nameless);
  return platform === undefined || owner.platforms.size === 0 || owner.platforms.has(platform) ? owner : undefined;
}
