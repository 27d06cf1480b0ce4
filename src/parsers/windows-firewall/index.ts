import type { Artifact, EventBatch, Field, LogSet, Value } from '../../model/index.ts';
import { BatchBuilder } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import { lines } from '../../util/lines.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { communityId } from '../shared/community-id.ts';
import { isoTimeAt } from '../shared/iso-time.ts';
import { LocalTime } from '../shared/local-time.ts';
import { isInternalIp, networkDirection } from '../shared/network-direction.ts';
import { RecordLosses } from '../shared/record-losses.ts';

const FIELDS =
  'date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid';

/** A row, for files that lost their head: no other log has this order of words. */
const ROW =
  /^\uFEFF?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:ALLOW|DROP|OPEN|OPEN-INBOUND|CLOSE) (?:TCP|UDP|ICMP|ICMPV6|\d{1,3}) [\da-fA-F.:]+ [\da-fA-F.:]+ (?:\d{1,5}|-) (?:\d{1,5}|-) /;

/** The log of Windows' own packet filter, pfirewall.log: what a machine let in, let out and threw away. */
export const windowsFirewall: Parser = {
  name: 'windows-firewall',
  title: 'Windows firewall log (pfirewall.log)',
  isRotated: true,

  identify(head: Uint8Array): Certainty {
    const text = decode(head.subarray(0, 4096));
    return /^#Version: [\d.]+\s+#Software: Microsoft Windows Firewall/m.test(text) ||
      text.includes(`#Fields: ${FIELDS.slice(0, 40)}`) ||
      ROW.test(text.slice(0, text.indexOf('\n') + 1))
      ? 'yes'
      : 'no';
  },

  async *parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
    // pfirewall.log.old and pfirewall.log are one clock: the hour that comes twice in autumn is told apart by what came before.
    const local = new LocalTime(context.zone.name);
    for (const artifact of log.artifacts) yield* read(artifact, context, local);
  },
};

/** The file is ANSI; a copy made in PowerShell is UTF-16. */
const decode = (bytes: Uint8Array): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe
    ? new TextDecoder('utf-16le').decode(bytes)
    : Buffer.from(bytes).toString('latin1');

async function* read(artifact: Artifact, context: ParseContext, local: LocalTime): AsyncGenerator<EventBatch> {
  let batch = new BatchBuilder(artifact.path, context.fields);
  let columns = FIELDS.split(' ');
  let isLocal = true;
  let parsed = 0;
  const losses = new RecordLosses(artifact.path, context);
  const isWide = artifact.head[0] === 0xff && artifact.head[1] === 0xfe;
  for await (const line of lines(isWide ? narrowed(artifact.chunks()) : artifact.chunks(), 1 << 16)) {
    const text = line.bytes.toString(isWide ? 'utf8' : 'latin1').replace(/^\uFEFF/, '');
    if (text.trim() === '') continue;
    if (text.startsWith('#')) {
      if (text.startsWith('#Fields:')) columns = text.slice(8).trim().split(/\s+/);
      if (text.startsWith('#Time Format:')) isLocal = !/UTC|GMT/i.test(text);
      continue;
    }
    const cells = text.trim().split(/\s+/);
    const wall = isoTimeAt(`${cells[0] ?? ''} ${cells[1] ?? ''}`);
    if (wall === undefined || cells.length < 3) {
      losses.addLine(line, 'a date, a time and an action were expected');
      continue;
    }
    const record = new Map(columns.map((name, i) => [name, cells[i] ?? '-']));
    const lost = record.get('action') === 'INFO-EVENTS-LOST' ? Number(record.get('info')) : 0;
    if (lost > 0) {
      const message = `line ${line.number}: the firewall says that it lost ${lost} events before this one`;
      context.problem({
        kind: 'gap',
        artifact: artifact.path,
        offset: line.offset,
        record: line.number,
        message,
        missing: lost,
      });
    }
    parsed++;
    batch.begin(isLocal ? local.toUtc(wall.micros) : wall.micros, 0, line.number);
    write(batch, record, isLocal ? context.zone.name : 'UTC');
    batch.set('log.file.line', line.number);
    batch.set('log.offset', line.offset);
    if (context.withOriginal) batch.set('event.original', text);
    if (batch.isFull) {
      yield batch.finish();
      batch = new BatchBuilder(artifact.path, context.fields);
    }
  }
  if (batch.length > 0) yield batch.finish();
  losses.finish();
  context.ledger(artifact.path, {
    parsed,
    failed: losses.count,
    zone: isLocal ? context.zone.name : 'UTC',
    zoneSource: isLocal ? context.zone.source : 'the log itself',
    yearSource: null,
  });
}

