import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type EvtxDamage, type EvtxRecord, encodeEvtx } from '../../src/scenario/encode/evtx.ts';

const record = (i: number, over: Partial<EvtxRecord> = {}): EvtxRecord => ({
  micros: Date.UTC(2026, 2, 1) * 1000 + i,
  provider: 'Aftershock-Test',
  eventId: 7,
  channel: 'Test',
  computer: 'srv01',
  data: [{ name: 'Line', type: 'string', value: `line ${i}` }],
  ...over,
});
const records = (count: number): EvtxRecord[] => Array.from({ length: count }, (_, i) => record(i));
const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
const HEADER = 4096;
const CHUNK = 65_536;

describe('a log as the service writes it', () => {
  const log = viewOf(encodeEvtx(records(2000)));

  test('has a header that counts its chunks and names the next record', () => {
    expect(log.toString('latin1', 0, 8)).toBe('ElfFile\0');
    expect(log.readUInt16LE(42)).toBe((log.length - HEADER) / CHUNK);
    expect(log.readUInt16LE(42)).toBeGreaterThan(1);
    expect(log.readBigUInt64LE(24)).toBe(2001n);
    expect(crc32(log.subarray(0, 120))).toBe(log.readUInt32LE(124));
  });

  test('carries both checksums and a seamless run of ids in every chunk', () => {
    let next = 1n;
    for (let at = HEADER; at < log.length; at += CHUNK) {
      const chunk = log.subarray(at, at + CHUNK);
      expect(chunk.toString('latin1', 0, 8)).toBe('ElfChnk\0');
      expect(crc32(chunk.subarray(512, chunk.readUInt32LE(48)))).toBe(chunk.readUInt32LE(52));
      expect(crc32(chunk.subarray(128, 512), crc32(chunk.subarray(0, 120)))).toBe(chunk.readUInt32LE(124));
      expect(chunk.readBigUInt64LE(24)).toBe(next);
      next = chunk.readBigUInt64LE(32) + 1n;
    }
    expect(next).toBe(2001n);
  });

  test('is the same bytes for the same records', () => {
    expect(viewOf(encodeEvtx(records(2000))).equals(log)).toBe(true);
  });
});

describe('damage', () => {
  const whole = viewOf(encodeEvtx(records(40), { recordsPerChunk: 20 }));
  const damaged = (...damage: EvtxDamage[]): Buffer => viewOf(encodeEvtx(records(40), { recordsPerChunk: 20, damage }));

  test('is where it was asked for and nowhere else', () => {
    expect(damaged({ kind: 'dirty' }).readUInt32LE(120)).toBe(1);
    expect(damaged({ kind: 'no-file-header' }).equals(whole.subarray(HEADER))).toBe(true);
    expect(damaged({ kind: 'torn', bytes: 5000 }).equals(whole.subarray(0, 5000))).toBe(true);
    const zeroed = damaged({ kind: 'zeroed-chunk', chunk: 0 });
    expect(zeroed.subarray(HEADER, HEADER + CHUNK).every(byte => byte === 0)).toBe(true);
    expect(zeroed.subarray(HEADER + CHUNK).equals(whole.subarray(HEADER + CHUNK))).toBe(true);
  });

  test('slack records lie behind the free-space offset and are counted nowhere', () => {
    const slack = damaged({ kind: 'slack', chunk: 0, records: [record(900)] }).subarray(HEADER, HEADER + CHUNK);
    const free = slack.readUInt32LE(48);
    expect(free).toBe(whole.readUInt32LE(HEADER + 48));
    expect(slack.toString('latin1', free, free + 4)).toBe('**\0\0');
    expect(slack.readBigUInt64LE(32)).toBe(20n);
    expect(crc32(slack.subarray(512, free))).toBe(slack.readUInt32LE(52));
  });

  test('of a chunk that is not there is refused', () => {
    expect(() => damaged({ kind: 'zeroed-chunk', chunk: 2 })).toThrow(/2 chunks, no chunk 2/);
  });
});

test('a record that no chunk can hold is refused, not cut', () => {
  const long = { name: 'Line', type: 'string', value: 'x'.repeat(32_700) } as const;
  expect(() => encodeEvtx([record(0, { data: [long], carrier: 'flat' })])).toThrow(/64 KiB/);
  expect(() => encodeEvtx([record(0, { data: [{ ...long, value: 'x'.repeat(40_000) }] })])).toThrow(RangeError);
});
