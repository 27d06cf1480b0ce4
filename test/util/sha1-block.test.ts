import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_BYTES, sha1Block } from '../../src/util/sha1-block.ts';

const hex = (words: Int32Array): string =>
  Array.from(words, word => (word >>> 0).toString(16).padStart(8, '0')).join('');

test('a message that fits into one block has the digest that the platform gives it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: MOST_BYTES }), message => {
      expect(hex(sha1Block(message))).toBe(createHash('sha1').update(message).digest('hex'));
    }),
    { numRuns: 200 },
  );
});

test('a longer one is refused', () => {
  expect(() => sha1Block(new Uint8Array(MOST_BYTES + 1))).toThrow(RangeError);
});
