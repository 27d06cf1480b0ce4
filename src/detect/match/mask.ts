import { BATCH_ROWS } from '../../model/index.ts';

let none = new Uint8Array(BATCH_ROWS);
let all = new Uint8Array(BATCH_ROWS).fill(1);

/** One answer for so many rows. A run asks thousands of questions, most of which a batch answers as a whole: they share their bytes. */
export function maskOf(isMatch: boolean, length: number): Uint8Array {
  if (length > none.length) {
    none = new Uint8Array(length);
    all = new Uint8Array(length).fill(1);
  }
  const mask = isMatch ? all : none;
  return mask.length === length ? mask : mask.subarray(0, length);
}

/** How many rows match. */
export function countOf(mask: Uint8Array): number {
  if (mask.buffer === none.buffer) return 0;
  if (mask.buffer === all.buffer) return mask.length;
  let count = 0;
  for (let row = 0; row < mask.length; row++) count += mask[row]!;
  return count;
}
