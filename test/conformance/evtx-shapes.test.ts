import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { dumpEvtx } from '../../src/parsers/evtx/index.ts';
import { artifactOf } from '../support/evidence.ts';
import {
  HandChunk,
  type HandElement,
  type HandPart,
  type HandValue,
  handEvent,
  handFile,
} from '../support/evtx-bytes.ts';
import { linesOf, normal } from '../support/evtx-dump.ts';

// Events of shapes that nobody chose, written by hand and not by our encoder: evtx_dump must say of each what we say of it.
// AFTERSHOCK_FUZZ=1000 is a long run. evtx_dump knows neither CDATA nor references to characters; these are in binxml.test.ts.

const EVTX_DUMP = 'evtx_dump';
// python-evtx brings a script of the same name.
const hasEvtxDump = spawnSync(EVTX_DUMP, ['--version']).stdout?.includes('EVTX Parser') === true;
const RUNS = Number(process.env['AFTERSHOCK_FUZZ'] ?? 20);

const bytesOf = (size: number, write: (b: Buffer) => unknown): Buffer => {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
};
const value: fc.Arbitrary<HandValue> = fc.oneof(
  fc.constant({ type: 0, bytes: new Uint8Array(0) }),
  fc.constantFrom('', 'a', 'ä <&> "x"', '日本 😀').map(text => ({ type: 1, bytes: Buffer.from(text, 'utf16le') })),
  fc.nat(0xffff).map(n => ({ type: 6, bytes: bytesOf(2, b => b.writeUInt16LE(n)) })),
  fc.nat().map(n => ({ type: 8, bytes: bytesOf(4, b => b.writeUInt32LE(n)) })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map(n => ({ type: 9, bytes: bytesOf(8, b => b.writeBigInt64LE(n)) })),
  fc.boolean().map(is => ({ type: 13, bytes: Uint8Array.of(Number(is), 0, 0, 0) })),
  fc.uint8Array({ minLength: 1, maxLength: 5 }).map(bytes => ({ type: 14, bytes })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(n => ({ type: 21, bytes: bytesOf(8, b => b.writeBigUInt64LE(n)) })),
);
const SLOTS = 8;
const text = fc.constantFrom('a', 'b c', '<x>', 'é&', "'", '"q"');
const slot = fc.record({ slot: fc.nat(SLOTS - 1), isOptional: fc.boolean() });
const parts: fc.Arbitrary<readonly HandPart[]> = fc.array(fc.oneof(text, slot), { maxLength: 3 });
const attributes = fc.uniqueArray(fc.constantFrom('k', 'm', 'e:at'), { maxLength: 2 }).chain(names =>
  fc.tuple(
    ...names.map(name =>
      fc.tuple(
        fc.constant(name),
        parts.filter(all => all.length > 0),
      ),
    ),
  ),
);
const element = fc.letrec<{ element: HandElement }>(tie => ({
  element: fc.record({
    name: fc.constantFrom('A', 'Bb', 'Größe', 'x-y'),
    attributes,
    content: fc.oneof({ maxDepth: 3 }, parts, fc.array(tie('element'), { minLength: 1, maxLength: 3 })),
  }),
})).element;
const datum = (name: string | undefined, content: readonly HandPart[]): HandElement => ({
  name: 'Data',
  attributes: name === undefined ? [] : [['Name', [name]]],
  content,
});
const body: fc.Arbitrary<HandElement> = fc.oneof(
  element.map(wrapper => ({ name: 'UserData', content: [wrapper] })),
  fc
    .array(parts, { maxLength: 4 })
    .map(all => ({ name: 'EventData', content: all.map((p, i) => datum('ABCD'[i], p)) })),
  fc.array(parts, { maxLength: 4 }).map(all => ({ name: 'EventData', content: all.map(p => datum(undefined, p)) })),
  fc.array(parts, { maxLength: 2 }).map(all => ({
    name: 'RenderingInfo',
    content: all.map((p, i) => ({ name: ['Message', 'Level'][i]!, content: p })),
  })),
);
const event = fc.tuple(
  fc.uniqueArray(body, { maxLength: 2, selector: one => one.name }),
  fc.array(value, { minLength: SLOTS - 1, maxLength: SLOTS }),
);

describe.skipIf(!hasEvtxDump)('an event of any shape (needs evtx_dump)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-shapes-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is the same event to evtx_dump', async () => {
    const path = join(folder, 'shapes.evtx');
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async events => {
        const chunk = new HandChunk();
        for (const [elements, values] of events) chunk.record(handEvent(elements, values));
        const bytes = handFile([chunk.finish()]);
        writeFileSync(path, bytes);
        const { stdout, stderr } = spawnSync(EVTX_DUMP, ['-t', '1', '-o', 'jsonl', path], { encoding: 'utf8' });
        expect(stderr).toBe('');
        let dumped = '';
        for await (const piece of dumpEvtx([{ artifact: artifactOf('log', bytes) }], { format: 'jsonl' }))
          dumped += piece;
        expect(linesOf(dumped).map(normal)).toEqual(linesOf(stdout).map(normal));
      }),
      { numRuns: RUNS },
    );
  }, 1_800_000);
});
