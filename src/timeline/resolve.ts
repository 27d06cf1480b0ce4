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
import { isSameName, isTellingName, netbiosName } from './hosts/names.ts';
import { isStrict } from './hosts/table.ts';

/**
 * The same batches with `aftershock.host`, `aftershock.source.host` and `aftershock.destination.host`. An artifact that is no one
 * machine's goes by the name in each record, a sensor's by none; an address goes to whoever had it then, and to nobody where two did.
 */
export function resolveHosts(
  batches: readonly EventBatch[],
  table: HostTable,
  hostOfArtifact: ReadonlyMap<string, string>,
): EventBatch[] {
  const names = new NameIndex(table.hosts);
  const owners = ownersByAddress(table.hosts);
  return batches.map(batch => {
    const columns = new Map<Field, Column>();
    const host = hostColumn(batch, hostOfArtifact.get(batch.artifact), names);
    if (host !== undefined) columns.set('aftershock.host', host);
    for (const [ip, field] of ENDS) {
      const column = addressColumn(batch, ip, host, table, owners);
      if (column !== undefined) columns.set(field, column);
    }
    return withColumns(batch, columns);
  });
}

const ENDS = [
  ['source.ip', 'aftershock.source.host'],
  ['destination.ip', 'aftershock.destination.host'],
] as const satisfies readonly (readonly [Field, Field])[];

type Hosts = Extract<Column, { kind: 'keyword' }>;

function hostColumn(batch: EventBatch, ofArtifact: string | undefined, names: NameIndex): Hosts | undefined {
  if (isSensorBatch(batch)) return undefined;
  if (ofArtifact !== undefined) {
    const codes = new Uint32Array(batch.length).fill(1);
    const isSensors = sensorRows(batch);
    return {
      kind: 'keyword',
      codes: isSensors === undefined ? codes : codes.map((_, row) => (isSensors(row) ? 0 : 1)),
      values: ['', ofArtifact],
    };
  }
  const reader = namesOfRows(batch);
  if (reader === undefined) return undefined;
  const values = [''];
  const recoded = reader.texts.map((text, code) => (code === 0 ? 0 : interned(values, names.find(text)?.id)));
  if (values.length === 1) return undefined;
  return { kind: 'keyword', codes: reader.codes.map(code => recoded[code]!), values };
}

/** Whose the addresses of a column are; looked up once per address, or once per row where an address changed hands. */
function addressColumn(
  batch: EventBatch,
  field: Field,
  own: Hosts | undefined,
  table: HostTable,
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
    const holder = table.byAddress(ip, epochMicros(batch.time[row]!));
    codes[row] = interned(values, holder === 'ambiguous' ? undefined : holder?.id);
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

function ownersByAddress(hosts: readonly Host[]): ReadonlyMap<string, Owners> {
  const owners = new Map<string, Owners>();
  for (const host of hosts) {
    for (const fact of host.addresses) {
      let known = owners.get(fact.ip);
      if (known === undefined) {
        known = { ids: new Set(), isTimed: false };
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
  readonly #byNetbios = new Map<string, { readonly name: string; readonly host: Host }[]>();

  constructor(hosts: readonly Host[]) {
    for (const host of hosts) {
      for (const name of [host.name, ...host.aliases]) {
        const key = netbiosName(name);
        const same = this.#byNetbios.get(key);
        if (same === undefined) this.#byNetbios.set(key, [{ name, host }]);
        else same.push({ name, host });
      }
    }
  }

  find(name: string): Host | undefined {
    if (!isTellingName(name)) return undefined;
    const same = this.#byNetbios.get(netbiosName(name))?.filter(known => isSameName(known.name, name)) ?? [];
    const folded = name.toLowerCase();
    const exact = same.filter(known => known.name.toLowerCase() === folded);
    const hosts = new Set((exact.length > 0 ? exact : same).map(known => known.host));
    return hosts.size === 1 ? [...hosts][0] : undefined;
  }
}
