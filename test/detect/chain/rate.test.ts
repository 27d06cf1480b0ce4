import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Connections,
  OUTCOME,
  peaksOf,
  type RateSettings,
  ratesBetween,
  wilson,
} from '../../../src/detect/chain/rate.ts';

const connection = fc.record({
  start: fc.integer({ min: 0, max: 60 }),
  outcome: fc.constantFrom(OUTCOME.ok, OUTCOME.failed, OUTCOME.unknown, OUTCOME.apart),
  reset: fc.constantFrom(0, 1),
  wire: fc.constantFrom(0, 1),
  source: fc.constantFrom(0, 1, 2),
});
type Row = { start: number; outcome: number; reset: number; source: number; wire?: number };

const columnsOf = (rows: readonly Row[]): Connections => {
  const sorted = rows.toSorted((a, b) => a.start - b.start);
  return {
    start: Float64Array.from(sorted, row => row.start),
    outcome: Uint8Array.from(sorted, row => row.outcome),
    reset: Uint8Array.from(sorted, row => row.reset),
    wire: Uint8Array.from(sorted, row => row.wire ?? 1),
    source: Uint32Array.from(sorted, row => row.source),
  };
};

const SETTINGS: RateSettings = {
  windowMicros: 10,
  atLeast: 30,
  samples: 4,
  failures: 2,
  unknownAtMost: 50,
  resetBaseline: undefined,
  baseline: 20,
};

/** The slow, obvious meaning: does the share fire at this moment for these connections? */
function firesAt(rows: readonly Row[], time: number, settings: RateSettings): boolean {
  const inside = rows.filter(({ start }) => start > time - settings.windowMicros && start <= time);
  const count = (outcome: number): number => inside.filter(row => row.outcome === outcome).length;
  const [failed, ok, unknown] = [count(OUTCOME.failed), count(OUTCOME.ok), count(OUTCOME.unknown)];
  return (
    failed + ok >= settings.samples &&
    failed >= settings.failures &&
    unknown / (failed + ok + unknown) <= settings.unknownAtMost / 100 &&
    failed / (failed + ok) >= settings.atLeast / 100
  );
}

test('the sliding window fires exactly where counting by hand does', () => {
  fc.assert(
    fc.property(
      fc.array(connection, { maxLength: 60 }),
      fc.integer({ min: 0, max: 60 }),
      fc.nat(30),
      (rows, from, span) => {
        const to = from + span;
        const moments = rows.filter(({ start }) => start >= from && start <= to);
        const own = new Set(
          moments
            .filter(row =>
              firesAt(
                rows.filter(r => r.source === row.source),
                row.start,
                SETTINGS,
              ),
            )
            .map(row => row.source),
        );
        const any = own.size > 0 || moments.some(row => firesAt(rows, row.start, SETTINGS));
        const { best, firing } = ratesBetween(columnsOf(rows), from, to, SETTINGS);
        expect([...firing].toSorted()).toEqual([...own].toSorted());
        expect(best?.state === 'fires').toBe(any);
      },
    ),
    { numRuns: 500 },
  );
});

test('peaks decide whether any threshold fires at all', () => {
  fc.assert(
    fc.property(fc.array(connection, { maxLength: 60 }), fc.constantFrom(10, 30, 50, 75, 100), (rows, atLeast) => {
      const settings = { ...SETTINGS, atLeast };
      const { best } = ratesBetween(columnsOf(rows), 0, 60, settings);
      expect(peaksOf(columnsOf(rows), settings).failed >= atLeast).toBe(best?.state === 'fires');
    }),
    { numRuns: 300 },
  );
});

test('resets are compared with the time outside over the whole window that ends the range, not at its every moment', () => {
  const row = (start: number, reset: number): Row => ({ start, outcome: OUTCOME.ok, reset, source: 0 });
  const outside = Array.from({ length: 40 }, (_, i) => row(i / 2, i % 2));
  const state = (inside: readonly number[]): string | undefined =>
    ratesBetween(columnsOf([...outside, ...inside.map((reset, i) => row(51 + i / 2, reset))]), 51, 60, {
      ...SETTINGS,
      resetBaseline: 20,
    }).best?.state;
  expect(state([1, 1, 1, 1, 1, 1, 1, 1, 1, 1])).toBe('reset-burst');
  // The first five stand out by themselves; the ten of the window are what is usual.
  expect(state([1, 1, 1, 1, 1])).toBe('reset-burst');
  expect(state([1, 1, 1, 1, 1, 0, 0, 0, 0, 0])).toBe('below');
});

