import { type ArtifactNames, parserOf, platformOf } from './artifact-names.ts';
import { canGoBy, isMadeUpName, isQualified, isSameName, isTellingName, netbiosName } from './names.ts';
import { type Identity, NO_TRAITS, Registry, type Traits } from './registry.ts';
import { joinRenamed } from './renames.ts';

export type { Identity } from './registry.ts';

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
/** Of these, the ones that a server collects from others: names that come and go are many machines'. */
const FORWARDABLE = new Set(['syslog', 'esxi']);
/** So many records under each name before one is the other's earlier name: the first lines of several machines may come in turn, too. */
const RENAMED_ROWS = 5;
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
  const principals = new Principals(own);

  // First whoever names a machine: the roots, then the records; names with a domain before those that leave it open.
  const byRoot = new Map<string, Identity>();
  for (const { facts } of own) {
    const { path, hostname } = facts.root;
    if (hostname === undefined || !isTellingName(hostname) || byRoot.has(path)) continue;
    const identity = registry.named(installations.qualified(path, hostname), 0, installations.of(path, hostname));
    registry.alias(identity, hostname, 1);
    byRoot.set(path, identity);
  }
  const named = own
    .map(names => ({ names, groups: groupsOf(names) }))
    .filter(({ groups }) => groups.length > 0)
    .sort((a, b) => Number(hasQualified(b.groups)) - Number(hasQualified(a.groups)));
  for (const { names, groups } of named) {
    const { path } = names.facts.root;
    const root = byRoot.get(path);
    if (groups.length > 1 && !isRename(names, groups, principals)) {
      for (const group of groups) for (const name of group) registry.mention(name, names.counts.get(name)!);
      continue;
    }
    const name = latestOrMost(names);
    const isRoots =
      root !== undefined &&
      (groups.some(group => group.some(each => canGoBy(root.names.keys(), each))) ||
        isEarlierName(names, groups, root, installations, principals));
    const identity = isRoots ? root : registry.named(name, 0, installations.of(path, name));
    for (const group of groups) for (const each of group) registry.alias(identity, each, names.counts.get(each)!);
    register(identity, names);
    byArtifact.set(names.path, identity);
  }

  warnings.push(...registry.namesakes(), ...joinRenamed(registry, own, byArtifact, byRoot));

  // Then whoever does not: they are their root's, if the root is one machine's. Addresses in the place of names are somebody's.
  const nameless = own.filter(names => names.counts.size === 0 && !isOfOthers(names));
  for (const names of nameless) {
    const root = names.facts.root;
    const identity = byRoot.get(root.path) ?? soleOfId(registry, names) ?? soleOwner(root.path, names, own, byArtifact);
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

const hasQualified = (groups: readonly (readonly string[])[]): boolean =>
  groups.some(group => group.some(name => isQualified(name)));

/** A log of others' lines: a server's folder for those that send theirs, or addresses in the place of several names. */
export const isOfOthers = (names: ArtifactNames): boolean =>
  names.counts.size === 0 && names.addresses.size > 0 && (names.addresses.size > 1 || FORWARDED.test(names.path));

/** The machine that states the same id, if it is one. */
function soleOfId(registry: Registry, { machineIds }: ArtifactNames): Identity | undefined {
  const known = registry.all.filter(identity => [...machineIds].some(id => identity.machineIds.has(id)));
  return known.length === 1 ? known[0] : undefined;
}

/** Names that whole logs or roots are about: no earlier names of somebody else. */
class Principals {
  readonly #roots = new Map<string, Set<string>>();

  constructor(own: readonly ArtifactNames[]) {
    for (const names of own) {
      const { path, hostname } = names.facts.root;
      if (hostname !== undefined && isTellingName(hostname)) this.#add(hostname, path);
      if (groupsOf(names).length === 1) this.#add([...names.counts.keys()][0]!, path);
    }
  }

  #add(name: string, root: string): void {
    const key = netbiosName(name);
    this.#roots.set(key, (this.#roots.get(key) ?? new Set()).add(root));
  }

  has(name: string): boolean {
    return this.#roots.has(netbiosName(name));
  }

  isElsewhere(name: string, root: string): boolean {
    return [...(this.#roots.get(netbiosName(name)) ?? [])].some(other => other !== root);
  }
}

/** The logs of a triaged machine know it by another name only, and nobody else goes by that: it was named otherwise when they were written. */
function isEarlierName(
  names: ArtifactNames,
  groups: readonly (readonly string[])[],
  root: Identity,
  installations: Installations,
  principals: Principals,
): boolean {
  const { path } = names.facts.root;
  const name = groups[0]![0]!;
  if (path === '' || !isSelfWritten(names) || principals.isElsewhere(name, path)) return false;
  const only = installations.only(path);
  return only !== undefined && only === netbiosName(name) && !canGoBy(root.names.keys(), only);
}

/** What the logs of one triaged machine state under one name. A folder that holds everything is no machine's. */
class Installations {
  readonly #byRoot = new Map<
    string,
    Map<string, { sids: Set<string>; machineIds: Set<string>; qualified: Set<string> }>
  >();

  constructor(own: readonly ArtifactNames[]) {
    for (const names of own) {
      const groups = groupsOf(names);
      if (groups.length !== 1 || names.facts.root.path === '' || !isSelfWritten(names)) continue;
      const key = netbiosName(groups[0]![0]!);
      let byName = this.#byRoot.get(names.facts.root.path);
      if (byName === undefined) {
        byName = new Map();
        this.#byRoot.set(names.facts.root.path, byName);
      }
      let known = byName.get(key);
      if (known === undefined) {
        known = { sids: new Set(), machineIds: new Set(), qualified: new Set() };
        byName.set(key, known);
      }
      for (const sid of names.sids) known.sids.add(sid);
      for (const id of names.machineIds) known.machineIds.add(id);
      for (const name of groups[0]!) if (isQualified(name)) known.qualified.add(name);
    }
  }

  of(root: string, name: string): Traits {
    const known = this.#byRoot.get(root)?.get(netbiosName(name));
    return known === undefined ? { ...NO_TRAITS, root } : { root, sids: known.sids, machineIds: known.machineIds };
  }

  /** The name with the domain that the logs beside it state, where they state one. */
  qualified(root: string, name: string): string {
    if (isQualified(name)) return name;
    const spellings = [...(this.#byRoot.get(root)?.get(netbiosName(name))?.qualified ?? [])];
    return spellings.length > 0 && spellings.every(spelling => isSameName(spelling, spellings[0]!))
      ? spellings[0]!
      : name;
  }

  /** The only name that the logs of a root state, if there is one. */
  only(root: string): string | undefined {
    const keys = [...(this.#byRoot.get(root)?.keys() ?? [])];
    return keys.length === 1 ? keys[0] : undefined;
  }
}

const known = new WeakMap<ArtifactNames, readonly (readonly string[])[]>();

/** Spellings of one machine each. */
function groupsOf(names: ArtifactNames): readonly (readonly string[])[] {
  let groups = known.get(names);
  if (groups === undefined) {
    groups = grouped([...names.counts.keys()]);
    known.set(names, groups);
  }
  return groups;
}

function grouped(names: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  // Spellings of one machine share what NetBIOS keeps; of the same label there may be one in every domain.
  const byNetbios = new Map<string, string[][]>();
  const byName = new Map<string, string[]>();
  for (const name of names.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))) {
    const key = netbiosName(name);
    let same = byNetbios.get(key);
    if (same === undefined) {
      same = [];
      byNetbios.set(key, same);
    }
    const folded = name.toLowerCase();
    const group =
      byName.get(folded) ?? (isQualified(name) ? undefined : same.find(([first]) => isSameName(first!, name)));
    if (group !== undefined) group.push(name);
    else {
      const alone = [name];
      groups.push(alone);
      same.push(alone);
      byName.set(folded, alone);
    }
  }
  return groups;
}

const isSelfWritten = (names: ArtifactNames): boolean =>
  OWN_LOGS.has(parserOf(names.facts.format)) && !FORWARDED.test(names.path);

/** A machine that got another name, and not a collector that speaks of many: each name once, one after the other. */
function isRename(names: ArtifactNames, groups: readonly (readonly string[])[], principals: Principals): boolean {
  const isExport = names.facts.format === 'windows-json:evtx_dump' && !FORWARDED.test(names.path);
  if (!isSelfWritten(names) && !isExport) return false;
  const isForwardable = FORWARDABLE.has(parserOf(names.facts.format));
  if (names.runs > groups.length + (isForwardable ? 0 : 2)) return false;
  if (isForwardable && names.rows < groups.length * RENAMED_ROWS) return false;
  if (isExport && groups.filter(group => !isMadeUpName(group[0]!)).length > 1) return false;
  return groups.filter(group => principals.has(group[0]!)).length <= 1;
}

const latestOrMost = (names: ArtifactNames): string =>
  [...names.counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];

function register(identity: Identity, names: ArtifactNames): void {
  identity.roots.add(names.facts.root.path);
  for (const name of names.setupNames) identity.names.set(name, identity.names.get(name) ?? 0);
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
