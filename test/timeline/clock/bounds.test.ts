import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agreedBounds, type Bounds, within } from '../../../src/timeline/clock/bounds.ts';

test('what most intervals share is the smallest that so many contain, ends included', () => {
  expect(
    agreedBounds([
      { low: 8, high: 12 },
      { low: 11, high: 13 },
      { low: 10, high: 12 },
    ]),
  ).toEqual({
    low: 11,
    high: 12,
    count: 3,
  });
  expect(
    agreedBounds([
      { low: 0, high: 5 },
      { low: 5, high: 9 },
    ]),
  ).toEqual({ low: 5, high: 5, count: 2 });
});

test('a minority that lies elsewhere is overruled; without a majority nothing is agreed', () => {
  const agreed = agreedBounds([
    { low: 8, high: 9 },
    { low: 8, high: 12 },
    { low: 100, high: 110 },
  ]);
  expect(agreed).toEqual({ low: 8, high: 9, count: 2 });
  expect(
    agreedBounds([
      { low: 0, high: 1 },
      { low: 5, high: 6 },
    ]),
  ).toBeUndefined();
  expect(agreedBounds([])).toBeUndefined();
});

test('property: no point lies in more intervals than those of the agreed one', () => {
  const bounds = fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(40))
    .map(([low, length]): Bounds => ({ low, high: low + length }));
  fc.assert(
    fc.property(fc.array(bounds, { minLength: 1, maxLength: 12 }), all => {
      const has = (point: number): number => all.filter(({ low, high }) => low <= point && point <= high).length;
      const most = Math.max(...all.map(({ low }) => has(low)));
      const agreed = agreedBounds(all);
      if (most * 2 <= all.length) expect(agreed).toBeUndefined();
      else {
        expect(agreed!.count).toBe(most);
        expect([has(agreed!.low), has(agreed!.high), has(within(agreed!, 0))]).toEqual([most, most, most]);
      }
    }),
    { numRuns: 100 },
  );
});
