import { type Artifact, BatchBuilder, type EventBatch, type EventFields, epochMicros } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { lifeFields } from './life-fields.ts';
import { canonicalService, isMachine } from './vocabulary.ts';

/**
 * A core that ESXi wrote, by its name alone (its content is VMware's own): `hostd-worker-zdump.000`, or `vmkernel-zdump.1` of a
 * purple screen. vm-support cuts large files into pieces (`….FRAG-00000`), of which only the first one counts.
 */
const ZDUMP = /(?:^|\/)([A-Za-z][\w.-]{0,63}?)-zdump(?:\.\d{1,3})?(?:\.gz|\.FRAG-0+)?$/;

/** The process, or `vmkernel`; undefined where the path is no core's. */
export const processOfCore = (path: string): string | undefined => ZDUMP.exec(path)?.[1];

/** A core as an event: the time of the file is when it was written, or for the kernel's, when the next start fetched it. */
export function* coreEvent(artifact: Artifact, process: string, context: ParseContext): Generator<EventBatch> {
  const { path, modified } = artifact;
  if (modified === undefined) {
    const message = 'nothing tells when this core was written: the archive states no time; it is kept without one';
    context.problem({ kind: 'clock', artifact: path, message });
  }
  const builder = new BatchBuilder(path, context.fields);
  builder.add(epochMicros(modified ?? Number.NaN), 0, 0, { ...coreFields(path, process), 'log.offset': 0 });
  yield builder.finish();
  context.ledger(path, { variant: 'core', parsed: 1, yearSource: null, zone: 'UTC', zoneSource: 'time of the file' });
}

function coreFields(path: string, process: string): EventFields {
  const name = process.toLowerCase();
  const isKernel = name === 'vmkernel';
  const file = path.slice(path.lastIndexOf('/') + 1);
  return {
    'event.kind': 'event',
    'event.module': 'esxi',
    'event.dataset': 'esxi.crash',
    'host.os.type': 'linux',
    'host.os.family': 'esxi',
    'host.os.platform': 'esxi',
    message: isKernel ? `the kernel dumped its core: ${file}` : `${name} dumped its core: ${file}`,
    ...lifeFields(
      {
        action: isKernel ? 'host_panic' : isMachine(name) ? 'vm_crash' : 'process_crash',
        process: isKernel ? undefined : name,
        service: isKernel ? undefined : canonicalService(name),
        core: `/var/core/${file}`,
        reason: 'a core file; its time is that of the file',
      },
      '',
      undefined,
    ),
  };
}
