import type { EventBatch } from '../model/index.ts';
import { columnOf, numberAt, textAt, valueAt } from '../model/index.ts';
import type { DerivedColumns } from './derived-columns.ts';
import { markRows } from './distinct.ts';
import type { Machines } from './machines.ts';
import type { ProcessContexts } from './process-context.ts';
import type { ProcessNode } from './process-node.ts';
import type { Processes } from './process-reader.ts';
import { isShell } from './programs.ts';

/** What a process does. A daemon's ordinary lines, its logins and its sessions say nothing that a rule asks of a process. */
const ACTS: ReadonlySet<string> = new Set([
  'process',
  'network',
  'file',
  'library',
  'driver',
  'registry',
  'configuration',
  'intrusion_detection',
]);

/** Writes what the tree knows beside every event that names a process. */
export function writeProcesses(
  batches: readonly EventBatch[],
  machines: Machines,
  processes: Processes,
  contexts: ProcessContexts,
  columns: DerivedColumns,
): void {
  for (const [index, batch] of batches.entries()) {
    const hasIds = columnOf(batch, 'process.entity_id') !== undefined;
    const acts = new Uint8Array(batch.length);
    markRows(batch, 'event.category', acts, 1, values => values.some(category => ACTS.has(category)));
    for (let row = 0; row < batch.length; row++) {
      if (acts[row] === 0) continue;
      const node = processes.nodeAt(index, row);
      if (node === undefined) continue;
      const isStart = processes.isStart(index, row);
      if (!hasIds || valueAt(batch, 'process.entity_id', row) === undefined) {
        columns.set(index, row, 'process.entity_id', node.entityId);
      }
      if (isStart) writeStart(batch, index, row, node, columns);
      writeContext(index, row, node, isStart, contexts, columns);
    }
    writeUnnumbered(batch, index, machines, processes, columns);
  }
}

/** The parent where the log leaves it out. A log that names a parent is believed, also where it names only half of it. */
function writeStart(batch: EventBatch, index: number, row: number, node: ProcessNode, columns: DerivedColumns): void {
  if (isShell(node.platform, node.image)) columns.set(index, row, 'aftershock.process.is_shell', 'true');
  const { parent } = node;
  if (parent === undefined || valueAt(batch, 'aftershock.derived', row) !== undefined) return;
  // Its parent ended and it was handed to the first process: that one's name would be no news, and the old one's contradict the pid.
  const statedPid = numberAt(batch, 'process.parent.pid', row);
  if (statedPid !== undefined && parent.pid !== undefined && statedPid !== parent.pid) return;
  if (valueAt(batch, 'process.parent.entity_id', row) === undefined && parent.pid !== undefined) {
    columns.set(index, row, 'process.parent.entity_id', parent.entityId);
  }
  const isNamed =
    textAt(batch, 'process.parent.name', row) !== undefined ||
    textAt(batch, 'process.parent.executable', row) !== undefined;
  if (!isNamed) {
    if (parent.image === '') return;
    columns.set(index, row, 'process.parent.name', parent.name ?? baseName(parent.executable!));
    columns.set(index, row, 'process.parent.executable', parent.executable);
    columns.set(index, row, 'aftershock.process.parent_inferred', 'true');
  }
  if (parent.commandLine !== undefined && valueAt(batch, 'process.parent.command_line', row) === undefined) {
    columns.set(index, row, 'process.parent.command_line', parent.commandLine);
    columns.set(index, row, 'aftershock.process.parent_inferred', 'true');
  }
}

function writeContext(
  index: number,
  row: number,
  node: ProcessNode,
  isStart: boolean,
  contexts: ProcessContexts,
  columns: DerivedColumns,
): void {
  const { kind, service, root, isParentUnknown } = contexts.of(node);
  if (kind === 'none' && !isStart) return;
  columns.set(index, row, 'aftershock.process.context', kind);
  if (service !== undefined) {
    columns.set(index, row, 'aftershock.process.service', service.name);
    if (service.ports.length > 0) columns.set(index, row, 'aftershock.process.ports', service.ports.map(String));
  }
  if (root !== undefined) columns.set(index, row, 'aftershock.process.lineage', root.entityId);
  if (isParentUnknown === true && root === node) columns.set(index, row, 'aftershock.process.parent_unknown', 'true');
}

/** Commands of logs that know no process ids (the ESXi shell's) are still shells or none. */
function writeUnnumbered(
  batch: EventBatch,
  index: number,
  machines: Machines,
  processes: Processes,
  columns: DerivedColumns,
): void {
  const marks = new Uint8Array(batch.length);
  const [isProcess, isBegin] = [1, 2];
  if (!markRows(batch, 'event.category', marks, isProcess, values => values.includes('process'))) return;
  if (!markRows(batch, 'event.type', marks, isBegin, values => values.includes('start'))) return;
  for (let row = 0; row < batch.length; row++) {
    if (marks[row] !== (isProcess | isBegin) || processes.nodeAt(index, row) !== undefined) continue;
    const host = machines.hostOf(batch, row);
    const image = textAt(batch, 'process.executable', row) ?? textAt(batch, 'process.name', row);
    if (host === undefined || image === undefined) continue;
    if (isShell(machines.platformOf(host, batch, row), image)) {
      columns.set(index, row, 'aftershock.process.is_shell', 'true');
    }
  }
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
