/** Between which two values, both included, something lies. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * The smallest interval that most of the given ones contain, as NTP finds the time that most servers agree on (Marzullo's algorithm,
 * RFC 5905 §11.2.1); undefined unless more than half of them share one.
 */
export function agreedBounds(all: readonly Bounds[]): (Bounds & { readonly count: number }) | undefined {
  const edges = all.flatMap(({ low, high }) => [
    { at: low, step: 1 },
    { at: high, step: -1 },
  ]);
  // An interval that ends where another begins shares that point with it.
  edges.sort((a, b) => a.at - b.at || b.step - a.step);
  let open = 0;
  let count = 0;
  let low = Number.NaN;
  let high = Number.NaN;
  for (const [i, { at, step }] of edges.entries()) {
    open += step;
    if (open <= count) continue;
    count = open;
    low = at;
    high = edges[i + 1]!.at;
  }
  return count * 2 > all.length ? { low, high, count } : undefined;
}

/** The value nearest to a wanted one that lies within the bounds. */
export const within = ({ low, high }: Bounds, wanted: number): number => Math.max(low, Math.min(high, wanted));
