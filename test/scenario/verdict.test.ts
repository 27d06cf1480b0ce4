import { expect, test } from 'vitest';
import type { Finding } from '../../src/model/index.ts';
import { openScenario, STARTER, tellScenario, verdictOn } from '../../src/scenario/index.ts';

const telling = tellScenario(openScenario(STARTER, 'starter'));

const finding = (over: {
  readonly rule?: string;
  readonly host?: string;
  readonly level?: string;
  readonly marks?: string;
  readonly start?: string;
}): Finding =>
  ({
    rule: { id: over.rule ?? 't1210-linux', name: 'Exploitation of a Linux daemon' },
    host: { name: over.host ?? 'mail01.corp.example' },
    event: { start: over.start ?? '2026-06-01T09:00:00Z', end: over.start ?? '2026-06-01T09:07:00Z' },
    aftershock: {
      label: 'F1',
      level: over.level ?? 'high',
      class: 'exploit',
      stages: (over.marks ?? 'A2 B1 C1 D1').split(' ').map(id => ({ id, status: 'matched' })),
    },
  }) as unknown as Finding;

const deviations = (...findings: Finding[]): readonly string[] => verdictOn(telling, findings).deviations;

test('exactly the stated finding is no deviation, under any name of its machine', () => {
  expect(deviations(finding({}))).toEqual([]);
  expect(deviations(finding({ host: 'MAIL01' }))).toEqual([]);
  expect(deviations(finding({ host: '10.20.1.25' }))).toEqual([]);
});

test.each([
  ['nothing', [], /g1: t1210-linux on mail01 was not found/],
  ['another machine', [finding({ host: 'db01' })], /was not found/],
  ['another day', [finding({ start: '2026-06-02T09:00:00Z' })], /was not found/],
  ['a stage less', [finding({ marks: 'A2 C1 D1' })], /lacks B; it has A2, C1, D1/],
  ['a lower level', [finding({ level: 'medium' })], /is medium, not high/],
  ['one more', [finding({}), finding({ host: 'db01', level: 'medium' })], /on db01 is nobody's/],
  [
    'what must not be',
    [finding({}), finding({ start: '2026-06-01T08:20:00Z', level: 'high' })],
    /must not be: the scan/,
  ],
])('%s is a deviation', (_, findings, message) => {
  expect(deviations(...findings).join('\n')).toMatch(message);
});

test('what is low beside the stated finding is nobody’s business', () => {
  expect(deviations(finding({}), finding({ host: 'db01', level: 'low', rule: 'other' }))).toEqual([]);
});
