import { countOf } from '../match/mask.ts';
import type { Answers } from './answers.ts';
import { ABSENT, type Names, PortSets, Remembered } from './codes.ts';
import { FieldReader } from './field-reader.ts';
import type { AccessPlan, Question } from './plan.ts';
import { type Connections, OUTCOME, type Peaks, peaksOf, type RateSettings } from './rate.ts';

/** Inbound connections of one machine, ascending by start; one entry each. Held by column because there may be millions. */
export interface AccessLog {
  readonly length: number;
  /** Into the timeline. */
  readonly position: Uint32Array;
  readonly start: Float64Array;
  /** NaN where the log does not say. */
  readonly end: Float64Array;
  /** Into the names of addresses. */
  readonly source: Uint32Array;
  /** Into `PortSets`. */
  readonly ports: Uint32Array;
  /** `OUTCOME`. */
  readonly outcome: Uint8Array;
  /** `FLAG` bits; marks on some of the accesses from bit 3 to 10, in the order of the plan. */
  readonly flags: Uint16Array;
}

export const FLAG = { admin: 1, scanner: 2, reset: 4, within: 8, wire: 1 << 11 } as const;

/** What the small numbers in access logs stand for. */
export interface AccessCodes {
  readonly names: Names;
  readonly portSets: PortSets;
}

export interface AccessLogs extends AccessCodes {
  readonly byEntity: ReadonlyMap<string, AccessIndex>;
}

/**
 * Collects the accesses of a plan. `isWanted` says of an entity (a host, or `ip:…` for an address that joins no host) whether
 * the plan is about it; of an address that joins no host only connections to the plan's ports are kept.
 */
export function accessLogs(answers: Answers, plan: AccessPlan, isWanted: (entity: string) => boolean): AccessLogs {
  const { timeline, flows } = answers;
  const positions = answers.positions(plan.where);
  const portSets = new PortSets();
  const entityOf = new Int32Array(positions.length).fill(ABSENT);
  const ports = new Uint32Array(positions.length);
  const counts: number[] = [];
  const entities: string[] = [];
  const codes = new Remembered(entity => entities.push(flows.entities.name(entity)) - 1);
  const sets = new Remembered(set => portSets.code(flows.portSets.ports(set)));
  const wanted = new Remembered(entity => isWanted(flows.entities.name(entity)));
  const ours = new Remembered(batch => flows.answeringWanted(batch, wanted));
  const isAsked = new Remembered(set => flows.portSets.ports(set).some(port => plan.ports.has(port)));
  for (let at = 0; at < positions.length; at++) {
    const position = positions[at]!;
    if (ours.of(timeline.batchOf[position]!)[timeline.rowOf[position]!] === 0) continue;
    const source = flows.initiator.of(position);
    const host = flows.responderHost.of(position);
    const address = flows.responder.of(position);
    const entity = flows.entity(host, address);
    if (source === ABSENT || entity === ABSENT || source === address) continue;
    // A machine that talks to itself tells nothing about an intruder from elsewhere.
    if (host !== ABSENT && flows.initiatorHost.of(position) === host) continue;
    const set = flows.ports.of(position);
    if (host === ABSENT && (set === ABSENT || !isAsked.of(set))) continue;
    const code = codes.of(entity);
    entityOf[at] = code;
    counts[code] = (counts[code] ?? 0) + 1;
    ports[at] = set === ABSENT ? portSets.code([]) : sets.of(set);
  }
  const logs = counts.map(length => emptyLog(length));
  const used = counts.map(() => 0);
  const meaning = meaningOf(answers, plan);
  const duration = new FieldReader(timeline, 'event.duration');
  for (let at = 0; at < positions.length; at++) {
    const code = entityOf[at]!;
    if (code === ABSENT) continue;
    const log = logs[code]!;
    const row = used[code]!++;
    const position = positions[at]!;
    const nanos = duration.number(position);
    const { flags, outcomes } = meaning(timeline.batchOf[position]!);
    const batchRow = timeline.rowOf[position]!;
    log.position[row] = position;
    log.start[row] = timeline.time[position]!;
    log.end[row] = nanos === undefined || nanos < 0 ? Number.NaN : timeline.time[position]! + nanos / 1000;
    log.source[row] = flows.initiator.of(position);
    log.ports[row] = ports[at]!;
    log.flags[row] = flags[batchRow]!;
    log.outcome[row] = outcomes[batchRow]!;
  }
  return {
    byEntity: new Map(logs.map((log, code) => [entities[code]!, new AccessIndex(log, portSets)])),
    names: flows.addresses,
    portSets,
  };
}

function emptyLog(length: number): AccessLog {
  return {
    length,
    position: new Uint32Array(length),
    start: new Float64Array(length),
    end: new Float64Array(length),
    source: new Uint32Array(length),
    ports: new Uint32Array(length),
    outcome: new Uint8Array(length),
    flags: new Uint16Array(length),
  };
}

/** What the accesses in one batch are, by row. */
interface Meaning {
  /** `FLAG` bits. */
  readonly flags: Uint16Array;
  /** `OUTCOME`. */
  readonly outcomes: Uint8Array;
}

