// Searches in ascending arrays, by bisection.

/** The first index for which a condition holds that, once it holds, holds for all that follow; `length` where it never does. */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether any of the ascending numbers lies between the two, both included. */
export function hasBetween(numbers: readonly number[], from: number, to: number): boolean {
  const at = firstIndex(numbers.length, i => numbers[i]! >= from);
  return at < numbers.length && numbers[at]! <= to;
}

/** The last of the ascending numbers that is at most `limit`. */
export function lastUpTo(numbers: readonly number[], limit: number): number | undefined {
  return numbers[firstIndex(numbers.length, i => numbers[i]! > limit) - 1];
}
