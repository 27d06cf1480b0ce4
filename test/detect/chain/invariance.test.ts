import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DetectResult } from '../../../src/detect/engine.ts';
import type { PlainEvent } from '../../support/events.ts';
import { burst, chainFile, child, dayBefore, inbound, outbound, serviceEvent, verdictOn } from './stage-events.ts';

// What must not matter: where in time it happened, what machines are called, in which file or order the logs came, and how much went on beside it.

const STORY: readonly PlainEvent[] = [
  dayBefore(),
  ...burst(0, 12, 16),
  serviceEvent(30, 'crash'),
  child(32),
  outbound(70, '10.0.0.7', 445, { lineage: 'child-1' }),
  outbound(80, '10.0.0.9', 4444),
  serviceEvent(5000, 'abnormal_restart'),
  inbound(9000, { source: '203.0.113.5' }),
  child(9500),
];

const essence = ({ findings, signals }: DetectResult) => ({
  findings: findings.map(({ aftershock, rule, source }) => ({
    rule: rule.id,
    source: source?.ip,
    level: aftershock.level,
    score: aftershock.score,
    class: aftershock.class,
    stages: aftershock.stages.map(({ id, status, count, delta_s }) => [id, status, count, delta_s]),
  })),
  signals: signals.length,
});

const EXPECTED = essence(verdictOn(STORY));

test('the story has findings to lose', () => {
  expect(EXPECTED.findings.map(({ level, score }) => [level, score])).toEqual([
    ['critical', 100],
    ['medium', 40],
  ]);
});

test('all times shifted by the same span give the same verdict', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), seconds => {
      const shifted = STORY.map(event => ({ ...event, time: Number(event.time) + seconds * 1e6 }));
      expect(essence(verdictOn(shifted))).toEqual(EXPECTED);
    }),
    { numRuns: 10 },
  );
});

test('another name for the machine gives the same verdict', () => {
  const rename = (value: unknown) => (value === 'victim' ? 'zz-renamed' : value);
  const renamed = STORY.map(
    event => Object.fromEntries(Object.entries(event).map(([key, value]) => [key, rename(value)])) as PlainEvent,
  );
  const hosts = [{ id: 'zz-renamed', os: 'windows', ips: ['10.0.0.5'] }] as const;
  const plain = essence(verdictOn(STORY, { sources: [] }));
  expect(essence(verdictOn(renamed, { hosts, sources: [] }))).toEqual(plain);
});

test('events in any order of arrival give the same verdict', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...STORY], { minLength: STORY.length }), events => {
      expect(essence(verdictOn(events))).toEqual(EXPECTED);
    }),
    { numRuns: 10 },
  );
});

test('a hundred times as many benign connections to other machines change nothing', () => {
  const padding = Array.from({ length: STORY.length * 100 }, (_, i) =>
    inbound((i * 7) % 12_000, {
      source: `10.0.${(i % 7) + 3}.${(i % 250) + 1}`,
      responder: '10.0.9.9',
      host: 'other',
      port: 443,
    }),
  );
  const hosts = [
    { id: 'victim', os: 'windows', ips: ['10.0.0.5'] },
    { id: 'other', os: 'windows', ips: ['10.0.9.9'] },
  ] as const;
  expect(essence(verdictOn([...STORY, ...padding], { hosts }))).toEqual(EXPECTED);
});

