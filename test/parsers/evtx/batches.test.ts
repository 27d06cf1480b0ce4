import { expect, test } from 'vitest';
import { BATCH_ROWS, textAt } from '../../../src/model/index.ts';
import { evtx } from '../../../src/parsers/evtx/index.ts';
import type { ParseContext } from '../../../src/parsers/parser.ts';
import { type EvtxRecord, encodeChunks } from '../../../src/scenario/encode/evtx.ts';
import { artifactOf, logOf } from '../../support/evidence.ts';

const script = (n: number, length: number): EvtxRecord => ({
  provider: 'Microsoft-Windows-PowerShell',
  eventId: 4104,
  channel: 'Microsoft-Windows-PowerShell/Operational',
  computer: 'WS07.corp.example',
  micros: Date.UTC(2026, 2, 11, 10) * 1000 + n,
  data: [{ name: 'ScriptBlockText', type: 'string', value: String(n).padEnd(length, '#') }],
});

const context: ParseContext = {
  fields: 'all',
  withOriginal: false,
  zone: { name: 'UTC', source: 'default' },
  assumeYear: undefined,
  newest: undefined,
  codePage: 1252,
  recover: false,
  problem: () => undefined,
  ledger: () => undefined,
};

/** Lengths of the batches that a log of `chunks` such chunks gives, and the scripts in them. */
async function read(chunk: Uint8Array, chunks: number): Promise<{ lengths: number[]; scripts: Set<string> }> {
  const log = logOf(artifactOf('scripts.evtx', Buffer.concat(Array.from({ length: chunks }, () => chunk))));
  const lengths: number[] = [];
  const scripts = new Set<string>();
  for await (const batch of evtx.parse(log, context)) {
    lengths.push(batch.length);
    for (let row = 0; row < batch.length; row++) scripts.add(textAt(batch, 'powershell.file.script_block_text', row)!);
  }
  return { lengths, scripts };
}

test('large records make smaller batches, so that memory does not grow with them', async () => {
  const [chunk] = encodeChunks([script(1, 14_000), script(2, 14_000)]);
  const { lengths, scripts } = await read(chunk!, 160);
  expect(lengths.reduce((sum, length) => sum + length)).toBe(320);
  expect(lengths.length).toBe(3);
  expect([...scripts].map(text => [text.length, text.slice(0, 2)])).toEqual([
    [14_000, '1#'],
    [14_000, '2#'],
  ]);
});

test('small records fill a batch', async () => {
  const [chunk] = encodeChunks(Array.from({ length: 100 }, (_, n) => script(n, 20)));
  const { lengths } = await read(chunk!, 90);
  expect(lengths).toEqual([BATCH_ROWS, BATCH_ROWS, 9000 - 2 * BATCH_ROWS]);
});
