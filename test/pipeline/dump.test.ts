import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { dump } from '../../src/index.ts';
import { encodeEvtx } from '../../src/scenario/encode/evtx.ts';

const folder = mkdtempSync(join(tmpdir(), 'aftershock-dump-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const log = fileOf(
  'log.evtx',
  encodeEvtx([
    {
      micros: 0,
      provider: 'P',
      eventId: 1,
      channel: 'C',
      computer: 'H',
      data: [{ name: 'Lines', type: 'string', value: 'one\ntwo\n</Event>\n' }],
    },
  ]),
);
const header = fileOf('header.evtx', encodeEvtx([]));
const empty = fileOf('empty.evtx', '');
const text = fileOf('notes.evtx', 'no log at all\n');
const pointer = fileOf('pointer.evtx', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n');

async function dumped(format: 'jsonl' | 'xml', ...paths: readonly string[]): Promise<readonly unknown[]> {
  const problems: string[] = [];
  let counts: readonly number[] = [];
  const pieces = dump({
    paths,
    format,
    problem: p => problems.push(`${p.artifact.slice(folder.length + 1)}: ${p.message}`),
    done: (artifacts, records) => {
      counts = [artifacts, records];
    },
  });
  for await (const _ of pieces);
  return [counts, problems];
}

test('a dump counts records, whatever lines they have', async () => {
  for (const format of ['jsonl', 'xml'] as const) {
    expect(await dumped(format, log)).toEqual([[1, 1], []]);
    expect(await dumped(format, header)).toEqual([[1, 0], []]);
    expect(await dumped(format, log, header, log)).toEqual([[3, 2], []]);
  }
});

test('a file that was named and is no log is told, and the others are dumped', async () => {
  expect(await dumped('jsonl', empty, log, text, pointer)).toEqual([
    [1, 1],
    [
      'empty.evtx: an empty file; nothing of it is dumped',
      'notes.evtx: no log of a known format; nothing of it is dumped',
      'pointer.evtx: Git LFS pointer: the file itself was never fetched; nothing of it is dumped',
    ],
  ]);
  expect(await dumped('jsonl', folder)).toEqual([[2, 1], []]);
});
