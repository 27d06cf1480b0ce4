import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnyWord } from '../../src/util/any-word.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'c', ' '), minLength: 1, maxLength: 4 });

test('finds what a search for each word finds, capitals or not', () => {
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 1, maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'c', ' ', 'é'), maxLength: 20 }),
      (words, text) => {
        const expected = words.some(word => text.toLowerCase().includes(word.toLowerCase()));
        expect(new AnyWord(words).isIn(text)).toBe(expected);
      },
    ),
    { numRuns: 500 },
  );
});

test('nothing occurs where there are no words', () => {
  expect(new AnyWord([]).isIn('anything')).toBe(false);
});

test('a word that is none of ASCII is refused', () => {
  for (const word of ['', 'é']) expect(() => new AnyWord([word])).toThrow(RangeError);
});
