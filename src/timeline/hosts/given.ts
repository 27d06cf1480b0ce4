import { parse } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { type EpochMicros, epochMicros } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';

/** A row of the user's hosts file: this machine had that address, from then until then. */
export interface GivenHost {
  readonly host: string;
  readonly ip: string | undefined;
  readonly from: EpochMicros | undefined;
  readonly to: EpochMicros | undefined;
}

/**
 * Reads a hosts file: CSV with the header `host,ip,from,to`, or YAML (a list of such objects, or a mapping of host to addresses).
 * What cannot be read is told by line or entry: a silent miss would be a silent join to nobody.
 */
export function parseHostsFile(text: string): {
  readonly hosts: readonly GivenHost[];
  readonly errors: readonly string[];
} {
  const firstLine = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .find(line => line.trim() !== '' && !line.startsWith('#'));
  if (firstLine === undefined) return { hosts: [], errors: ['the hosts file is empty; its header is host,ip,from,to'] };
  const isCsv = /^\s*"?host"?\s*[,;]/i.test(firstLine) || /^\s*"?ip"?\s*[,;]/i.test(firstLine);
  const { rows, errors } = isCsv ? rowsOfCsv(text) : rowsOfYaml(text);
  const hosts: GivenHost[] = [];
  for (const row of rows) {
    const problem = checked(row, hosts);
    if (problem !== undefined) errors.push(`${row.place}: ${problem}`);
  }
  return { hosts, errors };
}

interface Row {
  readonly place: string;
  readonly host: unknown;
  readonly ip: unknown;
  readonly from: unknown;
  readonly to: unknown;
}

function rowsOfCsv(text: string): { rows: Row[]; errors: string[] } {
  let records: { record: Record<string, string>; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      columns: (header: string[]) => header.map(name => name.trim().toLowerCase()),
      comment: '#',
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
      info: true,
    }) as unknown as typeof records;
  } catch (error) {
    return { rows: [], errors: [String((error as Error).message)] };
  }
  const rows = records.map(({ record, info }) => ({
    place: `line ${info.lines}`,
    host: record['host'],
    ip: record['ip'],
    from: record['from'],
    to: record['to'],
  }));
  return { rows, errors: [] };
}

function rowsOfYaml(text: string): { rows: Row[]; errors: string[] } {
  let document: unknown;
  try {
    document = parseYaml(text, { schema: 'failsafe', maxAliasCount: 100 });
  } catch (error) {
    return { rows: [], errors: [String((error as Error).message)] };
  }
  const inner = isMapping(document) && Array.isArray(document['hosts']) ? document['hosts'] : document;
  const rows: Row[] = [];
  if (Array.isArray(inner)) {
    for (const [index, entry] of inner.entries()) {
      const place = `entry ${index + 1}`;
      if (!isMapping(entry)) return { rows, errors: [`${place}: a mapping with host and ip was expected`] };
      for (const ip of Array.isArray(entry['ip']) ? entry['ip'] : [entry['ip']]) {
        rows.push({ place, host: entry['host'], ip, from: entry['from'], to: entry['to'] });
      }
    }
    return { rows, errors: [] };
  }
  if (!isMapping(inner)) return { rows, errors: ['a CSV with the header host,ip,from,to or a YAML list was expected'] };
  for (const [host, ips] of Object.entries(inner)) {
    for (const ip of Array.isArray(ips) ? ips : [ips])
      rows.push({ place: host, host, ip, from: undefined, to: undefined });
  }
  return { rows, errors: [] };
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Adds the row to the hosts, or says what is wrong with it. */
function checked(row: Row, hosts: GivenHost[]): string | undefined {
  const host = typeof row.host === 'string' ? row.host.trim() : '';
  if (host === '') return 'no host';
  const isSilent = (value: unknown): boolean => value === undefined || value === null || value === '';
  let ip: string | undefined;
  if (!isSilent(row.ip)) {
    ip = canonicalIp(String(row.ip).trim());
    if (ip === undefined) return `${String(row.ip)} is no address`;
  }
  const ends: (EpochMicros | undefined)[] = [];
  for (const end of [row.from, row.to]) {
    const micros = isSilent(end) ? undefined : microsOf(String(end).trim());
    if (micros !== undefined && Number.isNaN(micros)) return `${String(end)} is no time; write 2026-03-01T08:00:00Z`;
    ends.push(micros === undefined ? undefined : epochMicros(micros));
  }
  const [from, to] = ends;
  if (from !== undefined && to !== undefined && to < from) return `it ends (${String(row.to)}) before it begins`;
  hosts.push({ host, ip, from, to });
  return undefined;
}

/** ISO 8601, UTC where it states no offset; a bare day is its beginning. */
function microsOf(text: string): number {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (match === null) return Number.NaN;
  const [, day, clock = '00:00:00', fraction = '', zone = 'Z'] = match;
  const millis = Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}${zone}`);
  return millis * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
