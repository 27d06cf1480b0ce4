import type { Codes, EventBatch, Field, HostTable } from '../model/index.ts';
import { canonicalIp } from '../util/cidr.ts';
import { AddressBook, type Sighting } from './hosts/address-book.ts';
import {
  ADDRESS_FIELDS,
  type AddressReading,
  learnAccepted,
  learnAddresses,
  type OwnerOfName,
} from './hosts/addresses.ts';
import {
  type ArtifactFacts,
  type ArtifactNames,
  artifactNames,
  isSensorBatch,
  NAME_FIELDS,
  namesOfRows,
  sensorRows,
} from './hosts/artifact-names.ts';
import type { GivenHost } from './hosts/given.ts';
import { type Identities, identify, isOfOthers } from './hosts/identities.ts';
import { holdersOf, untilTaken } from './hosts/leases.ts';
import { SID_FIELDS } from './hosts/machine-sids.ts';
import { isTellingName } from './hosts/names.ts';
import type { Identity } from './hosts/registry.ts';
import { type Snapshot, snapshotSightings } from './hosts/snapshots.ts';
import { tableOf } from './hosts/table.ts';

export type { ArtifactFacts } from './hosts/artifact-names.ts';
export { type GivenHost, parseHostsFile } from './hosts/given.ts';

/** What `buildHosts` and `resolveHosts` read. */
export const HOST_NEEDS: ReadonlySet<Field> = new Set<Field>([
  ...NAME_FIELDS,
  ...ADDRESS_FIELDS,
  ...SID_FIELDS,
  'host.id',
  'host.os.type',
  'host.os.family',
  'event.module',
]);

export interface HostsInput {
  readonly batches: readonly EventBatch[];
  /** By artifact path. */
  readonly artifacts: ReadonlyMap<string, ArtifactFacts>;
  /** Rows of the user's hosts file: they are believed. */
  readonly given: readonly GivenHost[];
  /** By artifact path: what its clock is to be corrected by, where that is known. */
  readonly microsToAdd?: ReadonlyMap<string, number>;
}

/**
 * Which machines the collection speaks of, under which names, with which addresses and when. `hostOfArtifact` says whose an
 * artifact is, where all of its records are one machine's.
 */
export function buildHosts(input: HostsInput): {
  readonly table: HostTable;
  readonly warnings: readonly string[];
  readonly hostOfArtifact: ReadonlyMap<string, string>;
  /** Addresses whose owner depends on the time, and those that somebody else had for a while. */
  readonly changing: ReadonlySet<string>;
} {
  const names = artifactNames(input.batches, input.artifacts);
  const identities = identify(names);
  const book = new AddressBook();
  const given = new Set<string>();
  for (const { host, ip, from, to } of input.given) {
    const identity = identities.named(host);
    if (ip === undefined) continue;
    given.add(ip);
    book.state({ ip, identity, from, to, source: '--hosts' });
  }
  const shiftOf = (artifact: string): number => input.microsToAdd?.get(artifact) ?? 0;
  const snapshots = stateRoots(names, identities, book, shiftOf);
  const named: OwnerOfName = name => (isTellingName(name) ? identities.find(name) : undefined);
  const ownerOf = ownerOfRows(identities.byArtifact, named);
  const reading: AddressReading = { book, ownerOf, named, leases: [], shiftOf };
  for (const batch of input.batches) learnAddresses(batch, reading);
  for (const batch of input.batches) learnAccepted(batch, reading);
  const { sightings: held, strangers } = holdersOf(reading.leases);
  for (const { ip, identity } of held) book.own(ip, identity);
  stateAddressesInNames(names, identities, book, given);

  // What the user says of an address is the whole truth about it.
  const seen = book.sightings();
  const learnt = [...seen, ...untilTaken(held, seen)];
  const sightings = [...learnt, ...snapshotSightings(snapshots, learnt)].filter(
    ({ ip, source }) => source === '--hosts' || !given.has(ip),
  );
  const { table, hostOf, warnings, changing } = tableOf(
    identities.all.filter(identity => identity.names.size > 0),
    sightings,
    strangers.filter(({ ip }) => !given.has(ip)),
  );
  const hostOfArtifact = new Map<string, string>();
  for (const [path, identity] of identities.byArtifact) hostOfArtifact.set(path, hostOf.get(identity)!.id);
  return { table, warnings: [...identities.warnings, ...warnings], hostOfArtifact, changing };
}

/** What files beside the logs say: with its interval where they state one, else as it was when the machine was triaged. */
function stateRoots(
  names: readonly ArtifactNames[],
  identities: Identities,
  book: AddressBook,
  shiftOf: (artifact: string) => number,
): readonly Snapshot[] {
  const snapshots: Snapshot[] = [];
  const roots = new Map(names.map(({ facts }) => [facts.root.path, facts.root]));
  for (const root of roots.values()) {
    const identity = identities.ofRoot(root.path);
    if (identity === undefined) continue;
    const ends = names.filter(({ facts }) => facts.root === root).map(({ last, path }) => last + shiftOf(path));
    const at = root.collected ?? Math.max(...ends);
    for (const { ip, from, to, source } of root.addresses) {
      const known = canonicalIp(ip);
      if (known === undefined) continue;
      book.own(known, identity);
      const sighting: Sighting = { ip: known, identity, from, to, source };
      if (from === undefined && to === undefined) snapshots.push({ sighting, at });
      else book.state(sighting);
    }
  }
  return snapshots;
}

/** Syslog servers write the sender's address where the name should be: it is whoever has it, or a machine that is known by it alone. */
function stateAddressesInNames(
  names: readonly ArtifactNames[],
  identities: Identities,
  book: AddressBook,
  given: ReadonlySet<string>,
): void {
  const spoken = new Set<string>();
  for (const artifact of names) {
    const own = identities.byArtifact.get(artifact.path);
    const isOwn = own !== undefined && artifact.counts.size === 0 && !isOfOthers(artifact);
    for (const ip of artifact.addresses) {
      if (!isOwn || book.isOfOthers(ip, own)) spoken.add(ip);
      else book.state({ ip, identity: own, from: undefined, to: undefined, source: 'name in its log' });
    }
  }
  for (const ip of [...spoken].sort()) {
    if (book.isOwned(ip) || given.has(ip)) continue;
    const identity = identities.named(ip);
    book.state({ ip, identity, from: undefined, to: undefined, source: 'name in logs' });
  }
}

/** Who wrote a row: the artifact's machine, or the machine that the row names. */
function ownerOfRows(
  byArtifact: ReadonlyMap<string, Identity>,
  named: OwnerOfName,
): (batch: EventBatch, row: number) => Identity | undefined {
  let last: EventBatch | undefined;
  let ofBatch: Identity | undefined;
  let ofCodes: readonly (Identity | undefined)[] = [];
  let codes: Codes | undefined;
  let isSensors: ((row: number) => boolean) | undefined;
  return (batch, row) => {
    if (batch !== last) {
      last = batch;
      codes = undefined;
      isSensors = sensorRows(batch);
      ofBatch = isSensorBatch(batch) ? undefined : byArtifact.get(batch.artifact);
      if (ofBatch === undefined && !isSensorBatch(batch)) {
        const reader = namesOfRows(batch);
        codes = reader?.codes;
        ofCodes = reader?.texts.map(text => named(text)) ?? [];
      }
    }
    if (isSensors?.(row) === true) return undefined;
    return ofBatch ?? (codes === undefined ? undefined : ofCodes[codes[row]!]);
  };
}
