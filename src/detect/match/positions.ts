import type { Timeline, Value } from '../../model/index.ts';
import type { Matcher } from '../match.ts';
import { BatchView } from './batch-view.ts';
import { NO_VARIABLES, type Scope } from './scope.ts';

/** In place of a position: the row is in no place of the timeline, which may be a part of its batches. */
const NOWHERE = 0xffffffff;

/** Where the events of each batch lie in the order of a timeline: position by row, in the order of `timeline.batches`. */
function positionsByBatch(timeline: Timeline): readonly Uint32Array[] {
  const places = timeline.batches.map(batch => new Uint32Array(batch.length).fill(NOWHERE));
  for (let position = 0; position < timeline.length; position++) {
    places[timeline.batchOf[position]!]![timeline.rowOf[position]!] = position;
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
  const places = positionsByBatch(timeline);
  const found: number[][] = matchers.map(() => []);
  for (const [index, batch] of timeline.batches.entries()) {
    const view = new BatchView(batch);
    const positions = places[index]!;
    for (const [matcher, { findRows }] of matchers.entries()) {
      const rows = gate(matcher, view);
      if (rows?.length === 0) continue;
      for (const row of findRows(view, rows)) {
        if (positions[row] !== NOWHERE) found[matcher]!.push(positions[row]!);
      }
    }
  }
  return found.map(list => Uint32Array.from(list).sort());
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
