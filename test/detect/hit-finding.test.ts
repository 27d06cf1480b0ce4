import { expect, test } from 'vitest';
import { detect } from '../../src/detect/engine.ts';
import { type EventRule, parseEqlCondition, resolveParameters } from '../../src/rules/index.ts';
import { hostTableOf, type PlainEvent, timelineOf } from '../support/events.ts';
import { at, chainFile, child, inbound, VICTIM } from './chain/stage-events.ts';

const rule = (technique: string): EventRule => ({
  kind: 'match',
  condition: parseEqlCondition('process where process.name == "cmd.exe"'),
  id: 'own',
  name: 'Command shell',
  ruleset: 'elastic',
  language: 'eql',
  type: 'eql',
  level: 'medium',
  riskScore: 47,
  description: 'For a test.',
  author: [],
  license: undefined,
  references: [],
  tags: [],
  threat: [
    {
      framework: 'MITRE ATT&CK',
      tactic: { id: 'TA0002', name: 'Execution' },
      technique: [{ id: technique, name: 'x' }],
    },
  ],
  falsePositives: [],
  note: undefined,
  version: '1',
  isBuildingBlock: false,
  maxSignals: 100,
  suppression: undefined,
  sources: [],
  file: 'own.toml',
  sha256: '',
});

const judged = (events: readonly PlainEvent[], technique = 'T1059') => {
  const chains = [chainFile('t1210-windows')];
  return detect({
    timeline: timelineOf(events),
    hosts: hostTableOf(VICTIM),
    chains,
    parameters: resolveParameters(chains),
    toleranceMicros: () => 5e6,
    refer: () => ({ 'event.id': '', '@timestamp': '', 'log.file.path': '', summary: 'cmd.exe starts' }),
    sources: [],
    rules: [rule(technique)],
  });
};
const shell = (seconds: number): PlainEvent => ({
  time: at(seconds),
  host: 'victim',
  'event.category': 'process',
  'process.name': 'cmd.exe',
});

test('hits of a rule on one machine within an hour are one finding of its own level; every hit stays a signal', () => {
  const { findings, signals } = judged([shell(0), shell(60), shell(3 * 3600)]);
  expect(
    findings.map(f => [f.aftershock.label, f.aftershock.level, f.aftershock.class, f.aftershock.stages[0]?.count]),
  ).toEqual([
    ['F1', 'medium', 'rule', 2],
    ['F2', 'medium', 'rule', 1],
  ]);
  expect(findings[0]?.message).toBe('Command shell on victim (2 times): cmd.exe starts');
  expect(signals).toHaveLength(3);
});

test('a rule about the chain’s own technique is evidence of the incident and no second finding', () => {
  const events = [inbound(0), child(5)];
  expect(judged(events, 'T1210').findings.map(({ rule: { id } }) => id)).toEqual(['t1210-windows']);
  expect(
    judged(events, 'T1210')
      .signals.map(({ rule: { id } }) => id)
      .toSorted(),
  ).toEqual(['own', 't1210-windows']);
  expect(judged(events, 'T1059').findings.map(({ rule: { id } }) => id)).toEqual(['own', 't1210-windows']);
});
