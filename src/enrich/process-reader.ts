import type { EventBatch, Field, Timeline } from '../model/index.ts';
import { columnOf, numberAt, textAt, textsAt, valueAt } from '../model/index.ts';
import { markRows } from './distinct.ts';
import type { Machines } from './machines.ts';
import type { ProcessFacts, ProcessNode } from './process-node.ts';
import { ProcessTree, type Sighting } from './process-tree.ts';
import { ScheduledJobs } from './scheduled-jobs.ts';

/** What is read of an event that names a process. */
export const PROCESS_NEEDS: readonly Field[] = [
  'aftershock.derived',
  'aftershock.host',
  'auditd.data.exit',
  'auditd.data.subj',
  'event.action',
  'event.category',
  'event.code',
  'event.dataset',
  'event.outcome',
  'event.type',
  'file.name',
  'host.name',
  'host.os.family',
  'host.os.platform',
  'host.os.type',
  'process.command_line',
  'process.entity_id',
  'process.executable',
  'process.name',
  'process.parent.command_line',
  'process.parent.entity_id',
  'process.parent.executable',
  'process.parent.name',
  'process.parent.pid',
  'process.parent.user.name',
  'process.pid',
  'user.audit.id',
  'user.domain',
  'user.effective.id',
  'user.id',
  'user.name',
];

/** What an event does to the tree; bits of a row's mark. */
const NAMED = 1;
const START = 2;
const END = 4;
const FORK = 8;
const SESSION_OPEN = 16;
const SESSION_CLOSE = 32;
const PIPE = 64;
const SCHEDULED = 128;

/** Which process every event is about: a node for each row, by batch; undefined where no event of the batch names one. */
export interface Processes {
  readonly tree: ProcessTree;
  nodeAt(batch: number, row: number): ProcessNode | undefined;
  isStart(batch: number, row: number): boolean;
  /** Hosts whose logs tell of sshd's sessions: elsewhere, that no session was seen says nothing. */
  readonly hostsWithSessions: ReadonlySet<string>;
  readonly jobs: ScheduledJobs;
}

/** Reads the timeline once, in its order, and builds the tree. `prepare` may put process lists into it first. */
export function readProcesses(
  timeline: Timeline,
  machines: Machines,
  toleranceMicros: number,
  prepare: (tree: ProcessTree) => void = () => undefined,
): Processes {
  const tree = new ProcessTree(toleranceMicros);
  prepare(tree);
  const marks = timeline.batches.map(processMarks);
  const nodes = marks.map(mark =>
    mark === undefined ? undefined : new Array<ProcessNode | undefined>(mark.length).fill(undefined),
  );
  const hostsWithSessions = new Set<string>();
  const jobs = new ScheduledJobs();
  for (let position = 0; position < timeline.length; position++) {
    const index = timeline.batchOf[position]!;
    const mark = marks[index];
    if (mark === undefined) continue;
    const row = timeline.rowOf[position]!;
    const bits = mark[row]!;
    if (bits === 0) continue;
    const batch = timeline.batches[index]!;
    const host = machines.hostOf(batch, row);
    if (host === undefined) continue;
    const at: Sighting = {
      host,
      platform: machines.platformOf(host, batch, row),
      pid: numberAt(batch, 'process.pid', row),
      time: timeline.time[position]!,
    };
    const node = readRow(tree, at, batch, row, bits);
    if ((bits & (SESSION_OPEN | SESSION_CLOSE)) !== 0 && isSshd(batch, row)) hostsWithSessions.add(host);
    if ((bits & SCHEDULED) !== 0) jobs.add(host, at.time, textAt(batch, 'process.command_line', row));
    nodes[index]![row] = node;
  }
  return {
    tree,
    nodeAt: (batch, row) => nodes[batch]?.[row],
    isStart: (batch, row) => ((marks[batch]?.[row] ?? 0) & START) !== 0,
    hostsWithSessions,
    jobs,
  };
}

