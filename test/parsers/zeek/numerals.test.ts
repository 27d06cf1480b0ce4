import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from '../../../src/parsers/zeek/numerals.ts';

const read = (text: string): number => {
  const bytes = Buffer.from(`1.${text}.5`);
  return decimal(bytes, 2, bytes.length - 2);
};

test('a decimal number is the double that the language reads in the same text, whatever stands around it', () => {
  const whole = fc.nat(999_999_999_999).map(String);
  const sign = fc.constantFrom('', '-');
  const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,12}$/));
  fc.assert(
    fc.property(sign, whole, fraction, (...parts) => {
      const text = parts.join('');
      expect(read(text)).toBe(Number(text));
    }),
  );
});

test.each([
  ['1e3', 1000],
  ['0.5e-1', 0.05],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
])('%s is %d', (text, n) => {
  expect(read(text)).toBe(n);
});

test.each(['', '-', '.5', '5.', '1.2.3', '0x10', '1,5', '9007199254740993', 'NaN', ' 1'])('%j is no number', text => {
  expect(read(text)).toBeNaN();
});
