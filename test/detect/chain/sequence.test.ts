import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runSequence } from '../../../src/detect/chain/sequence-run.ts';
import { compileQuery, runQueries } from '../../../src/detect/query.ts';
import { loadChain, resolveParameters } from '../../../src/rules/index.ts';
import { type PlainEvent, timelineOf } from '../../support/events.ts';
import { verdictOn } from './stage-events.ts';

const text = (fire: string): string => `kind: chain
id: own-sequence
name: Own sequence
description: For a test.
platform: any
severity: high
attack:
  tactic: { id: TA0008, name: Lateral Movement }
  technique: { id: T1021, name: Remote Services }
params:
  Span: { type: duration, default: 10s, description: from first to last }
stages:
  S1: { name: first, component: Process Creation (DC0032), where: any where process.name == "a", score: 1 }
  S2: { name: second, component: Process Creation (DC0032), where: any where process.name == "b", score: 1 }
  S3: { name: third, component: Process Creation (DC0032), where: any where process.name == "c", score: 1 }
fire: ${fire}
known_gaps: [whatever is not logged]
`;

const chain = (fire: string) => {
  const { rule, errors } = loadChain(text(fire), 'own.yml');
  if (rule === undefined) throw new Error(errors.map(error => error.place).join());
  return rule;
};

const event = fc.record({
  time: fc.integer({ min: 0, max: 40 }).map(s => s * 1_000_000),
  'process.name': fc.constantFrom('a', 'b', 'c', 'd'),
  'user.id': fc.option(fc.constantFrom('u', 'v'), { nil: undefined }),
});

test('required, ordered, unaggregated stages give exactly what the EQL sequence gives', () => {
  const rule = chain('{ sequence: [S1, S2, S3], by: [user.id], within: $Span }');
  const settings = resolveParameters([rule]).get(rule.id)!;
  const query = compileQuery(
    'sequence by user.id with maxspan=10s [any where process.name == "a"] [any where process.name == "b"] [any where process.name == "c"]',
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), events => {
      const timeline = timelineOf(events);
      const [eql] = runQueries([query], timeline);
      const own = runSequence(rule, settings, timeline).incidents.map(({ positions }) =>
        [...positions.values()].flat(),
      );
      expect(own).toEqual(eql!.matches.map(({ positions }) => positions));
    }),
    { numRuns: 200 },
  );
});

describe('a sequence of the user', () => {
  const events = (...names: readonly string[]): PlainEvent[] =>
    names.map((name, i) => ({ time: i * 1_000_000, host: 'victim', 'process.name': name }));

  test('becomes a finding of its own severity, a stage a step', () => {
    const { findings } = verdictOn(events('a', 'b', 'c'), { chains: [chain('{ sequence: [S1, S2, S3] }')] });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.aftershock).toMatchObject({ level: 'high', class: 'rule', label: 'F1' });
    expect(findings[0]?.aftershock.stages.map(({ id, delta_s }) => [id, delta_s])).toEqual([
      ['S1', 0],
      ['S2', 1],
      ['S3', 2],
    ]);
  });

  test('of one step is a rule on single events, and near ones are told together', () => {
    const chains = [chain('{ sequence: [S1], merge: 5s }')];
    expect(verdictOn(events('a', 'a', 'a'), { chains }).findings.map(f => f.aftershock.stages[0]?.count)).toEqual([3]);
    expect(verdictOn(events('a', 'd', 'd', 'd', 'd', 'd', 'd', 'a'), { chains }).findings).toHaveLength(2);
  });

  test('may ask for one stage several times', () => {
    const chains = [chain('{ sequence: [S1, S1, S1], within: 1m }')];
    expect(verdictOn(events('a', 'a'), { chains }).findings).toEqual([]);
    expect(verdictOn(events('a', 'a', 'a'), { chains }).findings).toHaveLength(1);
  });
});