/** UTF-16LE → UTF-8, for the few logs that went through a shell. */
async function* narrowed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-16le');
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
  yield Buffer.from(decoder.decode(), 'utf8');
}

/** What the firewall did, as ECS types. */
const TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['ALLOW', ['connection', 'allowed']],
  ['OPEN', ['connection', 'start', 'allowed']],
  ['OPEN-INBOUND', ['connection', 'start', 'allowed']],
  ['CLOSE', ['connection', 'end']],
  ['DROP', ['connection', 'denied']],
]);
const DIRECTIONS: ReadonlyMap<string, string> = new Map([
  ['RECEIVE', 'ingress'],
  ['SEND', 'egress'],
]);
/** Kept as the firewall calls them. */
const RAW: readonly (readonly [string, Field])[] = [
  ['tcpsyn', 'firewall.tcp_seq'],
  ['tcpack', 'firewall.tcp_ack'],
  ['tcpwin', 'firewall.tcp_window'],
  ['icmptype', 'firewall.icmp_type'],
  ['icmpcode', 'firewall.icmp_code'],
  ['info', 'firewall.info'],
  ['path', 'firewall.path'],
  ['pid', 'process.pid'],
];

function write(batch: BatchBuilder, record: ReadonlyMap<string, string>, zone: string): void {
  const cell = (name: string): string | undefined => {
    const value = record.get(name);
    return value === undefined || value === '-' ? undefined : value;
  };
  const number = (name: string): number | undefined => {
    const value = cell(name);
    return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  const set = (field: Field, value: Value | undefined): void => {
    batch.set(field, value);
  };
  const action = cell('action')?.toUpperCase() ?? '';
  const transport = cell('protocol')?.toLowerCase();
  const [source, destination] = [canonicalIp(cell('src-ip') ?? ''), canonicalIp(cell('dst-ip') ?? '')];
  set('event.kind', 'event');
  set('event.module', 'windows');
  set('event.dataset', 'windows.firewall');
  set('event.category', ['network']);
  set('event.type', TYPES.get(action) ?? ['info']);
  set('event.action', `firewall-${action.toLowerCase()}`);
  set('event.timezone', zone);
  set('host.os.type', 'windows');
  set('firewall.action', action);
  set('network.transport', PROTOCOLS.get(transport ?? '') ?? transport);
  set('network.bytes', number('size'));
  set('source.ip', source);
  set('source.address', cell('src-ip'));
  set('destination.ip', destination);
  set('destination.address', cell('dst-ip'));
  const isPorted = transport === 'tcp' || transport === 'udp';
  set('source.port', isPorted ? number('src-port') : undefined);
  set('destination.port', isPorted ? number('dst-port') : undefined);
  const flags = cell('tcpflags')?.match(/[A-Z]/g);
  set('firewall.tcp_flags', flags === null || flags === undefined ? undefined : [...flags]);
  for (const [name, field] of RAW) set(field, cell(name));
  set('network.direction', DIRECTIONS.get(cell('path') ?? ''));
  if (source === undefined || destination === undefined) return;
  set('network.type', source.includes(':') ? 'ipv6' : 'ipv4');
  set('related.ip', source === destination ? [source] : [source, destination]);
  const isIcmp = cell('icmptype') !== undefined;
  const [from, to] = isIcmp ? (['icmptype', 'icmpcode'] as const) : (['src-port', 'dst-port'] as const);
  const protocol = PROTOCOLS.get(transport ?? '') ?? transport ?? '';
  set('network.community_id', communityId(protocol, source, number(from), destination, number(to)));
  if (cell('path') === undefined)
    set('network.direction', networkDirection(isInternalIp(source), isInternalIp(destination)));
}

const PROTOCOLS: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['2', 'igmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['58', 'ipv6-icmp'],
  ['icmpv6', 'ipv6-icmp'],
]);
