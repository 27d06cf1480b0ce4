import type { Scalar } from '../../model/index.ts';
import type { SequenceQuery } from '../../rules/index.ts';
import type { TimelineReader } from '../match/positions.ts';
import { type EventKey, type KeyReader, keyReader } from './join-key.ts';
import { isFreeOfMissing, type MissingStage } from './missing.ts';

/** One match of several events: positions in the timeline by stage, undefined for `![ ]`. */
export interface Match {
  readonly positions: readonly (number | undefined)[];
  readonly keys: readonly (Scalar | null)[];
}

export interface Matches {
  readonly matches: readonly Match[];
  /** Candidates that were dropped because more keys were open than are followed. */
  readonly overflow: number;
}

/** Half a match that waits for the next stage. */
interface Candidate {
  readonly positions: readonly number[];
  readonly start: number;
  readonly key: EventKey;
}

/** Keys that are followed at once; beyond it the one that was touched longest ago is dropped and counted. */
export const MOST_OPEN = 100_000;
/** After so many new candidates those that are too old to complete are swept out. */
const SWEEP_EVERY = 65_536;

/**
 * Follows a sequence over the events that its stages match (positions in ascending order, one list a stage; `until` its own).
 *
 * A newer candidate of the same stage and key replaces the older one. An event takes up the candidate of the stage before it,
 * which is gone then, even where it comes too late. Later stages see an event first, so no event fills two stages of a match.
 * `until` drops what is open under its key: after the stages have seen the same event (Elastic), or before (classic).
 */
export function followSequence(
  query: SequenceQuery,
  found: readonly Uint32Array[],
  until: Uint32Array | undefined,
  reader: TimelineReader,
  mostOpen = MOST_OPEN,
): Matches {
  return new Follower(query, found, until, reader, mostOpen).run();
}

class Follower {
  readonly #query: SequenceQuery;
  readonly #time: Float64Array;
  readonly #keys: readonly KeyReader[];
  readonly #untilKey: KeyReader | undefined;
  readonly #steps: Float64Array;
  /** Steps an event can take part in: one a stage, and `until`. */
  readonly #base: number;
  readonly #untilRank: number;
  /** The stages that are there, by index in the query. */
  readonly #present: readonly number[];
  readonly #missing: readonly MissingStage[];
  readonly #open: readonly Map<string, Candidate>[];
  readonly #mostOpen: number;
  readonly #matches: Match[] = [];
  #overflow = 0;
  #added = 0;

  constructor(
    query: SequenceQuery,
    found: readonly Uint32Array[],
    until: Uint32Array | undefined,
    reader: TimelineReader,
    mostOpen: number,
  ) {
    const { stages } = query;
    this.#query = query;
    this.#time = reader.timeline.time;
    this.#mostOpen = mostOpen;
    this.#keys = stages.map(stage => keyReader(stage.keys, reader, query.foldKeys, false));
    this.#untilKey = query.until === undefined ? undefined : keyReader(query.until.keys, reader, query.foldKeys, false);
    this.#present = stages.flatMap((stage, index) => (stage.isMissing ? [] : [index]));
    this.#missing = stages.flatMap((stage, index) => (stage.isMissing ? [this.#timesOf(index, found[index]!)] : []));
    this.#open = this.#present.map(() => new Map());
    this.#base = this.#present.length + 1;
    this.#untilRank = query.semantics === 'classic' ? 0 : this.#present.length;
    this.#steps = this.#order(found, until);
  }

  /** All that happens, in order, as one number a step: position × base + rank; the last stage ranks before the others. */
  #order(found: readonly Uint32Array[], until: Uint32Array | undefined): Float64Array {
    const shift = this.#untilRank === 0 ? 1 : 0;
    const steps: number[] = [];
    for (const [stage, index] of this.#present.entries()) {
      const rank = this.#present.length - 1 - stage + shift;
      for (const position of found[index]!) {
        if (Number.isFinite(this.#time[position]!)) steps.push(position * this.#base + rank);
      }
    }
    for (const position of until ?? []) steps.push(position * this.#base + this.#untilRank);
    return Float64Array.from(steps).sort();
  }

  run(): Matches {
    const shift = this.#untilRank === 0 ? 1 : 0;
    for (const step of this.#steps) {
      const position = Math.floor(step / this.#base);
      const rank = step - position * this.#base;
      if (rank === this.#untilRank) this.#close(position);
      else this.#meet(this.#present.length - 1 - (rank - shift), position);
    }
    return { matches: this.#matches, overflow: this.#overflow };
  }

  #close(position: number): void {
    for (const key of this.#untilKey!(position)) for (const open of this.#open) open.delete(key.text);
  }

  #meet(stage: number, position: number): void {
    const index = this.#present[stage]!;
    for (const key of this.#keys[index]!(position)) {
      if (stage === 0) {
        this.#advance(0, { positions: [position], start: this.#time[position]!, key });
        continue;
      }
      const before = this.#open[stage - 1]!;
      const candidate = before.get(key.text);
      if (candidate === undefined) continue;
      if (!this.#query.stages[index]!.fork) before.delete(key.text);
      if (this.#isTooLate(candidate, position)) continue;
      this.#advance(stage, { ...candidate, positions: [...candidate.positions, position] });
    }
  }

  #isTooLate(candidate: Candidate, position: number): boolean {
    const { maxspan } = this.#query;
    return maxspan !== undefined && this.#time[position]! - candidate.start > maxspan;
  }

  #advance(stage: number, candidate: Candidate): void {
    if (stage === this.#present.length - 1) {
      this.#complete(candidate);
      return;
    }
    const open = this.#open[stage]!;
    open.delete(candidate.key.text);
    open.set(candidate.key.text, candidate);
    if (open.size > this.#mostOpen) {
      open.delete(open.keys().next().value!);
      this.#overflow++;
    }
    if (++this.#added % SWEEP_EVERY === 0) this.#sweep(candidate.positions.at(-1)!);
  }

  #sweep(position: number): void {
    for (const open of this.#open) {
      for (const [key, candidate] of open) if (this.#isTooLate(candidate, position)) open.delete(key);
    }
  }

  #complete(candidate: Candidate): void {
    const { stages, maxspan } = this.#query;
    if (this.#missing.length > 0) {
      const times = candidate.positions.map(position => this.#time[position]!);
      const span = maxspan ?? Number.POSITIVE_INFINITY;
      if (!isFreeOfMissing(this.#missing, candidate.key.text, times, span, stages)) return;
    }
    let next = 0;
    const positions = stages.map(stage => (stage.isMissing ? undefined : candidate.positions[next++]));
    this.#matches.push({ positions, keys: candidate.key.values });
  }

  #timesOf(stage: number, found: Uint32Array): MissingStage {
    const times = new Map<string, number[]>();
    for (const position of found) {
      const time = this.#time[position]!;
      if (!Number.isFinite(time)) continue;
      for (const key of this.#keys[stage]!(position)) {
        const list = times.get(key.text);
        if (list === undefined) times.set(key.text, [time]);
        else list.push(time);
      }
    }
    return { stage, times };
  }
}
