import { describe, expect, test } from 'vitest';
import { child, dayBefore, gist, inbound, marksOf, outbound, serviceEvent, verdictOn } from './stage-events.ts';

const CRASH_AND_CHILD = [serviceEvent(600, 'crash'), child(601)];

describe('follow-ups', () => {
  test('a destination that the machine knew is not new', () => {
    const events = [
      dayBefore(),
      outbound(-3600, '10.0.0.7', 445),
      inbound(0),
      serviceEvent(5, 'crash'),
      outbound(20, '10.0.0.7', 445),
    ];
    expect(marksOf(verdictOn(events).findings[0])).toBe('A1 B1');
  });

  test('two sensors that see one new connection do not make it old', () => {
    const events = [
      dayBefore(),
      inbound(0),
      ...CRASH_AND_CHILD.map(e => ({ ...e, time: Number(e.time) - 590e6 })),
      outbound(30, '10.0.0.7', 445),
      outbound(30.2, '10.0.0.7', 445, { lineage: 'child-1' }),
    ];
    expect(gist(verdictOn(events))).toBe('exploit critical 90 A1 B1 C1 D1');
  });

  test('less than a day of contacts before the access is a short baseline, at half the points', () => {
    const events = [
      outbound(-3600, '10.0.0.200', 8443),
      inbound(0),
      serviceEvent(5, 'crash'),
      outbound(20, '10.0.0.7', 445),
    ];
    const { findings } = verdictOn(events);
    expect(findings[0]?.aftershock.score).toBe(10 + 25 + 6 + 5);
    expect(findings[0]?.aftershock.caveats).toContainEqual(expect.stringContaining('short baseline: 1h of 1d'));
  });

  test('a baseline collection makes it long, and knows old contacts', () => {
    const events = [inbound(0), serviceEvent(5, 'crash'), outbound(20, '10.0.0.7', 445)];
    const baseline = [outbound(-9 * 86_400, '10.0.0.200', 8443), outbound(-2 * 86_400, '10.0.0.200', 8443)];
    expect(verdictOn(events, { baseline }).findings[0]?.aftershock.score).toBe(10 + 25 + 12 + 5);
    const known = [...baseline, outbound(-86_400, '10.0.0.7', 445)];
    expect(marksOf(verdictOn(events, { baseline: known }).findings[0])).toBe('A1 B1');
  });

  test('infrastructure on its own ports is no follow-up; a remote desktop to it is', () => {
    const dc = (port: number) => outbound(20, '10.0.0.2', port, { peer: ['internal', 'infrastructure'] });
    const marks = (port: number) =>
      marksOf(verdictOn([dayBefore(), inbound(0), serviceEvent(5, 'crash'), dc(port)]).findings[0]);
    expect(marks(445)).toBe('A1 B1');
    expect(marks(3389)).toBe('A1 B1 D2');
  });

  test('a callback of the child to an external address counts, to the attacker it counts more', () => {
    const events = (destination: string) => [
      dayBefore(),
      inbound(0, { source: '203.0.113.9' }),
      child(5),
      outbound(8, destination, 443, { lineage: 'child-1' }),
    ];
    expect(gist(verdictOn(events('198.51.100.7')))).toBe('exploit medium 60 A1 C1 D3');
    expect(gist(verdictOn(events('203.0.113.9')))).toBe('exploit high 75 A1 C1 D3 D4');
  });
});

describe('merging', () => {
  test('a repeat within four windows updates the finding, and a new stage opens it again', () => {
    const { findings } = verdictOn([inbound(0), serviceEvent(5, 'crash'), inbound(2000), child(2005)]);
    expect(findings.map(f => f.aftershock.score)).toEqual([70]);
  });

  test('a repeat after more than four windows is a finding of its own', () => {
    const { findings } = verdictOn([inbound(0), serviceEvent(5, 'crash'), inbound(2500), serviceEvent(2505, 'crash')]);
    expect(findings).toHaveLength(2);
  });

  test('earlier contacts of the same source are told as a campaign and not scored', () => {
    const { findings } = verdictOn([inbound(-20_000), inbound(-10_000), inbound(0), serviceEvent(5, 'crash')]);
    expect(findings[0]?.aftershock.score).toBe(35);
    expect(findings[0]?.aftershock.caveats).toContainEqual(expect.stringContaining('campaign since'));
  });
});