describe('a hundred times as much of the ordinary on the machine itself', () => {
  const DAY = 86_400;
  const clients = Array.from({ length: 40 }, (_, i) => `10.0.${(i % 4) + 3}.${i + 20}`);
  const servers = Array.from({ length: 20 }, (_, i) => `10.0.8.${i + 20}`);
  /** Whoever comes and is called every day was there the day before, and so was every kind of log. */
  const regulars: readonly PlainEvent[] = [
    ...clients.map((source, i) => inbound(-DAY - 60 * i, { source })),
    ...servers.map((server, i) => outbound(-2 * DAY - 60 * i, server, 445)),
    inbound(-DAY, { source: clients[0]!, telemetry: 'log', port: ['135', '445'] }),
    child(-DAY, { context: 'none', parent: 'explorer.exe', lineage: 'p0' }),
    outbound(-DAY, servers[0]!, 445, { lineage: 'p0', telemetry: 'host' }),
  ];
  const ordinary: fc.Arbitrary<PlainEvent> = fc
    .record({
      kind: fc.constantFrom('client', 'line', 'server', 'process', 'connection of a process', 'login'),
      seconds: fc.integer({ min: -DAY, max: DAY }),
      which: fc.nat(39),
    })
    // Before the restart that stands alone nobody came: whoever came would be its access.
    .filter(({ kind, seconds }) => !(['client', 'line'].includes(kind) && seconds > 4300 && seconds < 5100))
    .map(({ kind, seconds, which }) => {
      switch (kind) {
        case 'client':
          return inbound(seconds, { source: clients[which]!, reset: which % 4 === 0, seconds: which });
        case 'line':
          return inbound(seconds, { source: clients[which]!, telemetry: 'log', port: ['135', '445'] });
        case 'server':
          return outbound(seconds, servers[which % 20]!, 445);
        case 'process':
          return child(seconds, { context: 'none', parent: 'explorer.exe', lineage: `p${which}` });
        case 'connection of a process':
          return outbound(seconds, servers[which % 20]!, 445, { lineage: `p${which}`, telemetry: 'host' });
        default:
          return child(seconds, { context: 'login', parent: 'sshd', lineage: `l${which}` });
      }
    });
  const padding = fc.array(ordinary, { minLength: STORY.length * 100, maxLength: STORY.length * 100, size: 'max' });

  test('changes no verdict and no count', () => {
    const expected = essence(verdictOn([...STORY, ...regulars]));
    expect(expected.findings.map(({ level, score }) => [level, score])).toEqual([
      ['critical', 100],
      ['medium', 40],
    ]);
    fc.assert(
      fc.property(padding, events => {
        expect(essence(verdictOn([...STORY, ...regulars, ...events]))).toEqual(expected);
      }),
      { numRuns: 4 },
    );
  });

  test('hides no scanner, and makes none', () => {
    const scan = burst(0, 16, 20, { peer: ['internal', 'scanner'] });
    const story = [dayBefore(), ...scan, serviceEvent(30, 'crash')];
    const expected = essence(verdictOn([...story, ...regulars]));
    expect(expected.findings.map(({ level, score }) => [level, score])).toEqual([['low', 35]]);
    fc.assert(
      fc.property(padding, events => {
        expect(essence(verdictOn([...story, ...regulars, ...events]))).toEqual(expected);
      }),
      { numRuns: 4 },
    );
  });
});

describe('one source missing', () => {
  const without = (artifact: string) =>
    essence(verdictOn(STORY.filter(event => event.artifact !== artifact))).findings[0];

  test.each([
    ['zeek/conn.log', 'B1 C1 D1'],
    ['victim/System.evtx', 'A2 C1 D1 D4'],
    ['victim/Sysmon.evtx', 'A2 B1 D4'],
  ])('%s: the chain still stands on what is left', (artifact, marks) => {
    const finding = without(artifact);
    expect(
      finding?.stages
        .filter(([, status]) => status === 'matched')
        .map(([id]) => id)
        .join(' '),
    ).toBe(marks);
    expect(['medium', 'high', 'critical']).toContain(finding?.level);
  });
});

test('the same story under every chain of the house is one finding a machine and incident', () => {
  const chains = ['t1210-windows', 't1210-linux', 't1210-esxi', 't1210-macos'].map(chainFile);
  expect(essence(verdictOn(STORY, { chains })).findings.map(({ rule }) => rule)).toEqual([
    't1210-windows',
    't1210-windows',
  ]);
});
