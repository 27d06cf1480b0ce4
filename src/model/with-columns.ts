import type { Column, EventBatch } from './batch.ts';
import type { Field } from './fields.ts';
import { LazyColumns } from './lazy-columns.ts';

/** The same batch with more columns (or others in place of its own): how derived fields are added. */
export function withColumns(batch: EventBatch, columns: ReadonlyMap<Field, Column>): EventBatch {
  if (columns.size === 0) return batch;
  const decoded = batch.decoded === 'all' ? 'all' : new Set([...batch.decoded, ...columns.keys()]);
  return { ...batch, columns: together(batch.columns, columns), decoded };
}

const together = (own: EventBatch['columns'], more: ReadonlyMap<Field, Column>): EventBatch['columns'] =>
  own instanceof LazyColumns ? own.with(more) : new Map([...own, ...more]);
