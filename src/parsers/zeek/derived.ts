import { CodeTable, type Column, type Field, type KeywordColumn, type Value } from '../../model/index.ts';
import { addressBytes, COMMUNITY_ID_LENGTH, protocolNumber, writeCommunityId } from '../shared/community-id.ts';
import { isInternalIp, networkDirection } from '../shared/network-direction.ts';
import { momentColumn } from './moments.ts';
import { TextRows } from './text-rows.ts';

/** What follows from the columns of one record, and the fields that it follows from. */
export const DERIVED: ReadonlyMap<Field, readonly Field[]> = new Map<Field, readonly Field[]>([
  ['event.start', []],
  ['event.end', ['event.duration']],
  ['network.bytes', ['source.bytes', 'destination.bytes']],
  ['network.packets', ['source.packets', 'destination.packets']],
  ['network.community_id', ['source.ip', 'source.port', 'destination.ip', 'destination.port', 'network.transport']],
  ['source.port', ['network.transport']],
  ['destination.port', ['network.transport']],
  ['network.direction', ['source.ip', 'destination.ip']],
  ['related.ip', ['source.ip', 'destination.ip']],
  ['dns.header_flags', ['zeek.dns.AA', 'zeek.dns.TC', 'zeek.dns.RD', 'zeek.dns.RA']],
  ['dns.type', ['dns.response_code', 'dns.answers.data']],
]);

/** Adds the derived columns that are wanted. A record's `ts` is when its connection began; it was written when that ended. */
export function derive(
  log: string,
  time: Float64Array,
  columns: Map<Field, Column>,
  wants: (field: Field) => boolean,
): void {
  const add = (field: Field, column: () => Column | undefined): void => {
    if (!wants(field)) return;
    const made = column();
    if (made !== undefined) columns.set(field, made);
  };
  if (log === 'conn') {
    const durations = numbers(columns, 'event.duration');
    add('event.start', () => momentColumn(time));
    add('event.end', () => momentColumn(endsOf(time, durations)));
    add('network.bytes', () => sum(columns, 'source.bytes', 'destination.bytes'));
    add('network.packets', () => sum(columns, 'source.packets', 'destination.packets'));
  }
  add('network.community_id', () => communityIds(columns, time.length));
  if (log === 'conn') withoutIcmpPorts(columns);
  if (log === 'dns') {
    add('dns.header_flags', () => headerFlags(columns, time.length));
    add('dns.type', () => dnsTypes(columns, time.length));
  }
  const source = keywords(columns, 'source.ip');
  const destination = keywords(columns, 'destination.ip');
  if (source === undefined && destination === undefined) return;
  add('related.ip', () => bothEnds(source, destination, time.length));
  add('network.direction', () => directions(source, destination, time.length));
}

const FLAGS = ['AA', 'TC', 'RD', 'RA'] as const;

/** The flags that a message's columns say are set, as one value. */
function headerFlags(columns: ReadonlyMap<Field, Column>, rows: number): Column | undefined {
  const sets = new Uint8Array(rows);
  for (const [bit, flag] of FLAGS.entries()) {
    const column = keywords(columns, `zeek.dns.${flag}`);
    const set = column?.values.indexOf(true) ?? -1;
    if (column === undefined || set < 1) continue;
    for (let row = 0; row < rows; row++) if (column.codes[row] === set) sets[row]! |= 1 << bit;
  }
  const codes = new Uint32Array(rows);
  const values: Value[] = [''];
  const codeOf = new Uint8Array(1 << FLAGS.length);
  for (let row = 0; row < rows; row++) {
    const set = sets[row]!;
    if (set === 0) continue;
    if (codeOf[set] === 0) codeOf[set] = values.push(FLAGS.filter((_, bit) => ((set >> bit) & 1) === 1)) - 1;
    codes[row] = codeOf[set]!;
  }
  return values.length === 1 ? undefined : { kind: 'keyword', codes, values };
}

/** A question that was answered is told together with its answer. */
function dnsTypes(columns: ReadonlyMap<Field, Column>, rows: number): Column {
  const replies = [keywords(columns, 'dns.response_code'), keywords(columns, 'dns.answers.data')];
  const codes = new Uint32Array(rows);
  const values: string[] = [''];
  for (let row = 0; row < rows; row++) {
    const type = replies.some(reply => reply !== undefined && reply.codes[row] !== 0) ? 'answer' : 'query';
    const known = values.indexOf(type, 1);
    codes[row] = known === -1 ? values.push(type) - 1 : known;
  }
  return { kind: 'keyword', codes, values };
}

function directions(
  source: KeywordColumn | undefined,
  destination: KeywordColumn | undefined,
  rows: number,
): Column | undefined {
  if (source === undefined || destination === undefined) return undefined;
  const sides = (column: KeywordColumn): Uint8Array =>
    Uint8Array.from(column.values, (ip, code) => (code === 0 ? NOWHERE : isInternalIp(String(ip)) ? INSIDE : OUTSIDE));
  const [from, to] = [sides(source), sides(destination)];
  const codes = new Uint32Array(rows);
  const values: string[] = [''];
  const codeOf = new Uint8Array(3 * INSIDE + INSIDE + 1);
  for (let row = 0; row < rows; row++) {
    const a = from[source.codes[row]!]!;
    const b = to[destination.codes[row]!]!;
    if (a === NOWHERE || b === NOWHERE) continue;
    const both = 3 * a + b;
    if (codeOf[both] === 0) codeOf[both] = values.push(networkDirection(a === INSIDE, b === INSIDE)) - 1;
    codes[row] = codeOf[both]!;
  }
  return values.length === 1 ? undefined : { kind: 'keyword', codes, values };
}

