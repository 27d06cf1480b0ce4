import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PARSERS } from '../../src/parsers/index.ts';
import { artifactOf, logOf, parseAll } from '../support/evidence.ts';

// What every format owes, found by listing samples/<format>/: a golden, an own identity, indifference to how bytes are cut, and no exception.

const ndjson = (rows: readonly object[]): string => rows.map(row => `${JSON.stringify(row)}\n`).join('');

describe.each(PARSERS.map(parser => [parser.name, parser] as const))('%s', (name, parser) => {
  const folder = join('samples', name);
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter(file => file !== 'README.md')
        .toSorted()
    : [];

  test('has at least one sample', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  test.each(files)('%s gives the expected events', async file => {
    const bytes = readFileSync(join(folder, file));
    const { events, problems, ledger } = await parseAll(parser, logOf(artifactOf(file, bytes)));
    const golden = join('test/golden/parsers', name, `${file}.ndjson`);
    const actual = ndjson([...events, ...problems, Object.fromEntries(ledger)]);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(dirname(golden), { recursive: true });
      writeFileSync(golden, actual);
    }
    expect(actual).toBe(readFileSync(golden, 'utf8'));
  });

  test.each(files)('%s is claimed by this parser alone', file => {
    const head = readFileSync(join(folder, file)).subarray(0, 65_536);
    const claims = PARSERS.filter(p => p.identify(head, 'unnamed') === 'yes').map(p => p.name);
    expect(claims).toEqual([name]);
  });

  test('gives the same events however the bytes are cut', async () => {
    for (const file of files) {
      const bytes = readFileSync(join(folder, file));
      const whole = await parseAll(parser, logOf(artifactOf('a', bytes)));
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 4099 }), async step => {
          expect(await parseAll(parser, logOf(artifactOf('a', bytes, Math.max(step, bytes.length >> 12))))).toEqual(
            whole,
          );
        }),
        { numRuns: 8 },
      );
    }
  });

  test('gives the records that are asked for as it gives them among all others', async () => {
    for (const file of files) {
      const bytes = readFileSync(join(folder, file));
      const { events } = await parseAll(parser, logOf(artifactOf('a', bytes)));
      const wanted = new Set(events.map(event => event.record).filter((_, i) => i % 3 === 1));
      const some = await parseAll(parser, logOf(artifactOf('a', bytes)), { records: new Map([['a', wanted]]) });
      const isWanted = ({ record }: { readonly record: number }): boolean => wanted.has(record);
      expect(some.events.filter(isWanted)).toEqual(events.filter(isWanted));
    }
  });

  test('never throws on damaged bytes', async () => {
    const bytes = readFileSync(join(folder, files[0]!));
    const flip = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(flip, { maxLength: 20 }), fc.nat(bytes.length), async (flips, cut) => {
        const damaged = Uint8Array.from(bytes.subarray(0, cut));
        for (const [at, byte] of flips) if (at < cut) damaged[at] = byte;
        await parseAll(parser, logOf(artifactOf('a', damaged)));
      }),
      { numRuns: 60 },
    );
  });
});

test('every folder of src/parsers is registered', () => {
  const folders = readdirSync('src/parsers', { withFileTypes: true })
    .filter(entry => entry.isDirectory() && entry.name !== 'shared')
    .map(entry => entry.name);
  expect(PARSERS.map(parser => parser.name).toSorted()).toEqual(folders.toSorted());
});
