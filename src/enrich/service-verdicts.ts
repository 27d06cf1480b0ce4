import { firstIndex, hasBetween } from '../util/ascending.ts';
import type { Service } from './service.ts';
import type { CrashSource, FactPlace, ServiceFact } from './service-fact.ts';
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

/** Records of one crash lie this close. */
const ONE_CRASH = 60_000_000;
/** Error reports are queued and may be written long after their crash: they are no second one. */
const LATE_REPORT = 900_000_000;
/** A copy of a record in another log: same second. */
const COPY = 1_000_000;
/** From a service's end to its restart. */
const RESTART = 120_000_000;
const BOOT = 300_000_000;
const MAINTENANCE = 900_000_000;
const DAY = 86_400_000_000;
const CRASH_LOOP = 3;
const CRASH_LOOP_COUNT = 5;

/** Which record speaks for a crash that several tell of: the one that names the service, over the one that only collects its dump. */
const RANK: Readonly<Record<CrashSource, number>> = {
  scm: 3,
  'application-error': 3,
  kernel: 3,
  unit: 3,
  daemon: 3,
  core: 2,
  werfault: 2,
  'error-reporting': 1,
};

interface Crash {
  readonly first: number;
  readonly named: NamedService | undefined;
  readonly members: Of<'crash'>[];
  /** By kind of record: whom the records name, and when the last one came. */
  readonly told: Map<CrashSource, { readonly pids: Set<number>; hasUnnumbered: boolean; last: number }>;
  readonly witnesses: ServiceFact[];
  isChronic: boolean;
}

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
  readonly #crashes: Crash[] = [];
  readonly #byService = new Map<string, Crash[]>();
  readonly #verdicts: ServiceVerdict[] = [];
  readonly #hostCrashes: readonly number[];
  readonly #restarts: { readonly time: number; readonly named: NamedService }[] = [];
  readonly #lastRestart = new Map<string, number>();

  constructor(facts: readonly ServiceFact[], settings: VerdictSettings) {
    this.#facts = facts;
    this.#settings = settings;
    this.#boots = timesOf(facts, 'boot');
    this.#maintenance = timesOf(facts, 'maintenance');
    this.#hostCrashes = timesOf(facts, 'host-crash');
    this.#acts = facts.filter(fact => fact.kind === 'act');
  }

  verdicts(): ServiceVerdict[] {
    for (const fact of this.#facts) if (fact.kind === 'crash') this.#addCrash(fact);
    for (const crash of this.#crashes) crash.isChronic = this.#isChronic(crash);
    for (const fact of this.#facts) if (fact.kind === 'witness') this.#addWitness(fact);
    for (const crash of this.#crashes) this.#tellCrash(crash);
    this.#tellLives();
    this.#tellKeywords();
    for (const fact of this.#facts) {
      if (fact.kind === 'host-crash') this.#tell(fact, 'host_crash', undefined, true, false);
    }
    return this.#verdicts;
  }

  #addCrash(fact: Of<'crash'>): void {
    const { named } = fact;
    if (named?.service !== undefined && !isBound(named.service)) return;
    const own = named === undefined ? this.#crashes : this.#crashesOf(named.name);
    const last = own.at(-1);
    if (last !== undefined && isSameCrash(last, fact)) {
      addRecord(last, fact);
      return;
    }
    const crash: Crash = { first: fact.time, named, members: [], told: new Map(), witnesses: [], isChronic: false };
    addRecord(crash, fact);
    this.#crashes.push(crash);
    if (named !== undefined) own.push(crash);
  }

  #crashesOf(name: string): Crash[] {
    let crashes = this.#byService.get(name);
    if (crashes === undefined) {
      crashes = [];
      this.#byService.set(name, crashes);
    }
    return crashes;
  }

  #addWitness(fact: Of<'witness'>): void {
    const candidates = fact.named === undefined ? this.#crashes : (this.#byService.get(fact.named.name) ?? []);
    const crash = nearest(candidates, fact.time);
    if (crash === undefined || Math.abs(crash.first - fact.time) > ONE_CRASH) return;
    // A pipe that the crashed process itself had made says nothing of its end.
    if (
      fact.named !== undefined &&
      (fact.time < crash.first || crash.members.some(m => m.pid === fact.pid && fact.pid !== undefined))
    )
      return;
    crash.witnesses.push(fact);
  }

  /** Crashes that came so often before the window of this one that it says nothing; those inside may be one attack. */
  #isChronic(crash: Crash): boolean {
    if (crash.members.some(member => (member.count ?? 0) >= CRASH_LOOP_COUNT)) return true;
    if (crash.named === undefined) return false;
    const to = crash.first - this.#settings.windowMicros;
    const crashes = this.#crashesOf(crash.named.name);
    return countBetween(crashes, to - DAY, to) >= CRASH_LOOP;
  }

  #tellCrash(crash: Crash): void {
    const primary = crash.members.reduce((best, member) => (RANK[member.source] > RANK[best.source] ? member : best));
    const isStrong = crash.named?.service !== undefined;
    for (const member of crash.members) {
      if (member === primary) this.#tell(member, 'crash', crash.named, isStrong, crash.isChronic);
      // A copy of the record in another log, or the same speaker's next word, is not another record.
      else if (member.source !== primary.source && Math.abs(member.time - primary.time) <= ONE_CRASH)
        this.#tell(member, 'second_evidence', crash.named, isStrong, crash.isChronic);
    }
    for (const witness of crash.witnesses)
      this.#tell(witness, 'second_evidence', crash.named, isStrong, crash.isChronic);
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
    const isRepeated = time - (this.#lastRestart.get(named.name) ?? Number.NEGATIVE_INFINITY) <= ONE_CRASH;
    const ended = time - end.unasked <= RESTART;
    // A daemon whose log goes on under a new pid ended in between, and nobody wrote that it was asked to.
    const isReplaced =
      fact.isBanner &&
      fact.aliveAt !== undefined &&
      time - fact.aliveAt <= RESTART &&
      (end.pid === undefined || end.pid !== fact.pid);
    const isAbnormal =
      isKnown &&
      isBound(named.service) &&
      (fact.isAutomatic || ended || isReplaced) &&
      !isRepeated &&
      !fact.isOrderly &&
      time - end.orderly > RESTART &&
      !this.#isAskedFor(named, time) &&
      !hasBetween(this.#boots, time - BOOT, time + BOOT);
    if (!isAbnormal) {
      this.#tell(fact, 'start', named, isKnown, false);
      return;
    }
    this.#restarts.push({ time, named });
    this.#lastRestart.set(named.name, time);
    const crashes = this.#byService.get(named.name) ?? [];
    const crash = crashes[firstIndex(crashes.length, i => crashes[i]!.first > time) - 1];
    const isChronic = crash !== undefined && time - crash.first <= RESTART && crash.isChronic;
    this.#tell(fact, 'abnormal_restart', named, true, isChronic);
  }

  /** Whether an operator touched the service, or every service, shortly before. */
  #isAskedFor(named: NamedService, time: number): boolean {
    const to = time + this.#settings.toleranceMicros;
    for (
      let i = firstIndex(this.#acts.length, at => this.#acts[at]!.time >= time - 2 * RESTART);
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
      const crashes = named === undefined ? this.#crashes : (this.#byService.get(named.name) ?? []);
      const crash = nearest(crashes, time);
      if (crash !== undefined && Math.abs(crash.first - time) <= ONE_CRASH) {
        this.#tell(fact, 'second_evidence', crash.named ?? named, true, crash.isChronic);
        continue;
      }
      if (hasBetween(this.#hostCrashes, time - ONE_CRASH, time + ONE_CRASH)) {
        this.#tell(fact, 'host_crash', undefined, true, false);
        continue;
      }
      const restart = this.#restartNear(time, named);
      if (restart === undefined) {
        this.#tell(fact, 'keyword', named, false, false);
        continue;
      }
      const before = confirmed.get(restart.name) ?? Number.NEGATIVE_INFINITY;
      const isSame = time - before <= ONE_CRASH;
      if (!isSame) confirmed.set(restart.name, time);
      this.#tell(fact, isSame ? 'second_evidence' : 'crash', restart, true, false);
    }
  }

  /** A start that nobody asked for, beside a word of a crash: of the service that wrote the word, or of any where none is named. */
  #restartNear(time: number, named: NamedService | undefined): NamedService | undefined {
    const from = firstIndex(this.#restarts.length, i => this.#restarts[i]!.time >= time - ONE_CRASH);
    for (let i = from; i < this.#restarts.length && this.#restarts[i]!.time <= time + ONE_CRASH; i++) {
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
    const isMaintenance = hasBetween(this.#maintenance, place.time - MAINTENANCE, place.time);
    this.#verdicts.push({ place, event, named, isStrong, isChronic, isMaintenance });
  }
}

/** On Windows and ESXi a service that is known to listen nowhere; on Linux the user's own daemons have no port in the map. */
const isBound = (service: Service): boolean => service.ports.length > 0 || service.platforms[0] === 'linux';

function addRecord(crash: Crash, fact: Of<'crash'>): void {
  crash.members.push(fact);
  let told = crash.told.get(fact.source);
  if (told === undefined) {
    told = { pids: new Set(), hasUnnumbered: false, last: fact.time };
    crash.told.set(fact.source, told);
  }
  told.last = fact.time;
  if (fact.pid === undefined) told.hasUnnumbered = true;
  else told.pids.add(fact.pid);
}

function isSameCrash(crash: Crash, fact: Of<'crash'>): boolean {
  const age = fact.time - crash.first;
  const told = crash.told.get(fact.source);
  if (told === undefined) return age <= ONE_CRASH || (fact.source === 'error-reporting' && age <= LATE_REPORT);
  if (age > ONE_CRASH) return false;
  // One line may stand in several logs, and an exported log beside its original; another pid is another crash.
  if (fact.pid !== undefined && told.pids.has(fact.pid)) return true;
  return (fact.pid === undefined || told.hasUnnumbered) && fact.time - told.last <= COPY;
}

const timesOf = (facts: readonly ServiceFact[], kind: ServiceFact['kind']): number[] =>
  facts.flatMap(fact => (fact.kind === kind ? [fact.time] : []));

const countBetween = (crashes: readonly Crash[], from: number, to: number): number =>
  firstIndex(crashes.length, i => crashes[i]!.first >= to) - firstIndex(crashes.length, i => crashes[i]!.first >= from);

function nearest(crashes: readonly Crash[], time: number): Crash | undefined {
  const at = firstIndex(crashes.length, i => crashes[i]!.first >= time);
  const [before, after] = [crashes[at - 1], crashes[at]];
  if (before === undefined || after === undefined) return before ?? after;
  return time - before.first <= after.first - time ? before : after;
}
