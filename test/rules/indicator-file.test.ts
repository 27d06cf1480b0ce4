import { expect, test } from 'vitest';
import { readIndicators } from '../../src/rules/index.ts';

test('indicators are an array or an object a line, nested or dotted, with remarks', () => {
  const expected = { 'threat.indicator.ip': '203.0.113.9' };
  expect(readIndicators('[{"threat": {"indicator": {"ip": "203.0.113.9"}}}]').map(one => ({ ...one }))).toEqual([
    expected,
  ]);
  expect(readIndicators('# list\n{"threat.indicator.ip": "203.0.113.9"}\n\n').map(one => ({ ...one }))).toEqual([
    expected,
  ]);
  expect(readIndicators('')).toEqual([]);
});

test('a line that is no indicator is told with its place', () => {
  expect(() => readIndicators('{"a": 1}\nnonsense\n')).toThrow(expect.objectContaining({ line: 2 }));
  expect(() => readIndicators('[1]')).toThrow(/an object is expected/);
});
