import { describe, expect, test } from 'vitest';
import { coverRules, needsOf, type RunRulesOptions, runRules } from '../../src/detect/rules.ts';
import type { EventFields } from '../../src/model/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/model/index.ts';
import { type EventRule, parseEql, parseKql, type RuleBody, type RuleHeader } from '../../src/rules/index.ts';
import { type PlainEvent, timelineOf } from '../support/events.ts';

const HEADER: RuleHeader = {
  id: 'r1',
  name: 'A rule',
  ruleset: 'elastic',
  language: 'kuery',
  type: 'query',
  level: 'high',
  riskScore: 73,
  description: '',
  author: [],
  license: undefined,
  references: [],
  tags: [],
  threat: [],
  falsePositives: [],
  note: undefined,
  version: '1',
  isBuildingBlock: false,
  maxSignals: 100,
  suppression: undefined,
  sources: [],
  file: 'r1.toml',
  sha256: '',
};
const ruleOf = (body: RuleBody, over: Partial<RuleHeader> = {}): EventRule => ({ ...HEADER, ...over, ...body });
const match = (kql: string, over: Partial<RuleHeader> = {}): EventRule =>
  ruleOf({ kind: 'match', condition: parseKql(kql) }, over);
const at = (micros: number, fields: EventFields): PlainEvent => ({ time: micros, ...fields });
const positions = (
  events: readonly PlainEvent[],
  rules: readonly EventRule[],
  options: RunRulesOptions = {},
): (readonly number[])[] => runRules(timelineOf(events, { rows: 3 }), rules, options).hits.map(hit => hit.positions);

test('hits come in the order of time, then of rules, whatever the order of the rules', () => {
  const events = [at(2, { 'process.name': 'a' }), at(1, { 'process.name': 'b' })];
  const rules = [match('process.name: *', { id: 'z' }), match('process.name: a', { id: 'b' })];
  const run = runRules(timelineOf(events), rules);
  expect(run.hits.map(hit => [hit.rule.id, hit.positions])).toEqual([
    ['z', [0]],
    ['b', [1]],
    ['z', [1]],
  ]);
});

test('a rule about another kind of event is not asked, and one about this kind is', () => {
  const events = [
    at(1, { 'event.category': 'network', 'process.name': 'a' }),
    at(2, { 'event.category': ['process'], 'process.name': 'a' }),
  ];
  expect(positions(events, [match('event.category: process and process.name: a')])).toEqual([[1]]);
  expect(positions(events, [match('event.category: (file or registry) and process.name: a')])).toEqual([]);
  expect(positions(events, [match('(event.category: file and user.name: x) or process.name: a')])).toEqual([[0], [1]]);
  expect(positions(events, [match('not event.category: process')])).toEqual([[0]]);
});

describe('new terms', () => {
  const rule = (history: number): EventRule =>
    ruleOf({
      kind: 'new-terms',
      condition: parseKql('event.category: process'),
      fields: ['host.id', 'process.name'],
      historyMicros: history,
    });
  const start = (time: number, host: string, name: string): PlainEvent =>
    at(time, { 'event.category': 'process', 'host.id': host, 'process.name': name });

  test('are the first of each combination, and again after the history has forgotten them', () => {
    const events = [start(0, 'h', 'a'), start(HOUR, 'h', 'a'), start(2 * HOUR, 'g', 'a'), start(4 * HOUR, 'h', 'a')];
    expect(positions(events, [rule(2 * HOUR)])).toEqual([[0], [2], [3]]);
  });

  test('say how much history there was where it is too short', () => {
    const run = runRules(timelineOf([start(0, 'h', 'a'), start(1.5 * DAY, 'h', 'b'), start(7 * DAY, 'h', 'c')]), [
      rule(7 * DAY),
    ]);
    expect(run.hits.map(hit => hit.note)).toEqual([
      'short history: 0 d of 7 d',
      'short history: 1.5 d of 7 d',
      undefined,
    ]);
  });

  test('are not new where an earlier collection knew them', () => {
    const baseline = timelineOf([start(0, 'h', 'a')]);
    const run = runRules(timelineOf([start(30 * DAY, 'h', 'a'), start(30 * DAY, 'h', 'b')]), [rule(7 * DAY)], {
      baseline,
    });
    expect(run.hits.map(hit => [hit.joinKeys, hit.note])).toEqual([[['h', 'b'], undefined]]);
  });

  test('need every one of their fields', () => {
    expect(positions([at(1, { 'event.category': 'process', 'process.name': 'a' })], [rule(DAY)])).toEqual([]);
  });
});

