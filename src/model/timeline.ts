import type { EventBatch } from './batch.ts';

/**
 * Events of a run in their one order: time, artifact path, record. All of them, or those that a user selected: rows of the batches
 * that no position names are not part of it. A position is an index into that order;
 * `batchOf` and `rowOf` say where its event lies. `time` is what everything is compared by: the event's own time with the
 * clock offset of its source applied (the raw time stays in the batch). Events without a time come last, at +Infinity.
 */
export interface Timeline {
  readonly length: number;
  readonly batches: readonly EventBatch[];
  readonly batchOf: Uint32Array;
  readonly rowOf: Uint32Array;
  /** By position, epoch microseconds. */
  readonly time: Float64Array;
  /** Microseconds that were added to the raw times of an artifact; 0 where none. */
  offsetOf(artifact: string): number;
}
