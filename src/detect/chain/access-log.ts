import type { Timeline } from '../../model/index.ts';
import type { Answers } from './answers.ts';
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
  /** Into `Names`. */
  readonly source: Uint32Array;
  /** Into `PortSets`. */
  readonly ports: Uint32Array;
  /** `OUTCOME`. */
  readonly outcome: Uint8Array;
  /** `FLAG` bits; marks on some of the accesses from bit 3 to 10, in the order of the plan. */
  readonly flags: Uint16Array;
}

export const FLAG = { admin: 1, scanner: 2, reset: 4, within: 8, wire: 1 << 11 } as const;

/** Texts that repeat millions of times, as small numbers. */
export class Names {
  readonly #codes = new Map<string, number>();
  readonly #names: string[] = [];

  code(name: string): number {
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = this.#names.length;
      this.#names.push(name);
      this.#codes.set(name, code);
    }
    return code;
  }

  name(code: number): string {
    return this.#names[code]!;
  }

  get size(): number {
    return this.#names.length;
  }
}

/** Sets of ports by code: mostly one port, several where a log only implies them. */
class PortSets {
  readonly #names = new Names();
  readonly #sets: (readonly string[])[] = [];

  code(ports: readonly string[]): number {
    const code = this.#names.code(ports.join(','));
    if (code === this.#sets.length) this.#sets.push(ports);
    return code;
  }

  ports(code: number): readonly string[] {
    return this.#sets[code]!;
  }

  /** By code: 1 where the set shares a port with these. */
  sharing(ports: ReadonlySet<string>): Uint8Array {
    return Uint8Array.from(this.#sets, set => (set.some(port => ports.has(port)) ? 1 : 0));
  }
}

/** What the small numbers in access logs stand for. */
export interface AccessCodes {
  readonly names: Names;
  readonly portSets: PortSets;
}

export interface AccessLogs extends AccessCodes {
  readonly byEntity: ReadonlyMap<string, AccessIndex>;
}

/** What a machine is called in the engine where only its address is known. */
export const addressEntity = (address: string): string => `ip:${address}`;
export const addressOf = (entity: string): string | undefined =>
  entity.startsWith('ip:') ? entity.slice(3) : undefined;

/**
 * Collects the accesses of a plan. `isWanted` says of an entity (a host, or `ip:…` for an address that joins no host) whether
 * the plan is about it; of an address that joins no host only connections to the plan's ports are kept.
 */
export function accessLogs(answers: Answers, plan: AccessPlan, isWanted: (entity: string) => boolean): AccessLogs {
  const { timeline } = answers;
  const positions = answers.positions(plan.where);
  const names = new Names();
  const portSets = new PortSets();
  const entityCodes = new Names();
  const entityOf = new Int32Array(positions.length).fill(-1);
  const sources = new Uint32Array(positions.length);
  const ports = new Uint32Array(positions.length);
  const counts: number[] = [];
  const read = {
    responder: new FieldReader(timeline, 'aftershock.flow.responder'),
    responderHost: new FieldReader(timeline, 'aftershock.flow.responder_host'),
    initiator: new FieldReader(timeline, 'aftershock.flow.initiator'),
    initiatorHost: new FieldReader(timeline, 'aftershock.flow.initiator_host'),
    ports: new FieldReader(timeline, 'aftershock.flow.ports'),
  };
  const wanted = new Map<string, boolean>();
  for (let at = 0; at < positions.length; at++) {
    const position = positions[at]!;
    const source = read.initiator.text(position);
    const host = read.responderHost.text(position);
    const address = read.responder.text(position);
    const entity = host ?? (address === undefined ? undefined : addressEntity(address));
    if (source === undefined || entity === undefined || source === address) continue;
    // A machine that talks to itself tells nothing about an intruder from elsewhere.
    if (host !== undefined && read.initiatorHost.text(position) === host) continue;
    let isOurs = wanted.get(entity);
    if (isOurs === undefined) {
      isOurs = isWanted(entity);
      wanted.set(entity, isOurs);
    }
    if (!isOurs) continue;
    const set = read.ports.texts(position);
    if (host === undefined && !set.some(port => plan.ports.has(port))) continue;
    const code = entityCodes.code(entity);
    entityOf[at] = code;
    counts[code] = (counts[code] ?? 0) + 1;
    sources[at] = names.code(source);
    ports[at] = portSets.code(set);
  }
  const logs = counts.map(length => emptyLog(length));
  const used = counts.map(() => 0);
  const flagsOf = flagReader(answers, plan);
  const duration = new FieldReader(timeline, 'event.duration');
  for (let at = 0; at < positions.length; at++) {
    const code = entityOf[at]!;
    if (code === -1) continue;
    const log = logs[code]!;
    const row = used[code]!++;
    const position = positions[at]!;
    const nanos = duration.number(position);
    log.position[row] = position;
    log.start[row] = timeline.time[position]!;
    log.end[row] = nanos === undefined || nanos < 0 ? Number.NaN : timeline.time[position]! + nanos / 1000;
    log.source[row] = sources[at]!;
    log.ports[row] = ports[at]!;
    flagsOf(timeline, position, log, row);
  }
  return {
    byEntity: new Map(logs.map((log, code) => [entityCodes.name(code), new AccessIndex(log, portSets)])),
    names,
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

function flagReader(
  answers: Answers,
  plan: AccessPlan,
): (timeline: Timeline, position: number, log: AccessLog, row: number) => void {
  const flags: [Question, number][] = [];
  if (plan.admin !== undefined) flags.push([plan.admin, FLAG.admin]);
  if (plan.scanner !== undefined) flags.push([plan.scanner, FLAG.scanner]);
  if (plan.share?.reset !== undefined) flags.push([plan.share.reset, FLAG.reset]);
  if (plan.share?.wire !== undefined) flags.push([plan.share.wire, FLAG.wire]);
  for (const [index, { where }] of plan.within.entries()) flags.push([where, FLAG.within << index]);
  const flagMasks = flags.map(([question, bit]) => [answers.masks(question), bit] as const);
  const { share } = plan;
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
  const outcomeMasks = outcomes.map(([question, outcome]) => [answers.masks(question), outcome] as const);
  const always = plan.share?.wire === undefined ? FLAG.wire : 0;
  return ({ batchOf, rowOf }, position, log, row) => {
    const batch = batchOf[position]!;
    const batchRow = rowOf[position]!;
    let bits: number = always;
    for (const [masks, bit] of flagMasks) if (masks[batch]![batchRow] === 1) bits |= bit;
    log.flags[row] = bits;
    for (const [masks, outcome] of outcomeMasks) if (masks[batch]![batchRow] === 1) log.outcome[row] = outcome;
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
      connections = {
        start: Float64Array.from(rows, row => log.start[row]!),
        outcome: Uint8Array.from(rows, row => log.outcome[row]!),
        reset: Uint8Array.from(rows, row => ((log.flags[row]! & FLAG.reset) === 0 ? 0 : 1)),
        wire: Uint8Array.from(rows, row => ((log.flags[row]! & FLAG.wire) === 0 ? 0 : 1)),
        source: Uint32Array.from(rows, row => log.source[row]!),
      };
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
    return Uint32Array.from(lists.flatMap(rows => [...rows])).sort();
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
