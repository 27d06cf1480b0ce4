/** A bound of `--from` or `--to`: a moment, or a span before the last event. Microseconds. */
export type TimeBound =
  | { readonly kind: 'at'; readonly micros: number }
  | { readonly kind: 'before-end'; readonly micros: number };

export interface TimeRange {
  readonly from: TimeBound | undefined;
  readonly to: TimeBound | undefined;
}

/** The range in epoch microseconds, both ends included, once the end of the collection is known. */
export function resolveRange(
  range: TimeRange | undefined,
  end: number,
): { readonly from: number; readonly to: number } {
  const at = (bound: TimeBound | undefined, otherwise: number): number =>
    bound === undefined ? otherwise : bound.kind === 'at' ? bound.micros : end - bound.micros;
  return { from: at(range?.from, Number.NEGATIVE_INFINITY), to: at(range?.to, Number.POSITIVE_INFINITY) };
}
