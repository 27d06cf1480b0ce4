import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lz4Block } from '../../../src/parsers/journald/lz4.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const text = (out: Uint8Array | undefined) => (out === undefined ? undefined : Buffer.from(out).toString());

/** The slow, obvious packer: every byte a literal. */
function literals(plain: Uint8Array): Uint8Array {
  if (plain.length < 15) return Uint8Array.from([plain.length << 4, ...plain]);
  const lengths: number[] = [];
  for (let left = plain.length - 15; ; left -= 255) {
    lengths.push(Math.min(left, 255));
    if (left < 255) break;
  }
  return Uint8Array.from([0xf0, ...lengths, ...plain]);
}

test('literals are themselves, of any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 700 }), plain => {
      expect(lz4Block(literals(plain), plain.length)).toEqual(plain);
    }),
  );
});

test('a match copies what came before, also over itself', () => {
  // "ab", then eight bytes from two back, then "c".
  expect(text(lz4Block(bytes('24 6162 0200 10 63'), 11))).toBe('ababababab' + 'c');
  // "a", then 4 + 15 + 3 bytes from one back, then "b".
  expect(text(lz4Block(bytes('1f 61 0100 03 10 62'), 24))).toBe(`${'a'.repeat(23)}b`);
});

test.each([
  ['a distance of nothing', '24 6162 0000 10 63', 11],
  ['a distance before the beginning', '24 6162 0300 10 63', 11],
  ['more than was announced', '24 6162 0200 10 63', 10],
  ['less than was announced', '24 6162 0200 10 63', 12],
  ['literals that are not there', 'f0 ff ff', 600],
  ['a length without end', 'f0', 16],
  ['half a distance', '10 61 02', 5],
  ['nothing', '', 1],
])('%s is damage, not a crash', (_, hex, size) => {
  expect(lz4Block(bytes(hex), size)).toBeUndefined();
});

test('no bytes bring it down', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(300), (block, size) => {
      const out = lz4Block(block, size);
      if (out !== undefined) expect(out.length).toBe(size);
    }),
    { numRuns: 500 },
  );
});
