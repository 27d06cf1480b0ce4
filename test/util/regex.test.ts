import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AhoCorasick } from '../../src/util/aho-corasick.ts';
import { compileRegex, regexProblem } from '../../src/util/regex.ts';

const PLAIN = { fold: false, multiline: false, dotAll: false } as const;

test('anchors say how much of the text the pattern spans', () => {
  expect(compileRegex('a|b', PLAIN, 'whole')('ab')).toBe(false);
  expect(compileRegex('a|b', PLAIN, 'start')('bc')).toBe(true);
  expect(compileRegex('a|b', PLAIN, 'start')('cb')).toBe(false);
  expect(compileRegex('a|b', PLAIN, 'anywhere')('cb')).toBe(true);
});

test('what is done by string operations gives what the engine gives', () => {
  const piece = fc.constantFrom('a', 'B', '\\.', '\n', '.*', '(?s:.)*', 'x.*', '\\\\', '.*?');
  const anchors = ['whole', 'start', 'anywhere'] as const;
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 4 }),
      fc.array(fc.constantFrom('a', 'b', 'B', '.', '\n', 'x', '\\'), { maxLength: 6 }),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(...anchors),
      (pieces, letters, fold, dotAll, anchor) => {
        const pattern = pieces.join('');
        const text = letters.join('');
        const source = pattern.replaceAll('(?s:.)', '[^]');
        const open = anchor === 'anywhere' ? '' : '^';
        const slow = new RegExp(
          `${open}(?:${source})${anchor === 'whole' ? '$' : ''}`,
          `${fold ? 'i' : ''}${dotAll ? 's' : ''}`,
        );
        expect({
          pattern,
          text,
          anchor,
          is: compileRegex(pattern, { fold, multiline: false, dotAll }, anchor)(text),
        }).toEqual({ pattern, text, anchor, is: slow.test(text) });
      },
    ),
    { numRuns: 500 },
  );
});

test('a hostile pattern takes time linear in the text', () => {
  const start = performance.now();
  expect(compileRegex('(a+)+', PLAIN, 'whole')(`${'a'.repeat(20_000)}b`)).toBe(false);
  expect(performance.now() - start).toBeLessThan(2000);
});

test('a pattern that cannot be is told in the words of the engine', () => {
  expect(regexProblem('(a', PLAIN)).toContain('missing closing )');
  expect(regexProblem('(?=a)', PLAIN)).toBeDefined();
  expect(regexProblem('a{2,3}', PLAIN)).toBeUndefined();
});

test('many texts in one pass are found where a plain search finds them', () => {
  const text = fc.stringMatching(/^[ab]{0,6}$/);
  fc.assert(
    fc.property(fc.array(text, { maxLength: 10 }), fc.stringMatching(/^[abc]{0,20}$/), (texts, where) => {
      const automaton = new AhoCorasick(texts);
      const expected = texts.flatMap((t, i) => (where.includes(t) ? [i] : []));
      const found = new Set<number>();
      automaton.each(where, index => found.add(index));
      expect([...found].sort((a, b) => a - b)).toEqual(expected);
      expect(automaton.isIn(where)).toBe(expected.length > 0);
    }),
  );
});
