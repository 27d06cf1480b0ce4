import { expect, test } from 'vitest';
import { compileCondition } from '../../src/detect/match.ts';
import { type Event, type EventFields, epochMicros } from '../../src/model/index.ts';
import type { Condition } from '../../src/rules/index.ts';

/** Whether one event, of which only the fields matter, matches. */
export const holdsFor = (condition: Condition, fields: EventFields): boolean =>
  compileCondition(condition).matchEvent({
    time: epochMicros(0),
    nanos: 0,
    artifact: 'a',
    record: 1,
    ...fields,
  } as Event);

/** A query, an event that it matches, and one that it just misses. */
export type HitAndMiss = readonly [query: string, hit: EventFields, miss: EventFields];

/** One test a case. */
export function hitsAndMisses(parse: (query: string) => Condition): (cases: readonly HitAndMiss[]) => void {
  return cases => {
    for (const [query, hit, miss] of cases) {
      test(query, () => {
        expect(holdsFor(parse(query), hit)).toBe(true);
        expect(holdsFor(parse(query), miss)).toBe(false);
      });
    }
  };
}
