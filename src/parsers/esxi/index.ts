import { BatchBuilder, type EventBatch, epochMicros, type LogSet } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { EsxiClock } from './clock.ts';
import { type EsxiContext, ecsEvents } from './ecs.ts';
import { identifyEsxi, programOfHead, programOfPath } from './identify.ts';
import { knownVmx } from './known-vmx.ts';
import { PowerTracker } from './power.ts';
import { esxiRecords } from './records.ts';
import { Tally } from './tally.ts';

/** Logs of VMware ESXi 4 to 9 and of vCenter's daemons, as files or as forwarded by syslog. */
export const esxi: Parser = {
  name: 'esxi',
  title: 'VMware ESXi logs (hostd, vmkernel, vobd, shell, auth, syslog and their like)',
  isRotated: true,
  identify: (head: Uint8Array, path: string): Certainty => identifyEsxi(head, path),
  parse,
};

async function* parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  const first = log.artifacts.find(({ head }) => head.length > 0) ?? log.artifacts[0];
  if (first === undefined) return;
  const state: EsxiContext = {
    ownProgram: programOfPath(first.path) ?? programOfHead(first.head) ?? '',
    power: new PowerTracker(),
    isVmx: knownVmx(log.root.texts),
  };
  const clock = await EsxiClock.over(log, context);
  const tally = new Tally(log, context, clock);
  let builder: BatchBuilder | undefined;
  let artifact = '';
  const records = esxiRecords(
    log,
    context.withOriginal,
    line => tally.stray(line.artifact, line.offset, line.line),
    line => tally.cut(line.artifact, line.offset, line.line),
  );
  for await (const record of records) {
    if (record.artifact !== artifact) {
      if (builder !== undefined && builder.length > 0) yield builder.finish();
      artifact = record.artifact;
      builder = new BatchBuilder(artifact, context.fields);
    }
    const { micros, inferred } = clock.timeOf(record.head);
    tally.record(record.artifact, record.head.host, record.head.program, state.ownProgram);
    // Events that a record implies stand directly behind it: its offset plus one, plus two, all inside its line.
    let place = record.offset;
    for (const fields of ecsEvents(record, state)) {
      if (builder === undefined || builder.isFull) {
        if (builder !== undefined) yield builder.finish();
        builder = new BatchBuilder(artifact, context.fields);
      }
      builder.add(epochMicros(micros), record.head.nanos, place++, fields);
      if (inferred) builder.set('labels.year_inferred', 'true');
    }
  }
  if (builder !== undefined && builder.length > 0) yield builder.finish();
  tally.finish();
}
