import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isoTime } from '../../src/model/index.ts';
import { osquery } from '../../src/parsers/osquery/index.ts';
import { artifactOf, hasShared, logOf, parseAll, sharedPath } from '../support/evidence.ts';

const FILES = ['osquery.rootkit.log', 'osqueryd.results.darwin.log', 'osqueryd.results.sample.log', 'test.log'];

/** What Filebeat's module says of the same file, field by field, and where we keep it. */
const ours = (event: Record<string, unknown>, name: string): unknown => {
  if (name === '@timestamp') return isoTime(event['time'] as number).replace(/(?<!\.\d{3})Z$/, '.000Z');
  const column = /^osquery\.result\.columns\.(.+)$/.exec(name)?.[1];
  if (column !== undefined) return event[`osquery.columns.${column}`] ?? event[`osquery.${column}`];
  return event[name.replace('osquery.result.', 'osquery.')];
};
/** Fields that are about Filebeat and not about the evidence. */
const ITS_OWN = new Set(['input.type', 'fileset.name']);
/** Where we differ, and why. */
const DIFFERS: Readonly<Record<string, string>> = {
  'event.action': 'the first run of a query and a snapshot are an inventory here; osquery.action keeps the word',
  'file.created': 'the change of an inode is no creation: file.ctime here',
};

const same = (a: unknown, b: unknown): boolean =>
  JSON.stringify(Array.isArray(a) && a.length === 1 ? a[0] : a) ===
    JSON.stringify(Array.isArray(b) && b.length === 1 ? b[0] : b) ||
  (a !== undefined && String(a) === String(b));

describe.skipIf(!hasShared('osquery', 'test.log'))(
  'osquery against the documents of Filebeat (needs the shared data)',
  () => {
    test.each(FILES)('%s', async file => {
      const expected = JSON.parse(readFileSync(sharedPath('osquery', `${file}-expected.json`), 'utf8')) as Record<
        string,
        unknown
      >[];
      const { events, problems } = await parseAll(
        osquery,
        logOf(artifactOf(file, readFileSync(sharedPath('osquery', file)))),
      );
      // Filebeat's documents of the longer files stop at a hundred.
      expect(events.length).toBeGreaterThanOrEqual(expected.length);
      expect(problems).toEqual([]);
      const byOffset = new Map(events.map(event => [event['log.offset'], event as Record<string, unknown>]));
      let equal = 0;
      let total = 0;
      const other = new Map<string, number>();
      for (const document of expected) {
        const event = byOffset.get(document['log.offset'] as number);
        expect(event).toBeDefined();
        for (const [name, value] of Object.entries(document)) {
          if (ITS_OWN.has(name)) continue;
          total++;
          if (same(ours(event!, name), value)) equal++;
          else other.set(name, (other.get(name) ?? 0) + 1);
        }
      }
      console.log(
        `osquery ${file}: ${equal}/${total} fields equal; ${[...other].map(([name, count]) => `${name} ×${count}: ${DIFFERS[name] ?? 'unexplained'}`).join('; ')}`,
      );
      expect([...other.keys()].filter(name => !Object.hasOwn(DIFFERS, name))).toEqual([]);
    });
  },
);
