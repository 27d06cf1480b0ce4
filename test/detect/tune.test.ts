import { describe, expect, test } from 'vitest';
import { tune } from '../../src/detect/tune.ts';
import { hostTableOf, type PlainEvent, timelineOf } from '../support/events.ts';
import {
  assignmentsOf,
  burst,
  chainFile,
  child,
  inbound,
  serviceEvent,
  VICTIM,
  verdictOn,
} from './chain/stage-events.ts';

const chains = [chainFile('t1210-windows')];

const sweep = (events: readonly PlainEvent[], axes: Parameters<typeof tune>[1], set: Record<string, string> = {}) =>
  tune(
    {
      timeline: timelineOf(events),
      hosts: hostTableOf(VICTIM),
      chains,
      assignments: assignmentsOf(set),
      toleranceMicros: () => 5e6,
      refer: () => ({ 'event.id': '', '@timestamp': '', 'log.file.path': '', summary: '' }),
      sources: [],
    },
    axes,
  );

const STORY = [...burst(0, 4, 10), serviceEvent(300, 'crash'), inbound(10_000), child(10_700)];

describe('a sweep', () => {
  test('judges every cell as a run with those parameters would', () => {
    const axes = [
      { name: 'TimeWindow', values: ['1m', '4m', '10m', '15m'] },
      { name: 'MinConnErrorRate', values: ['30', '40', '50'] },
    ];
    const { cells } = sweep(STORY, axes);
    expect(cells).toHaveLength(12);
    for (const { values, findings } of cells) {
      const own = verdictOn(STORY, {
        sources: [],
        set: { TimeWindow: values[0]!, MinConnErrorRate: values[1]! },
      }).findings;
      expect(findings.map(({ score }) => score).toSorted()).toEqual(own.map(f => f.aftershock.score).toSorted());
    }
  });

  test('says which step of which parameter flips which finding', () => {
    const { flips, subjects, base } = sweep(STORY, [
      { name: 'TimeWindow', values: ['1m', '10m', '15m'] },
      { name: 'MinConnErrorRate', values: ['30', '50'] },
    ]);
    expect(base).toBe(2);
    expect(subjects.map(({ key }) => key)).toEqual(['t1210-windows victim', 't1210-windows victim #2']);
    expect(flips.map(f => [f.parameter, f.from, f.to, f.key, f.before, f.after])).toEqual([
      ['TimeWindow', '1m', '10m', 't1210-windows victim', undefined, 'medium'],
      ['TimeWindow', '10m', '15m', 't1210-windows victim #2', undefined, 'medium'],
      ['MinConnErrorRate', '30', '50', 't1210-windows victim', 'medium', 'low'],
    ]);
  });

  test('starts from what is set already', () => {
    const { cells } = sweep(STORY, [{ name: 'MinConnErrorRate', values: ['30'] }], { TimeWindow: '1m' });
    expect(cells[0]?.findings).toEqual([]);
  });

  test('of a parameter that also decides what is read from the logs says so', () => {
    expect(sweep([], [{ name: 'ConnErrorStates', values: ['payload', 'any-reset'] }]).warnings).toEqual([
      expect.stringContaining('ConnErrorStates also decides'),
    ]);
  });

  test('refuses a grid that nobody could read', () => {
    const values = Array.from({ length: 100 }, (_, i) => `${i + 1}m`);
    expect(() =>
      sweep(
        [],
        [
          { name: 'TimeWindow', values },
          { name: 'FollowOnWindow', values },
        ],
      ),
    ).toThrow(RangeError);
  });
});
