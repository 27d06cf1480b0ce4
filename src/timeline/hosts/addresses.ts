import {
  type EventBatch,
  type Field,
  type FieldTexts,
  fieldNumbers,
  fieldTexts,
  textOfRow,
} from '../../model/index.ts';
import { canonicalIp, isNobodysIp } from '../../util/cidr.ts';
import type { Identity } from './identities.ts';

/** A machine was seen with an address between two moments (epoch microseconds; undefined ends are open). */
export interface Sighting {
  readonly ip: string;
  readonly identity: Identity;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly source: string;
}

/** Who wrote a row, by its place. */
export type OwnerOfRow = (batch: EventBatch, row: number) => Identity | undefined;
/** Who goes by a name, if anybody that we know does. */
export type OwnerOfName = (name: string) => Identity | undefined;

export const ADDRESS_FIELDS = [
  'event.provider',
  'event.code',
  'event.dataset',
  'source.ip',
  'source.port',
  'destination.ip',
  'destination.port',
  'host.ip',
  'process.name',
  'message',
  'winlog.event_data.Initiated',
  'winlog.event_data.Direction',
  'osquery.name',
  'osquery.address',
  'zeek.dhcp.assigned_addr',
  'zeek.dhcp.host_name',
  'zeek.dhcp.client_fqdn',
  'zeek.dhcp.lease_time',
] as const satisfies readonly Field[];

const HOUR_MICROS = 3_600_000_000;

/** Sightings of one address at one machine, by the hour: a busy machine says the same thing a million times. */
export class AddressBook {
  readonly #hours = new Map<string, Map<Identity, Map<number, { from: number; to: number; source: string }>>>();
  readonly #stated: Sighting[] = [];

  /** The machine had the address at that moment. */
  see(ip: string, identity: Identity, time: number, source: string): void {
    if (Number.isNaN(time) || isNobodysIp(ip)) return;
    let owners = this.#hours.get(ip);
    if (owners === undefined) {
      owners = new Map();
      this.#hours.set(ip, owners);
    }
    let hours = owners.get(identity);
    if (hours === undefined) {
      hours = new Map();
      owners.set(identity, hours);
    }
    const hour = Math.floor(time / HOUR_MICROS);
    const seen = hours.get(hour);
    if (seen === undefined) hours.set(hour, { from: time, to: time, source });
    else {
      if (time < seen.from) seen.from = time;
      if (time > seen.to) seen.to = time;
    }
  }

  /** A source says outright from when to when. */
  state(sighting: Sighting): void {
    if (!isNobodysIp(sighting.ip)) this.#stated.push(sighting);
  }

