import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type EvtxRecord, encodeEvtx } from '../../src/scenario/encode/evtx.ts';

// What the encoder writes is a log to independent readers as well: evtx_dump (Rust), python-evtx, libevtx. Each where it is installed.

const EVTX_DUMP = 'evtx_dump';
const runs = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;
const has = {
  // python-evtx brings a script of the same name.
  evtxDump: spawnSync(EVTX_DUMP, ['--version']).stdout?.includes('EVTX Parser') === true,
  pythonEvtx: runs('python3', '-c', 'import Evtx.Evtx'),
  libevtx: runs('python3', '-c', 'import pyevtx'),
};

const base = { channel: 'Test', provider: 'Aftershock-Test', computer: 'srv01.corp.example' } as const;
/** No arrays: python-evtx knows none. */
const records = Array.from(
  { length: 1500 },
  (_, i): EvtxRecord => ({
    ...base,
    micros: Date.UTC(2026, 2, 1) * 1000 + i * 1000,
    nanos: 100 * (i % 10),
    eventId: 1 + (i % 5),
    providerGuid: '{00112233-4455-6677-8899-aabbccddeeff}',
    level: 4,
    keywords: 0x8000_0000_0000_0000n,
    userId: 'S-1-5-18',
    carrier: (['nested', 'flat'] as const)[i % 2]!,
    ...(i % 3 === 0 ? { userData: { name: 'Wrapper', namespace: 'ns' } } : {}),
    data: [
      { name: 'Text', type: 'string', value: `Ünïcode 😀 <&> ${i}` },
      { name: 'Number', type: 'uint32', value: i },
      { name: 'Big', type: 'uint64', value: 2n ** 63n },
      { name: 'Hex', type: 'hex64', value: 0x3e7n },
      { name: 'Guid', type: 'guid', value: '12345678-1234-1234-1234-123456789abc' },
      { name: 'Time', type: 'filetime', value: 133_000_000_000_000_000n },
      { name: 'Sid', type: 'sid', value: 'S-1-5-21-1-2-3-500' },
      { name: 'Flag', type: 'bool', value: i % 2 === 0 },
    ],
  }),
);

const folder = mkdtempSync(join(tmpdir(), 'aftershock-evtx-'));
const path = join(folder, 'encoded.evtx');
writeFileSync(path, encodeEvtx(records));
afterAll(() => rmSync(folder, { recursive: true }));

const python = (script: string): unknown => {
  const { stdout, stderr } = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
};

describe('an encoded log', () => {
  test.skipIf(!has.evtxDump)('has right checksums and values for evtx_dump (needs evtx_dump)', () => {
    const args = ['--validate-checksums', '-t', '1', '-o', 'jsonl', path];
    const { stdout, stderr } = spawnSync(EVTX_DUMP, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    expect(stderr).toBe('');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).Event);
    expect(events.length).toBe(records.length);
    events.forEach((event, i) => {
      const data = event.EventData ?? event.UserData.Wrapper;
      expect(event.System.EventRecordID).toBe(i + 1);
      expect([data.Text, data.Number, data.Hex, data.Sid, data.Flag]).toEqual([
        `Ünïcode 😀 <&> ${i}`,
        i,
        '0x3e7',
        'S-1-5-21-1-2-3-500',
        i % 2 === 0,
      ]);
    });
  });

  test.skipIf(!has.pythonEvtx)('verifies for python-evtx, chunk by chunk (needs python-evtx)', () => {
    const script = [
      'import sys, json, Evtx.Evtx as e',
      'log = e.Evtx(sys.argv[1]); log.__enter__()',
      'chunks = list(log.chunks())',
      'first = [next(iter(c.records())).xml() for c in chunks]',
      'print(json.dumps([log.get_file_header().verify(), all(c.verify() for c in chunks), len(chunks), all("&#220;n&#239;code &#128512;" in x for x in first)]))',
    ].join('\n');
    expect(python(script)).toEqual([true, true, expect.any(Number), true]);
  });

  test.skipIf(!has.libevtx)('is sound and whole for libevtx (needs libevtx-python)', () => {
    const script = [
      'import sys, json, pyevtx',
      'log = pyevtx.file(); log.open(sys.argv[1])',
      'xml = [log.get_record(i).get_xml_string() for i in range(0, log.number_of_records, 100)]',
      'print(json.dumps([log.is_corrupted(), log.number_of_records, log.number_of_recovered_records, all("Ünïcode" in x for x in xml)]))',
    ].join('\n');
    expect(python(script)).toEqual([false, records.length, 0, true]);
  });
});
