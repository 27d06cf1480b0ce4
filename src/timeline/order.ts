import { type EventBatch, type Field, numberAt, type Timeline } from '../model/index.ts';

/** The rows of one artifact in order, as positions in flat arrays; a run of the merge. */
interface Run {
  readonly rank: number;
  readonly batch: Uint32Array;
  readonly row: Uint32Array;
  readonly time: Float64Array;
  /** Undefined where no event has any. */
  readonly nanos: Uint16Array | undefined;
  /** Orders events of one moment where somebody names a field for it. */
  readonly tie: Float64Array | undefined;
  at: number;
}

/**
 * Puts the events of all batches into the one order: time (with the clock offset of its artifact), artifact path, record.
 * Each artifact is sorted by itself (most already are) and the artifacts are merged, so that neither the order of the
 * arguments nor the number of threads shows in the result.
 */
export function orderEvents(
  batches: readonly EventBatch[],
  microsToAdd: ReadonlyMap<string, number> = new Map(),
  tiebreaker?: Field,
): Timeline {
  const byArtifact = new Map<string, number[]>();
  for (const [i, batch] of batches.entries()) {
    const of = byArtifact.get(batch.artifact);
    if (of === undefined) byArtifact.set(batch.artifact, [i]);
    else of.push(i);
  }
  const runs = [...byArtifact.keys()]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((artifact, rank) =>
      runOf(batches, byArtifact.get(artifact)!, rank, microsToAdd.get(artifact) ?? 0, tiebreaker),
    )
    .filter(run => run.time.length > 0);
  return {
    ...merge(runs),
    batches,
    offsetOf: artifact => microsToAdd.get(artifact) ?? 0,
  };
}

function runOf(
  batches: readonly EventBatch[],
  indexes: readonly number[],
  rank: number,
  add: number,
  tiebreaker: Field | undefined,
): Run {
  const length = indexes.reduce((sum, i) => sum + batches[i]!.length, 0);
  const run = {
    rank,
    batch: new Uint32Array(length),
    row: new Uint32Array(length),
    time: new Float64Array(length),
    // Most logs count no nanoseconds: what they would take is half of what a timeline takes itself.
    nanos: indexes.some(i => batches[i]!.nanos.some(nanos => nanos !== 0)) ? new Uint16Array(length) : undefined,
    tie: tiebreaker === undefined ? undefined : new Float64Array(length),
    at: 0,
  };
  const recordOf = (at: number): number => batches[run.batch[at]!]!.record[run.row[at]!]!;
  let n = 0;
  let isSorted = true;
  for (const i of indexes) {
    const batch = batches[i]!;
    for (let row = 0; row < batch.length; row++, n++) {
      const time = batch.time[row]!;
      run.batch[n] = i;
      run.row[n] = row;
      run.time[n] = Number.isNaN(time) ? Number.POSITIVE_INFINITY : time + add;
      if (run.nanos !== undefined) run.nanos[n] = batch.nanos[row]!;
      if (run.tie !== undefined) run.tie[n] = numberAt(batch, tiebreaker!, row) ?? Number.POSITIVE_INFINITY;
      if (n > 0 && isSorted) isSorted = comparePlaces(run, recordOf, n - 1, n) <= 0;
    }
  }
  if (isSorted) return run;
  const places = Uint32Array.from({ length }, (_, i) => i);
  places.sort((a, b) => comparePlaces(run, recordOf, a, b) || a - b);
  return {
    ...run,
    batch: places.map(i => run.batch[i]!),
    row: places.map(i => run.row[i]!),
    time: Float64Array.from(places, i => run.time[i]!),
    nanos: run.nanos === undefined ? undefined : Uint16Array.from(places, i => run.nanos![i]!),
    tie: run.tie === undefined ? undefined : Float64Array.from(places, i => run.tie![i]!),
  };
}

function comparePlaces(run: Run, recordOf: (at: number) => number, a: number, b: number): number {
  const ta = run.time[a]!;
  const tb = run.time[b]!;
  if (ta !== tb) return ta < tb ? -1 : 1;
  const nanos = run.nanos === undefined ? 0 : run.nanos[a]! - run.nanos[b]!;
  if (nanos !== 0) return nanos;
  const [sa, sb] = [run.tie?.[a], run.tie?.[b]];
  return sa === sb ? recordOf(a) - recordOf(b) : sa! < sb! ? -1 : 1;
}

/** A binary heap of runs; the root is the run whose next event comes first. */
function merge(runs: Run[]): Pick<Timeline, 'length' | 'batchOf' | 'rowOf' | 'time'> {
  const length = runs.reduce((sum, run) => sum + run.time.length, 0);
  const [only] = runs;
  if (only !== undefined && runs.length === 1) {
    return { length, batchOf: only.batch, rowOf: only.row, time: only.time };
  }
  const batchOf = new Uint32Array(length);
  const rowOf = new Uint32Array(length);
  const time = new Float64Array(length);
  const isBefore = (a: Run, b: Run): boolean => {
    const ta = a.time[a.at]!;
    const tb = b.time[b.at]!;
    if (ta !== tb) return ta < tb;
    const nanos = (a.nanos?.[a.at] ?? 0) - (b.nanos?.[b.at] ?? 0);
    if (nanos !== 0) return nanos < 0;
    const [sa, sb] = [a.tie?.[a.at], b.tie?.[b.at]];
    return sa === sb ? a.rank < b.rank : sa! < sb!;
  };
  const heap = runs;
  const sink = (from: number): void => {
    const run = heap[from]!;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, run)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = run;
  };
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(i);
  for (let n = 0; n < length; n++) {
    const run = heap[0]!;
    batchOf[n] = run.batch[run.at]!;
    rowOf[n] = run.row[run.at]!;
    time[n] = run.time[run.at]!;
    if (++run.at === run.time.length) {
      const last = heap.pop()!;
      if (heap.length === 0) break;
      if (last !== run) heap[0] = last;
    }
    sink(0);
  }
  return { length, batchOf, rowOf, time };
}
