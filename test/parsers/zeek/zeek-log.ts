import type { Event } from '../../../src/model/index.ts';
import { zeek } from '../../../src/parsers/zeek/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

// Zeek logs of our own making: one connection in any layout.

export const NAMES =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents'.split(
    ' ',
  );
export const TYPES =
  'time string addr port addr port enum string interval count count string bool count string count count count count set[string]'.split(
    ' ',
  );

export interface Layout {
  readonly separator: string;
  readonly set: string;
  readonly empty: string;
  readonly unset: string;
}
export const PLAIN: Layout = { separator: '\t', set: ',', empty: '(empty)', unset: '-' };
export const header = (l: Layout, path = 'conn', names = NAMES, types = TYPES): string =>
  `#separator \\x${l.separator.charCodeAt(0).toString(16).padStart(2, '0')}\n#set_separator${l.separator}${l.set}\n#empty_field${l.separator}${l.empty}\n#unset_field${l.separator}${l.unset}\n#path${l.separator}${path}\n#fields${l.separator}${names.join(l.separator)}\n#types${l.separator}${types.join(l.separator)}\n`;

export type Row = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

const escaped = (text: string, l: Layout): string =>
  Array.from(text, c =>
    c === l.separator || c === l.set || c === '\\' || c.charCodeAt(0) < 32
      ? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`
      : c,
  ).join('');
export function tsvLine(row: Row, l: Layout): string {
  const cells = NAMES.map(name => {
    const value = row[name];
    if (value === undefined) return l.unset;
    if (Array.isArray(value)) return value.length === 0 ? l.empty : value.map(v => escaped(v, l)).join(l.set);
    if (typeof value === 'boolean') return value ? 'T' : 'F';
    return typeof value === 'number' ? String(value) : escaped(String(value), l) || l.empty;
  });
  return `${cells.join(l.separator)}\n`;
}
export const jsonLine = (row: Row, over: (name: string) => string = name => name): string =>
  `${JSON.stringify(
    Object.fromEntries(
      Object.entries(row)
        .filter(([, v]) => v !== undefined)
        .map(([k, v]) => [over(k), v]),
    ),
  )}\n`;

export const parse = (content: string, path = 'conn.log', over = {}) =>
  parseAll(zeek, logOf(artifactOf(path, Buffer.from(content))), over);
/** What is said of the connection, whatever its place and spelling on the way. */
export const meaning = (events: readonly Event[]): unknown[] =>
  events.map(event =>
    Object.fromEntries(
      Object.entries(event)
        .filter(([key]) => !['record', 'artifact', 'log.offset', 'log.file.line'].includes(key))
        .sort(),
    ),
  );
