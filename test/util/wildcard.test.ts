import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileWildcard, parseWildcard, renderWildcard } from '../../src/util/wildcard.ts';

const SYNTAX = { one: true, escape: true } as const;
const is = (pattern: string, text: string, syntax = SYNTAX as { one: boolean; escape: boolean }): boolean =>
  compileWildcard(parseWildcard(pattern, syntax))(text);

test('a pattern spans the whole text', () => {
  expect(is('a*c', 'abbc')).toBe(true);
  expect(is('a*c', 'abcd')).toBe(false);
  expect(is('?', '')).toBe(false);
  expect(is('*', '')).toBe(true);
  expect(is('*a*b*', 'xaxbx')).toBe(true);
  expect(is('*ab', 'aab')).toBe(true);
  expect(is('ab*ab', 'ab')).toBe(false);
  expect(is('a?c', 'a\nc')).toBe(true);
});

test('a backslash takes the meaning from a wildcard, where the language says so', () => {
  expect(is('a\\*', 'a*')).toBe(true);
  expect(is('a\\*', 'ab')).toBe(false);
  expect(is('C:\\Windows\\\\*', 'C:\\Windows\\x')).toBe(true);
  expect(is('a\\*', 'a\\b', { one: true, escape: false })).toBe(true);
  expect(is('a?', 'a?', { one: false, escape: false })).toBe(true);
  expect(is('a?', 'ab', { one: false, escape: false })).toBe(false);
});

test('matches what a regular expression of the same meaning matches, and can be written down again', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ab*?]{0,8}$/), fc.stringMatching(/^[ab]{0,12}$/), (pattern, text) => {
      const regex = new RegExp(`^${pattern.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`);
      expect(is(pattern, text)).toBe(regex.test(text));
      const tokens = parseWildcard(pattern, SYNTAX);
      expect(parseWildcard(renderWildcard(tokens), SYNTAX)).toEqual(tokens);
    }),
    { numRuns: 500 },
  );
});

test('a hostile pattern takes no longer than its length allows', () => {
  const text = 'a'.repeat(50_000);
  const start = performance.now();
  expect(is(`${'*a'.repeat(200)}*b`, text)).toBe(false);
  expect(is(`*${'a?'.repeat(50)}b*`, text)).toBe(false);
  expect(performance.now() - start).toBeLessThan(2000);
});
