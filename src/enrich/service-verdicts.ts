import { firstIndex, hasBetween } from '../util/ascending.ts';
import { type Crash, Crashes, isBound, ONE_CRASH_MICROS } from './crashes.ts';
import type { FactPlace, ServiceFact } from './service-fact.ts';
import type { NamedService } from './service-map.ts';

/** What a service fact turned out to be: a value of `aftershock.service.event` and what goes with it. */
export interface ServiceVerdict {
  readonly place: FactPlace;
  readonly event: 'crash' | 'abnormal_restart' | 'host_crash' | 'keyword' | 'second_evidence' | 'start' | 'stop';
  readonly named: NamedService | undefined;
  readonly isStrong: boolean;
  readonly isChronic: boolean;
  readonly isMaintenance: boolean;
}

type Of<K extends ServiceFact['kind']> = Extract<ServiceFact, { kind: K }>;

/** From a service's end to its restart. */
const RESTART_MICROS = 120_000_000;
const BOOT_MICROS = 300_000_000;
const MAINTENANCE_MICROS = 900_000_000;

export interface VerdictSettings {
  readonly windowMicros: number;
  readonly toleranceMicros: number;
}

/** Judges the facts of one machine, given in time order. */
export function judgeServices(facts: readonly ServiceFact[], settings: VerdictSettings): ServiceVerdict[] {
  return new HostJudge(facts, settings).verdicts();
}

class HostJudge {
  readonly #facts: readonly ServiceFact[];
  readonly #settings: VerdictSettings;
  readonly #boots: readonly number[];
  readonly #maintenance: readonly number[];
  readonly #acts: readonly Of<'act'>[];
  readonly #crashes: Crashes;
  readonly #verdicts: ServiceVerdict[] = [];
  readonly #hostCrashes: readonly number[];
  readonly #restarts: { readonly time: number; readonly named: NamedService }[] = [];
  readonly #lastRestart = new Map<string, number>();

  constructor(facts: readonly ServiceFact[], settings: VerdictSettings) {
    this.#facts = facts;
    this.#settings = settings;
    this.#crashes = new Crashes(facts, settings.windowMicros);
    this.#boots = timesOf(facts, 'boot');
    this.#maintenance = timesOf(facts, 'maintenance');
    this.#hostCrashes = timesOf(facts, 'host-crash');
    this.#acts = facts.filter(fact => fact.kind === 'act');
  }

  verdicts(): ServiceVerdict[] {
    for (const crash of this.#crashes) this.#tellCrash(crash);
    this.#tellLives();
    this.#tellKeywords();
    for (const fact of this.#facts) {
      if (fact.kind === 'host-crash') this.#tell(fact, 'host_crash', undefined, true, false);
    }
    return this.#verdicts;
  }

  #tellCrash(crash: Crash): void {
    const { primary, named, isChronic } = crash;
    const isStrong = named?.service !== undefined;
    for (const record of crash.records) {
      if (record === primary) this.#tell(record, 'crash', named, isStrong, isChronic);
      // A copy of the record in another log, or the same speaker's next word, is not another record.
      else if (record.source !== primary.source && Math.abs(record.time - primary.time) <= ONE_CRASH_MICROS)
        this.#tell(record, 'second_evidence', named, isStrong, isChronic);
    }
    for (const witness of crash.witnesses) this.#tell(witness, 'second_evidence', named, isStrong, isChronic);
  }

