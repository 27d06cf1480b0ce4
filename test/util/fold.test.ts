import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold } from '../../src/util/fold.ts';

test('folding is simple: one character for one, no locale', () => {
  expect(fold('CMD.Exe')).toBe('cmd.exe');
  expect(fold('ÄÖÜ')).toBe('äöü');
  expect(fold('ſ')).toBe('s');
  expect(fold('\u212a')).toBe('k'); // the Kelvin sign
  expect(fold('Σς')).toBe('σσ');
  expect(fold('straße')).toBe('straße');
  expect(fold('İı')).toBe('İı'); // Turkish letters are not folded into i
});

test('a folded text has the length of the text, and folding it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      expect(fold(text)).toHaveLength(text.length);
      expect(fold(fold(text))).toBe(fold(text));
    }),
  );
});
