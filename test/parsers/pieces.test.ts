import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCollection } from '../../src/collection/index.ts';
import type { Event, LogSet } from '../../src/model/index.ts';
import { PARSERS } from '../../src/parsers/index.ts';
import { artifactOf, logOf, parseAll } from '../support/evidence.ts';

// What happens to text logs on their way: line ends of two systems in one file, compression, rotation into pieces. None of it changes an event.

const FORMATS = [
  'esxi',
  'macos-crash',
  'macos-log',
  'macos-unifiedlog',
  'netflow',
  'osquery',
  'suricata',
  'windows-firewall',
  'zeek',
];
/** Binary; and a table whose cells hold line ends, which are no ends of lines. */
const OTHERS = /\.tracev3$|\.csv$/;

/** Reports are files of their own; the flows of one connection lie in one file of nfdump's. */
const NEVER_ROTATED = new Set(['macos-crash', 'netflow']);
/** One JSON document from its first bracket to its last. */
const WHOLE = new Set(['export.json']);

const samplesOf = (format: string): readonly (readonly [string, string])[] =>
  readdirSync(join('samples', format))
    .filter(file => file !== 'README.md' && (format === 'netflow' || !OTHERS.test(file)))
    .map(file => [file, readFileSync(join('samples', format, file), 'utf8')] as const);

const PLACES = new Set(['record', 'artifact', 'log.offset', 'log.file.line']);
/** A sensor that names itself in the first record alone is unknown to a piece without it. */
const WITHOUT: ReadonlyMap<string, string> = new Map([['zeek', 'observer.name']]);

/** Events without their places; a message of several lines has the line ends of the model, whatever its file has. */
const bare = (events: readonly Event[]): unknown[] =>
  events.map(event => Object.fromEntries(Object.entries(event).filter(([name]) => !PLACES.has(name))));

describe.each(FORMATS)('%s', format => {
  const parser = PARSERS.find(({ name }) => name === format)!;
  /** Of the pieces of a file, the oldest first. */
  const events = async (file: string, ...pieces: readonly string[]) => {
    const artifacts = pieces.map((text, i) =>
      artifactOf(pieces.length === 1 ? file : `${pieces.length - i}/${file}`, Buffer.from(text), 997),
    );
    return bare((await parseAll(parser, logOf(...artifacts))).events);
  };

  test.each(samplesOf(format))('%s says the same with the line ends of two systems', async (file, text) => {
    const lf = text.replaceAll('\r\n', '\n');
    const expected = await events(file, lf);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), async isCrlf => {
        let line = 0;
        const mixed = lf.replaceAll('\n', () => (isCrlf[line++ % isCrlf.length]! ? '\r\n' : '\n'));
        expect(await events(file, mixed)).toEqual(expected);
      }),
      { numRuns: 6 },
    );
  });

  test.skipIf(NEVER_ROTATED.has(format)).each(samplesOf(format).filter(([file]) => !WHOLE.has(file)))(
    '%s says the same when it was rotated into pieces',
    async (file, text) => {
      const whole = (await parseAll(parser, logOf(artifactOf(file, Buffer.from(text))))).events;
      const bytes = Buffer.from(text);
      const begins = whole.map(event => Number(event['log.offset']));
      await fc.assert(
        fc.asyncProperty(fc.subarray(begins, { maxLength: Math.min(3, begins.length) }), async cuts => {
          const ends = [...new Set([0, ...cuts, bytes.length])].toSorted((a, b) => a - b);
          const pieces = ends.slice(1).map((end, i) => {
            const before = bytes.subarray(0, ends[i]).toString();
            // Zeek begins every file with the header that was in force.
            const header = format === 'zeek' ? (before.match(/^#.*\n/gm) ?? []).join('') : '';
            return header + bytes.subarray(ends[i], end).toString();
          });
          const known = (list: readonly unknown[]): unknown[] =>
            list.map(event => ({ ...(event as object), [WITHOUT.get(format) ?? 'artifact']: undefined }));
          expect(known(await events(file, ...pieces))).toEqual(known(bare(whole)));
        }),
        { numRuns: 6 },
      );
    },
  );

  test('a compressed file says the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aftershock-pieces-'));
    try {
      for (const [file, text] of samplesOf(format)) {
        writeFileSync(join(folder, `${file}.gz`), gzipSync(text));
        const collection = await openCollection([join(folder, `${file}.gz`)], { judge: () => format });
        const logs: LogSet[] = [...collection.logs(format, false)];
        const { artifacts } = logs[0]!;
        expect(bare((await parseAll(parser, logOf(...artifacts))).events)).toEqual(await events(file, text));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