/** By batch, each worked out when it is first asked for. */
function meaningOf(answers: Answers, plan: AccessPlan): (batch: number) => Meaning {
  const { share } = plan;
  const flags: [Question, number][] = [];
  if (plan.admin !== undefined) flags.push([plan.admin, FLAG.admin]);
  if (plan.scanner !== undefined) flags.push([plan.scanner, FLAG.scanner]);
  if (share?.reset !== undefined) flags.push([share.reset, FLAG.reset]);
  if (share?.wire !== undefined) flags.push([share.wire, FLAG.wire]);
  for (const [index, { where }] of plan.within.entries()) flags.push([where, FLAG.within << index]);
  // Later ones win: what stands apart stays apart whatever else it is.
  const outcomes: [Question, number][] =
    share === undefined
      ? []
      : [
          [share.ok, OUTCOME.ok],
          [share.failed, OUTCOME.failed],
          [share.unknown, OUTCOME.unknown],
          ...(share.apart === undefined ? [] : [[share.apart, OUTCOME.apart] as [Question, number]]),
        ];
  const flagMasks = flags.map(([question, bit]) => [answers.masks(question), bit] as const);
  const outcomeMasks = outcomes.map(([question, outcome]) => [answers.masks(question), outcome] as const);
  const always = share?.wire === undefined ? FLAG.wire : 0;
  const known: (Meaning | undefined)[] = [];
  return batch => {
    const { length } = answers.timeline.batches[batch]!;
    let meaning = known[batch];
    if (meaning === undefined) {
      meaning = { flags: new Uint16Array(length).fill(always), outcomes: new Uint8Array(length) };
      for (const [masks, bit] of flagMasks) {
        const mask = masks[batch]!;
        if (countOf(mask) > 0) for (let row = 0; row < length; row++) meaning.flags[row]! |= mask[row]! * bit;
      }
      for (const [masks, outcome] of outcomeMasks) {
        const mask = masks[batch]!;
        if (countOf(mask) > 0)
          for (let row = 0; row < length; row++) if (mask[row] === 1) meaning.outcomes[row] = outcome;
      }
      known[batch] = meaning;
    }
    return meaning;
  };
}

/** What is searched for again and again in one machine's accesses; worked out once, whatever the windows are. */
export class AccessIndex {
  readonly log: AccessLog;
  readonly #portSets: PortSets;
  readonly #byPort = new Map<string, Connections>();
  readonly #peaks = new Map<string, Peaks>();
  #bySet: ReadonlyMap<number, Uint32Array> | undefined;
  #byEnd: Uint32Array | undefined;
  #firstSeen: Map<number, number> | undefined;

  constructor(log: AccessLog, portSets: PortSets) {
    this.log = log;
    this.#portSets = portSets;
  }

  /** The connections to one port, without those of admins and those that cannot be rated: what a rate is about. */
  connections(port: string): Connections {
    let connections = this.#byPort.get(port);
    if (connections === undefined) {
      const { log } = this;
      const rows = this.#ratedRows(port);
      const { length } = rows;
      connections = {
        start: new Float64Array(length),
        outcome: new Uint8Array(length),
        reset: new Uint8Array(length),
        wire: new Uint8Array(length),
        source: new Uint32Array(length),
      };
      for (let i = 0; i < length; i++) {
        const row = rows[i]!;
        const flags = log.flags[row]!;
        connections.start[i] = log.start[row]!;
        connections.outcome[i] = log.outcome[row]!;
        connections.reset[i] = (flags & FLAG.reset) === 0 ? 0 : 1;
        connections.wire[i] = (flags & FLAG.wire) === 0 ? 0 : 1;
        connections.source[i] = log.source[row]!;
      }
      this.#byPort.set(port, connections);
    }
    return connections;
  }

  /** The highest rates on a port that settings could ever find, whatever their threshold. */
  peaks(port: string, settings: RateSettings): Peaks {
    const key = [port, settings.windowMicros, settings.samples, settings.failures, settings.unknownAtMost].join(' ');
    let peaks = this.#peaks.get(key);
    if (peaks === undefined) {
      peaks = peaksOf(this.connections(port), settings);
      this.#peaks.set(key, peaks);
    }
    return peaks;
  }

  #ratedRows(port: string): Uint32Array {
    if (this.#bySet === undefined) {
      const { log } = this;
      const bySet = new Map<number, number[]>();
      for (let row = 0; row < log.length; row++) {
        if ((log.flags[row]! & FLAG.admin) !== 0 || log.outcome[row] === OUTCOME.none) continue;
        const set = log.ports[row]!;
        const rows = bySet.get(set);
        if (rows === undefined) bySet.set(set, [row]);
        else rows.push(row);
      }
      this.#bySet = new Map([...bySet].map(([set, rows]) => [set, Uint32Array.from(rows)]));
    }
    const isPort = this.#portSets.sharing(new Set([port]));
    const lists = [...this.#bySet].filter(([set]) => isPort[set] === 1).map(([, rows]) => rows);
    if (lists.length <= 1) return lists[0] ?? new Uint32Array();
    const all = new Uint32Array(lists.reduce((sum, rows) => sum + rows.length, 0));
    let used = 0;
    for (const rows of lists) {
      all.set(rows, used);
      used += rows.length;
    }
    return all.sort();
  }

  /** Rows whose connection ended within `micros` of a time. */
  endingNear(time: number, micros: number): readonly number[] {
    const { end, length } = this.log;
    this.#byEnd ??= Uint32Array.from({ length }, (_, row) => row)
      .filter(row => !Number.isNaN(end[row]))
      .sort((a, b) => end[a]! - end[b]! || a - b);
    const order = this.#byEnd;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (end[order[middle]!]! < time - micros) low = middle + 1;
      else high = middle;
    }
    const rows: number[] = [];
    for (let at = low; at < order.length && end[order[at]!]! <= time + micros; at++) rows.push(order[at]!);
    return rows;
  }

  /** When a source reached the machine first. */
  firstSeen(source: number): number {
    if (this.#firstSeen === undefined) {
      this.#firstSeen = new Map();
      for (let row = 0; row < this.log.length; row++) {
        const code = this.log.source[row]!;
        if (!this.#firstSeen.has(code)) this.#firstSeen.set(code, this.log.start[row]!);
      }
    }
    return this.#firstSeen.get(source) ?? Number.POSITIVE_INFINITY;
  }
}
