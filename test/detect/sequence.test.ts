import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileQuery, runQueries } from '../../src/detect/query.ts';
import { type PlainEvent, timelineOf } from '../support/events.ts';

const STAGES = ['A', 'B', 'C'] as const;
interface Seen {
  readonly letters: string;
  readonly key: string;
  readonly step: number;
}

/**
 * The slow, obvious meaning, stage by stage instead of event by event: every event of a stage takes the latest candidate in front
 * of it, which is gone then with all that are older; it is too late beyond the span, and void where an until lies between.
 */
function oracle(
  events: readonly (Seen & { readonly at: number; readonly position: number })[],
  span: number,
): number[][] {
  interface Candidate {
    readonly positions: readonly number[];
    readonly start: number;
    readonly key: string;
  }
  const matching = (letter: string): typeof events => events.filter(event => event.letters.includes(letter));
  const untils = matching('U');
  let candidates: Candidate[] = matching('A').map(e => ({ positions: [e.position], start: e.at, key: e.key }));
  for (const stage of STAGES.slice(1)) {
    const next: Candidate[] = [];
    for (const event of matching(stage)) {
      const mine = candidates.filter(c => c.key === event.key && c.positions.at(-1)! < event.position);
      const taken = mine.toSorted((a, b) => a.positions.at(-1)! - b.positions.at(-1)!).at(-1);
      if (taken === undefined) continue;
      candidates = candidates.filter(c => !mine.includes(c));
      const isVoid = untils.some(
        u => u.key === event.key && u.position >= taken.positions.at(-1)! && u.position < event.position,
      );
      if (event.at - taken.start > span || isVoid) continue;
      next.push({ ...taken, positions: [...taken.positions, event.position] });
    }
    candidates = next;
  }
  return candidates.map(c => [...c.positions]).sort((a, b) => a.at(-1)! - b.at(-1)!);
}

const event = fc.record({
  letters: fc.constantFrom('A', 'B', 'C', 'AB', 'BC', 'ABC', 'U', 'AU', 'X'),
  key: fc.constantFrom('k', 'l'),
  step: fc.integer({ min: 0, max: 3 }),
});

test('following event by event gives what the definition gives stage by stage', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (seen, span) => {
      let at = 0;
      const timed = seen.map((e, position) => {
        at += e.step;
        return { ...e, at: at * 1000, position };
      });
      const events: PlainEvent[] = timed.map(({ letters, key, at: time }) => ({
        time,
        'user.name': key,
        tags: [...letters],
      }));
      const stage = (letter: string): string => `[any where tags == "${letter}"]`;
      const query = `sequence by user.name with maxspan=${span}ms ${STAGES.map(stage).join(' ')} until ${stage('U')}`;
      const [result] = runQueries([compileQuery(query)], timelineOf(events));
      expect(result!.matches.map(match => match.positions)).toEqual(oracle(timed, span * 1000));
    }),
    { numRuns: 400 },
  );
});
