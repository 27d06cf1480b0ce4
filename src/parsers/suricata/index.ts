import type { Artifact, EventBatch, Field, LogSet, Value } from '../../model/index.ts';
import { BatchBuilder, epochMicros, isoTime } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import { lines } from '../../util/lines.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { communityId } from '../shared/community-id.ts';
import { isoTimeAt } from '../shared/iso-time.ts';
import { flatten, headObjects, isObject, type JsonObject, jsonObjects, parseJson } from '../shared/json-objects.ts';
import { LocalTime } from '../shared/local-time.ts';
import { isInternalIp, networkDirection } from '../shared/network-direction.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import { ALSO, FLOW_TYPES, mappingOf, type Target, WHOLE } from './ecs.ts';
import { fastAlert, isFastLog } from './fast-log.ts';

/** Suricata's eve.json: flows, alerts, and whatever else it logs; and fast.log, alerts as lines. A sensor's view: it is nobody's own log. */
export const suricata: Parser = {
  name: 'suricata',
  title: 'Suricata eve.json and fast.log',

  identify(head: Uint8Array): Certainty {
    return headObjects(head).some(isEve) || isFastLog(firstLine(head)) ? 'yes' : 'no';
  },

  async *parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
    for (const artifact of log.artifacts) {
      const reader = isFastLog(firstLine(artifact.head)) ? readFast : read;
      yield* reader(artifact, context, log.root.hostname ?? 'suricata');
    }
  },
};

const firstLine = (head: Uint8Array): string =>
  Buffer.from(head.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .find(line => line.trim() !== '') ?? '';

async function* readFast(artifact: Artifact, context: ParseContext, sensor: string): AsyncGenerator<EventBatch> {
  let batch = new BatchBuilder(artifact.path, context.fields);
  let parsed = 0;
  const local = new LocalTime(context.zone.name);
  const losses = new RecordLosses(artifact.path, context);
  for await (const line of lines(artifact.chunks(), 1 << 16)) {
    const text = line.bytes.toString('utf8').replace(/^\uFEFF/, '');
    if (text.trim() === '') continue;
    const alert = fastAlert(text);
    if (alert === undefined) {
      losses.addLine(line, 'an alert with a time, a rule and two addresses was expected');
      continue;
    }
    parsed++;
    batch.add(epochMicros(local.toUtc(alert.wall)), 0, line.number, {
      ...alert.fields,
      'event.timezone': context.zone.name,
      'observer.name': sensor,
      'log.file.line': line.number,
      'log.offset': line.offset,
      ...(context.withOriginal ? { 'event.original': text } : {}),
    });
    if (batch.isFull) {
      yield batch.finish();
      batch = new BatchBuilder(artifact.path, context.fields);
    }
  }
  if (batch.length > 0) yield batch.finish();
  losses.finish();
  context.ledger(artifact.path, {
    variant: 'fast',
    parsed,
    failed: losses.count,
    observer: sensor,
    zone: context.zone.name,
    zoneSource: context.zone.source,
    yearSource: null,
  });
}

function isEve(record: JsonObject): boolean {
  return (
    typeof record['event_type'] === 'string' &&
    typeof record['timestamp'] === 'string' &&
    ('flow_id' in record || 'src_ip' in record || record['event_type'] === 'stats')
  );
}

async function* read(artifact: Artifact, context: ParseContext, sensor: string): AsyncGenerator<EventBatch> {
  let batch = new BatchBuilder(artifact.path, context.fields);
  let parsed = 0;
  const losses = new RecordLosses(artifact.path, context);
  let observer: string | undefined;
  const lost = (kind: 'damaged-record' | 'truncated', at: { offset: number; line: number }, message: string): void => {
    losses.add(kind, at.offset, message, at.line);
  };
  const objects = jsonObjects(artifact.chunks(), foreign => {
    lost('damaged-record', foreign, `line ${foreign.line}: it is no JSON object; it is skipped`);
  });
  for await (const found of objects) {
    if (!found.isClosed) {
      lost('truncated', found, `line ${found.line}: the record ends in its middle; it is skipped`);
      continue;
    }
    const record = recordOf(found.text);
    const micros = record === undefined ? undefined : timeOf(record['timestamp']);
    if (record === undefined || micros === undefined) {
      lost('damaged-record', found, `line ${found.line}: a JSON object with a timestamp was expected; it is skipped`);
      continue;
    }
    parsed++;
    if (typeof record['host'] === 'string') observer ??= record['host'];
    write(batch, record, micros, found.line);
    batch.set('log.file.line', found.line);
    batch.set('log.offset', found.offset);
    if (typeof record['host'] !== 'string') batch.set('observer.name', sensor);
    if (context.withOriginal) batch.set('event.original', found.text);
    if (batch.isFull) {
      yield batch.finish();
      batch = new BatchBuilder(artifact.path, context.fields);
    }
  }
  if (batch.length > 0) yield batch.finish();
  losses.finish();
  context.ledger(artifact.path, {
    variant: 'eve',
    parsed,
    failed: losses.count,
    observer: observer ?? sensor,
    zone: 'UTC',
    zoneSource: 'offset in each record',
    yearSource: null,
  });
}

/** Undefined where the text is no object, or no JSON after all. */
function recordOf(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // becomes a damaged record
  }
}

