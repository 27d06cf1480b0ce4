import type { Timeline } from '../../model/index.ts';
import { type AccessCodes, type AccessIndex, type AccessLog, FLAG } from './access-log.ts';
import type { Effect } from './effects.ts';
import { FieldReader } from './field-reader.ts';
import { contactedBetween, type OutboundLog } from './outbound.ts';
import { type ChainPlan, MOST_TOLERANCE } from './plan.ts';
import {
  type Counts,
  lowerBound,
  OUTCOME,
  RATE_STATES,
  type Rate,
  type RateResult,
  ratesBetween,
  upperBound,
} from './rate.ts';
import { type Anchor, likeliest, type Suspect, withoutAdmins } from './suspects.ts';

/** An effect (or a moment) with the accesses before it that it can be due to. */
export interface Binding {
  readonly anchor: Anchor;
  /** Code of the source that is most likely behind it. */
  readonly source: number;
  /** Accesses of that source in the window. */
  readonly rows: readonly number[];
  /** Every source in the window; without those that are admins, unless all are. */
  readonly sources: ReadonlySet<number>;
  /** How sure the source is: its logon session 2, a burst of its own 1, else 0. */
  readonly certainty: number;
  /** The service is in no map, so any port was taken. */
  readonly isHalf: boolean;
  readonly rate: PortRate | undefined;
  readonly isAdmin: boolean;
  readonly isScanner: boolean;
}

export interface PortRate extends Rate {
  readonly port: string;
  /** The same port on normal days; undefined where no earlier collection knows it. */
  readonly usual: Counts | undefined;
}

/** Logon sessions that every machine has: they join nothing. */
const SHARED_LOGONS = new Set(['0x3e7', '0x3e4', '0x3e5', '0x0', '999', '996', '997']);

/** Searches the accesses of one machine. */
export class Binder {
  readonly #plan: ChainPlan;
  readonly #index: AccessIndex;
  readonly #log: AccessLog;
  readonly #logs: AccessCodes;
  readonly #outbound: OutboundLog;
  readonly #tolerance: (a: number, b: number) => number;
  readonly #logon: FieldReader;
  readonly #hostOf: FieldReader;
  readonly #usualOf: (port: string) => Counts | undefined;

  /** `tolerance` takes two positions of the timeline, `usualOf` gives the counts of a port on normal days. */
  constructor(
    timeline: Timeline,
    plan: ChainPlan,
    index: AccessIndex,
    logs: AccessCodes,
    outbound: OutboundLog,
    tolerance: (a: number, b: number) => number,
    usualOf: (port: string) => Counts | undefined,
  ) {
    this.#plan = plan;
    this.#index = index;
    this.#log = index.log;
    this.#logs = logs;
    this.#outbound = outbound;
    this.#tolerance = tolerance;
    this.#usualOf = usualOf;
    this.#logon = new FieldReader(timeline, 'winlog.event_data.TargetLogonId');
    this.#hostOf = new FieldReader(timeline, 'aftershock.host');
  }

  get log(): AccessLog {
    return this.#log;
  }

