import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstIndex, hasBetween, lastUpTo } from '../../src/util/ascending.ts';

const ascending = fc
  .array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 })
  .map(some => some.toSorted((a, b) => a - b));
const number = fc.integer({ min: -1, max: 31 });

test('bisection finds what looking at each finds', () => {
  fc.assert(
    fc.property(ascending, number, number, (numbers, a, b) => {
      expect(firstIndex(numbers.length, i => numbers[i]! >= a)).toBe(numbers.filter(n => n < a).length);
      expect(hasBetween(numbers, a, b)).toBe(numbers.some(n => n >= a && n <= b));
      expect(lastUpTo(numbers, a)).toBe(numbers.findLast(n => n <= a));
    }),
  );
});
