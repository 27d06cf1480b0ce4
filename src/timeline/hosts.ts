import type { Codes, EventBatch, Field, HostTable } from '../model/index.ts';
import { canonicalIp } from '../util/cidr.ts';
import { ADDRESS_FIELDS, AddressBook, learnAddresses, type OwnerOfName } from './hosts/addresses.ts';
import {
  type ArtifactFacts,
  artifactNames,
  isSensorBatch,
  NAME_FIELDS,
  namesOfRows,
  sensorRows,
} from './hosts/artifact-names.ts';
import type { GivenHost } from './hosts/given.ts';
import { type Identity, identify } from './hosts/identities.ts';
import { SID_FIELDS } from './hosts/machine-sids.ts';
import { isTellingName } from './hosts/names.ts';
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
}

/**
 * Which machines the collection speaks of, under which names, with which addresses and when. `hostOfArtifact` says whose an
 * artifact is, where all of its records are one machine's.
 */
export function buildHosts(input: HostsInput): {
  readonly table: HostTable;
  readonly warnings: readonly string[];
  readonly hostOfArtifact: ReadonlyMap<string, string>;
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
  const roots = new Map(names.map(({ facts }) => [facts.root.path, facts.root]));
  for (const root of roots.values()) {
    const identity = identities.ofRoot(root.path);
    if (identity === undefined) continue;
    for (const { ip, from, to, source } of root.addresses) {
      const known = canonicalIp(ip);
      if (known !== undefined) book.state({ ip: known, identity, from, to, source });
    }
  }

  const named: OwnerOfName = name => (isTellingName(name) ? identities.find(name) : undefined);
  const ownerOf = ownerOfRows(identities.byArtifact, named);
  for (const batch of input.batches) learnAddresses(batch, book, ownerOf, named);

  // What the user says of an address is the whole truth about it.
  const sightings = book.sightings().filter(({ ip, source }) => source === '--hosts' || !given.has(ip));
  const { table, hostOf, warnings } = tableOf(
    identities.all.filter(identity => identity.names.size > 0),
    sightings,
  );
  const hostOfArtifact = new Map<string, string>();
  for (const [path, identity] of identities.byArtifact) hostOfArtifact.set(path, hostOf.get(identity)!.id);
  return { table, warnings: [...identities.warnings, ...warnings], hostOfArtifact };
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
