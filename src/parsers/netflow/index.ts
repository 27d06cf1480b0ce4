import type { Artifact, EventBatch, LogSet } from '../../model/index.ts';
import { BatchBuilder, epochMicros, isoTime } from '../../model/index.ts';
import { lines } from '../../util/lines.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { communityId } from '../shared/community-id.ts';
import { LocalTime } from '../shared/local-time.ts';
import { isInternalIp, networkDirection } from '../shared/network-direction.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import { columnsOf, columnsOfRow, flowRecord } from './flow-record.ts';
import { type Connection, Pairing } from './pairing.ts';

/** Flows as `nfdump -o csv` prints them; the two directions of a connection become one event. A sensor's view: it is nobody's own log. */
export const netflow: Parser = {
  name: 'netflow',
  title: 'NetFlow or IPFIX records as CSV of nfdump',

  identify(head: Uint8Array): Certainty {
    const [first = ''] = Buffer.from(head.subarray(0, 2048))
      .toString('latin1')
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .split(/\r?\n/);
    return (columnsOf(first) ?? columnsOfRow(first)) === undefined ? 'no' : 'yes';
  },

  async *parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
    for (const artifact of log.artifacts) yield* read(artifact, context, log.root.hostname ?? 'netflow');
  },
};

async function* read(artifact: Artifact, context: ParseContext, sensor: string): AsyncGenerator<EventBatch> {
  const local = new LocalTime(context.zone.name);
  const pairing = new Pairing();
  const sink = new Sink(artifact.path, context, local, sensor);
  let columns: ReadonlyMap<string, number> | undefined;
  const losses = new RecordLosses(artifact.path, context);
  let parsed = 0;
  let isTotals = false;
  for await (const line of lines(artifact.chunks(), 1 << 16)) {
    const text = line.bytes.toString('latin1');
    if (text.trim() === '') continue;
    // nfdump ends with the totals of what it printed; another of its files may follow.
    if (/^Summary\b/.test(text)) {
      isTotals = true;
      continue;
    }
    const header =
      columns === undefined || isTotals || /^(?:ts|firstSeen)\b/.test(text)
        ? columnsOf(text.replace(/^\u00ef\u00bb\u00bf/, ''))
        : undefined;
    if (header !== undefined) {
      columns = header;
      isTotals = false;
      continue;
    }
    if (isTotals) continue;
    columns ??= columnsOfRow(text);
    const record = columns === undefined ? undefined : flowRecord(text, columns, line.number, line.offset);
    if (record === undefined || (!line.isClosed && text.split(',').length < columns!.size)) {
      losses.addLine(line, 'a flow with times and two addresses was expected');
      continue;
    }
    parsed++;
    pairing.add(record);
    yield* sink.write(pairing.settled());
  }
  yield* sink.write(pairing.rest());
  const last = sink.finish();
  if (last !== undefined) yield last;
  losses.finish();
  context.ledger(artifact.path, {
    variant: 'nfdump-csv',
    parsed,
    failed: losses.count,
    observer: sensor,
    zone: context.zone.name,
    zoneSource: context.zone.source,
    yearSource: null,
  });
}

/** Connections on their way into batches. */
class Sink {
  readonly #artifact: string;
  readonly #context: ParseContext;
  readonly #local: LocalTime;
  readonly #sensor: string;
  #batch: BatchBuilder;

  constructor(artifact: string, context: ParseContext, local: LocalTime, sensor: string) {
    this.#artifact = artifact;
    this.#context = context;
    this.#local = local;
    this.#sensor = sensor;
    this.#batch = new BatchBuilder(artifact, context.fields);
  }

  *write(connections: Iterable<Connection>): Generator<EventBatch> {
    for (const connection of connections) {
      this.#row(connection);
      if (!this.#batch.isFull) continue;
      yield this.#batch.finish();
      this.#batch = new BatchBuilder(this.#artifact, this.#context.fields);
    }
  }

  finish(): EventBatch | undefined {
    return this.#batch.length > 0 ? this.#batch.finish() : undefined;
  }

  #row({ forth, back }: Connection): void {
    const batch = this.#batch;
    const record = back === undefined ? forth : forth.line < back.line ? forth : back;
    const start = forth.isWall ? this.#local.toUtc(forth.first) : forth.first;
    const duration = Math.max(forth.last, back?.last ?? forth.last) - forth.first;
    const answerPackets = back?.packets ?? forth.answerPackets;
    const answerBytes = back?.bytes ?? forth.answerBytes;
    const isPorted = forth.transport === 'tcp' || forth.transport === 'udp' || forth.transport === 'sctp';
    batch.add(epochMicros(start), 0, record.line, {
      'event.kind': 'event',
      'event.module': 'netflow',
      'event.dataset': 'netflow.flow',
      'event.category': ['network'],
      'event.type': ['connection', 'start', 'end'],
      'event.action': 'netflow_flow',
      'event.start': isoTime(start),
      'event.end': isoTime(start + duration),
      'event.duration': duration * 1000,
      'source.ip': forth.source,
      'source.address': forth.source,
      'source.port': isPorted ? forth.sourcePort : undefined,
      'source.packets': forth.packets,
      'source.bytes': forth.bytes,
      'destination.ip': forth.destination,
      'destination.address': forth.destination,
      'destination.port': isPorted ? forth.destinationPort : undefined,
      'destination.packets': answerPackets,
      'destination.bytes': answerBytes,
      'network.transport': forth.transport,
      'network.type': forth.source.includes(':') ? 'ipv6' : 'ipv4',
      'network.bytes': forth.bytes + answerBytes,
      'network.packets': forth.packets + answerPackets,
      'network.direction': networkDirection(isInternalIp(forth.source), isInternalIp(forth.destination)),
      'network.community_id': communityId(
        forth.transport,
        forth.source,
        forth.sourcePort,
        forth.destination,
        forth.destinationPort,
      ),
      'related.ip': forth.source === forth.destination ? [forth.source] : [forth.source, forth.destination],
      'netflow.icmp_type': forth.transport.includes('icmp') ? forth.sourcePort : undefined,
      'netflow.icmp_code': forth.transport.includes('icmp') ? forth.destinationPort : undefined,
      'netflow.tcp_flags': forth.transport === 'tcp' ? forth.flags : undefined,
      'netflow.answer_tcp_flags': forth.transport === 'tcp' ? back?.flags : undefined,
      'netflow.is_paired': back !== undefined || forth.answerPackets > 0,
      'observer.name': this.#sensor,
      'observer.type': 'netflow',
      'log.file.line': record.line,
      'log.offset': record.offset,
      ...(this.#context.withOriginal
        ? { 'event.original': back === undefined ? forth.text : `${forth.text}\n${back.text}` }
        : {}),
    });
  }
}
