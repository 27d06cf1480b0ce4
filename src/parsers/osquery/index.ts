import {
  type Artifact,
  BatchBuilder,
  type EventBatch,
  type EventFields,
  epochMicros,
  type Field,
  isoTime,
  type LogSet,
} from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { isObject, type JsonObject, type JsonText, jsonObjects, parseJson } from '../shared/json-objects.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import { isResult, type OsqueryRow, type OsqueryStatus, osqueryRows, osqueryStatuses } from './rows.ts';
import { meaningOf, type Table } from './tables.ts';

/** What osqueryd logs: results in event, snapshot and batch format, its own status lines, and what a server logs of them. */
export const osquery: Parser = {
  name: 'osquery',
  title: 'osquery results (event, snapshot and batch format)',
  isRotated: true,
  identify,
  parse,
};

function identify(head: Uint8Array): Certainty {
  if (head.length === 0 || head.subarray(0, 512).includes(0)) return 'no';
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  if (!/^\s*(?:\[\s*)?\{/.test(text)) return 'no';
  const isNamed = /"hostIdentifier"\s*:/.test(text) && /"(?:unixTime|calendarTime)"\s*:/.test(text);
  const isStatus = /"severity"\s*:/.test(text) && /"filename"\s*:/.test(text) && /"message"\s*:/.test(text);
  return isNamed && (isStatus || /"(?:columns|snapshot|diffResults)"\s*:/.test(text))
    ? 'yes'
    : isNamed
      ? 'maybe'
      : 'no';
}

async function* parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  for (const artifact of log.artifacts) yield* parseOne(artifact, log, context);
}

async function* parseOne(artifact: Artifact, log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  let builder = new BatchBuilder(artifact.path, context.fields);
  const hosts = new Map<string, number>();
  let parsed = 0;
  const losses = new RecordLosses(artifact.path, context);
  const damaged = (offset: number, line: number, message: string): void => {
    losses.add('damaged-record', offset, message, line);
  };
  const objects = jsonObjects(artifact.chunks(), ({ offset, line }) => {
    damaged(offset, line, 'a line is no JSON object; it is left out');
  });
  for await (const found of objects) {
    const object = objectOf(found, damaged);
    if (object === undefined) continue;
    const rows = osqueryRows(object);
    const statuses = rows.length === 0 && !isResult(object) ? osqueryStatuses(object) : [];
    if (rows.length === 0 && statuses.length === 0 && !isResult(object)) {
      damaged(
        found.offset,
        found.line,
        'an object that is no result of a query (no columns, snapshot or diffResults) and no status line',
      );
      continue;
    }
    parsed++;
    // Rows of one object stand at its offset, plus one for each: all inside its text.
    let place = found.offset;
    for (const entry of [...rows, ...statuses]) {
      if (builder.isFull) {
        yield builder.finish();
        builder = new BatchBuilder(artifact.path, context.fields);
      }
      const { micros, fields } = 'severity' in entry ? statusEvent(entry) : rowEvent(entry, log.root.os);
      builder.add(epochMicros(micros), 0, place++, fields);
      builder.set('log.offset', found.offset);
      builder.set('log.file.line', found.line);
      if (context.withOriginal) builder.set('event.original', found.text);
      const host = fields['host.hostname'] ?? fields['host.id'];
      if (typeof host === 'string') hosts.set(host, (hosts.get(host) ?? 0) + 1);
    }
  }
  if (builder.length > 0) yield builder.finish();
  losses.finish();
  context.ledger(artifact.path, {
    parsed,
    failed: losses.count,
    zone: 'UTC',
    zoneSource: 'log',
    yearSource: null,
    hosts: [...hosts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name),
  });
}

function objectOf(
  found: JsonText,
  damaged: (offset: number, line: number, message: string) => void,
): JsonObject | undefined {
  if (!found.isClosed) {
    damaged(found.offset, found.line, 'an object begins here and does not end; what it held is left out');
    return undefined;
  }
  try {
    const value = parseJson(found.text);
    if (isObject(value)) return value;
    damaged(found.offset, found.line, 'a value that is no object; it is left out');
  } catch (error) {
    damaged(found.offset, found.line, `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}

const UUID = /^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$/;
/** Names that the logger's own fields have; a column of the same name is `osquery.columns.<name>`. */
const OWN = new Set([
  'name',
  'action',
  'counter',
  'epoch',
  'host_identifier',
  'calendar_time',
  'unix_time',
  'columns',
  'decorations',
]);
/** Rows of these say what happened; of all others only what was there when somebody looked. */
const HAPPENED: ReadonlySet<Table> = new Set([
  'process_events',
  'socket_events',
  'file_events',
  'user_events',
  'crashes',
]);

function rowEvent(row: OsqueryRow, rootOs: string | undefined): { micros: number; fields: EventFields } {
  const meaning = meaningOf(row.columns);
  const queried = row.unixTime === undefined ? Number.NaN : Math.round(row.unixTime * 1e6);
  const micros = meaning.micros ?? queried;
  // The first run of a query lists the whole table as added: that is what was there, not what came.
  const isInventory = !HAPPENED.has(meaning.table) && (row.action === 'snapshot' || row.counter === '0');
  const hostname = row.decorations.get('hostname') ?? row.decorations.get('host_name');
  const identifier = row.hostIdentifier;
  const isUuid = identifier !== undefined && UUID.test(identifier);
  const name = hostname ?? (isUuid ? undefined : identifier);
  const fields: EventFields = {
    'event.kind': 'event',
    'event.module': 'osquery',
    'event.dataset': 'osquery.result',
    'event.provider': row.name,
    'event.action': isInventory ? ['inventory'] : [row.action],
    'event.created': meaning.micros === undefined || Number.isNaN(queried) ? undefined : isoTime(queried),
    'host.hostname': name,
    'host.name': name,
    'host.id': row.decorations.get('host_uuid') ?? (isUuid ? identifier : undefined),
    'host.os.type': osOf(row, rootOs),
    // Whoever was logged in when the query ran; no answer to who did what a row of an event table tells.
    'user.name': HAPPENED.has(meaning.table) ? undefined : row.decorations.get('username'),
    'rule.name': row.name,
    'service.type': 'osquery',
    'related.hosts': name === undefined ? undefined : [name],
    'related.user': row.decorations.has('username') ? [row.decorations.get('username')!] : undefined,
    'osquery.name': row.name,
    'osquery.table': meaning.table,
    'osquery.action': row.action,
    'osquery.counter': row.counter,
    'osquery.epoch': row.epoch,
    'osquery.host_identifier': identifier,
    'osquery.calendar_time': row.calendarTime,
    'osquery.unix_time': row.unixTime === undefined ? undefined : String(row.unixTime),
  };
  for (const [key, value] of row.decorations) fields[`osquery.decorations.${key}` as Field] = value;
  for (const [key, value] of row.columns)
    fields[(OWN.has(key) ? `osquery.columns.${key}` : `osquery.${key}`) as Field] = value;
  for (const [key, value] of Object.entries(meaning.fields)) {
    if (value !== undefined && !(key === 'event.action' && isInventory)) fields[key as Field] = value;
  }
  return { micros, fields };
}

/** As glog numbers them. */
const SEVERITIES = ['info', 'warning', 'error', 'fatal'];

/** What osqueryd says of itself. */
function statusEvent(status: OsqueryStatus): { micros: number; fields: EventFields } {
  const { hostIdentifier, decorations } = status;
  const isUuid = hostIdentifier !== undefined && UUID.test(hostIdentifier);
  const name = decorations.get('hostname') ?? decorations.get('host_name') ?? (isUuid ? undefined : hostIdentifier);
  const fields: EventFields = {
    message: status.message,
    'event.kind': 'event',
    'event.module': 'osquery',
    'event.dataset': 'osquery.status',
    'event.category': ['host'],
    'event.type': [Number(status.severity) >= 2 ? 'error' : 'info'],
    'host.hostname': name,
    'host.name': name,
    'host.id': decorations.get('host_uuid') ?? (isUuid ? hostIdentifier : undefined),
    'log.level': SEVERITIES[Number(status.severity)],
    'process.name': 'osqueryd',
    'service.type': 'osquery',
    'osquery.severity': status.severity,
    'osquery.filename': status.file,
    'osquery.line': status.line,
    'osquery.version': status.version,
    'osquery.host_identifier': hostIdentifier,
  };
  for (const [key, value] of decorations) fields[`osquery.decorations.${key}` as Field] = value;
  return { micros: status.unixTime === undefined ? Number.NaN : Math.round(status.unixTime * 1e6), fields };
}

/** The endpoint security columns and the crash reports exist on macOS alone; else a decoration or the collection says it. */
function osOf(row: OsqueryRow, rootOs: string | undefined): string | undefined {
  if (row.columns.has('platform_binary') || row.columns.has('cdhash') || row.columns.has('crash_path')) return 'macos';
  const platform = (
    row.decorations.get('platform') ??
    row.decorations.get('os') ??
    row.decorations.get('platform_like') ??
    ''
  ).toLowerCase();
  if (/darwin|mac/.test(platform)) return 'macos';
  if (/windows/.test(platform)) return 'windows';
  if (platform !== '') return 'linux';
  return rootOs === 'esxi' ? 'linux' : rootOs;
}
