import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Parser } from '../../src/parsers/index.ts';
import { macosCrash } from '../../src/parsers/macos-crash/index.ts';
import { macosLog } from '../../src/parsers/macos-log/index.ts';
import { macosUnifiedlog } from '../../src/parsers/macos-unifiedlog/index.ts';
import { artifactOf, hasShared, logOf, parseAll, sharedPath } from '../support/evidence.ts';

const read = (...parts: readonly string[]): Buffer => readFileSync(sharedPath('macos', ...parts));
const parse = (parser: Parser, path: string, bytes: Uint8Array) => parseAll(parser, logOf(artifactOf(path, bytes)));

describe.skipIf(!hasShared('macos', 'unifiedlog-export'))(
  'macOS against real files of others (needs the shared data)',
  () => {
    test.each(['dtformats-logshow-like.ndjson', 'dtformats-logshow-like.json'])(
      '%s: every entry, field by field',
      async file => {
        const text = read('unifiedlog-export', file).toString('utf8');
        // Digits that a double cannot hold are quoted first, as the log writes them.
        const exact = text.replace(/: (\d{16,})/g, ': "$1"');
        const entries = (
          file.endsWith('.json')
            ? JSON.parse(exact)
            : exact
                .trim()
                .split('\n')
                .map(line => JSON.parse(line) as unknown)
        ) as Record<string, unknown>[];
        const expected = entries.filter(entry => 'timestamp' in entry);
        const { events, problems } = await parse(macosUnifiedlog, file, Buffer.from(text));
        expect(events).toHaveLength(expected.length);
        expect(problems).toEqual([]);
        let equal = 0;
        let total = 0;
        for (const [i, entry] of expected.entries()) {
          const event = events[i]!;
          const compare: readonly (readonly [unknown, unknown])[] = [
            [event.message, entry['eventMessage']],
            [event['event.provider'] ?? '', entry['subsystem']],
            [event['log.logger'] ?? '', entry['category']],
            [event['process.pid'], entry['processID']],
            [event['process.thread.id'], entry['threadID']],
            [event['host.boot.id'], entry['bootUUID']],
            [event['event.sequence'], entry['machTimestamp']],
            [event['log.level'], String(entry['messageType']).toLowerCase()],
            [event['macos.traceID'], entry['traceID']],
            [
              event.time,
              Date.parse(String(entry['timestamp']).replace(' ', 'T').slice(0, 23).concat('Z')) * 1000 +
                Number(String(entry['timestamp']).slice(23, 26)),
            ],
          ];
          for (const [ours, theirs] of compare) {
            total++;
            if (String(ours) === String(theirs)) equal++;
          }
        }
        console.log(
          `macos-unifiedlog ${file}: ${events.length}/${expected.length} entries, ${equal}/${total} fields equal`,
        );
        expect(equal).toBe(total);
      },
    );

    test('the same entries, and as many, as plaso reads from the tracev3 file', async () => {
      const oracle = read('unifiedlog-export', 'plaso-unified.jsonl').toString('utf8').trim().split('\n');
      const { events } = await parse(macosUnifiedlog, 'a', read('unifiedlog-export', 'dtformats-logshow-like.ndjson'));
      console.log(`macos-unifiedlog: ${events.length} entries here, ${oracle.length} of plaso`);
      expect(events.length).toBeGreaterThanOrEqual(oracle.length);
    });

    test.each(['mandiant-iterator.jsonl', 'mandiant-iterator.csv'])(
      '%s: every row is kept, its time refused',
      async file => {
        const bytes = read('unifiedlog-export', file);
        const rows = bytes.toString('utf8').trim().split('\n').length - (file.endsWith('.csv') ? 1 : 0);
        const { events, problems } = await parse(macosUnifiedlog, file, bytes);
        console.log(`macos-unifiedlog ${file}: ${events.length}/${rows} rows`);
        expect(events).toHaveLength(rows);
        expect(events.every(event => Number.isNaN(event.time))).toBe(true);
        expect(problems.map(problem => problem.kind)).toEqual(['clock', 'gap']);
      },
    );

    test('crash reports, resource reports and AppleDouble twins are told apart', async () => {
      const files = readdirSync(sharedPath('macos', 'crash'));
      const actions = new Map<string, string>();
      for (const file of files) {
        const bytes = read('crash', file);
        const certainty = macosCrash.identify(bytes.subarray(0, 65_536), file);
        expect(certainty).toBe(file.startsWith('._') ? 'no' : 'yes');
        if (certainty === 'no') continue;
        const { events, problems } = await parse(macosCrash, file, bytes);
        expect(problems).toEqual([]);
        expect(events).toHaveLength(1);
        actions.set(file, String(events[0]?.['event.action']));
        // The name of the file and the report's own words must agree.
        expect(file.startsWith(String(events[0]?.['process.name']))).toBe(true);
        const stamp = /^Date\/Time:\s+(\S+) (\S+) ([+-]\d\d)(\d\d)$/m.exec(bytes.toString('utf8'))!;
        expect(events[0]?.time).toBe(Date.parse(`${stamp[1]}T${stamp[2]}${stamp[3]}:${stamp[4]}`) * 1000);
      }
      console.log(`macos-crash: ${actions.size}/${files.filter(file => !file.startsWith('._')).length} reports`);
      for (const [file, action] of actions)
        expect(action).toBe(file.endsWith('.diag') ? 'resource_report' : 'process_crash');
    });

    test.each(readdirSyncOf('log').filter(file => file.includes('launchd')))(
      '%s: every line that has a time is an event',
      async file => {
        const bytes = read('log', file);
        const stamped = bytes
          .toString('utf8')
          .split('\n')
          .filter(line => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/.test(line)).length;
        const { events, problems } = await parse(macosLog, file, bytes);
        console.log(`macos-log ${file}: ${events.length}/${stamped} lines are events`);
        expect(events).toHaveLength(stamped);
        expect(problems).toEqual([]);
        // A thermald that gives up every ten seconds is noise of a virtual Mac, and no crash.
        expect(events.filter(event => String(event['event.action']).includes('crash'))).toEqual([]);
      },
    );

    test('native files are recognised, and only the tracev3 ones are answered', async () => {
      for (const path of [
        '0000000000000030.tracev3',
        '0000000000000f85.tracev3',
        'timesync/0000000000000002.timesync',
        'uuidtext/00/7EF56328D53A78B59CCCE3E3189F57',
        'uuidtext/dsc/dsc-version1',
      ]) {
        const bytes = read('unifiedlog-native', path);
        expect(macosUnifiedlog.identify(bytes.subarray(0, 65_536), 'unnamed')).toBe('yes');
        const { events, problems } = await parse(macosUnifiedlog, path, bytes);
        expect(events).toEqual([]);
        expect(problems.map(problem => problem.kind)).toEqual(path.endsWith('.tracev3') ? ['unsupported-format'] : []);
      }
    });
  },
);

function readdirSyncOf(folder: string): string[] {
  return hasShared('macos', folder) ? readdirSync(sharedPath('macos', folder)) : ['(the shared data is absent)'];
}
