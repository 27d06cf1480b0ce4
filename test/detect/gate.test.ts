import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runRules } from '../../src/detect/rules.ts';
import { type EventRule, parseKql } from '../../src/rules/index.ts';
import { LiteralSet } from '../../src/util/literal-set.ts';
import { type PlainEvent, timelineOf } from '../support/events.ts';

const FIELDS = ['event.category', 'process.name', 'process.command_line', 'event.action', 'process.pid'] as const;
const word = fc.constantFrom('alpha', 'Beta', 'gamma', 'alphabet', 'bet', 'al', 'mm', '445');
const value = fc.oneof(
  word,
  fc.tuple(word, word).map(([a, b]) => `${a} ${b}`),
  fc.array(word, { minLength: 1, maxLength: 2 }),
  fc.constantFrom(445, 1),
);
const event: fc.Arbitrary<PlainEvent> = fc
  .dictionary(fc.constantFrom(...FIELDS), value)
  .map(fields => ({ ...fields, time: 1 }));
const pattern = fc.tuple(word, fc.constantFrom('', '*')).map(([w, star]) => `${star}${w}${star}`);
const leaf = fc
  .tuple(fc.constantFrom(...FIELDS), fc.array(pattern, { minLength: 1, maxLength: 3 }))
  .map(([f, ps]) => `${f}: (${ps.join(' or ')})`);
const query = fc
  .array(fc.tuple(fc.constantFrom('', 'not '), fc.array(leaf, { minLength: 1, maxLength: 2 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map(parts => parts.map(([not, leaves]) => `${not}(${leaves.join(' or ')})`).join(' and '));

const ruleOf = (kql: string, i: number): EventRule =>
  ({
    kind: 'match',
    condition: parseKql(kql),
    id: `r${i}`,
    name: kql,
    level: 'low',
    maxSignals: 1000,
    isBuildingBlock: false,
  }) as unknown as EventRule;

test('rules that are asked only where they can hold give the hits of rules that are asked everywhere', () => {
  fc.assert(
    fc.property(
      fc.array(query, { minLength: 8, maxLength: 20 }),
      fc.array(event, { minLength: 1, maxLength: 20 }),
      (queries, events) => {
        const timeline = timelineOf(events, { rows: 7 });
        const rules = queries.map(ruleOf);
        const hits = (gates: boolean, index: boolean): unknown =>
          runRules(timeline, rules, { gates, index }).hits.map(hit => [hit.rule.name, hit.positions]);
        const everywhere = hits(false, false);
        for (const [gates, index] of [
          [true, true],
          [true, false],
          [false, true],
        ] as const)
          expect(hits(gates, index)).toEqual(everywhere);
      },
    ),
    { numRuns: 150 },
  );
});

test('a set of literals finds what a plain search finds, however alike the literals are', () => {
  const literal = fc.stringMatching(/^[ab]{3,6}$/);
  fc.assert(
    fc.property(fc.uniqueArray(literal, { maxLength: 80 }), fc.stringMatching(/^[abc]{0,40}$/), (literals, text) => {
      const found = new Set<number>();
      new LiteralSet(literals).each(text, index => found.add(index));
      expect([...found].sort((a, b) => a - b)).toEqual(literals.flatMap((l, i) => (text.includes(l) ? [i] : [])));
    }),
  );
});
