/** A number from 0 to below `below`. */
export type Pick = (below: number) => number;

/** xorshift32: the same seed, the same numbers, on every machine. */
export function random(seed: number): Pick {
  let state = (Math.imul(seed + 1, 0x9e3779b1) >>> 0) | 1;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export const oneOf = <T>(pick: Pick, values: readonly T[]): T => values[pick(values.length)]!;