  /** The accesses that an effect can be due to; undefined where there is none in the window. */
  bind(effect: Effect, windowMicros = this.#plan.windowMicros): Binding | undefined {
    const { ports, isHalf } = this.portsOf(effect);
    return this.#search(effect.time, effect.position, ports, windowMicros, {
      isHalf,
      cutMicros: effect.plan.cutMicros,
      logon: effect.logon !== undefined && !SHARED_LOGONS.has(effect.logon) ? effect.logon : undefined,
    });
  }

  /** The accesses before a moment, on any of the plan's ports. */
  before(time: number, position: number, windowMicros: number): Binding | undefined {
    return this.#search(time, position, this.#plan.access.ports, windowMicros, {
      isHalf: false,
      cutMicros: 0,
      logon: undefined,
    });
  }

  /** Ports on which an effect can have come about. */
  portsOf(effect: Effect): { readonly ports: ReadonlySet<string>; readonly isHalf: boolean } {
    const { access } = this.#plan;
    if (effect.plan.isHostWide || effect.plan.portsField === undefined) return { ports: access.ports, isHalf: false };
    if (effect.ports.length === 0) return { ports: access.ports, isHalf: true };
    const kept = access.portsAreDefault ? effect.ports : effect.ports.filter(port => access.ports.has(port));
    return { ports: new Set(kept), isHalf: false };
  }

  /** Rates on the ports, evaluated from `from` to `to`. */
  rates(ports: ReadonlySet<string>, from: number, to: number): { best: PortRate | undefined; firing: Set<number> } {
    const { share } = this.#plan.access;
    const firing = new Set<number>();
    let best: PortRate | undefined;
    if (share === undefined) return { best, firing };
    for (const port of ports) {
      const usual = this.#usualOf(port);
      const result: RateResult = ratesBetween(this.#index.connections(port), from, to, share.settings, usual);
      for (const source of result.firing) firing.add(source);
      if (result.best !== undefined && (best === undefined || isWorth(result.best, best)))
        best = { ...result.best, port, usual };
    }
    return { best, firing };
  }

  /** False where no moment of the whole log comes near the threshold on any of the plan's ports. */
  get mayFire(): boolean {
    const { share, ports } = this.#plan.access;
    if (share === undefined) return false;
    return [...ports].some(port => {
      const { failed, reset } = this.#index.peaks(port, share.settings);
      return failed >= share.settings.atLeast || reset >= share.settings.atLeast;
    });
  }

  /** Positions of the failed connections that a rate counts, the first `most` of them. */
  failuresOf({ port, source, time }: PortRate, most: number): number[] {
    const log = this.#log;
    const isPort = this.sharing(new Set([port]));
    const positions: number[] = [];
    const first = upperBound(log.start, time - this.#plan.windowMicros);
    const last = upperBound(log.start, time);
    for (let row = first; row < last && positions.length < most; row++) {
      if (log.outcome[row] !== OUTCOME.failed || isPort[log.ports[row]!] !== 1) continue;
      if (source === undefined || log.source[row] === source) positions.push(log.position[row]!);
    }
    return positions;
  }

  /** When a source reached the machine first. */
  firstContact(source: number): number {
    return this.#index.firstSeen(source);
  }

  /** True where the source had not reached the machine before the moment: unusual, and worth a label. */
  isNewSource(source: number, since: number): boolean {
    return this.#index.firstSeen(source) >= since;
  }

  /** By code of a port set: 1 where it shares a port with these. */
  sharing(ports: ReadonlySet<string>): Uint8Array {
    return this.#logs.portSets.sharing(ports);
  }

  /** True where an access and an event are told by one clock, so that no offset can part them. */
  isOneClock(row: number, position: number): boolean {
    return this.#hostOf.text(this.#log.position[row]!) === this.#hostOf.text(position);
  }

  #search(
    time: number,
    position: number,
    ports: ReadonlySet<string>,
    windowMicros: number,
    { isHalf, cutMicros, logon }: { isHalf: boolean; cutMicros: number; logon: string | undefined },
  ): Binding | undefined {
    const log = this.#log;
    const isPort = this.#logs.portSets.sharing(ports);
    const candidates = new Map<number, Suspect>();
    const consider = (row: number, at: number, isEnd: boolean): void => {
      const isLinked = logon !== undefined && this.#logon.text(log.position[row]!) === logon;
      if (isPort[log.ports[row]!] !== 1 && !isLinked) return;
      let candidate = candidates.get(log.source[row]!);
      if (candidate === undefined) {
        candidate = {
          rows: [],
          anchor: { row, time: at, isEnd },
          failed: 0,
          ok: 0,
          cut: 0,
          isLinked,
          flags: log.flags[row]!,
        };
        candidates.set(log.source[row]!, candidate);
      }
      candidate.rows.push(row);
      candidate.isLinked ||= isLinked;
      candidate.flags &= log.flags[row]! | FLAG.scanner;
      candidate.flags |= log.flags[row]! & FLAG.scanner;
      if (log.outcome[row] === OUTCOME.failed) candidate.failed++;
      else if (log.outcome[row] === OUTCOME.ok) candidate.ok++;
      if (isEnd) candidate.cut++;
      if (at >= candidate.anchor.time) candidate.anchor = { row, time: at, isEnd };
    };
    const last = upperBound(log.start, time + MOST_TOLERANCE);
    for (let row = lowerBound(log.start, time - windowMicros); row < last; row++) {
      const start = log.start[row]!;
      if (start > time && start > time + this.#tolerance(log.position[row]!, position)) continue;
      const end = log.end[row]!;
      const isCut = cutMicros > 0 && start <= time && Math.abs(end - time) <= cutMicros;
      consider(row, isCut ? Math.min(end, time) : start, isCut);
    }
    if (cutMicros > 0) {
      for (const row of this.#index.endingNear(time, cutMicros)) {
        if (log.start[row]! < time - windowMicros) consider(row, Math.min(log.end[row]!, time), true);
      }
    }
    if (candidates.size === 0) return undefined;
    let slack = 0;
    for (const { anchor } of candidates.values()) {
      slack = Math.max(slack, this.#tolerance(log.position[anchor.row]!, position));
    }
    const { best, firing } = this.rates(ports, time - windowMicros, time + slack);
    const { connections } = this.#outbound;
    const contacted = contactedBetween(connections, time - windowMicros, time + this.#plan.followMicros);
    const {
      source,
      suspect: chosen,
      certainty,
    } = likeliest(candidates, {
      firing,
      rate: this.#plan.access.share?.settings,
      isContacted: code => contacted.has(this.#logs.names.name(code)),
      isNew: code => this.isNewSource(code, time - windowMicros),
    });
    return {
      anchor: chosen.anchor,
      source,
      rows: chosen.rows,
      sources: withoutAdmins(candidates),
      certainty,
      isHalf: isHalf && !chosen.isLinked,
      rate: best,
      isAdmin: (chosen.flags & FLAG.admin) !== 0,
      isScanner: (chosen.flags & FLAG.scanner) !== 0,
    };
  }
}

function isWorth(a: Rate, b: Rate): boolean {
  if (a.state !== b.state) return RATE_STATES.indexOf(a.state) < RATE_STATES.indexOf(b.state);
  return (a.percent ?? 0) > (b.percent ?? 0);
}
