import type { Timeline, Value } from '../../model/index.ts';
import type { Matcher } from '../match.ts';
import { BatchView } from './batch-view.ts';
import { NO_VARIABLES, type Scope } from './scope.ts';

/** In place of a position: the row is in no place of the timeline, which may be a part of its batches. */
const NOWHERE = 0xffffffff;

/** Where the events of some batches lie in the order of a timeline: position by row; undefined for the other batches. */
function positionsByBatch(timeline: Timeline, wanted: ReadonlySet<number>): readonly (Uint32Array | undefined)[] {
  const places = timeline.batches.map((batch, index) =>
    wanted.has(index) ? new Uint32Array(batch.length).fill(NOWHERE) : undefined,
  );
  for (let position = 0; position < timeline.length; position++) {
    const rows = places[timeline.batchOf[position]!];
    if (rows !== undefined) rows[timeline.rowOf[position]!] = position;
  }
  return places;
}

/**
 * Asks many matchers about a whole timeline, batch by batch, so that what they share is worked out once. For each matcher the
 * positions it matches, in order. `gate` says which rows of a batch a matcher must be asked about: undefined for all.
 */
export function findPositions(
  timeline: Timeline,
  matchers: readonly Matcher[],
  gate: (matcher: number, view: BatchView) => Uint32Array | undefined = () => undefined,
): readonly Uint32Array[] {
  const found: { readonly batch: number; readonly rows: readonly number[] }[][] = matchers.map(() => []);
  const batches = new Set<number>();
  for (const [index, batch] of timeline.batches.entries()) {
    const view = new BatchView(batch);
    for (const [matcher, { findRows }] of matchers.entries()) {
      const asked = gate(matcher, view);
      if (asked?.length === 0) continue;
      const rows = findRows(view, asked);
      if (rows.length === 0) continue;
      found[matcher]!.push({ batch: index, rows });
      batches.add(index);
    }
  }
  if (batches.size === 0) return matchers.map(() => new Uint32Array());
  const places = positionsByBatch(timeline, batches);
  return found.map(list =>
    Uint32Array.from(
      list.flatMap(({ batch, rows }) => rows.map(row => places[batch]![row]!).filter(position => position !== NOWHERE)),
    ).sort(),
  );
}

/** Reads single events of a timeline by position; views are kept, so that asking again costs little. */
export class TimelineReader {
  readonly timeline: Timeline;
  readonly #views = new Map<number, BatchView>();

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  value(position: number, field: Parameters<Scope['value']>[0]): Value | undefined {
    return this.#view(position).value(field, this.timeline.rowOf[position]!);
  }

  scope(position: number): Scope {
    const view = this.#view(position);
    const row = this.timeline.rowOf[position]!;
    return { value: field => view.value(field, row), fields: () => view.batch.columns.keys(), variables: NO_VARIABLES };
  }

  #view(position: number): BatchView {
    const index = this.timeline.batchOf[position]!;
    let view = this.#views.get(index);
    if (view === undefined) {
      view = new BatchView(this.timeline.batches[index]!);
      this.#views.set(index, view);
    }
    return view;
  }
}
