/** What a condition says of one event. In this order, `all` is the least of its parts and `any` the greatest. */
export const NO = 0;
export const UNKNOWN = 1;
export const YES = 2;
export type Verdict = typeof NO | typeof UNKNOWN | typeof YES;

export const opposite = (verdict: Verdict): Verdict => (2 - verdict) as Verdict;
