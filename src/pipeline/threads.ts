import { availableParallelism } from 'node:os';

/** A machine of many cores gains nothing from more: one thread hands them their bytes and takes what they read. */
const MOST_THREADS = 4;
/** Bytes that threads must be able to read beside the largest log of each stage: below, it costs more to begin them. */
const WORTH_IT = 32 << 20;

/**
 * How many threads read. `sizes`: of the logs of each stage, bytes. A log is read by one thread, so a single large one is no work for two.
 * @param asked what the user wants; undefined: what is worth it on this machine
 */
export function threadsFor(sizes: readonly (readonly number[])[], asked?: number): number {
  const logs = Math.max(1, ...sizes.map(stage => stage.length));
  if (asked !== undefined) return Math.min(Math.max(1, asked), logs);
  const sum = (stage: readonly number[]): number => stage.reduce((a, b) => a + b, 0);
  const beside = sizes.reduce((total, stage) => total + sum(stage) - Math.max(0, ...stage), 0);
  return beside < WORTH_IT ? 1 : Math.min(availableParallelism(), MOST_THREADS, logs);
}
