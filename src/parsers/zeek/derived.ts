import { type Column, DAY, type Field, isoTime, type KeywordColumn, type Value } from '../../model/index.ts';
import { addressBytes, communityIdOfBytes } from '../shared/community-id.ts';
import { isInternalIp, networkDirection } from '../shared/network-direction.ts';

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
    add('event.start', () => timeColumn(time));
    add('event.end', () => timeColumn(time.map((start, row) => start + Math.round((durations?.[row] || 0) / 1000))));
    add('network.bytes', () => sum(columns, 'source.bytes', 'destination.bytes'));
    add('network.packets', () => sum(columns, 'source.packets', 'destination.packets'));
  }
  add('network.community_id', () => communityIds(columns, time.length));
  if (log === 'conn') withoutIcmpPorts(columns);
  const source = keywords(columns, 'source.ip');
  const destination = keywords(columns, 'destination.ip');
  if (source === undefined && destination === undefined) return;
  add('related.ip', () =>
    paired(source, destination, time.length, (from, to) => {
      const ends = [from, to].filter(end => end !== undefined);
      return ends.length === 0 ? undefined : [...new Set(ends)];
    }),
  );
  add('network.direction', () => directions(source, destination, time.length));
}

function directions(
  source: KeywordColumn | undefined,
  destination: KeywordColumn | undefined,
  rows: number,
): Column | undefined {
  if (source === undefined || destination === undefined) return undefined;
  const isInternal = (column: KeywordColumn): readonly (boolean | undefined)[] =>
    column.values.map((ip, code) => (code === 0 ? undefined : isInternalIp(String(ip))));
  const [from, to] = [isInternal(source), isInternal(destination)];
  const codes = new Uint32Array(rows);
  const values: string[] = [''];
  for (let row = 0; row < rows; row++) {
    const [a, b] = [from[source.codes[row]!], to[destination.codes[row]!]];
    if (a === undefined || b === undefined) continue;
    const direction = networkDirection(a, b);
    const known = values.indexOf(direction, 1);
    codes[row] = known === -1 ? values.push(direction) - 1 : known;
  }
  return values.length === 1 ? undefined : { kind: 'keyword', codes, values };
}

function numbers(columns: ReadonlyMap<Field, Column>, field: Field): Float64Array | undefined {
  const column = columns.get(field);
  return column?.kind === 'number' ? column.numbers : undefined;
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

/** RFC 3339; equal moments share a value, and a date is written once a day. */
function timeColumn(micros: Float64Array): Column | undefined {
  const codes = new Uint32Array(micros.length);
  const values: string[] = [''];
  const known = new Map<number, number>();
  let day = Number.NaN;
  let date = '';
  for (let row = 0; row < micros.length; row++) {
    const moment = micros[row]!;
    if (Number.isNaN(moment)) continue;
    let code = known.get(moment);
    if (code === undefined) {
      const today = Math.floor(moment / DAY);
      if (today !== day) {
        day = today;
        date = isoTime(today * DAY).slice(0, 11); // with its T
      }
      code = values.push(`${date}${clock(moment - today * DAY)}`) - 1;
      known.set(moment, code);
    }
    codes[row] = code;
  }
  return values.length === 1 ? undefined : { kind: 'keyword', codes, values };
}

const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));

/** Microseconds since midnight → `10:00:00.123Z`, with six digits where three do not say it all. */
function clock(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const digits = String(micros - seconds * 1e6).padStart(6, '0');
  const minutes = Math.floor(seconds / 60);
  return `${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${digits.endsWith('000') ? digits.slice(0, 3) : digits}Z`;
}

/** A value of each pair of addresses that occurs, worked out once a pair. */
function paired(
  source: KeywordColumn | undefined,
  destination: KeywordColumn | undefined,
  rows: number,
  meaning: (source: string | undefined, destination: string | undefined) => Value | undefined,
): Column | undefined {
  const width = destination?.values.length ?? 1;
  const byPair = new Map<number, number>();
  const byValue = new Map<string, number>();
  const values: Value[] = [''];
  const codes = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [source?.codes[row] ?? 0, destination?.codes[row] ?? 0];
    const pair = from * width + to;
    let code = byPair.get(pair);
    if (code === undefined) {
      const value = meaning(
        from === 0 ? undefined : String(source!.values[from]),
        to === 0 ? undefined : String(destination!.values[to]),
      );
      code = 0;
      if (value !== undefined) {
        const key = String(value); // neither addresses nor directions hold a comma
        code = byValue.get(key) ?? values.push(value) - 1;
        byValue.set(key, code);
      }
      byPair.set(pair, code);
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
  const [sourcePorts, destinationPorts] = [numbers(columns, 'source.port'), numbers(columns, 'destination.port')];
  if (source === undefined || destination === undefined || transport === undefined) return given;
  const bytes = (column: KeywordColumn): readonly (Uint8Array | undefined)[] =>
    column.values.map((ip, code) => (code === 0 ? undefined : addressBytes(String(ip))));
  const [sourceBytes, destinationBytes] = [bytes(source), bytes(destination)];
  const codes = new Uint32Array(rows);
  const values: string[] = [''];
  const known = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const stated = given === undefined || given.codes[row] === 0 ? undefined : String(given.values[given.codes[row]!]);
    const [from, to] = [sourceBytes[source.codes[row]!], destinationBytes[destination.codes[row]!]];
    const proto = transport.codes[row]!;
    const id =
      stated ??
      (from === undefined || to === undefined || proto === 0
        ? undefined
        : communityIdOfBytes(String(transport.values[proto]), from, sourcePorts?.[row], to, destinationPorts?.[row]));
    if (id === undefined) continue;
    let code = known.get(id);
    if (code === undefined) {
      code = values.push(id) - 1;
      known.set(id, code);
    }
    codes[row] = code;
  }
  return values.length === 1 ? undefined : { kind: 'keyword', codes, values };
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
