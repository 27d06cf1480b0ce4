import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCollection } from '../../src/collection/index.ts';
import type { Event } from '../../src/model/index.ts';
import { PARSERS } from '../../src/parsers/index.ts';
import { artifactOf, logOf, type Parsed, parseAll } from '../support/evidence.ts';

// What every Unix log owes whatever was done to its file: other line ends, a rotation in pieces, gzip. Events are compared, not counted.

const FORMATS = ['auditd', 'syslog', 'journald', 'daemon-log', 'linux-crash'].map(
  name => PARSERS.find(parser => parser.name === name)!,
);
/** Not made of lines: journal files, the export format, ELF cores. */
const BINARY = /\.(?:journal|export)$|^core\./;
/** Printed whole by a tool, with a head of its own: nobody rotates it. */
const PRINTED = /^(?:ausearch\.csv|interpreted\.txt|sentences\.txt)$/;

/** What an event says, wherever it stands. */
const content = ({ events, problems }: Pick<Parsed, 'events' | 'problems'>) => ({
  events: events.map(saidBy),
  problems: problems.map(({ kind, record }) => ({ kind, record })),
});
const saidBy = (event: Event): Record<string, unknown> => {
  const { artifact: _a, record: _r, 'log.file.line': _l, 'log.offset': _o, ...said } = event as Record<string, unknown>;
  return said;
};

describe.each(FORMATS.map(parser => [parser.name, parser] as const))('%s', (name, parser) => {
  const files = readdirSync(join('samples', name)).filter(file => file !== 'README.md');
  const texts = files.filter(file => !BINARY.test(file));
  const bytesOf = (file: string): Buffer => readFileSync(join('samples', name, file));

  test.each(texts)('%s says the same with its line ends mixed', async file => {
    const text = bytesOf(file).toString('latin1');
    const lines = text.split('\n');
    const plain = content(await parseAll(parser, logOf(artifactOf(file, Buffer.from(text, 'latin1')))));
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.boolean()), async ends => {
        const mixed = lines.map((line, i) => (i + 1 < lines.length && ends.next().value === true ? `${line}\r` : line));
        const bytes = Buffer.from(mixed.join('\n'), 'latin1');
        expect(content(await parseAll(parser, logOf(artifactOf(file, bytes, 977))))).toEqual(plain);
      }),
      { numRuns: 4 },
    );
  });

  test.skipIf(parser.isRotated !== true).each(texts.filter(file => !PRINTED.test(file)))(
    '%s says the same when it was rotated in pieces',
    async file => {
      const lines = bytesOf(file).toString('latin1').split('\n');
      const read = (pieces: readonly string[]) =>
        parseAll(
          parser,
          logOf(...pieces.map((text, i) => artifactOf(`${file}.${pieces.length - i}`, Buffer.from(text, 'latin1')))),
        );
      const whole = content(await read([lines.join('\n')]));
      // A daemon closes its file between two messages, not inside one: it is cut where a line begins as the first one does.
      const first = kindOf(lines[0]!);
      const places = lines.flatMap((line, i) => (i > 0 && kindOf(line) === first ? [i] : []));
      await fc.assert(
        fc.asyncProperty(fc.subarray(places, { maxLength: Math.min(3, places.length) }), async cuts => {
          const bounds = [0, ...cuts, lines.length];
          const pieces = bounds.slice(1).map((end, i) => lines.slice(bounds[i], end).join('\n'));
          expect(content(await read(pieces)).events).toEqual(whole.events);
        }),
        { numRuns: 6 },
      );
    },
  );

  test('says the same out of gzip', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aftershock-kept-'));
    try {
      for (const file of files) writeFileSync(join(folder, `${file}.gz`), gzipSync(bytesOf(file)));
      const judge = (head: Uint8Array, path: string) => PARSERS.find(one => one.identify(head, path) === 'yes')?.name;
      const collection = await openCollection([folder], { judge });
      try {
        for (const log of collection.logs(name, false)) {
          const [artifact] = log.artifacts;
          const file = artifact!.path.replace(/^.*\//, '').replace(/\.gz$/, '');
          const plain = content(await parseAll(parser, logOf(artifactOf(file, bytesOf(file)))));
          const packed = await parseAll(parser, logOf({ ...artifact!, path: file, modified: undefined }));
          expect(content(packed), file).toEqual(plain);
        }
        expect(collection.evidence.map(({ format }) => format)).toEqual(files.map(() => name));
      } finally {
        await collection.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** How a line begins, by kinds of characters: enough to tell a head from what goes on. */
const kindOf = (line: string): string =>
  line
    .slice(0, 12)
    .replaceAll(/\d+/g, '0')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/[a-z]+/g, 'a')
    .replaceAll(/[A-Z]/g, 'A')
    .slice(0, 3);
