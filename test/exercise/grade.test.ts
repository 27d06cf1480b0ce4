import { expect, test } from 'vitest';
import { type Act, afterAction, gradeOf, gradeText, type Plan, stateOf } from '../../src/exercise/index.ts';

const MINUTE = 60e6;
const PLAN: Plan = {
  titleForPlayers: 'Something',
  title: 'Everything',
  start: 0,
  end: 240 * MINUTE,
  injects: [
    {
      id: 'I1',
      at: 30 * MINUTE,
      to: 'players',
      kind: 'hint',
      text: 'Look <there>.',
      release: [],
      expects: undefined,
      cost: 10,
      unanswered: 'q1',
    },
  ],
  questions: [
    {
      id: 'q1',
      text: 'Where?',
      points: 20,
      answer: new Map<string, readonly (string | number | boolean)[]>([
        ['host', ['mail01']],
        ['port', [25]],
      ]),
    },
    { id: 'q2', text: 'Was it a person?', points: 10, answer: new Map([['answer', [true]]]) },
  ],
  findings: [
    {
      id: 'g1',
      rule: 't1210-linux',
      hosts: ['mail01', 'mail01.corp.example', '10.0.0.1'],
      technique: 'T1210',
      source: '203.0.113.77',
      from: 60 * MINUTE,
      to: 70 * MINUTE,
      points: 40,
    },
    {
      id: 'g2',
      rule: 'x',
      hosts: ['mail01'],
      technique: 'T1059.004',
      source: undefined,
      from: 63 * MINUTE,
      to: 63 * MINUTE,
      points: 10,
    },
  ],
  events: [{ id: 'e1', at: 60 * MINUTE, summary: 'it begins' }],
  aliases: [['mail01', 'mail01.corp.example', '10.0.0.1']],
  falseClaim: 5,
};

const wall = '2026-01-01T00:00:00.000Z';
const claim = (over: Partial<Extract<Act, { act: 'claim' }>> = {}): Act => ({
  wall,
  at: 90 * MINUTE,
  act: 'claim',
  by: 'blue',
  host: 'mail01',
  technique: 'T1210',
  source: '203.0.113.77',
  from: 62 * MINUTE,
  to: 62 * MINUTE,
  ...over,
});
const answer = (question: string, values: Record<string, string>, at = 95): Act => ({
  wall,
  at: at * MINUTE,
  act: 'answer',
  by: 'blue',
  question,
  values,
});
const hint: Act = { wall, at: 30 * MINUTE, act: 'inject', id: 'I1', status: 'given', by_hand: false };
const graded = (...acts: Act[]) => gradeOf(PLAN, stateOf(PLAN, acts));

test('points for what is right, less what hints cost', () => {
  const all = [
    claim(),
    claim({ technique: 'T1059.004' }),
    answer('q1', { host: 'MAIL01', port: '25' }),
    answer('q2', { answer: 'yes' }, 100),
  ];
  expect(graded(...all)).toMatchObject({
    score: 80,
    most: 80,
    falseClaims: [],
    timeToDetect: 30 * MINUTE,
    timeToScope: 40 * MINUTE,
  });
  expect(graded(hint, ...all).score).toBe(70);
});

test.each([
  ['the name of the domain', { host: 'Mail01.Corp.Example' }],
  ['the address', { host: '10.0.0.1' }],
  ['times that are rounded', { from: 56 * MINUTE, to: 56 * MINUTE }],
  ['a long window around it', { from: 0, to: 200 * MINUTE }],
])('%s is right', (_, over) => {
  expect(graded(claim(over)).findings[0]).toMatchObject({ points: 40 });
});

test.each([
  ['source', { source: '203.0.113.78' }],
  ['source', { source: undefined }],
  ['window', { from: 10 * MINUTE, to: 20 * MINUTE }],
] as const)('a wrong %s is no finding, is said, and costs nothing', (flaw, over) => {
  const grade = graded(claim(over));
  expect(grade.findings[0]).toMatchObject({ points: 0, near: flaw });
  expect(grade.falseClaims).toEqual([]);
});

test('another machine or another technique is a false claim, once however often it is said', () => {
  const wrong = claim({ host: 'db01' });
  expect(graded(claim(), wrong, wrong, claim({ technique: 'T1003' }))).toMatchObject({
    score: 30,
    falseClaims: [{ host: 'db01' }, { technique: 'T1003' }],
  });
});

test('a technique stands for its sub-techniques, and not the other way round', () => {
  expect(graded(claim({ technique: 'T1059' })).findings[1]!.points).toBe(10);
  expect(graded(claim({ technique: 'T1210.001' })).falseClaims).toHaveLength(1);
});

test('a score is never below zero', () => {
  expect(graded(hint, claim({ host: 'db01' })).score).toBe(0);
});

test('the last answer counts, each part of it its share, and the time is that of the first right one', () => {
  const right = answer('q1', { host: 'mail01', port: '25' }, 100);
  const [q1] = graded(right, answer('q1', { host: 'mail01', port: '26' }, 110)).questions;
  expect(q1).toMatchObject({ points: 10, wrong: ['port'], rightAt: 100 * MINUTE });
});

test.each(['__proto__', 'constructor'])('an answer that names %s is an answer like any other', name => {
  expect(graded(answer('q1', JSON.parse(`{"${name}":"x"}`) as Record<string, string>)).questions[0]).toMatchObject({
    points: 0,
  });
});

test('a hint given stays given, whatever is said of it later', () => {
  const state = stateOf(PLAN, [hint, { ...hint, status: 'skipped', at: 40 * MINUTE }]);
  expect(state.injects.get('I1')!.status).toBe('given');
});

test('the account is the same in every format, and text in it does nothing', () => {
  const acts = [hint, claim(), answer('q1', { host: '<b>x</b>|y\u001b[2J', port: '1' })];
  const state = stateOf(PLAN, acts);
  const json = JSON.parse(afterAction(PLAN, state, acts, ['a line was torn'], 'json')) as {
    grade: { score: number };
    warnings: string[];
  };
  expect(json).toMatchObject({ grade: { score: gradeOf(PLAN, state).score }, warnings: ['a line was torn'] });
  const html = afterAction(PLAN, state, acts, [], 'html');
  expect(html).not.toMatch(/<b>x|<there>|\u001b/);
  expect(html).toContain("default-src 'none'");
  const markdown = afterAction(PLAN, state, acts, [], 'markdown');
  expect(markdown).not.toMatch(/\u001b|<there>/);
  expect(markdown).toContain('T1059.004 on mail01 was not seen');
  expect(gradeText(PLAN, gradeOf(PLAN, state))).toContain('score 30 of 80');
});
