import type { Artifact, EventBatch, LogSet } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { hasMagic } from './bytes.ts';
import { CHUNK_MAGIC } from './chunk.ts';
import { FILE_HEADER_BYTES, FILE_MAGIC } from './container.ts';
import { readRecords } from './reader.ts';
import { LogReport } from './report.ts';
import { EventRows } from './rows.ts';

export type { DumpOptions, DumpSource } from './dump.ts';
export { dumpEvtx } from './dump.ts';
export type { EvtxEntry, EvtxReadOptions } from './entries.ts';
export { readEvtxRecords } from './entries.ts';

export const evtx: Parser = {
  name: 'evtx',
  title: 'Windows event log (EVTX)',

  identify(head: Uint8Array): Certainty {
    const isLog = hasMagic(head, 0, FILE_MAGIC) || hasMagic(head, 0, CHUNK_MAGIC);
    // A spoilt file header still has a chunk behind it.
    return isLog || hasMagic(head, FILE_HEADER_BYTES, CHUNK_MAGIC) ? 'yes' : 'no';
  },

  async *parse(log: LogSet, context: ParseContext): AsyncIterable<EventBatch> {
    for (const artifact of log.artifacts) yield* parseArtifact(artifact, context);
  },
};

async function* parseArtifact(artifact: Artifact, context: ParseContext): AsyncGenerator<EventBatch> {
  const report = new LogReport(artifact.path, context.problem);
  const rows = new EventRows(artifact.path, context);
  for await (const _ of readRecords(
    () => artifact.chunks(),
    report,
    context,
    (c, place) => rows.write(c, place),
  )) {
    yield* rows.take(false);
  }
  yield* rows.take(true);
  const { parsed, failed, recovered, candidates } = report;
  const hosts = rows.hosts();
  context.ledger(artifact.path, {
    parsed,
    failed,
    recovered,
    candidates,
    hosts,
    yearSource: null,
    zone: 'UTC',
    zoneSource: 'the format',
  });
}
