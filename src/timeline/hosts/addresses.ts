import { type EventBatch, type Field, fieldNumbers, fieldTexts, textOfRow } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import type { AddressBook } from './address-book.ts';
import type { Lease } from './leases.ts';
import type { Identity } from './registry.ts';

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
  'network.transport',
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
  'zeek.dhcp.mac',
] as const satisfies readonly Field[];

/** Ports that a machine listens on and does not connect from: they tell which side of a reported connection is its own. */
const LISTENING = new Set([21, 22, 25, 80, 88, 135, 139, 389, 443, 445, 636, 1433, 3268, 3306, 3389, 5900, 5985, 5986]);

/** What a batch is read with. */
export interface AddressReading {
  readonly book: AddressBook;
  readonly ownerOf: OwnerOfRow;
  readonly named: OwnerOfName;
  readonly leases: Lease[];
  /** Microseconds to add to the times of an artifact. */
  readonly shiftOf: (artifact: string) => number;
}

/** Learns from one batch whose addresses its events show beyond doubt. */
export function learnAddresses(batch: EventBatch, reading: AddressReading): void {
  const { book, ownerOf } = reading;
  const see: See = (ip, owner, row, source) => {
    book.see(ip, owner, batch.time[row]! + reading.shiftOf(batch.artifact), source);
  };
  for (const { row, source, log } of connectionsOf(batch, 'machine')) {
    const owner = ownerOf(batch, row);
    if (owner !== undefined) see(source, owner, row, log);
  }
  learnFromAgents(batch, see, ownerOf);
  learnFromDhcp(batch, reading);
  learnFromOsquery(batch, see, ownerOf);
  learnFromBanners(batch, see, ownerOf);
}

/**
 * Learns from the connections that others began, once it is known whose the addresses are that leave no doubt. If one side alone is known
 * to be the machine's, that is it; where neither is, the side whose port alone is one that is listened on, unless it is another's.
 * Of UDP no log knows who began.
 */
export function learnAccepted(batch: EventBatch, { book, ownerOf, shiftOf }: AddressReading): void {
  for (const { row, source, destination, isListened, isUdp, log } of connectionsOf(batch, 'others')) {
    const owner = ownerOf(batch, row);
    if (owner === undefined) continue;
    const [isSource, isDestination] = [book.isOf(source, owner), book.isOf(destination, owner)];
    let ip: string | undefined;
    if (isSource !== isDestination) ip = isSource ? source : destination;
    else if (!isSource && isListened !== undefined && !isUdp) {
      const candidate = isListened === 'source' ? source : destination;
      ip = book.isOfOthers(candidate, owner) ? undefined : candidate;
    }
    if (ip !== undefined) book.infer(ip, owner, batch.time[row]! + shiftOf(batch.artifact), log);
  }
}

type See = (ip: string, owner: Identity, row: number, source: string) => void;

/** Where dynamic ports begin on Windows since Vista. */
const FIRST_DYNAMIC = 49_152;

interface Connection {
  readonly row: number;
  readonly source: string;
  readonly destination: string;
  readonly isUdp: boolean;
  /** The side whose port alone is one that machines listen on. */
  readonly isListened: 'source' | 'destination' | undefined;
  readonly log: string;
}

/**
 * Sysmon 3 and 5156 about connections that the machine began, or that others did. Versions of Sysmon disagree about which side of the
 * latter they call source; 5156 calls the listening side so.
 */
function* connectionsOf(batch: EventBatch, begunBy: 'machine' | 'others'): Generator<Connection> {
  const codes = fieldTexts(batch, 'event.code');
  if (codes === undefined || !codes.texts.some(text => text === '3' || text === '5156')) return;
  const providers = fieldTexts(batch, 'event.provider');
  const sources = fieldTexts(batch, 'source.ip');
  const destinations = fieldTexts(batch, 'destination.ip');
  if (providers === undefined || sources === undefined || destinations === undefined) return;
  const initiated = fieldTexts(batch, 'winlog.event_data.Initiated');
  const directions = fieldTexts(batch, 'winlog.event_data.Direction');
  const isOwn = begunBy === 'machine';
  const isSysmons = providers.texts.map(text => /Sysmon$/.test(text));
  const isAudits = providers.texts.map(text => text === 'Microsoft-Windows-Security-Auditing');
  const isInitiated = initiated?.texts.map(text => (text.toLowerCase() === 'true') === isOwn);
  const isDirected = directions?.texts.map(text => (text === '%%14593') === isOwn);
  const [sourcePorts, destinationPorts] = [fieldNumbers(batch, 'source.port'), fieldNumbers(batch, 'destination.port')];
  const transports = fieldTexts(batch, 'network.transport');
  for (let row = 0; row < batch.length; row++) {
    const code = codes.texts[codes.codes[row]!];
    const provider = providers.codes[row]!;
    const isSysmon = code === '3' && isSysmons[provider]!;
    if (!isSysmon && !(code === '5156' && isAudits[provider]!)) continue;
    const isWanted = isSysmon ? isInitiated?.[initiated!.codes[row]!] : isDirected?.[directions!.codes[row]!];
    if (!(isWanted ?? !isOwn)) continue;
    const [source, destination] = [textOfRow(sources, row), textOfRow(destinations, row)];
    if (source === undefined || destination === undefined) continue;
    const isServed = (port: number): boolean => (isSysmon ? LISTENING.has(port) : port < FIRST_DYNAMIC);
    const [from, to] = [isServed(sourcePorts?.[row] ?? Number.NaN), isServed(destinationPorts?.[row] ?? Number.NaN)];
    yield {
      row,
      source,
      destination,
      isUdp: textOfRow(transports, row) === 'udp',
      isListened: from === to ? undefined : from ? 'source' : 'destination',
      log: isSysmon ? 'Sysmon 3' : 'Security 5156',
    };
  }
}

