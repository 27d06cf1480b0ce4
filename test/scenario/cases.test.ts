import { expect, test } from 'vitest';
import type { Finding, Level } from '../../src/model/index.ts';
import { CASES, type Case, type CaseKind, grade, tally } from '../../src/scenario/index.ts';
import { filesOf } from '../support/cases.ts';

const idsOf = (kind: CaseKind): string[] => CASES.filter(one => one.kind === kind).map(one => one.id);
const named = (id: string): Case => CASES.find(one => one.id === id)!;

test('there are cases of every kind, each with a name of its own', () => {
  expect(new Set(CASES.map(one => one.id)).size).toBe(CASES.length);
  expect(CASES.length).toBeGreaterThanOrEqual(48);
  for (const [kind, least] of [
    ['positive', 24],
    ['degraded', 20],
    ['contrast', 8],
    ['benign', 12],
  ] as const)
    expect(idsOf(kind).length, kind).toBeGreaterThanOrEqual(least);
});

test('every platform is attacked, and no benign case expects a finding', () => {
  const rules = new Set(
    CASES.filter(one => one.kind === 'positive').flatMap(one => one.truth.findings.map(f => f.rule)),
  );
  expect([...rules].toSorted()).toEqual(['t1210-esxi', 't1210-linux', 't1210-macos', 't1210-windows']);
  for (const one of CASES.filter(c => c.kind === 'benign')) expect(one.truth.findings, one.id).toEqual([]);
});

test.each(['win-mssql', 'lin-apache-no-audit', 'esx-slpd', 'mac-sshd', 'ben-counters'])(
  '%s is the same evidence, byte for byte, whenever it is told with the same setting',
  id => {
    const [a, b] = [filesOf(named(id)), filesOf(named(id))];
    expect([...a.keys()]).toEqual([...b.keys()]);
    for (const [path, bytes] of a) expect(Buffer.from(bytes).equals(b.get(path)!), path).toBe(true);
  },
);

test('a degraded case lacks its source and keeps the others', () => {
  const whole = new Set(filesOf(named('win-spooler')).keys());
  const rest = new Set(filesOf(named('win-spooler-no-sysmon')).keys());
  expect([...whole].filter(path => !rest.has(path))).toEqual([
    '/FS01/C/Windows/System32/winevt/Logs/Microsoft-Windows-Sysmon%4Operational.evtx',
  ]);
});

const finding = (
  host: string,
  level: Level,
  over: { readonly rule?: string; readonly className?: string; readonly marks?: readonly string[] } = {},
): Finding =>
  ({
    rule: { id: over.rule ?? 't1210-windows', name: '' },
    host: { name: host },
    aftershock: {
      level,
      class: over.className ?? 'exploit',
      stages: (over.marks ?? []).map(id => ({ id, status: 'matched' })),
    },
  }) as unknown as Finding;

const spooler = named('win-spooler');

test('a finding on the right machine is found, with the stages that it lacks and the level that it missed', () => {
  const [one] = grade(spooler, [finding('fs01.corp.example', 'high', { marks: ['A2', 'B1', 'C1'] })]).expected;
  expect(one).toMatchObject({ missingStages: ['B4', 'D1'], isLevelWrong: true });
  expect(one!.found).toBeDefined();
});

test.each([
  ['another machine', finding('fs02', 'critical')],
  ['another rule', finding('fs01', 'critical', { rule: 't1210-linux' })],
  ['no more than info', finding('fs01', 'info')],
])('what is found on %s is not found', (_, other) => {
  expect(grade(spooler, [other]).expected[0]!.found).toBeUndefined();
});

test('another word about a machine that was attacked is no false alarm; about any other machine it is one', () => {
  const graded = grade(spooler, [
    finding('FS01', 'high', { rule: 'service-crash-dos' }),
    finding('FS77', 'high', { rule: 'service-crash-dos' }),
    finding('FS78', 'low'),
  ]);
  expect(graded.falseAlarms.map(f => f.host.name)).toEqual(['FS77']);
  expect(graded.tooHigh.map(f => f.host.name)).toEqual(['FS77']);
  expect(tally([graded])).toMatchObject({ alarms: 2, falseAlarms: 1, falseHighs: 1, asides: 1, found: 0, expected: 1 });
});

test('remote administration told as exploitation is a false alarm and not found', () => {
  const psexec = named('con-psexec');
  const wrong = grade(psexec, [finding('APP1', 'medium')]);
  expect(wrong.expected[0]!.found).toBeUndefined();
  expect(wrong.falseAlarms).toHaveLength(1);
  const right = grade(psexec, [finding('APP1', 'medium', { className: 'remote-exec', marks: ['X5'] })]);
  expect(right).toMatchObject({ falseAlarms: [], tooHigh: [], expected: [{ missingStages: [], isLevelWrong: false }] });
});
