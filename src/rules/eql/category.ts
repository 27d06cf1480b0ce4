import { foreignField } from '../../model/index.ts';
import type { Condition } from '../condition.ts';
import { ALWAYS, allOf, anyOf, notOf } from '../condition-logic.ts';
import type { Meaning } from './reading.ts';

/**
 * What `process where` asks before its condition; undefined is `any`. The classic schema names the kind of an event
 * `event_type: process` or `event_type_full: process_event`, ECS `event.category`.
 */
export function categoryCondition(category: string | undefined, { categoryField, semantics }: Meaning): Condition {
  if (category === undefined) return ALWAYS;
  const field = categoryField ?? (semantics === 'elastic' ? 'event.category' : undefined);
  if (field !== undefined) return is(field, category);
  return anyOf([
    is('event_type', category),
    is('event_type_full', category, `${category}_event`),
    allOf([notOf(anyOf([exists('event_type'), exists('event_type_full')])), is('event.category', category)]),
  ]);
}

const exists = (name: string): Condition => ({ kind: 'exists', field: foreignField(name) });
const is = (name: string, ...values: readonly string[]): Condition => ({
  kind: 'test',
  field: foreignField(name),
  test: { kind: 'equals', values, fold: false },
  missing: 'no',
});
