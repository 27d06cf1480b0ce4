import { firstIndex } from '../util/ascending.ts';
import type { Service } from './service.ts';
import type { CrashSource, ServiceFact } from './service-fact.ts';
import type { NamedService } from './service-map.ts';

type CrashRecord = Extract<ServiceFact, { kind: 'crash' }>;
type Witness = Extract<ServiceFact, { kind: 'witness' }>;

/** Records of one crash lie this close. */
export const ONE_CRASH_MICROS = 60_000_000;
/** Error reports are queued and may be written long after their crash: they are no second one. */
const LATE_REPORT_MICROS = 900_000_000;
/** A copy of a record in another log: same second. */
const COPY_MICROS = 1_000_000;
const DAY_MICROS = 86_400_000_000;
/** Crashes of a day, or the service manager's own count, that make a loop. */
const LOOP_CRASHES = 3;
const LOOP_COUNT = 5;

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

/** One crash of one service, with every record that tells of it. */
export class Crash {
  readonly first: number;
  readonly named: NamedService | undefined;
  readonly records: CrashRecord[] = [];
  readonly witnesses: Witness[] = [];
  /** The service crashed so often before that this says nothing. */
  isChronic = false;
  /** By kind of record: whom the records name, and when the last one came. */
  readonly #told = new Map<CrashSource, { readonly pids: Set<number>; hasUnnumbered: boolean; last: number }>();

  constructor(record: CrashRecord) {
    this.first = record.time;
    this.named = record.named;
    this.add(record);
  }

  add(record: CrashRecord): void {
    this.records.push(record);
    let told = this.#told.get(record.source);
    if (told === undefined) {
      told = { pids: new Set(), hasUnnumbered: false, last: record.time };
      this.#told.set(record.source, told);
    }
    told.last = record.time;
    if (record.pid === undefined) told.hasUnnumbered = true;
    else told.pids.add(record.pid);
  }

  /** Whether a later record may tell of this crash. Two records of one kind are two crashes, unless one is a copy of the other. */
  isToldBy(record: CrashRecord): boolean {
    const age = record.time - this.first;
    const told = this.#told.get(record.source);
    if (told === undefined) {
      return age <= ONE_CRASH_MICROS || (record.source === 'error-reporting' && age <= LATE_REPORT_MICROS);
    }
    if (age > ONE_CRASH_MICROS) return false;
    // One line may stand in several logs, and an exported log beside its original; another pid is another crash.
    if (record.pid !== undefined && told.pids.has(record.pid)) return true;
    return (record.pid === undefined || told.hasUnnumbered) && record.time - told.last <= COPY_MICROS;
  }

  /** The strongest record, of equals the earliest. */
  get primary(): CrashRecord {
    return this.records.reduce((best, record) => (RANK[record.source] > RANK[best.source] ? record : best));
  }

  /** Whether the crashed process is known to have had the pid. */
  hasPid(pid: number | undefined): boolean {
    return pid !== undefined && [...this.#told.values()].some(told => told.pids.has(pid));
  }

  get highestCount(): number {
    return this.records.reduce((most, record) => Math.max(most, record.count ?? 0), 0);
  }
}

/** The crashes of one machine, each once, however many logs tell of it. */
export class Crashes {
  readonly #all: Crash[] = [];
  readonly #byService = new Map<string, Crash[]>();

  /** @param facts in time order */
  constructor(facts: readonly ServiceFact[], windowMicros: number) {
    for (const fact of facts) if (fact.kind === 'crash') this.#add(fact);
    for (const crash of this.#all) crash.isChronic = this.#isChronic(crash, windowMicros);
    for (const fact of facts) if (fact.kind === 'witness') this.#addWitness(fact);
  }

  [Symbol.iterator](): Iterator<Crash> {
    return this.#all[Symbol.iterator]();
  }

  /** The crash of the service, or with no name of any service, whose first record lies within a minute of the time. */
  near(time: number, name: string | undefined): Crash | undefined {
    const crashes = this.#of(name);
    const at = firstIndex(crashes.length, i => crashes[i]!.first >= time);
    const [before, after] = [crashes[at - 1], crashes[at]];
    const isBefore = before !== undefined && (after === undefined || time - before.first <= after.first - time);
    const nearest = isBefore ? before : after;
    return nearest !== undefined && Math.abs(nearest.first - time) <= ONE_CRASH_MICROS ? nearest : undefined;
  }

  /** The last crash of a service up to a time. */
  lastBefore(time: number, name: string): Crash | undefined {
    const crashes = this.#of(name);
    return crashes[firstIndex(crashes.length, i => crashes[i]!.first > time) - 1];
  }

  #of(name: string | undefined): readonly Crash[] {
    return name === undefined ? this.#all : (this.#byService.get(name) ?? []);
  }

  #add(record: CrashRecord): void {
    const { named } = record;
    if (named?.service !== undefined && !isBound(named.service)) return;
    const last = this.#of(named?.name).at(-1);
    if (last?.isToldBy(record) === true) {
      last.add(record);
      return;
    }
    const crash = new Crash(record);
    this.#all.push(crash);
    if (named === undefined) return;
    const own = this.#byService.get(named.name);
    if (own === undefined) this.#byService.set(named.name, [crash]);
    else own.push(crash);
  }

  #addWitness(witness: Witness): void {
    const crash = this.near(witness.time, witness.named?.name);
    if (crash === undefined) return;
    // A pipe that the crashed process itself had made says nothing of its end.
    const isOwn = witness.time < crash.first || crash.hasPid(witness.pid);
    if (witness.named === undefined || !isOwn) crash.witnesses.push(witness);
  }

  /** Crashes that came so often before the window of this one that it says nothing; those inside may be one attack. */
  #isChronic(crash: Crash, windowMicros: number): boolean {
    if (crash.highestCount >= LOOP_COUNT) return true;
    if (crash.named === undefined) return false;
    const to = crash.first - windowMicros;
    const crashes = this.#of(crash.named.name);
    const [start, end] = [to - DAY_MICROS, to].map(time => firstIndex(crashes.length, i => crashes[i]!.first >= time));
    return end! - start! >= LOOP_CRASHES;
  }
}

/** On Windows and ESXi a service that is known to listen nowhere is not; on Linux the user's own daemons have no port in the map. */
export const isBound = (service: Service): boolean => service.ports.length > 0 || service.platforms[0] === 'linux';