test('the time outside holds nobody’s connections of the window, and none that could show no reset', () => {
  const row = (start: number, reset: number, source = 0, wire = 1): Row => ({
    start,
    outcome: OUTCOME.ok,
    reset,
    source,
    wire,
  });
  const settings = { ...SETTINGS, resetBaseline: 20 };
  const inside = [1, 1, 1, 1, 1, 0, 0].map((reset, i) => row(51 + i / 2, reset));
  const state = (others: readonly Row[]): string | undefined =>
    ratesBetween(columnsOf([...inside, ...others]), 51, 60, settings).best?.state;
  const outside = (count: number, resets: number, wire = 1): Row[] =>
    Array.from({ length: count }, (_, i) => row(i / 4, i < resets ? 1 : 0, 9, wire));
  expect(state(outside(20, 4))).toBe('reset-burst');
  expect(state(outside(20, 10))).toBe('below');
  expect(state(outside(19, 0))).toBe('below');
  // Connections of others within the window, and lines of a log, are no time outside.
  expect(state([...outside(19, 0), ...Array.from({ length: 10 }, () => row(54, 0, 3))])).toBe('below');
  expect(state([...outside(19, 0), row(20, 0, 9, 0)])).toBe('below');
  expect(state([...outside(20, 10), ...outside(60, 0, 0)])).toBe('below');
});

describe('normal days', () => {
  const settings = { ...SETTINGS, resetBaseline: 20 };
  const rows = (failed: number, ok: number, reset = 0): Row[] =>
    Array.from({ length: failed + ok }, (_, i) => ({
      start: 51 + i / 10,
      // Failures last: no earlier moment shows more of them than the whole.
      outcome: i >= ok ? OUTCOME.failed : OUTCOME.ok,
      reset: i < reset ? 1 : 0,
      source: 0,
    }));
  const state = (failed: number, ok: number, usual: readonly [number, number], reset = 0): string | undefined =>
    ratesBetween(columnsOf(rows(failed, ok, reset)), 51, 60, settings, {
      failed: usual[0],
      ok: usual[1],
      unknown: 0,
      apart: 0,
      reset: 0,
      wire: usual[0] + usual[1],
    }).best?.state;

  test('make a share above the threshold usual where it does not exceed theirs beyond chance', () => {
    expect(state(4, 6, [8, 12])).toBe('usual');
    expect(state(4, 6, [0, 20])).toBe('fires');
    // The interval of 4 in 10 begins at 16.8 %.
    expect(state(4, 6, [17, 83])).toBe('usual');
    expect(state(4, 6, [16, 84])).toBe('fires');
  });

  test('say nothing by fewer than twenty connections', () => {
    expect(state(4, 6, [8, 11])).toBe('fires');
    expect(state(4, 6, [0, 0])).toBe('fires');
  });

  test('make nothing fire that stays below the threshold', () => {
    expect(state(2, 8, [0, 200])).toBe('below');
  });

  test('are time outside for resets', () => {
    expect(state(0, 10, [0, 20], 5)).toBe('reset-burst');
    expect(state(0, 10, [0, 19], 5)).toBe('below');
    expect(state(4, 6, [8, 12], 5)).toBe('reset-burst');
  });
});

describe('the Wilson interval', () => {
  test.each([
    [3, 10, 10.78, 60.32],
    [0, 10, 0, 27.75],
    [10, 10, 72.25, 100],
    [50, 100, 40.38, 59.62],
  ])('of %i in %i is %f to %f percent', (hits, total, low, high) => {
    const [from, to] = wilson(hits, total);
    expect([from, to].map(n => Math.round(n * 100) / 100)).toEqual([low, high]);
  });

  test('of nothing is everything', () => {
    expect(wilson(0, 0)).toEqual([0, 100]);
  });
});