const timeOf = (value: unknown): number | undefined =>
  typeof value === 'string' ? isoTimeAt(value)?.micros : undefined;

function write(batch: BatchBuilder, record: JsonObject, written: number, line: number): void {
  const entries = flatten(record);
  const kind = String(record['event_type']);
  const start = timeOf(entries.get('flow.start'));
  // A flow is written when it is over, up to minutes later: it happened when it began.
  batch.begin(kind === 'flow' && start !== undefined ? start : written, 0, line);
  for (const [key, value] of entries) {
    const whole = WHOLE.get(key);
    if (whole === undefined) {
      // 51 bits in most versions, 64 in some: an identifier, not a number.
      batch.set(`suricata.eve.${key}`, key === 'flow_id' ? String(value) : value);
      // Beats keep what a rule says of itself beside what the alert says.
      const own = key.startsWith('alert.metadata.') ? `alert.${key.slice('alert.metadata.'.length)}` : undefined;
      if (own !== undefined && !entries.has(own)) batch.set(`suricata.eve.${own}`, value);
      put(batch, ALSO.get(key), value);
    } else if (MOMENTS.has(key)) {
      const micros = timeOf(value);
      if (micros !== undefined) put(batch, whole, isoTime(micros));
    } else put(batch, whole, value);
  }
  writeKind(batch, kind, entries);
  const resolved = kind === 'dns' ? writeDns(batch, entries) : [];
  if (kind === 'flow') batch.set('event.created', isoTime(written));
  writeFlow(batch, entries, resolved);
}

const MOMENTS = new Set(['flow.start', 'flow.end', 'netflow.start', 'netflow.end']);

function put(batch: BatchBuilder, targets: readonly Target[] | undefined, value: Value): void {
  for (const target of targets ?? []) {
    if (typeof target === 'string') batch.set(target, value);
    else batch.set(target[0], target[1](value));
  }
}

function writeKind(batch: BatchBuilder, kind: string, entries: ReadonlyMap<string, Value>): void {
  const mapping = mappingOf(kind);
  let type = mapping.type;
  if (kind === 'alert') type = entries.get('alert.action') === 'blocked' ? ['denied'] : ['allowed'];
  if (kind === 'flow') type = FLOW_TYPES.get(String(entries.get('flow.state'))) ?? mapping.type;
  batch.set('event.kind', mapping.kind ?? 'event');
  batch.set('event.category', mapping.category);
  if (type.length > 0) batch.set('event.type', type);
  batch.set('event.module', 'suricata');
  batch.set('event.dataset', 'suricata.eve');
  batch.set('observer.type', 'ids');
  if (!entries.has('app_proto') && PROTOCOLS.has(kind)) batch.set('network.protocol', kind);
}

/** Flags that a message carries, and every address that any of its answers names. */
function writeDns(batch: BatchBuilder, entries: ReadonlyMap<string, Value>): readonly string[] {
  const flags = HEADER_FLAGS.filter(flag => entries.get(`dns.${flag.toLowerCase()}`) === true);
  if (flags.length > 0) batch.set('dns.header_flags', flags);
  const ips = ['dns.grouped.A', 'dns.grouped.AAAA', 'dns.answers.rdata', 'dns.rdata']
    .flatMap(key => entries.get(key) ?? [])
    .flatMap(answer => canonicalIp(String(answer)) ?? []);
  if (ips.length > 0) batch.set('dns.resolved_ip', [...new Set(ips)]);
  return ips;
}

const HEADER_FLAGS = ['AA', 'TC', 'RD', 'RA'];

/** Kinds of record that are named after the protocol that they are about. */
const PROTOCOLS = new Set(
  'dns http http2 tls ssh smb smtp ftp rdp rfb krb5 dcerpc dhcp nfs tftp snmp sip mqtt ike'.split(' '),
);

function writeFlow(batch: BatchBuilder, entries: ReadonlyMap<string, Value>, resolved: readonly string[]): void {
  const number = (key: string): number => Number(entries.get(key) ?? Number.NaN);
  const sum = (field: Field, one: string, other: string): void => {
    const total = number(one) + number(other);
    if (Number.isSafeInteger(total)) batch.set(field, total);
  };
  sum('network.bytes', 'flow.bytes_toserver', 'flow.bytes_toclient');
  sum('network.packets', 'flow.pkts_toserver', 'flow.pkts_toclient');
  const [start, end] = [timeOf(entries.get('flow.start')), timeOf(entries.get('flow.end'))];
  if (start !== undefined && end !== undefined && end >= start) batch.set('event.duration', (end - start) * 1000);
  const from = canonicalIp(String(entries.get('src_ip') ?? ''));
  const to = canonicalIp(String(entries.get('dest_ip') ?? ''));
  if (from === undefined || to === undefined) return;
  batch.set('related.ip', [...new Set([from, to, ...resolved])]);
  batch.set('network.direction', networkDirection(isInternalIp(from), isInternalIp(to)));
  if (!entries.has('community_id')) {
    const transport = String(entries.get('proto') ?? '').toLowerCase();
    batch.set('network.community_id', communityId(transport, from, number('src_port'), to, number('dest_port')));
  }
}
