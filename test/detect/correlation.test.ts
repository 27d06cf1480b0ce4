import { describe, expect, test } from 'vitest';
import { coverRules, runRules } from '../../src/detect/rules.ts';
import { MINUTE } from '../../src/model/index.ts';
import { checkRules, type EventRule, loadRules, type RuleFile } from '../../src/rules/index.ts';
import { type PlainEvent, timelineOf } from '../support/events.ts';

/** A rule for events whose `kind` is its name. */
const base = (name: string): string =>
  `title: ${name}\nname: ${name}\nlogsource:\n  product: demo\ndetection:\n  selection:\n    process.name: ${name}\n  condition: selection\n`;
const correlation = (body: string): string =>
  `title: Together\nid: together\ncorrelation:\n${body.replace(/^/gm, '  ')}\nlevel: high\n`;
const fileOf = (...documents: readonly string[]): RuleFile => ({ path: 'rules.yml', text: documents.join('---\n') });

/** `a0:x b1:y`: rule, minute and group of each event, with the value that is measured where there is one (`a0:x=5`). */
const eventsFrom = (text: string): readonly PlainEvent[] =>
  text.split(' ').map(word => {
    const [, name = '', minute = '', group = '', value] = /^([a-z]+)(\d+):(\w+)(?:=(\S+))?$/.exec(word)!;
    return {
      time: Number(minute) * MINUTE,
      'event.module': 'demo',
      'process.name': name,
      'user.name': group,
      ...(value === undefined ? {} : { 'file.size': Number(value) }),
    };
  });

function eventRules(files: readonly RuleFile[]): readonly EventRule[] {
  const { rules, problems } = loadRules(files);
  expect(problems.map(({ error }) => error.place)).toEqual([]);
  return rules.filter((rule): rule is EventRule => rule.kind !== 'chain');
}

/** Positions of each hit of a correlation of the rules a, b and c. */
function hitsOf(body: string, events: string): readonly (readonly number[])[] {
  const rules = eventRules([fileOf(base('a'), base('b'), base('c'), correlation(body))]);
  return runRules(timelineOf(eventsFrom(events)), rules)
    .hits.filter(({ rule }) => rule.id === 'together')
    .map(hit => [...hit.positions]);
}

const GROUPED = 'group-by: [user.name]\ntimespan: 10m\n';