describe('a threshold', () => {
  const rule = (cardinality?: { field: 'user.name'; least: number }): EventRule =>
    ruleOf({
      kind: 'threshold',
      condition: parseKql('event.action: failed'),
      fields: ['source.ip'],
      least: 3,
      cardinality,
      windowMicros: MINUTE,
    });
  const failed = (second: number, ip: string, user = 'u'): PlainEvent =>
    at(second * SECOND, { 'event.action': 'failed', 'source.ip': ip, 'user.name': user });

  test('counts each group for itself within its window, inclusive', () => {
    const events = [failed(0, 'a'), failed(30, 'b'), failed(30, 'a'), failed(60, 'a')];
    expect(positions(events, [rule()])).toEqual([[0, 2, 3]]);
    expect(positions([failed(0, 'a'), failed(30, 'a'), failed(61, 'a')], [rule()])).toEqual([]);
  });

  test('uses each event once', () => {
    const events = [0, 1, 2, 3, 4, 5, 6].map(second => failed(second, 'a'));
    expect(positions(events, [rule()])).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  test('waits for so many different values, too', () => {
    const events = [failed(0, 'a', 'x'), failed(1, 'a', 'x'), failed(2, 'a', 'x'), failed(3, 'a', 'y')];
    expect(positions(events, [rule({ field: 'user.name', least: 2 })])).toEqual([[0, 1, 2, 3]]);
    expect(
      positions(
        [failed(0, 'a', 'y'), ...events.slice(0, 3).map((e, i) => ({ ...e, time: (61 + i) * SECOND }))],
        [rule({ field: 'user.name', least: 2 })],
      ),
    ).toEqual([]);
  });
});

test('an indicator matches by one line of the mapping, all of its fields', () => {
  const rule = ruleOf({
    kind: 'indicators',
    condition: parseKql('event.category: network'),
    mapping: [
      [
        { field: 'destination.ip', indicator: 'labels.ip' },
        { field: 'destination.port', indicator: 'labels.port' },
      ],
      [{ field: 'source.domain', indicator: 'labels.domain' }],
    ],
  });
  const indicators = [
    { 'labels.ip': '10.0.0.1', 'labels.port': 445 },
    { 'labels.domain': ['bad.example', 'worse.example'] },
  ];
  const events = [
    at(1, { 'event.category': 'network', 'destination.ip': '10.0.0.1', 'destination.port': 80 }),
    at(2, { 'event.category': 'network', 'destination.ip': '10.0.0.1', 'destination.port': 445 }),
    at(3, { 'event.category': 'network', 'source.domain': 'worse.example' }),
  ];
  expect(positions(events, [rule], { indicators })).toEqual([[1], [2]]);
  expect(runRules(timelineOf(events), [rule])).toMatchObject({
    hits: [],
    warnings: [expect.stringContaining('no indicators were given')],
  });
});

test('a sequence rule gives its events in the order of its stages', () => {
  const { base } = parseEql(
    'sequence by host.id with maxspan=1m [process where true] ![file where true] [network where true]',
  );
  if (base.kind !== 'sequence') throw new Error('a sequence was asked for');
  const events = [
    at(0, { 'event.category': 'process', 'host.id': 'h' }),
    at(SECOND, { 'event.category': 'network', 'host.id': 'h' }),
  ];
  const [hit] = runRules(timelineOf(events), [ruleOf({ kind: 'sequence', query: base })]).hits;
  expect(hit).toMatchObject({ positions: [0, 1], joinKeys: ['h'], level: 'high' });
});

describe('hits are held back', () => {
  const events = [0, 1, 2, 3].map(minute =>
    at(minute * MINUTE, { 'process.name': 'a', ...(minute === 3 ? {} : { 'host.id': 'h' }) }),
  );

  test('by suppression: one for all that agree within its window, with their number', () => {
    const suppression = { fields: ['host.id'], windowMicros: MINUTE, missing: 'keep' } as const;
    const { hits } = runRules(timelineOf(events), [match('process.name: a', { suppression })]);
    expect(hits.map(hit => [hit.positions, hit.count])).toEqual([
      [[0, 1], 2],
      [[2], undefined],
      [[3], undefined],
    ]);
  });

  test('by max_signals, which is said', () => {
    const run = runRules(timelineOf(events), [match('process.name: a', { maxSignals: 2 })]);
    expect(run.hits).toHaveLength(2);
    expect(run.warnings).toEqual(['A rule: 4 hits, of which the first 2 are kept (max_signals)']);
  });

  test('by exceptions of this rule or of all, never of another', () => {
    const exception = (...ruleIds: string[]): RunRulesOptions => ({
      exceptions: [{ ruleIds, name: '', condition: parseKql('host.id: h') }],
    });
    const rules = [match('process.name: a')];
    expect(positions(events, rules, exception('r1'))).toEqual([[3]]);
    expect(positions(events, rules, exception())).toEqual([[3]]);
    expect(positions(events, rules, exception('r2'))).toHaveLength(4);
  });

  test('where a rule is only material for others, unless they are asked for', () => {
    const rules = [match('process.name: a', { isBuildingBlock: true })];
    expect(positions(events, rules)).toEqual([]);
    expect(positions(events, rules, { buildingBlocks: true })).toHaveLength(4);
  });
});

test('what rules read is known beforehand', () => {
  const threshold = ruleOf({
    kind: 'threshold',
    condition: parseKql('a.*: x'),
    fields: ['source.ip'],
    least: 1,
    cardinality: { field: 'user.name', least: 1 },
    windowMicros: 1,
  });
  expect(needsOf([match('process.name: a')])).toEqual({ fields: new Set(['process.name']), every: false });
  expect(needsOf([threshold])).toEqual({ fields: new Set(['source.ip', 'user.name']), every: true });
});

test('coverage says which rules could hold here, and what the others lack', () => {
  const { batches } = timelineOf([
    at(1, { 'event.category': 'process', 'process.name': 'a' }),
    { ...at(2, { 'event.category': 'network', 'source.ip': '10.0.0.1' }), artifact: 'other.log' },
  ]);
  const { base } = parseEql(
    'sequence by host.id [process where process.name == "b"] [network where destination.port == 1]',
  );
  if (base.kind !== 'sequence') throw new Error('a sequence was asked for');
  const rules = [
    match('event.category: process and process.name: nothing-like-it'),
    match('event.category: process and source.ip: *'),
    match('event.category: registry and registry.path: x*'),
    match('event.category: (process or file) and (user.name: x or user.id: y)'),
    ruleOf({ kind: 'sequence', query: base }),
  ];
  expect(coverRules(batches, rules).map(row => [row.canFire, row.lacks])).toEqual([
    [true, []],
    [true, []],
    [false, ['event.category: registry', 'registry.path']],
    [false, ['user.name or user.id']],
    [false, ['destination.port']],
  ]);
});
