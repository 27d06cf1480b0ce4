import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodeTable, TextTable } from '../../src/model/index.ts';

/** Few letters, so that texts repeat; NULs, lone surrogates and everything else that a log may hold. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '\u0000'), maxLength: 5 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('x', '\ud800', 'ÿ'), maxLength: 9 }),
  fc.string({ unit: fc.constantFrom('l', 'ö'), minLength: 1020, maxLength: 1030 }),
);

/** The number of a text by its UTF-16 bytes, which begin at an odd place in a log. */
function byUtf16(table: TextTable, given: string): number {
  const bytes = Buffer.concat([Buffer.from([0x41]), Buffer.from(given, 'utf16le'), Buffer.from([0x42])]);
  return table.utf16(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 1, given.length);
}

test('a text has one number, whether it comes as a string or as bytes, and no other text has it', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 60 }), texts => {
      const table = new TextTable();
      const numbers = new Map<string, number>([['', 0]]);
      for (const given of texts) {
        const number = byUtf16(table, given);
        expect(number).toBe(numbers.get(given) ?? numbers.size);
        numbers.set(given, number);
        expect(table.of(given)).toBe(number);
      }
      for (const [given, number] of numbers) {
        expect(table.text(number)).toBe(given);
        expect(byUtf16(table, given)).toBe(number);
      }
    }),
  );
});

test('thousands of texts keep their numbers while the table grows', () => {
  const table = new TextTable();
  const texts = Array.from({ length: 40_000 }, (_, i) => `text ${i}`);
  const numbers = texts.map(one => table.of(one));
  expect(new Set(numbers).size).toBe(texts.length);
  expect(texts.map(one => byUtf16(table, one))).toEqual(numbers);
  expect(table.isLarge).toBe(true);
  expect(numbers.map(number => table.text(number))).toEqual(texts);
});

test('a table of codes answers as a Map does, also after it was cleared', () => {
  const keys = fc.uniqueArray(fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })));
  fc.assert(
    fc.property(keys, keys, (before, after) => {
      const table = new CodeTable();
      before.forEach((key, i) => {
        table.add(key, i + 1);
      });
      before.forEach((key, i) => {
        expect(table.get(key)).toBe(i + 1);
      });
      table.clear();
      expect([table.size, ...before.map(key => table.get(key))]).toEqual([0, ...before.map(() => 0)]);
      after.forEach((key, i) => {
        table.add(key, i + 7);
      });
      const known = new Map(after.map((key, i) => [key, i + 7]));
      for (const key of [...before, ...after]) expect(table.get(key)).toBe(known.get(key) ?? 0);
      expect(table.size).toBe(after.length);
    }),
  );
});