/** On which side of the network's border an address lies. */
const NOWHERE = 0;
const OUTSIDE = 1;
const INSIDE = 2;

function numbers(columns: ReadonlyMap<Field, Column>, field: Field): Float64Array | undefined {
  const column = columns.get(field);
  return column?.kind === 'number' && column.numbers instanceof Float64Array ? column.numbers : undefined;
}
function keywords(columns: ReadonlyMap<Field, Column>, field: Field): KeywordColumn | undefined {
  const column = columns.get(field);
  return column?.kind === 'keyword' ? column : undefined;
}

function sum(columns: ReadonlyMap<Field, Column>, one: Field, other: Field): Column | undefined {
  const [a, b] = [numbers(columns, one), numbers(columns, other)];
  if (a === undefined || b === undefined) return undefined;
  return { kind: 'number', numbers: a.map((n, row) => n + b[row]!) };
}

function endsOf(time: Float64Array, durations: Float64Array | undefined): Float64Array {
  const ends = time.slice();
  if (durations === undefined) return ends;
  for (let row = 0; row < ends.length; row++) {
    const nanos = durations[row]!;
    if (!Number.isNaN(nanos)) ends[row]! += Math.round(nanos / 1000);
  }
  return ends;
}

/** Both addresses of a connection as one value, made once a pair. */
function bothEnds(
  source: KeywordColumn | undefined,
  destination: KeywordColumn | undefined,
  rows: number,
): Column | undefined {
  const width = destination?.values.length ?? 1;
  const byPair = new CodeTable();
  const values: Value[] = [''];
  const codes = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = source?.codes[row] ?? 0;
    const to = destination?.codes[row] ?? 0;
    const pair = from * width + to;
    if (pair === 0) continue;
    let code = byPair.get(pair);
    if (code === 0) {
      const [one, other] = [source?.values[from], destination?.values[to]];
      code =
        values.push(
          from === 0 ? [String(other)] : to === 0 || one === other ? [String(one)] : [String(one), String(other)],
        ) - 1;
      byPair.add(pair, code);
    }
    codes[row] = code;
  }
  return values.length === 1 ? undefined : { kind: 'keyword', codes, values };
}

/** Zeek's own where it has one, ours elsewhere. */
function communityIds(columns: ReadonlyMap<Field, Column>, rows: number): Column | undefined {
  const given = keywords(columns, 'network.community_id');
  const source = keywords(columns, 'source.ip');
  const destination = keywords(columns, 'destination.ip');
  const transport = keywords(columns, 'network.transport');
  if (source === undefined || destination === undefined || transport === undefined) return given;
  const [sourcePorts, destinationPorts] = [numbers(columns, 'source.port'), numbers(columns, 'destination.port')];
  const bytes = (column: KeywordColumn): readonly (Uint8Array | undefined)[] =>
    column.values.map((ip, code) => (code === 0 ? undefined : addressBytes(String(ip))));
  const [sourceBytes, destinationBytes] = [bytes(source), bytes(destination)];
  const protocols = transport.values.map((name, code) => (code === 0 ? undefined : protocolNumber(String(name))));
  const ids = new TextRows(rows, COMMUNITY_ID_LENGTH);
  for (let row = 0; row < rows; row++) {
    const stated = given === undefined ? 0 : given.codes[row]!;
    if (stated !== 0) {
      ids.putText(row, String(given!.values[stated]));
      continue;
    }
    const from = sourceBytes[source.codes[row]!];
    const to = destinationBytes[destination.codes[row]!];
    const protocol = protocols[transport.codes[row]!];
    if (from === undefined || to === undefined || protocol === undefined) continue;
    const out = ids.room(COMMUNITY_ID_LENGTH);
    const isWritten = writeCommunityId(protocol, from, sourcePorts?.[row], to, destinationPorts?.[row], out, ids.end);
    if (isWritten) ids.wrote(row, COMMUNITY_ID_LENGTH);
  }
  return ids.isEmpty ? undefined : ids.finish(rows);
}

/** Zeek writes type and code of an ICMP message where others have their ports. */
function withoutIcmpPorts(columns: Map<Field, Column>): void {
  const transport = keywords(columns, 'network.transport');
  const icmp = transport?.values.findIndex((value, code) => code > 0 && value === 'icmp') ?? -1;
  if (transport === undefined || icmp === -1) return;
  for (const [port, field] of [
    ['source.port', 'zeek.connection.icmp.type'],
    ['destination.port', 'zeek.connection.icmp.code'],
  ] as const) {
    const ports = numbers(columns, port);
    if (ports === undefined) continue;
    const codes = new Uint32Array(ports.length);
    const values: Value[] = [''];
    for (let row = 0; row < ports.length; row++) {
      if (transport.codes[row] !== icmp || Number.isNaN(ports[row]!)) continue;
      const known = values.indexOf(ports[row]!, 1);
      codes[row] = known === -1 ? values.push(ports[row]!) - 1 : known;
      ports[row] = Number.NaN;
    }
    if (values.length > 1) columns.set(field, { kind: 'keyword', codes, values });
  }
}