  /** All of them; what one machine was seen with, and nobody else in between, is one interval. */
  sightings(): readonly Sighting[] {
    const all = [...this.#stated];
    for (const [ip, owners] of this.#hours) {
      const seen = [...owners].flatMap(([identity, hours]) => [...hours.values()].map(hour => ({ identity, ...hour })));
      seen.sort((a, b) => a.from - b.from || a.to - b.to);
      const open = new Map<Identity, { from: number; to: number; source: string }>();
      let last: Identity | undefined;
      for (const { identity, from, to, source } of seen) {
        const current = open.get(identity);
        if (current !== undefined && last === identity) current.to = Math.max(current.to, to);
        else {
          if (current !== undefined) all.push({ ip, identity, ...current });
          open.set(identity, { from, to, source });
        }
        last = identity;
      }
      for (const [identity, interval] of open) all.push({ ip, identity, ...interval });
    }
    return all;
  }
}

/** Ports that a machine listens on and does not connect from: they tell which side of a reported connection is its own. */
const LISTENING = new Set([21, 22, 25, 80, 88, 135, 139, 389, 443, 445, 636, 1433, 3268, 3306, 3389, 5900, 5985, 5986]);

/** Learns from one batch whose addresses its events show. */
export function learnAddresses(batch: EventBatch, book: AddressBook, ownerOf: OwnerOfRow, named: OwnerOfName): void {
  const codes = fieldTexts(batch, 'event.code');
  if (codes?.texts.some(text => text === '3' || text === '5156')) {
    learnFromConnections(batch, codes, book, ownerOf);
  }
  learnFromAgents(batch, book, ownerOf);
  learnFromDhcp(batch, book, named);
  learnFromOsquery(batch, book, ownerOf);
  learnFromBanners(batch, book, ownerOf);
}

/** Where dynamic ports begin on Windows since Vista. */
const FIRST_DYNAMIC = 49_152;

/**
 * Sysmon 3 and 5156 that the machine initiated: its source is the machine. Initiated by others: versions of Sysmon disagree about which
 * side they call source, and 5156 calls the listening side so; only a side whose port alone is one that is listened on is taken.
 */
function learnFromConnections(batch: EventBatch, codes: FieldTexts, book: AddressBook, ownerOf: OwnerOfRow): void {
  const providers = fieldTexts(batch, 'event.provider');
  const sources = fieldTexts(batch, 'source.ip');
  const destinations = fieldTexts(batch, 'destination.ip');
  if (providers === undefined || sources === undefined || destinations === undefined) return;
  const [sourcePorts, destinationPorts] = [fieldNumbers(batch, 'source.port'), fieldNumbers(batch, 'destination.port')];
  const initiated = fieldTexts(batch, 'winlog.event_data.Initiated');
  const directions = fieldTexts(batch, 'winlog.event_data.Direction');
  for (let row = 0; row < batch.length; row++) {
    const code = codes.texts[codes.codes[row]!];
    if (code !== '3' && code !== '5156') continue;
    const provider = textOfRow(providers, row);
    let isOutbound: boolean;
    let isListened = (port: number): boolean => LISTENING.has(port);
    if (code === '3' && provider !== undefined && /Sysmon$/.test(provider)) {
      isOutbound = textOfRow(initiated, row)?.toLowerCase() === 'true';
    } else if (code === '5156' && provider === 'Microsoft-Windows-Security-Auditing') {
      isOutbound = textOfRow(directions, row) === '%%14593';
      isListened = port => port < FIRST_DYNAMIC;
    } else continue;
    const [from, to] = [
      isListened(sourcePorts?.[row] ?? Number.NaN),
      isListened(destinationPorts?.[row] ?? Number.NaN),
    ];
    const side = isOutbound ? 'source' : from === to ? undefined : from ? 'source' : 'destination';
    if (side === undefined) continue;
    const ip = textOfRow(side === 'source' ? sources : destinations, row);
    const owner = ip === undefined ? undefined : ownerOf(batch, row);
    if (owner !== undefined) book.see(ip!, owner, batch.time[row]!, code === '3' ? 'Sysmon 3' : 'Security 5156');
  }
}

/** `host.ip` is what an agent says of the machine that it runs on. */
function learnFromAgents(batch: EventBatch, book: AddressBook, ownerOf: OwnerOfRow): void {
  const ips = batch.columns.get('host.ip');
  if (ips?.kind !== 'keyword') return;
  for (let row = 0; row < batch.length; row++) {
    const value = ips.values[ips.codes[row]!];
    if (value === undefined || ips.codes[row] === 0) continue;
    const owner = ownerOf(batch, row);
    if (owner === undefined) continue;
    for (const text of Array.isArray(value) ? value : [value]) {
      const ip = canonicalIp(String(text));
      if (ip !== undefined) book.see(ip, owner, batch.time[row]!, 'host.ip');
    }
  }
}

/** A lease that a sensor saw: from the acknowledgement until it runs out. Only for machines that we have logs of. */
function learnFromDhcp(batch: EventBatch, book: AddressBook, named: OwnerOfName): void {
  const assigned = fieldTexts(batch, 'zeek.dhcp.assigned_addr');
  if (assigned === undefined) return;
  const names = fieldTexts(batch, 'zeek.dhcp.host_name');
  const fqdns = fieldTexts(batch, 'zeek.dhcp.client_fqdn');
  const leases = fieldNumbers(batch, 'zeek.dhcp.lease_time');
  for (let row = 0; row < batch.length; row++) {
    const ip = canonicalIp(textOfRow(assigned, row) ?? '');
    const name = textOfRow(fqdns, row) ?? textOfRow(names, row);
    const from = batch.time[row]!;
    if (ip === undefined || name === undefined || Number.isNaN(from)) continue;
    const identity = named(name);
    const lease = leases?.[row] ?? Number.NaN;
    if (identity === undefined) continue;
    const to = Number.isFinite(lease) && lease > 0 && lease < 1e8 ? from + lease * 1e6 : from;
    book.state({ ip, identity, from, to, source: 'Zeek dhcp' });
  }
}

function learnFromOsquery(batch: EventBatch, book: AddressBook, ownerOf: OwnerOfRow): void {
  const queries = fieldTexts(batch, 'osquery.name');
  const addresses = fieldTexts(batch, 'osquery.address');
  if (queries === undefined || addresses === undefined) return;
  const isInterfaces = queries.texts.map(text => /interface_addresses|interface_details|network_interfaces/.test(text));
  if (!isInterfaces.includes(true)) return;
  for (let row = 0; row < batch.length; row++) {
    if (!isInterfaces[queries.codes[row]!]) continue;
    const ip = canonicalIp((textOfRow(addresses, row) ?? '').split('/', 1)[0]!);
    const owner = ip === undefined ? undefined : ownerOf(batch, row);
    if (owner !== undefined) book.see(ip!, owner, batch.time[row]!, 'osquery');
  }
}

/** What network daemons print when an interface gets its address, and servers when they begin to listen. */
const BANNERS: ReadonlyMap<string, RegExp> = new Map([
  ['dhclient', /\bbound to (\S+)/],
  ['dhcpcd', /\bleased (\S+)/],
  ['NetworkManager', /\b(?:address|ip_address)[ =]'?([\d.]+)/],
  ['systemd-networkd', /\bDHCPv4 address ([\d.]+)/],
  ['avahi-daemon', /\bRegistering new address record for (\S+) on/],
  ['sshd', /^Server listening on (\S+) port/],
]);

function learnFromBanners(batch: EventBatch, book: AddressBook, ownerOf: OwnerOfRow): void {
  const names = fieldTexts(batch, 'process.name');
  if (names === undefined) return;
  const patterns = names.texts.map(text => BANNERS.get(text));
  if (!patterns.some(pattern => pattern !== undefined)) return;
  const messages = fieldTexts(batch, 'message');
  if (messages === undefined) return;
  for (let row = 0; row < batch.length; row++) {
    const pattern = patterns[names.codes[row]!];
    if (pattern === undefined) continue;
    const found = pattern.exec(textOfRow(messages, row) ?? '');
    const ip = found === null ? undefined : canonicalIp(found[1]!.replace(/[^0-9a-fA-F.:]+$/, ''));
    const owner = ip === undefined ? undefined : ownerOf(batch, row);
    if (owner !== undefined) book.see(ip!, owner, batch.time[row]!, names.texts[names.codes[row]!]!);
  }
}
