import type { EventBatch, LogSet } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { ArtifactRows } from '../shared/artifact-rows.ts';
import { EsxiClock } from './clock.ts';
import { coreEvent, processOfCore } from './core.ts';
import { ESXI_CONSTANTS, ESXI_DEFAULTS, type EsxiContext, Programs, writeRecord } from './ecs.ts';
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
  for (const artifact of log.artifacts) {
    const process = processOfCore(artifact.path);
    if (process !== undefined) yield* coreEvent(artifact, process, context);
  }
  const artifacts = log.artifacts.filter(({ path }) => processOfCore(path) === undefined);
  if (artifacts.length > 0) yield* parseLines({ ...log, artifacts }, context);
}

async function* parseLines(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  const first = log.artifacts.find(({ head }) => head.length > 0) ?? log.artifacts[0];
  if (first === undefined) return;
  const own = programOfPath(first.path) ?? programOfHead(first.head) ?? '';
  const state: EsxiContext = {
    programs: new Programs(own),
    power: new PowerTracker(),
    isVmx: knownVmx(log.root.texts),
  };
  const clock = await EsxiClock.over(log, context);
  const tally = new Tally(log, context, clock);
  const rows = new ArtifactRows(context.fields, ESXI_CONSTANTS, ESXI_DEFAULTS);
  for await (const records of esxiRecords(log, context.withOriginal, tally)) {
    for (const record of records) {
      rows.of(record.artifact);
      const program = state.programs.of(record.head.program);
      tally.record(record.artifact, record.head.host, program.log);
      writeRecord(record, clock.timeOf(record.head), program, state, rows);
    }
    yield* rows.ready();
  }
  yield* rows.rest();
  tally.finish();
}