/** `host.ip` is what an agent says of the machine that it runs on. */
function learnFromAgents(batch: EventBatch, see: See, ownerOf: OwnerOfRow): void {
  const ips = batch.columns.get('host.ip');
  if (ips?.kind !== 'keyword') return;
  for (let row = 0; row < batch.length; row++) {
    const value = ips.values[ips.codes[row]!];
    if (value === undefined || ips.codes[row] === 0) continue;
    const owner = ownerOf(batch, row);
    if (owner === undefined) continue;
    for (const text of Array.isArray(value) ? value : [value]) {
      const ip = canonicalIp(String(text));
      if (ip !== undefined) see(ip, owner, row, 'host.ip');
    }
  }
}

/** The leases that a sensor saw handed out, also those to machines that we have no logs of: an address is theirs then. */
function learnFromDhcp(batch: EventBatch, { named, leases: all, shiftOf }: AddressReading): void {
  const assigned = fieldTexts(batch, 'zeek.dhcp.assigned_addr');
  if (assigned === undefined) return;
  const names = fieldTexts(batch, 'zeek.dhcp.host_name');
  const fqdns = fieldTexts(batch, 'zeek.dhcp.client_fqdn');
  const macs = fieldTexts(batch, 'zeek.dhcp.mac');
  const leases = fieldNumbers(batch, 'zeek.dhcp.lease_time');
  for (let row = 0; row < batch.length; row++) {
    const ip = canonicalIp(textOfRow(assigned, row) ?? '');
    const from = batch.time[row]! + shiftOf(batch.artifact);
    if (ip === undefined || Number.isNaN(from)) continue;
    const name = textOfRow(fqdns, row) ?? textOfRow(names, row);
    const seconds = leases?.[row] ?? Number.NaN;
    const to = Number.isFinite(seconds) && seconds > 0 && seconds < 1e8 ? from + seconds * 1e6 : from;
    const identity = name === undefined ? undefined : named(name);
    all.push({ ip, from, to, identity, name, mac: textOfRow(macs, row)?.toLowerCase() });
  }
}

function learnFromOsquery(batch: EventBatch, see: See, ownerOf: OwnerOfRow): void {
  const queries = fieldTexts(batch, 'osquery.name');
  const addresses = fieldTexts(batch, 'osquery.address');
  if (queries === undefined || addresses === undefined) return;
  const isInterfaces = queries.texts.map(text => /interface_addresses|interface_details|network_interfaces/.test(text));
  if (!isInterfaces.includes(true)) return;
  for (let row = 0; row < batch.length; row++) {
    if (!isInterfaces[queries.codes[row]!]) continue;
    const ip = canonicalIp((textOfRow(addresses, row) ?? '').split('/', 1)[0]!);
    const owner = ip === undefined ? undefined : ownerOf(batch, row);
    if (owner !== undefined) see(ip!, owner, row, 'osquery');
  }
}

/** What network daemons print when an interface gets its address, and servers when they begin to listen. */
const BANNERS: ReadonlyMap<string, RegExp> = new Map([
  ['dhclient', /\bbound to (\S+)/],
  ['dhcpcd', /\bleased (\S+)/],
  ['NetworkManager', /\b(?:address|ip_address)\s*=?>?\s*'?([\d.]+)/],
  ['systemd-networkd', /\bDHCPv4 address ([\d.]+)/],
  ['avahi-daemon', /\bRegistering new address record for (\S+) on/],
  ['sshd', /^Server listening on (\S+) port/],
]);

function learnFromBanners(batch: EventBatch, see: See, ownerOf: OwnerOfRow): void {
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
    if (owner !== undefined) see(ip!, owner, row, names.texts[names.codes[row]!]!);
  }
}