describe('rules that come together', () => {
  const ALL = `type: temporal\nrules: [a, b, c]\n${GROUPED}`;
  test.each([
    ['in any order', 'c0:x a1:x b2:x', [[0, 1, 2]]],
    ['of one group only', 'c0:x a1:y b2:x', []],
    ['within the timespan, ends included', 'c0:x a5:x b10:x', [[0, 1, 2]]],
    ['and no later', 'c0:x a5:x b11:x', []],
    ['not one of them often', 'a0:x a1:x a2:x b3:x', []],
    [
      'twice, with events of their own',
      'a0:x b1:x c2:x b3:x c4:x a5:x',
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    ['where the first is too old but a later one is not', 'a0:x a5:x b11:x c12:x', [[1, 2, 3]]],
  ])('%s', (_, events, hits) => {
    expect(hitsOf(ALL, events)).toEqual(hits);
  });

  test('a number of them is enough where the condition says so', () => {
    expect(hitsOf(`${ALL}condition:\n  gte: 2\n`, 'c0:x b2:x')).toEqual([[0, 1]]);
    expect(hitsOf(`${ALL}condition: a and b and c\n`, 'c0:x b2:x')).toEqual([]);
  });

  test('an alias gives each rule its own name for the group', () => {
    const body = `type: temporal\nrules: [a, b]\ngroup-by: [who]\ntimespan: 10m\naliases:\n  who:\n    a: user.name\n    b: user.target.name\n`;
    const rules = eventRules([fileOf(base('a'), base('b'), correlation(body))]);
    const pair = (target: string): readonly PlainEvent[] => [
      { time: 0, 'event.module': 'demo', 'process.name': 'a', 'user.name': 'ann' },
      { time: 1, 'event.module': 'demo', 'process.name': 'b', 'user.name': 'root', 'user.target.name': target },
    ];
    expect(runRules(timelineOf(pair('ann')), rules).hits).toHaveLength(1);
    expect(runRules(timelineOf(pair('bob')), rules).hits).toEqual([]);
  });
});

describe('values of a group', () => {
  const values = (type: string, condition: string): string =>
    `type: ${type}\nrules: [a, b]\n${GROUPED}condition:\n  field: file.size\n  ${condition}\n`;
  test.each([
    ['value_sum', 'gt: 10', 'a0:x=5 b1:x=5 a2:x=1', [[0, 1, 2]]],
    ['value_sum', 'gt: 10', 'a0:x=5 b1:y=5 a2:x=5', []],
    ['value_sum', 'gt: 10', 'a0:x=9 b11:x=9', []],
    ['value_count', 'gte: 2', 'a0:x=5 b1:x=5 a2:x=6', [[0, 1, 2]]],
    ['value_avg', 'gte: 5', 'a0:x=9 b1:x=2 a2:x=4', [[0, 1, 2]]],
    ['value_avg', 'gte: 5', 'a0:x=9 b1:x=2 a2:x=3', []],
    ['value_avg', 'lt: 5', 'a0:x b1:x', []],
    ['value_percentile', 'percentile: 50\n  gt: 3', 'a0:x=1 b1:x=4 a2:x=9', [[0, 1, 2]]],
    ['value_percentile', 'percentile: 50\n  gt: 3', 'a0:x=1 b1:x=3 a2:x=9', []],
    ['value_median', 'eq: 2.5', 'a0:x=1 b1:x=4', [[0, 1]]],
    ['value_median', 'gt: 3', 'a0:x=1 b1:x=3 a2:x=9', []],
    ['value_median', 'lte: 0', 'a0:x=-2 b1:x=0 a2:x=2', [[0, 1, 2]]],
    ['value_median', 'lte: 0', 'a0:x', []],
  ])('%s with %j', (type, condition, events, hits) => {
    expect(hitsOf(values(type, condition), events)).toEqual(hits);
  });

  test('of several fields are counted together, and only where all of them are there', () => {
    const together = `type: value_count\nrules: [a, b]\n${GROUPED}condition:\n  field: [process.name, file.size]\n  gte: 3\n`;
    expect(hitsOf(together, 'a0:x=1 b1:x=1 a2:x=2')).toEqual([[0, 1, 2]]);
    expect(hitsOf(together, 'a0:x=1 a1:x=1 a2:x=2')).toEqual([]);
    expect(hitsOf(together, 'a0:x=1 b1:x a2:x=2')).toEqual([]);
  });
});

describe('how many events', () => {
  const count = (condition: string): string =>
    `type: event_count\nrules: a\n${GROUPED}condition:\n${condition.replace(/^/gm, '  ')}\n`;
  test.each([
    ['lt: 3', 'a0:x a1:x', [[0, 1]]],
    ['lt: 3', 'a0:x a1:x a2:x', []],
    ['eq: 2', 'a0:x a1:x a11:x', [[0, 1]]],
    ['neq: 2', 'a0:x a1:x a11:x', [[2]]],
    ['lte: 1', 'a0:x a1:y a2:x', [[1]]],
    ['gt: 1\nlte: 2', 'a0:x a1:x a2:x a20:x a21:x', [[3, 4]]],
    [
      'gte: 2',
      'a0:x a1:x a2:x a3:x',
      [
        [0, 1],
        [2, 3],
      ],
    ],
  ])('%j', (condition, events, hits) => {
    expect(hitsOf(count(condition), events)).toEqual(hits);
  });
});

describe('rules of a correlation', () => {
  const together = correlation(`type: temporal\nrules: [a, b]\n${GROUPED}`);
  const files = (...texts: readonly string[]): readonly RuleFile[] =>
    texts.map((text, i) => ({ path: `${i}.yml`, text }));

  test('may stand in other files and behind it', () => {
    const rules = eventRules(files(together, base('a'), base('b')));
    expect(rules.map(({ name }) => name)).toEqual(['Together', 'a', 'b']);
    expect(runRules(timelineOf(eventsFrom('b0:x a1:x')), rules).hits).toHaveLength(1);
    expect(checkRules(files(together, base('a'), base('b'))).summary).toMatchObject({ ok: 3 });
  });

  test('make findings of their own only where it says so', () => {
    const loud = correlation(`type: temporal\nrules: [a, b]\ngenerate: true\n${GROUPED}`);
    const names = (text: string): readonly string[] =>
      runRules(
        timelineOf(eventsFrom('b0:x a1:x c2:x')),
        eventRules(files(text, base('a'), base('b'), base('c'))),
      ).hits.map(({ rule }) => rule.name);
    expect(names(together)).toEqual(['Together', 'c']);
    expect(names(loud)).toEqual(['b', 'Together', 'a', 'c']);
  });

  test('must all be possible for rules that come together, and one of them for what is counted', () => {
    const dns = base('b').replace('product: demo', 'category: dns');
    const lacks = (type: string, condition: string): readonly string[] => {
      const body = `type: ${type}\nrules: [a, b]\n${GROUPED}${condition}`;
      const rules = eventRules(files(correlation(body), base('a'), dns));
      return coverRules(timelineOf(eventsFrom('a0:x')).batches, rules.slice(0, 1)).flatMap(row => row.lacks);
    };
    expect(lacks('temporal', '').join()).toContain('network.protocol');
    expect(lacks('event_count', 'condition:\n  lt: 5\n')).toEqual([]);
  });
});

test.each([
  ['type: temporal\nrules: [a, d]\ntimespan: 1m', 'invalid', 'no rule that was given is called d'],
  ['type: sometimes\nrules: a\ntimespan: 1m', 'invalid', 'there is no correlation sometimes'],
  ['type: event_count\nrules: a\ntimespan: soon\ncondition:\n  gte: 1', 'invalid', 'a duration such as 10m'],
  ['type: event_count\nrules: a\ntimespan: 1m\ncondition:\n  over: 1', 'invalid', 'there is no over'],
  ['type: event_count\nrules: a\ntimespan: 1m\ncondition:\n  gte: many', 'invalid', 'a number is expected'],
  ['type: value_sum\nrules: a\ntimespan: 1m\ncondition:\n  gte: 1', 'invalid', 'the field whose values'],
  [
    'type: value_percentile\nrules: a\ntimespan: 1m\ncondition:\n  field: x\n  percentile: 101\n  gte: 1',
    'invalid',
    'from 0 to 100',
  ],
  ['type: value_sum\nrules: a\ntimespan: 1m\ncondition:\n  field: [x, y]\n  gte: 1', 'invalid', 'of one field'],
  ['type: temporal\nrules: [a, b]\ntimespan: 1m\ncondition: a or b', 'unsupported', 'joined with and'],
])('%j is told with its place', (body, status, reason) => {
  const { rules } = checkRules([fileOf(base('a'), base('b'), correlation(body))]);
  expect(rules.at(-1)).toMatchObject({ name: 'Together', status });
  expect(rules.at(-1)?.reason).toContain(reason);
  expect(rules.at(-1)?.line).toBeGreaterThan(20);
});
