import { type Field, foreignField, type Scalar, type Timeline, type Value } from '../../model/index.ts';
import type { Condition } from '../../rules/index.ts';
import type { TimelineReader } from '../match/positions.ts';

type Lineage = Extract<Condition, { kind: 'lineage' }>;

const UNIQUE_PID = foreignField('unique_pid');
const UNIQUE_PPID = foreignField('unique_ppid');
const OPCODE = foreignField('opcode');
const SUBTYPE = foreignField('subtype');
const PID = foreignField('pid');
const PROCESS_NAME = foreignField('process_name');
const EVENT_TYPE = foreignField('event_type');
const EVENT_TYPE_FULL = foreignField('event_type_full');
const PROCESS: ReadonlySet<Scalar> = new Set(['process', 'process_event']);

/** What the classic engine calls the beginning and the end of a process, by number or by word; then ECS's words. */
const STARTS: ReadonlySet<Scalar> = new Set<Scalar>([1, 3, 9, 'create', 'fork', 'start']);
const ENDS: ReadonlySet<Scalar> = new Set<Scalar>([2, 4, 'terminate', 'end']);
/** The Windows System process: its start is the start of the machine, after which old ids mean nothing. */
const SYSTEM_PID = 4;

/**
 * The positions at which a lineage holds, 1 by position: `child of [q]` for events of processes that a process of q began,
 * `descendant of` for those of their children as well, `event of` for q's processes themselves. `named` are the positions
 * that q matches. A process that ended stays known until the next process event, as in the Python implementation.
 */
export function followLineage(relation: Lineage['relation'], named: Uint32Array, reader: TimelineReader): Uint8Array {
  const { timeline } = reader;
  const holds = new Uint8Array(timeline.length);
  const isNamed = new Uint8Array(timeline.length);
  for (const position of named) isNamed[position] = 1;
  const sources = new Set<Scalar>();
  const members = new Set<Scalar>();
  const dead = new Set<Scalar>();
  for (let position = 0; position < timeline.length; position++) {
    const process = processAt(reader, position);
    const { id, parent } = process;
    if (process.isProcessEvent) {
      for (const ended of dead) {
        sources.delete(ended);
        members.delete(ended);
      }
      dead.clear();
      if (process.isStart && process.isSystem) {
        sources.clear();
        members.clear();
      }
      const isMember =
        process.isStart &&
        relation !== 'event' &&
        parent !== undefined &&
        (sources.has(parent) || (relation === 'descendant' && members.has(parent)));
      if (isMember && id !== undefined) members.add(id);
      else if (process.isEnd && id !== undefined) dead.add(id);
    }
    if (id === undefined) continue;
    if (isNamed[position] === 1 && process.pid !== 0 && id !== 0) sources.add(id);
    if ((relation === 'event' ? sources : members).has(id)) holds[position] = 1;
  }
  return holds;
}

/** By position → by row of each batch. */
export function rowsOf(timeline: Timeline, byPosition: Uint8Array): readonly Uint8Array[] {
  const rows = timeline.batches.map(batch => new Uint8Array(batch.length));
  for (let position = 0; position < timeline.length; position++) {
    rows[timeline.batchOf[position]!]![timeline.rowOf[position]!] = byPosition[position]!;
  }
  return rows;
}

interface Process {
  readonly id: Scalar | undefined;
  readonly parent: Scalar | undefined;
  readonly pid: number;
  readonly isProcessEvent: boolean;
  readonly isStart: boolean;
  readonly isEnd: boolean;
  readonly isSystem: boolean;
}

/** The classic schema's names where the event has them, else ECS. */
function processAt(reader: TimelineReader, position: number): Process {
  const all = (...fields: readonly Field[]): readonly Scalar[] => {
    for (const field of fields) {
      const value = reader.value(position, field);
      if (value !== undefined) return listOf(value);
    }
    return [];
  };
  const what = all(OPCODE, SUBTYPE, 'event.type');
  const pid = Number(all(PID, 'process.pid')[0] ?? 0);
  return {
    id: all(UNIQUE_PID, 'process.entity_id')[0],
    parent: all(UNIQUE_PPID, 'process.parent.entity_id')[0],
    pid,
    isProcessEvent: all(EVENT_TYPE, EVENT_TYPE_FULL, 'event.category').some(kind => PROCESS.has(kind)),
    isStart: what.some(word => STARTS.has(word)),
    isEnd: what.some(word => ENDS.has(word)),
    isSystem: pid === SYSTEM_PID && all(PROCESS_NAME, 'process.name')[0] === 'System',
  };
}

const listOf = (value: Value): readonly Scalar[] => (typeof value === 'object' ? value : [value]);