  /** Stops and starts, in time order; what of them nobody asked for is an abnormal restart. */
  #tellLives(): void {
    const ends = new Map<string, { orderly: number; unasked: number; pid: number | undefined }>();
    for (const fact of this.#facts) {
      if (fact.kind !== 'exit' && fact.kind !== 'start' && fact.kind !== 'crash') continue;
      const name = fact.named?.name;
      if (name === undefined) continue;
      let end = ends.get(name);
      if (end === undefined) {
        end = { orderly: Number.NEGATIVE_INFINITY, unasked: Number.NEGATIVE_INFINITY, pid: undefined };
        ends.set(name, end);
      }
      switch (fact.kind) {
        case 'crash':
          // A report that was queued says when it was written, not when the service ended.
          if (fact.source !== 'error-reporting') end.unasked = fact.time;
          break;
        case 'exit':
          if (fact.isOrderly === true) end.orderly = fact.time;
          else if (fact.isOrderly === false) end.unasked = fact.time;
          this.#tell(fact, 'stop', fact.named, fact.named.service !== undefined, false);
          break;
        case 'start':
          this.#tellStart(fact, end);
          if (fact.pid !== undefined) end.pid = fact.pid;
          break;
        default:
          fact satisfies never;
      }
    }
  }

  #tellStart(
    fact: Of<'start'>,
    end: { readonly orderly: number; readonly unasked: number; readonly pid: number | undefined },
  ): void {
    const { time, named } = fact;
    const isKnown = named.service !== undefined;
    const isRepeated = time - (this.#lastRestart.get(named.name) ?? Number.NEGATIVE_INFINITY) <= ONE_CRASH_MICROS;
    const ended = time - end.unasked <= RESTART_MICROS;
    // A daemon whose log goes on under a new pid ended in between, and nobody wrote that it was asked to.
    const isReplaced =
      fact.isBanner &&
      fact.aliveAt !== undefined &&
      time - fact.aliveAt <= RESTART_MICROS &&
      (end.pid === undefined || end.pid !== fact.pid);
    const isAbnormal =
      isKnown &&
      isBound(named.service) &&
      (fact.isAutomatic || ended || isReplaced) &&
      !isRepeated &&
      !fact.isOrderly &&
      time - end.orderly > RESTART_MICROS &&
      !this.#isAskedFor(named, time) &&
      !hasBetween(this.#boots, time - BOOT_MICROS, time + BOOT_MICROS);
    if (!isAbnormal) {
      this.#tell(fact, 'start', named, isKnown, false);
      return;
    }
    this.#restarts.push({ time, named });
    this.#lastRestart.set(named.name, time);
    const crash = this.#crashes.lastBefore(time, named.name);
    const isChronic = crash !== undefined && time - crash.first <= RESTART_MICROS && crash.isChronic;
    this.#tell(fact, 'abnormal_restart', named, true, isChronic);
  }

  /** Whether an operator touched the service, or every service, shortly before. */
  #isAskedFor(named: NamedService, time: number): boolean {
    const to = time + this.#settings.toleranceMicros;
    for (
      let i = firstIndex(this.#acts.length, at => this.#acts[at]!.time >= time - 2 * RESTART_MICROS);
      i < this.#acts.length;
      i++
    ) {
      const act = this.#acts[i]!;
      if (act.time > to) return false;
      if (act.named === undefined || act.named.name === named.name) return true;
    }
    return false;
  }

  #tellKeywords(): void {
    const confirmed = new Map<string, number>();
    for (const fact of this.#facts) {
      if (fact.kind !== 'keyword') continue;
      const { named, time } = fact;
      const crash = this.#crashes.near(time, named?.name);
      if (crash !== undefined) {
        this.#tell(fact, 'second_evidence', crash.named ?? named, true, crash.isChronic);
        continue;
      }
      if (hasBetween(this.#hostCrashes, time - ONE_CRASH_MICROS, time + ONE_CRASH_MICROS)) {
        this.#tell(fact, 'host_crash', undefined, true, false);
        continue;
      }
      const restart = this.#restartNear(time, named);
      if (restart === undefined) {
        this.#tell(fact, 'keyword', named, false, false);
        continue;
      }
      const before = confirmed.get(restart.name) ?? Number.NEGATIVE_INFINITY;
      const isSame = time - before <= ONE_CRASH_MICROS;
      if (!isSame) confirmed.set(restart.name, time);
      this.#tell(fact, isSame ? 'second_evidence' : 'crash', restart, true, false);
    }
  }

  /** A start that nobody asked for, beside a word of a crash: of the service that wrote the word, or of any where none is named. */
  #restartNear(time: number, named: NamedService | undefined): NamedService | undefined {
    const from = firstIndex(this.#restarts.length, i => this.#restarts[i]!.time >= time - ONE_CRASH_MICROS);
    for (let i = from; i < this.#restarts.length && this.#restarts[i]!.time <= time + ONE_CRASH_MICROS; i++) {
      const restarted = this.#restarts[i]!.named;
      if (named === undefined || restarted.name === named.name) return restarted;
    }
    return undefined;
  }

  #tell(
    place: FactPlace,
    event: ServiceVerdict['event'],
    named: NamedService | undefined,
    isStrong: boolean,
    isChronic: boolean,
  ): void {
    const isMaintenance = hasBetween(this.#maintenance, place.time - MAINTENANCE_MICROS, place.time);
    this.#verdicts.push({ place, event, named, isStrong, isChronic, isMaintenance });
  }
}

const timesOf = (facts: readonly ServiceFact[], kind: ServiceFact['kind']): number[] =>
  facts.flatMap(fact => (fact.kind === kind ? [fact.time] : []));
