import { describe, expect, test } from 'vitest';
import { collectorFile } from '../../src/collection/collector-files.ts';
import { discover } from '../../src/collection/discover.ts';
import type { FoundEvidence } from '../../src/collection/index.ts';
import { Ledger } from '../../src/collection/index.ts';
import { bytesSource } from '../../src/collection/source.ts';

const OWN = [
  ['2026-02-19T091005_ConsoleLog.txt', '[2026-02-19 09:10:05.1234567 | INF] KAPE version 1.3.0.2, Author: E\n'],
  ['2026-02-19T091005_CopyLog.csv', 'CopiedTimestamp,SourceFile,DestinationFile,FileSize,SourceFileSha1\n'],
  ['2026-02-19T091005_SkipLog.csv', 'SourceFile,SourceFileSha1,Reason\n'],
  ['uploads.json', '{"Timestamp":"2026-02-19T09:10:05Z","vfs_path":"C:/a.evtx","file_size":1}\n'],
  ['client_info.json', '{ "client_id": "C.1", "os_info": { "hostname": "ws1" } }\n'],
  ['collection_context.json', '{"session_id":"F.1","create_time":1771492205}\n'],
  ['requests.json', '{"session_id":"F.1","VQLClientAction":{"Query":[]}}\n'],
  ['log.json', '{"_ts":1771492205,"client_time":1771492205,"level":"INFO","message":"Starting query"}\n'],
  ['hashes.csv', 'Path,MD5,SHA256\n'],
  ['uac.log', '2026-02-19 09:10:05 +0000 INF  started\n'],
  ['uac.log.stderr', "find: '/proc/12': No such file or directory\n"],
  ['acquisition.log', 'Created by UAC (Unix-like Artifacts Collector)\n'],
] as const;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function foundAt(path: string, text: string): Promise<FoundEvidence> {
  const source = bytesSource(path, Buffer.from(text), undefined);
  const found = discover(source, {
    judge: () => 'log',
    keepText: () => false,
    opened: () => undefined,
    problem: () => undefined,
  });
  for await (const one of found) return one;
  throw new Error('nothing was found');
}

describe('what a tool of collection wrote about its own work', () => {
  test.each(OWN)('%s is known, is ok, and holds no event', async (name, text) => {
    const found = await foundAt(`host1/${name}`, text);
    const [row] = new Ledger().rows(
      [found],
      new Map(),
      () => undefined,
      () => 0,
    );
    expect(row).toMatchObject({ status: 'ok', format: 'collector', events: { parsed: 0 } });
    expect(row!.problems).toEqual([
      { kind: 'note', message: expect.stringMatching(/KAPE|Velociraptor|UAC|collected/) as string },
    ]);
    expect(found.artifact).toBeUndefined();
  });

  test.each(OWN.filter(([name]) => name !== 'uac.log' && name !== 'uac.log.stderr'))(
    '%s with other content is judged as a log',
    async name => {
      expect((await foundAt(`host1/${name}`, 'some other text\n')).format).toBe('log');
    },
  );

  test('a result that is called like it, below results/, is a log', () => {
    const [, text] = OWN[7];
    expect(collectorFile('results/log.json', bytes(text))).toBeUndefined();
    expect(collectorFile('log.json', bytes(text))).toBeDefined();
  });

  test('is told in UTF-16 and with a byte order mark as well, and never from bytes that are no text', () => {
    const [name, text] = OWN[0];
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(collectorFile(name, wide)).toBeDefined();
    expect(collectorFile(OWN[1][0], bytes(`\ufeff${OWN[1][1]}`))).toBeDefined();
    expect(collectorFile(name, bytes(`\0${text}`))).toBeUndefined();
    expect(collectorFile(name, new Uint8Array())).toBeUndefined();
  });
});
