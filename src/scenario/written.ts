import { isoTime } from '../model/index.ts';
import type { Item } from './item.ts';

// A record has two times: that of the event, by the clock of whoever writes it, and that at which it comes to stand in its log.

/** When a record is written, epoch microseconds: a sensor writes a connection when it ends, osquery looks every ten seconds. */
export function writtenAt(item: Item): number {
  switch (item.kind) {
    case 'flow':
      return item.at + Math.round(item.seconds * 1e6);
    case 'osquery':
      return Math.ceil(item.at / 10e6) * 10e6;
    case 'windows':
    case 'audit':
    case 'syslog':
    case 'hostd':
    case 'vmkernel':
    case 'esxi-shell':
    case 'raw':
    case 'unified':
    case 'document':
      return item.at;
    default:
      return item satisfies never;
  }
}

/** The same record by a clock that is so many microseconds ahead. What it says of time inside follows. */
export function ahead(item: Item, micros: number): Item {
  if (micros === 0) return item;
  const at = item.at + micros;
  if (item.kind === 'windows') {
    const data = item.record.data?.map(one =>
      (one.name === 'UtcTime' || one.name === 'CreationUtcTime') && one.type === 'string'
        ? { ...one, value: moved(one.value, micros) }
        : one,
    );
    return {
      ...item,
      at,
      record: { ...item.record, micros: item.record.micros + micros, ...(data === undefined ? {} : { data }) },
    };
  }
  if (item.kind === 'osquery') {
    const { time } = item.row.columns;
    const columns = time === undefined ? item.row.columns : { ...item.row.columns, time: String(Math.floor(at / 1e6)) };
    return { ...item, at, row: { ...item.row, columns } };
  }
  return { ...item, at };
}

/** `2026-03-10 14:02:11.000`, as Sysmon writes times. */
function moved(text: string, micros: number): string {
  const time = Date.parse(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(time)
    ? text
    : isoTime(time * 1000 + micros)
        .replace('T', ' ')
        .replace('Z', '');
}
