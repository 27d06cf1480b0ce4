import {
  type Column,
  type EventBatch,
  epochMicros,
  type Field,
  fieldTexts,
  type Host,
  type HostTable,
  withColumns,
} from '../model/index.ts';
import { isSensorBatch, namesOfRows, sensorRows } from './hosts/artifact-names.ts';
import { addressInName, canGoBy, isQualified, isTellingName, netbiosName } from './hosts/names.ts';
import { isStrict } from './hosts/table.ts';

/**
 * The same batches with `aftershock.host`, `aftershock.source.host` and `aftershock.destination.host`. An artifact that is no one
 * machine's goes by the name in each record, a sensor's by none; an address goes to whoever had it then, and to nobody where two did.
 */
export function resolveHosts(
  batches: readonly EventBatch[],
  table: HostTable,
  hostOfArtifact: ReadonlyMap<string, string>,
  { changing, microsToAdd }: AddressTimes = NO_TIMES,
): EventBatch[] {
  const names = new NameIndex(table.hosts);
  const owners = ownersByAddress(table.hosts, changing);
  return batches.map(batch => {
    const columns = new Map<Field, Column>();
    const ownerAt = (ip: string, row: number): string | undefined => {
      const holder = table.byAddress(ip, epochMicros(batch.time[row]! + (microsToAdd.get(batch.artifact) ?? 0)));
      return holder === 'ambiguous' ? undefined : holder?.id;
    };
    const host = hostColumn(batch, hostOfArtifact.get(batch.artifact), names, ownerAt);
    if (host !== undefined) columns.set('aftershock.host', host);
    for (const [ip, field] of ENDS) {
      const column = addressColumn(batch, ip, host, ownerAt, owners);
      if (column !== undefined) columns.set(field, column);
    }
    return withColumns(batch, columns);
  });
}

/** Which addresses have another owner at another time, and what is added to the times of an artifact before it is asked. */
export interface AddressTimes {
  readonly changing: ReadonlySet<string>;
  readonly microsToAdd: ReadonlyMap<string, number>;
}

const NO_TIMES: AddressTimes = { changing: new Set(), microsToAdd: new Map() };

type OwnerAt = (ip: string, row: number) => string | undefined;

const ENDS = [
  ['source.ip', 'aftershock.source.host'],
  ['destination.ip', 'aftershock.destination.host'],
] as const satisfies readonly (readonly [Field, Field])[];

type Hosts = Extract<Column, { kind: 'keyword' }>;

function hostColumn(
  batch: EventBatch,
  ofArtifact: string | undefined,
  names: NameIndex,
  ownerAt: OwnerAt,
): Hosts | undefined {
  if (isSensorBatch(batch)) return undefined;
  const reader = namesOfRows(batch);
  const addresses = reader?.texts.map((text, code) => (code === 0 ? undefined : addressInName(text)));
  const values = [''];
  let codes: Uint32Array;
  if (ofArtifact !== undefined) {
    values.push(ofArtifact);
    const isSensors = sensorRows(batch);
    codes = new Uint32Array(batch.length).fill(1);
    if (isSensors !== undefined) codes = codes.map((_, row) => (isSensors(row) ? 0 : 1));
  } else {
    if (reader === undefined) return undefined;
    const recoded = reader.texts.map((text, code) => (code === 0 ? 0 : interned(values, names.find(text)?.id)));
    codes = Uint32Array.from(reader.codes, code => recoded[code]!);
  }
  // A line under an address is by whoever has the address, whosever log it lies in.
  if (addresses?.some(ip => ip !== undefined) === true) {
    for (const [row, code] of reader!.codes.entries()) {
      const ip = addresses[code];
      if (ip !== undefined) codes[row] = interned(values, ownerAt(ip, row));
    }
  }
  return values.length === 1 ? undefined : { kind: 'keyword', codes, values };
}

/** Whose the addresses of a column are; looked up once per address, or once per row where an address changed hands. */
function addressColumn(
  batch: EventBatch,
  field: Field,
  own: Hosts | undefined,
  ownerAt: OwnerAt,
  owners: ReadonlyMap<string, Owners>,
): Hosts | undefined {
  const reader = fieldTexts(batch, field);
  if (reader === undefined) return undefined;
  const values = [''];
  const CHANGES = -1;
  const fixed = reader.texts.map((ip, code) => {
    const claimed = code === 0 ? undefined : owners.get(ip);
    if (claimed === undefined) return 0;
    return claimed.ids.size === 1 && !claimed.isTimed ? interned(values, [...claimed.ids][0]) : CHANGES;
  });
  if (fixed.every(code => code === 0)) return undefined;
  const codes = new Uint32Array(batch.length);
  for (let row = 0; row < batch.length; row++) {
    const code = reader.codes[row]!;
    const known = fixed[code]!;
    if (known !== CHANGES) {
      codes[row] = known;
      continue;
    }
    const ip = reader.texts[code]!;
    // A machine that speaks of one of its own addresses means itself, whoever else has the same one behind another NAT.
    const self = own === undefined ? undefined : (own.values[own.codes[row]!] as string);
    if (self !== undefined && self !== '' && owners.get(ip)!.ids.has(self)) {
      codes[row] = interned(values, self);
      continue;
    }
    codes[row] = interned(values, ownerAt(ip, row));
  }
  return values.length === 1 ? undefined : { kind: 'keyword', codes, values };
}

function interned(values: string[], id: string | undefined): number {
  if (id === undefined) return 0;
  const known = values.indexOf(id, 1);
  return known === -1 ? values.push(id) - 1 : known;
}

/** Who ever had an address, and whether that depends on the time although it was one machine alone. */
interface Owners {
  readonly ids: Set<string>;
  isTimed: boolean;
}

function ownersByAddress(hosts: readonly Host[], changing: ReadonlySet<string>): ReadonlyMap<string, Owners> {
  const owners = new Map<string, Owners>();
  for (const host of hosts) {
    for (const fact of host.addresses) {
      let known = owners.get(fact.ip);
      if (known === undefined) {
        known = { ids: new Set(), isTimed: changing.has(fact.ip) };
        owners.set(fact.ip, known);
      }
      known.ids.add(host.id);
      if (isStrict(fact)) known.isTimed = true;
    }
  }
  return owners;
}

/** Hosts by any spelling of their names. */
class NameIndex {
  readonly #byName = new Map<string, Set<Host>>();
  readonly #byNetbios = new Map<string, Set<Host>>();

  constructor(hosts: readonly Host[]) {
    for (const host of hosts) {
      for (const name of [host.name, ...host.aliases]) {
        put(this.#byName, name.toLowerCase(), host);
        put(this.#byNetbios, netbiosName(name), host);
      }
    }
  }

  /** Nobody where two could be meant. */
  find(name: string): Host | undefined {
    if (!isTellingName(name)) return undefined;
    const exact = isQualified(name) ? this.#byName.get(name.toLowerCase()) : undefined;
    const hosts =
      exact === undefined
        ? [...(this.#byNetbios.get(netbiosName(name)) ?? [])].filter(host =>
            canGoBy([host.name, ...host.aliases], name),
          )
        : [...exact];
    return hosts.length === 1 ? hosts[0] : undefined;
  }
}

function put(index: Map<string, Set<Host>>, key: string, host: Host): void {
  const same = index.get(key);
  if (same === undefined) index.set(key, new Set([host]));
  else same.add(host);
}
