import type { Platform } from '../../model/index.ts';
import { type ArtifactNames, parserOf, platformOf } from './artifact-names.ts';
import { isSameName, isTellingName, netbiosName } from './names.ts';

/** A machine while it is being put together. */
export interface Identity {
  /** Spelling → how often it was seen. */
  readonly names: Map<string, number>;
  readonly machineIds: Set<string>;
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
      byRoot.set(path, registry.named(hostname, 1));
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
    const identity = isRoots ? root : registry.named(latestOrMost(names), 0);
    for (const group of groups) for (const name of group) registry.alias(identity, name, names.counts.get(name)!);
    register(identity, names);
    byArtifact.set(names.path, identity);
  }

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

  find(name: string): Identity | undefined {
    return this.#byNetbios.get(netbiosName(name))?.find(identity => has(identity, name));
  }

  named(name: string, count: number): Identity {
    const known = this.find(name);
    if (known !== undefined) {
      this.alias(known, name, count);
      return known;
    }
    const identity: Identity = { names: new Map(), machineIds: new Set(), platforms: new Map() };
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
