import { expect, test } from 'vitest';
import { explain } from '../../src/detect/explain.ts';
import type { Report } from '../../src/model/index.ts';
import { burst, child, inbound, outbound, serviceEvent, verdictOn } from './chain/stage-events.ts';

const reportOf = (events: Parameters<typeof verdictOn>[0], set: Record<string, string> = {}): Report => {
  const { findings, coverage, warnings } = verdictOn(events, { set });
  return { findings, coverage, warnings } as unknown as Report;
};

test('a finding is told as chain, numbers, what is missing, what was left out and what would change it', () => {
  const report = reportOf(
    [
      ...burst(0, 12, 16),
      inbound(10, { source: '10.0.7.7' }),
      serviceEvent(30, 'crash'),
      child(32),
      outbound(650, '10.0.0.7', 445),
    ],
    { AllowedAdminCIDRs: '10.0.7.0/24' },
  );
  const text = explain(report, 'f1');
  expect(text.split('\n\n').map(section => section.split('\n')[0])).toEqual([
    'F1  CRITICAL  score 85  Exploitation of a remote Windows service  on victim',
    'What happened',
    'The chain',
    'Why this level',
    'What is missing',
    'What was left out',
    'What would change the verdict',
    'What to know before you rely on it',
    'What this rule cannot see',
    'Parameters that were changed',
  ]);
  expect(text).toContain('75 %, limit 30 %, 95 % interval 50.5–89.8 % (12 failed, 4 ok, 0 unknown, 12 with a reset)');
  expect(text).toContain('1 event: accesses of allowed administrators (AllowedAdminCIDRs)');
  expect(text).toContain('joins at FollowOnWindow 11m');
  expect(text).toContain('AllowedAdminCIDRs = 10.0.7.0/24 (flag)');
});

test('a label that is not there is answered with those that are', () => {
  expect(() => explain(reportOf([inbound(0), serviceEvent(5, 'crash')]), 'F9')).toThrow('F9: the report has F1');
  expect(() => explain(reportOf([]), 'F1')).toThrow('F1: the report has no finding');
});
