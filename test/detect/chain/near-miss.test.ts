import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlainEvent } from '../../support/events.ts';
import {
  burst,
  child,
  dayBefore,
  inbound,
  marksOf,
  outbound,
  type StoryOptions,
  serviceEvent,
  verdictOn,
} from './stage-events.ts';

// A near miss is a promise: with that value of that parameter the mark is there, and with a stricter one it is not.

const missOf = (events: readonly PlainEvent[], parameter: string, options: StoryOptions = {}): string | undefined => {
  const { findings, warnings } = verdictOn(events, options);
  const told = findings.flatMap(({ aftershock }) => aftershock.near_misses).find(miss => miss.parameter === parameter);
  return told?.value ?? warnings.map(warning => /would fire at TimeWindow (\S+)$/.exec(warning)?.[1]).find(Boolean);
};
const marksWith = (events: readonly PlainEvent[], parameter: string, value: string): string =>
  marksOf(verdictOn(events, { set: { [parameter]: value } }).findings[0]);

/** `17m` and one minute less. */
const stricter = (minutes: string): string => `${Number(/^\d+/.exec(minutes)![0]) - 1}m`;
const asMinutes = (value: string): string =>
  value.replace(/^(\d+)h(?:(\d+)m)?$/, (_, h, m) => `${Number(h) * 60 + Number(m ?? 0)}m`);

test('TimeWindow: the nearest access of any source decides what would do', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 601, max: 3500 }), fc.constantFrom('10.0.0.9', '10.0.0.8', '203.0.113.7')), {
        minLength: 1,
        maxLength: 5,
      }),
      accesses => {
        const events = [...accesses.map(([before, source]) => inbound(-before, { source })), serviceEvent(0, 'crash')];
        const value = asMinutes(missOf(events, 'TimeWindow')!);
        expect(value).toBe(`${Math.ceil(Math.min(...accesses.map(([before]) => before)) / 60)}m`);
        expect(marksWith(events, 'TimeWindow', value)).toBe('A1 B1');
        expect(marksWith(events, 'TimeWindow', stricter(value))).toBe('');
      },
    ),
    { numRuns: 40 },
  );
});

test('FollowOnWindow: counted from the latest effect, in whatever order effects and accesses came', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 601, max: 1190 }),
      fc.integer({ min: 0, max: 300 }),
      fc.boolean(),
      (after, apart, isChildFirst) => {
        const [crash, shell] = isChildFirst ? [apart, 0] : [0, apart];
        const events = [
          dayBefore(),
          inbound(-5),
          serviceEvent(crash, 'crash'),
          child(shell),
          outbound(apart + after, '10.0.0.7', 445),
        ];
        const value = asMinutes(missOf(events, 'FollowOnWindow')!);
        expect(value).toBe(`${Math.ceil(after / 60)}m`);
        expect(marksWith(events, 'FollowOnWindow', value)).toBe('A1 B1 C1 D2');
        expect(marksWith(events, 'FollowOnWindow', stricter(value))).toBe('A1 B1 C1');
      },
    ),
    { numRuns: 40 },
  );
});

describe('the rate', () => {
  test('MinConnErrorRate: the whole percent that the share reaches', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 60 }), fc.integer({ min: 3, max: 18 }), (all, failed) => {
        fc.pre(failed * 100 < 30 * all && failed * 100 >= 16 * all);
        // Failures last: no earlier moment shows more of them.
        const events = [
          ...burst(0, 0, all - failed),
          ...burst(all - failed, failed, failed),
          serviceEvent(90, 'crash'),
        ];
        const value = missOf(events, 'MinConnErrorRate')!;
        expect(marksWith(events, 'MinConnErrorRate', value)).toBe('A2 B1');
        expect(marksWith(events, 'MinConnErrorRate', `${Number(value.slice(0, -1)) + 1}%`)).toBe('A1 B1');
      }),
      { numRuns: 40 },
    );
  });

  test('MinConnSamples: as many as there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 9 }), failed => {
        const events = [...burst(0, failed, 9), serviceEvent(30, 'crash')];
        const value = missOf(events, 'MinConnSamples')!;
        expect(value).toBe('9');
        expect(marksWith(events, 'MinConnSamples', value)).toBe('A2 B1');
        expect(marksWith(events, 'MinConnSamples', '10')).toBe('A1 B1');
      }),
      { numRuns: 10 },
    );
  });
});
