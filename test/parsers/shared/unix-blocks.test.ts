import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineBlocks } from '../../../src/parsers/shared/unix-blocks.ts';

async function* cut(bytes: Uint8Array, step: number): AsyncIterable<Uint8Array> {
  // One buffer for all pieces, as a stream may reuse its own.
  const buffer = new Uint8Array(step);
  for (let at = 0; at < bytes.length; at += step) {
    const piece = bytes.subarray(at, at + step);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

/** Every line with its offset, and how many bytes of it were skipped. */
async function linesOf(bytes: Uint8Array, step: number, most: number) {
  const found: [number, string, number][] = [];
  for await (const block of lineBlocks(cut(bytes, step), most)) {
    let at = 0;
    for (const line of block.text.split('\n')) {
      if (at < block.text.length) found.push([block.offset + at, line, 0]);
      at += line.length + 1;
    }
    if (block.skipped > 0) found.at(-1)![2] = block.skipped;
  }
  return found;
}

test('lines and their offsets are the same however the bytes are cut and reused', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\n', 'é'), maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 40 }), async (content, step) => {
      const bytes = Buffer.from(content, 'utf8');
      const expected: [number, string, number][] = [];
      let at = 0;
      for (const line of bytes.toString('latin1').split('\n')) {
        if (at < bytes.length) expected.push([at, line, 0]);
        at += line.length + 1;
      }
      expect(await linesOf(bytes, step, 1 << 20)).toEqual(expected);
    }),
  );
});

test('a line beyond the limit is cut there, and the next one stands where it stands', async () => {
  const bytes = Buffer.from(`one\n${'x'.repeat(300_000)}\ntwo\n${'y'.repeat(200_000)}`);
  for (const step of [1000, 65_536, 1 << 20]) {
    const found = await linesOf(bytes, step, 100);
    expect(found.map(([offset, line]) => [offset, line.slice(0, 3), line.length])).toEqual([
      [0, 'one', 3],
      [4, 'xxx', 100],
      [300_005, 'two', 3],
      [300_009, 'yyy', 100],
    ]);
    expect(found[3]![2]).toBe(199_900);
  }
});