/** For every row what it does to the tree; undefined where no row of the batch names a process. */
function processMarks(batch: EventBatch): Uint8Array | undefined {
  if (columnOf(batch, 'process.pid') === undefined && columnOf(batch, 'process.entity_id') === undefined) {
    return undefined;
  }
  const marks = new Uint8Array(batch.length);
  markRows(batch, 'process.pid', marks, NAMED, () => true);
  markRows(batch, 'process.entity_id', marks, NAMED, () => true);
  const traits = new Uint8Array(batch.length);
  const [isProcess, isBegin, isFinish, isOther, isSession, isPipe, isFork, isLogin] = [1, 2, 4, 8, 16, 32, 64, 128];
  markRows(
    batch,
    'event.category',
    traits,
    isProcess,
    values => values.includes('process') && !values.includes('library'),
  );
  markRows(batch, 'event.type', traits, isBegin, values => values.includes('start'));
  markRows(batch, 'event.type', traits, isFinish, values => values.includes('end'));
  markRows(
    batch,
    'event.category',
    traits,
    isSession,
    values => values.includes('session') || values.includes('authentication'),
  );
  markRows(batch, 'event.action', traits, isOther, isAboutService);
  markRows(batch, 'event.action', traits, isLogin, values => values.includes('ssh_login'));
  markRows(batch, 'event.action', traits, isSession, values => values.includes('ssh_disconnect'));
  // A client that left before it logged in proves that sshd's log is there, and ends what that sshd served.
  markRows(batch, 'event.action', traits, isSession | isFinish, values => values.includes('ssh_preauth'));
  markRows(batch, 'event.action', traits, isPipe, values => values.includes('pipe-created'));
  markRows(batch, 'event.action', marks, SCHEDULED, values => values.includes('ran-scheduled-command'));
  markRows(batch, 'event.action', traits, isFork, values => values.includes('fork'));
  for (let row = 0; row < batch.length; row++) {
    if (marks[row] === 0) continue;
    const trait = traits[row]!;
    if ((trait & isOther) !== 0) continue;
    if ((trait & isFork) !== 0 && textAt(batch, 'auditd.data.exit', row) !== undefined) marks[row]! |= FORK;
    else if ((trait & (isProcess | isBegin)) === (isProcess | isBegin)) marks[row]! |= START;
    else if ((trait & (isProcess | isFinish)) === (isProcess | isFinish)) marks[row]! |= END;
    if ((trait & isSession) !== 0) {
      if ((trait & (isBegin | isLogin)) !== 0) marks[row]! |= SESSION_OPEN;
      else if ((trait & isFinish) !== 0) marks[row]! |= SESSION_CLOSE;
    }
    if ((trait & isPipe) !== 0) marks[row]! |= PIPE;
  }
  return marks;
}

/** systemd's own record of a unit names systemd's pid, and a daemon's crash report is no orderly end of another process. */
const isAboutService = (actions: readonly string[]): boolean =>
  actions.some(action => action.startsWith('service_') || action === 'started-service' || action === 'stopped-service');

function readRow(tree: ProcessTree, at: Sighting, batch: EventBatch, row: number, bits: number): ProcessNode {
  const facts = factsAt(batch, row, (bits & (SESSION_OPEN | SESSION_CLOSE)) !== 0);
  const parentPid = numberAt(batch, 'process.parent.pid', row);
  if ((bits & START) !== 0) return tree.start(at, facts, parentPid, parentFactsAt(batch, row));
  if ((bits & END) !== 0) return tree.end(at, facts);
  if ((bits & FORK) !== 0) {
    const child = Number(textAt(batch, 'auditd.data.exit', row));
    // A failed fork returns an error in the child's place.
    if (Number.isInteger(child) && child > 0) tree.fork(at, child, facts);
  }
  const node = tree.seen(at, facts, parentPid);
  if ((bits & PIPE) !== 0) {
    const pipe = textAt(batch, 'file.name', row);
    if (pipe !== undefined) node.madePipe(pipe);
  }
  if ((bits & SESSION_OPEN) !== 0 && textAt(batch, 'event.outcome', row) !== 'failure') {
    node.openedSession(at.time);
  } else if ((bits & SESSION_CLOSE) !== 0) node.closedSession(at.time);
  return node;
}

function factsAt(batch: EventBatch, row: number, isPam: boolean): ProcessFacts {
  const guid = textAt(batch, 'process.entity_id', row);
  const name = valueAt(batch, 'process.name', row);
  const executable = textAt(batch, 'process.executable', row);
  const commandLine = textAt(batch, 'process.command_line', row);
  // PAM's records and logon events name the account that they are about, not the one that the process runs as.
  if (isPam) return { guid, name, executable, commandLine };
  return {
    guid,
    name,
    executable,
    commandLine,
    userName: textAt(batch, 'user.name', row),
    userDomain: textAt(batch, 'user.domain', row),
    userId: textAt(batch, 'user.id', row),
    effectiveId: textAt(batch, 'user.effective.id', row),
    auditId: textAt(batch, 'user.audit.id', row),
    isAudited: textAt(batch, 'event.code', row) === 'SYSCALL',
    securityContext: textAt(batch, 'auditd.data.subj', row),
  };
}

const parentFactsAt = (batch: EventBatch, row: number): ProcessFacts => ({
  guid: textAt(batch, 'process.parent.entity_id', row),
  name: valueAt(batch, 'process.parent.name', row),
  executable: textAt(batch, 'process.parent.executable', row),
  commandLine: textAt(batch, 'process.parent.command_line', row),
  userName: textAt(batch, 'process.parent.user.name', row),
});

const isSshd = (batch: EventBatch, row: number): boolean =>
  /(?:^|\/)sshd(?:-session|-auth)?$/.test(
    textAt(batch, 'process.executable', row) ?? textsAt(batch, 'process.name', row)[0] ?? '',
  );
