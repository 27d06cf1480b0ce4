import { type Column, ColumnBuilder, columnValue, type Field, isoTime } from '../../model/index.ts';
import { communityId } from '../shared/community-id.ts';
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

/** Zeek writes type and code of an ICMP message where others have their ports. */
function withoutIcmpPorts(columns: Map<Field, Column>, rows: number): void {
  const transports = columns.get('network.transport');
  const icmp =
    transports?.kind === 'keyword' ? transports.values.findIndex((value, code) => code > 0 && value === 'icmp') : -1;
  if (transports?.kind !== 'keyword' || icmp === -1) return;
  for (const [port, field] of [
    ['source.port', 'zeek.connection.icmp.type'],
    ['destination.port', 'zeek.connection.icmp.code'],
  ] as const) {
    const column = columns.get(port);
    if (column?.kind !== 'number') continue;
    const builder = new ColumnBuilder(field, rows);
    for (let row = 0; row < rows; row++) {
      if (transports.codes[row] !== icmp) continue;
      if (!Number.isNaN(column.numbers[row]!)) builder.put(row, column.numbers[row]!);
      column.numbers[row] = Number.NaN;
    }
    columns.set(field, builder.finish(rows));
  }
}

/** Adds the derived columns that are wanted. A record's `ts` is when its connection began; it was written when that ended. */
export function derive(
  log: string,
  time: Float64Array,
  columns: Map<Field, Column>,
  wants: (field: Field) => boolean,
): void {
  const rows = time.length;
  const fill = (field: Field, of: (row: number) => string | number | readonly string[] | undefined): void => {
    if (!wants(field)) return;
    const given = columns.get(field);
    const builder = new ColumnBuilder(field, rows);
    let isEmpty = true;
    for (let row = 0; row < rows; row++) {
      const value = (given === undefined ? undefined : columnValue(given, row)) ?? of(row);
      if (value === undefined) continue;
      builder.put(row, value);
      isEmpty = false;
    }
    if (!isEmpty) columns.set(field, builder.finish(rows));
  };
  const text = (field: Field) => {
    const column = columns.get(field);
    return (row: number): string | undefined => {
      const value = column === undefined ? undefined : columnValue(column, row);
      return typeof value === 'string' ? value : undefined;
    };
  };
  const number = (field: Field) => {
    const column = columns.get(field);
    return (row: number): number | undefined => {
      const value = column === undefined ? undefined : columnValue(column, row);
      return typeof value === 'number' ? value : undefined;
    };
  };
  const sum = (one: Field, other: Field) => {
    const a = number(one);
    const b = number(other);
    return (row: number): number | undefined => {
      const [x, y] = [a(row), b(row)];
      return x === undefined || y === undefined ? undefined : x + y;
    };
  };

  if (log === 'conn') {
    const duration = number('event.duration');
    const at = (micros: number): string | undefined => (Number.isNaN(micros) ? undefined : isoTime(micros));
    fill('event.start', row => at(time[row]!));
    fill('event.end', row => at(time[row]! + Math.round((duration(row) ?? 0) / 1000)));
    fill('network.bytes', sum('source.bytes', 'destination.bytes'));
    fill('network.packets', sum('source.packets', 'destination.packets'));
  }
  if (log === 'conn') withoutIcmpPorts(columns, rows);
  const source = text('source.ip');
  const destination = text('destination.ip');
  const both = (row: number): readonly [string, string] | undefined => {
    const [from, to] = [source(row), destination(row)];
    return from === undefined || to === undefined ? undefined : [from, to];
  };
  const [sourcePort, destinationPort, transport] = [
    number('source.port'),
    number('destination.port'),
    text('network.transport'),
  ];
  const [icmpType, icmpCode] = [number('zeek.connection.icmp.type'), number('zeek.connection.icmp.code')];
  fill('network.community_id', row => {
    const ends = both(row);
    const proto = transport(row);
    if (ends === undefined || proto === undefined) return undefined;
    return communityId(
      proto,
      ends[0],
      sourcePort(row) ?? icmpType(row),
      ends[1],
      destinationPort(row) ?? icmpCode(row),
    );
  });
  fill('network.direction', row => {
    const ends = both(row);
    return ends === undefined ? undefined : networkDirection(isInternalIp(ends[0]), isInternalIp(ends[1]));
  });
  fill('related.ip', row => {
    const ends = [source(row), destination(row)].filter(end => end !== undefined);
    return ends.length === 0 ? undefined : [...new Set(ends)];
  });
}
