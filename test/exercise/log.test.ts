import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Act, logLine, merged, readLog } from '../../src/exercise/index.ts';

const wall = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const ACTS: readonly Act[] = [
  { wall: wall(0), at: 0, act: 'init', scenario: 's', truth_sha256: 'aa' },
  { wall: wall(1), at: 0, act: 'run', speed: null, until: 9 },
  { wall: wall(2), at: 5, act: 'inject', id: 'I1', status: 'given', by_hand: false },
  { wall: wall(3), at: 9, act: 'pause', why: 'until' },
];
const TEXT = ACTS.map(logLine).join('');

test('what is written is read back', () => {
  expect(readLog(TEXT)).toEqual({ acts: ACTS, problems: [] });
});

test('a log cut anywhere loses at most the line that was cut, and says so', () => {
  fc.assert(
    fc.property(fc.nat(TEXT.length), length => {
      const { acts, problems } = readLog(TEXT.slice(0, length));
      const whole = TEXT.slice(0, length).split('\n').length - 1;
      expect(acts.length).toBeGreaterThanOrEqual(whole);
      expect(acts).toEqual(ACTS.slice(0, acts.length));
      const isTorn = length > 0 && acts.length === whole && TEXT[length - 1] !== '\n';
      expect(problems.map(problem => problem.line)).toEqual(isTorn ? [whole + 1] : []);
    }),
  );
});

test.each(['{"act":"fly"}', '{"__proto__":{"act":"run"}}', '[]', 'null', '{', '{"act":"tick","wall":"soon","at":1}'])(
  '%s is no act: it is told with its line, and the others count',
  line => {
    const [first = '', ...rest] = TEXT.split('\n');
    const { acts, problems } = readLog([first, line, ...rest].join('\n'));
    expect(acts).toEqual(ACTS);
    expect(problems).toEqual([{ line: 2, message: 'no act of an exercise: left out' }]);
  },
);

test('the logs of both sides are put in one order, by the time of the world', () => {
  const said: Act = { wall: wall(2.5), at: 4, act: 'answer', by: 'blue', question: 'q1', values: { host: 'a' } };
  expect(merged(ACTS, [said]).map(act => act.act)).toEqual(['init', 'run', 'inject', 'answer', 'pause']);
});
