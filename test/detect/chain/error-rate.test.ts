import { describe, expect, test } from 'vitest';
import { ATTACKER, burst, gist, inbound, marksOf, serviceEvent, verdictOn } from './stage-events.ts';

describe('the error rate', () => {
  const crashing = (events: ReturnType<typeof burst>) => [...events, serviceEvent(60, 'crash')];

  test('3 of 10 fires', () => {
    expect(gist(verdictOn(crashing(burst(0, 3, 10))))).toBe('exploit medium 50 A2 B1');
  });

  test('2 of 10 does not', () => {
    expect(gist(verdictOn(crashing(burst(0, 2, 10))))).toBe('exploit low 35 A1 B1');
  });

  test('nine connections are not assessable, and the finding says what would be', () => {
    const { findings } = verdictOn(crashing(burst(0, 9, 9)));
    expect(marksOf(findings[0])).toBe('A1 B1');
    const a2 = findings[0]?.aftershock.stages.find(({ id }) => id === 'A2');
    expect(a2?.measure).toMatchObject({ failed: 9, ok: 0, unknown: 0, value: 100 });
    expect(a2?.measure?.note).toContain('not assessable');
    expect(findings[0]?.aftershock.near_misses.map(({ parameter, value }) => [parameter, value])).toContainEqual([
      'MinConnSamples',
      '9',
    ]);
  });

  test('ten connections with three failures need three failures: two failures of two hundred percent do not exist', () => {
    expect(gist(verdictOn(crashing(burst(0, 2, 10)), { set: { MinConnErrorRate: '20' } }))).toBe(
      'exploit low 35 A1 B1',
    );
  });

  test('unknown connections enter no rate, and more of them than half make it not assessable', () => {
    const unknowns = (n: number) => Array.from({ length: n }, (_, i) => inbound(i - 20, { outcome: 'unknown' }));
    expect(marksOf(verdictOn(crashing([...burst(0, 5, 10), ...unknowns(10)])).findings[0])).toBe('A2 B1');
    expect(marksOf(verdictOn(crashing([...burst(0, 5, 10), ...unknowns(11)])).findings[0])).toBe('A1 B1');
  });

  test('the measure prints failed, ok and unknown and a Wilson interval', () => {
    const { findings } = verdictOn(crashing([...burst(0, 3, 10), inbound(3, { outcome: 'unknown' })]));
    expect(findings[0]?.aftershock.stages.find(({ id }) => id === 'A2')?.measure).toEqual({
      name: 'share of failed connections',
      value: 30,
      threshold: 30,
      failed: 3,
      ok: 7,
      unknown: 1,
      reset: 3,
      interval: [10.8, 60.3],
      note: `from ${ATTACKER}, to port 445`,
    });
  });

  test('the window of the rate is open at its old end: a failure exactly ten minutes before is out', () => {
    const early = inbound(0, { outcome: 'failed' });
    const rest = burst(600, 2, 9);
    expect(
      marksOf(verdictOn([early, ...rest.slice(0, 1), ...rest.slice(1), serviceEvent(615, 'crash')]).findings[0]),
    ).toBe('A1 B1');
  });

  test('one source alone may fire where all together do not', () => {
    const others = Array.from({ length: 90 }, (_, i) => inbound(i / 3, { source: `10.0.1.${i + 1}` }));
    const { findings } = verdictOn(crashing([...burst(0, 4, 10), ...others]));
    expect(marksOf(findings[0])).toBe('A2 B1');
    expect(findings[0]?.source?.ip).toBe(ATTACKER);
  });

  test('failed logons and closed ports are counted apart', () => {
    const events = crashing([...burst(0, 0, 10), ...burst(0, 9, 9, { failure: 'auth' })]);
    const { findings } = verdictOn(events);
    expect(marksOf(findings[0])).toBe('A1 B1');
    expect(findings[0]?.aftershock.stages.find(({ id }) => id === 'A2')?.measure?.note).toContain('9 apart');
  });

  test('a telemetry that has no failures enters no rate', () => {
    const events = crashing([
      ...burst(0, 3, 10),
      ...Array.from({ length: 50 }, (_, i) => inbound(i / 2, { outcome: 'none', telemetry: 'host' })),
    ]);
    expect(marksOf(verdictOn(events).findings[0])).toBe('A2 B1');
  });

  test('log lines beside the flows do not water down what resets are compared with', () => {
    const noisy = Array.from({ length: 40 }, (_, i) => inbound(-7200 + i, { reset: i % 2 === 0 }));
    const resets = Array.from({ length: 12 }, (_, i) => inbound(i, { reset: i % 2 === 0 }));
    const lines = Array.from({ length: 400 }, (_, i) => inbound(-7100 + i, { telemetry: 'log' }));
    expect(gist(verdictOn([...noisy, ...lines, ...resets, serviceEvent(30, 'crash')]))).toBe('exploit low 35 A1 B1');
  });

  describe('that is usual for the machine on normal days', () => {
    const days = (failed: number, all: number, over = {}) => burst(-3 * 86_400, failed, all, over);
    const a2 = (events: ReturnType<typeof burst>, baseline: ReturnType<typeof burst>) => {
      const [finding] = verdictOn(events, { baseline }).findings;
      const stage = finding?.aftershock.stages.find(({ id }) => id === 'A2');
      return [marksOf(finding), stage?.measure?.note, finding?.aftershock.caveats.filter(c => c.startsWith('A2'))];
    };

    test('is no burst, and the finding says why', () => {
      expect(a2(crashing(burst(0, 4, 10)), days(20, 50))).toEqual([
        'A1 B1',
        `from ${ATTACKER}, to port 445, no more than usual for this machine: 40 % of 50 on normal days`,
        [
          'A2 is not counted: 40 % failed connections to port 445 are usual for this machine (40 % of 50 on normal days)',
        ],
      ]);
    });

    test('is one where normal days are better, and says how much', () => {
      expect(a2(crashing(burst(0, 4, 10)), days(2, 50))).toEqual([
        'A2 B1',
        `from ${ATTACKER}, to port 445, 4 % of 50 on normal days`,
        [],
      ]);
    });

    test('counts only where the same machine and port were seen, by name or by address', () => {
      const events = crashing(burst(0, 4, 10));
      expect(a2(events, days(20, 50, { host: undefined }))[0]).toBe('A1 B1');
      expect(a2(events, days(20, 50, { host: 'other', responder: '10.0.0.77' }))[0]).toBe('A2 B1');
      expect(a2(events, days(20, 50, { port: 3389 }))[0]).toBe('A2 B1');
    });
  });

  test('resets that stand out against the time before give fewer points than failures', () => {
    const quiet = Array.from({ length: 40 }, (_, i) => inbound(-7200 + i));
    const resets = Array.from({ length: 12 }, (_, i) => inbound(i, { reset: i % 2 === 0 }));
    expect(gist(verdictOn([...quiet, ...resets, serviceEvent(30, 'crash')]))).toBe('exploit medium 40 A2 B1');
    const noisy = Array.from({ length: 40 }, (_, i) => inbound(-7200 + i, { reset: i % 2 === 0 }));
    expect(gist(verdictOn([...noisy, ...resets, serviceEvent(30, 'crash')]))).toBe('exploit low 35 A1 B1');
    expect(gist(verdictOn([...quiet.slice(0, 15), ...resets, serviceEvent(30, 'crash')]))).toBe('exploit low 35 A1 B1');
  });
});
