import type { Timeline } from '../../model/index.ts';
import type { Condition } from '../../rules/index.ts';
import type { BatchView } from '../match/batch-view.ts';
import { findPositions, TimelineReader } from '../match/positions.ts';
import { NO, YES } from '../match/verdict.ts';
import { compileCondition, type MatchOptions } from '../match.ts';
import { followLineage, rowsOf } from '../sequence/lineage.ts';

/** Every lineage in a condition, those inside others first. */
export function lineagesIn(condition: Condition): readonly Extract<Condition, { kind: 'lineage' }>[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
    case 'some':
      return condition.of.flatMap(lineagesIn);
    case 'not':
      return lineagesIn(condition.of);
    case 'lineage':
      return [...lineagesIn(condition.of), condition];
    default:
      return [];
  }
}

/** Works out the lineages of conditions over a timeline, for `compileCondition` to be given. */
export function workOutLineages(
  conditions: readonly Condition[],
  timeline: Timeline,
): NonNullable<MatchOptions['given']> {
  const given = new Map<Condition, (view: BatchView) => Uint8Array>();
  const reader = new TimelineReader(timeline);
  for (const lineage of conditions.flatMap(lineagesIn)) {
    const [named] = findPositions(timeline, [compileCondition(lineage.of, { given })]);
    const rows = rowsOf(timeline, followLineage(lineage.relation, named!, reader));
    for (const batch of rows) for (let row = 0; row < batch.length; row++) batch[row] = batch[row] === 1 ? YES : NO;
    const byBatch = new Map(timeline.batches.map((batch, index) => [batch, rows[index]!]));
    given.set(lineage, view => byBatch.get(view.batch)!);
  }
  return given;
}
