import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../../src/model/index.ts';
import { evtx } from '../../../src/parsers/evtx/index.ts';
import { type EvtxDamage, type EvtxRecord, encodeEvtx } from '../../../src/scenario/encode/evtx.ts';
import { artifactOf, logOf, type Parsed, parseAll } from '../../support/evidence.ts';
import { HandChunk, handEvent, handFile, sealed } from '../../support/evtx-bytes.ts';

const HEADER = 4096;
const CHUNK = 65_536;

const records = (count: number): EvtxRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    micros: Date.UTC(2026, 2, 1) * 1000 + i * 1000,
    provider: 'Aftershock-Test',
    eventId: 7,
    channel: 'Test',
    computer: i % 3 === 0 ? 'srv02' : 'srv01',
    data: [{ name: 'Line', type: 'string', value: `line ${i + 1}` }],
  }));

/** 40 records in four chunks of ten. */
const log = (...damage: readonly EvtxDamage[]): Buffer =>
  Buffer.from(encodeEvtx(records(40), { recordsPerChunk: 10, damage }));
const whole = log();
const read = (bytes: Uint8Array): Promise<Parsed> => parseAll(evtx, logOf(artifactOf('log.evtx', bytes)));
const idsOf = ({ events }: Parsed): number[] => events.map(event => Number(event['winlog.record_id']));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const told = (problems: readonly Problem[]): unknown[] => problems.map(p => [p.kind, p.offset, p.missing]);
/** Where each record of the whole log begins. */
const offsets = (await read(whole)).events.map(event => event.record);

describe('a sound log', () => {
  test('has no problems, and names its machines by how often they wrote', async () => {
    const parsed = await read(whole);
    expect(parsed.problems).toEqual([]);
    expect(idsOf(parsed)).toEqual(range(1, 40));
    expect(parsed.ledger.get('log.evtx')).toMatchObject({
      parsed: 40,
      failed: 0,
      candidates: 0,
      hosts: ['srv01', 'srv02'],
    });
  });

  test('whose tail is preallocated zeroes has no problems either', async () => {
    const parsed = await read(Buffer.concat([whole, Buffer.alloc(3 * CHUNK)]));
    expect(parsed.problems).toEqual([]);
    expect(idsOf(parsed)).toEqual(range(1, 40));
  });

  test('that began again at its beginning has no gap where the ids step back', async () => {
    const swapped = Buffer.concat([
      whole.subarray(0, HEADER),
      whole.subarray(HEADER + 2 * CHUNK),
      whole.subarray(HEADER, HEADER + 2 * CHUNK),
    ]);
    const parsed = await read(swapped);
    expect(parsed.problems).toEqual([]);
    expect(idsOf(parsed)).toEqual([...range(21, 40), ...range(1, 20)]);
  });
});

describe('the file', () => {
  test.each([
    ['dirty', [['bad-checksum', 120, undefined]]],
    ['bad-file-crc', [['bad-checksum', 124, undefined]]],
    ['no-file-header', []],
  ] as const)('%s: every record is read', async (kind, problems) => {
    const parsed = await read(log({ kind }));
    expect(idsOf(parsed)).toEqual(range(1, 40));
    expect(told(parsed.problems)).toEqual(problems);
  });

  test('with a header that counts other chunks than there are is read to its end', async () => {
    const fewer = Buffer.from(whole);
    fewer.writeUInt16LE(1, 42);
    expect(idsOf(await read(fewer))).toEqual(range(1, 40));
    const more = await read(whole.subarray(0, HEADER + 3 * CHUNK));
    expect(idsOf(more)).toEqual(range(1, 30));
    const end = HEADER + 3 * CHUNK;
    expect(told(more.problems)).toEqual([
      ['truncated', end, undefined],
      ['gap', end, 10],
    ]);
    expect(more.problems[1]!.message).toBe("record ids end at 30, the file's header counts them up to 40");
    const dirty = Buffer.from(whole.subarray(0, end));
    dirty.writeUInt32LE(1, 120);
    expect(told((await read(dirty)).problems)).toEqual([
      ['bad-checksum', 120, undefined],
      ['truncated', end, undefined],
      ['gap', end, 10],
    ]);
  });

  test('with an unknown version or a spoilt magic is read, and said so', async () => {
    const version = Buffer.from(whole);
    version.writeUInt16LE(9, 36);
    expect((await read(version)).problems.map(p => [p.kind, p.offset])).toContainEqual(['bad-checksum', 36]);
    const magic = Buffer.from(whole);
    magic.fill(0, 0, 8);
    const parsed = await read(magic);
    expect(idsOf(parsed)).toEqual(range(1, 40));
    expect(parsed.problems[0]).toMatchObject({ kind: 'damaged-file', offset: 0 });
  });

  test('shorter than its own header is truncated, with the offset of the cut', async () => {
    for (const length of [0, 100, 4095]) {
      const parsed = await read(whole.subarray(0, length));
      expect(told(parsed.problems)).toEqual([['truncated', length, undefined]]);
    }
  });
});

describe('chunks', () => {
  test('zeroed in the middle: its offset and how many records are missing are told', async () => {
    const parsed = await read(log({ kind: 'zeroed-chunk', chunk: 1 }));
    expect(idsOf(parsed)).toEqual([...range(1, 10), ...range(21, 40)]);
    expect(told(parsed.problems)).toEqual([
      ['damaged-file', HEADER + CHUNK, undefined],
      ['gap', HEADER + 2 * CHUNK, 10],
    ]);
  });

  test('zeroed at the end are damage where the header counts them, and free space where not', async () => {
    const parsed = await read(log({ kind: 'zeroed-chunk', chunk: 3 }));
    expect(told(parsed.problems)).toEqual([
      ['damaged-file', HEADER + 3 * CHUNK, undefined],
      ['gap', HEADER + 4 * CHUNK, 10],
    ]);
    const foreign = await read(log({ kind: 'bad-chunk-magic', chunk: 3 }));
    expect(told(foreign.problems)).toEqual([
      ['damaged-file', HEADER + 3 * CHUNK, undefined],
      ['gap', HEADER + 4 * CHUNK, 10],
    ]);
  });

  test('with a wrong header checksum still tell the records that are missing before and in them', async () => {
    const parsed = await read(log({ kind: 'zeroed-chunk', chunk: 1 }, { kind: 'bad-chunk-crc', chunk: 2 }));
    expect(idsOf(parsed)).toEqual([...range(1, 10), ...range(21, 40)]);
    expect(parsed.problems.filter(p => p.kind === 'gap')).toMatchObject([
      { offset: HEADER + 2 * CHUNK + 512, missing: 10 },
    ]);
  });

  test('with a spoilt magic are skipped, counted as candidates, and read with --recover', async () => {
    const bytes = log({ kind: 'bad-chunk-magic', chunk: 2 });
    const parsed = await read(bytes);
    expect(idsOf(parsed)).toEqual([...range(1, 20), ...range(31, 40)]);
    expect(parsed.problems[0]).toMatchObject({ kind: 'damaged-file', offset: HEADER + 2 * CHUNK });
    expect(parsed.ledger.get('log.evtx')).toMatchObject({ parsed: 30, candidates: 10, recovered: 0 });
    const recovered = await parseAll(evtx, logOf(artifactOf('log.evtx', bytes)), { recover: true });
    expect(idsOf(recovered)).toEqual(range(1, 40));
    expect(recovered.events.filter(e => e.tags === 'recovered').map(e => Number(e['winlog.record_id']))).toEqual(
      range(21, 30),
    );
  });

  test('with wrong checksums lose nothing', async () => {
    const parsed = await read(log({ kind: 'bad-chunk-crc', chunk: 0 }, { kind: 'bad-records-crc', chunk: 3 }));
    expect(idsOf(parsed)).toEqual(range(1, 40));
    expect(told(parsed.problems)).toEqual([
      ['bad-checksum', HEADER + 124, undefined],
      ['bad-checksum', HEADER + 3 * CHUNK + 52, undefined],
    ]);
  });

  test('out of step, because bytes were lost or added between them, are found again', async () => {
    for (const shift of [-4096, -8, 8, 512, 5000]) {
      const cut = HEADER + CHUNK + 20_000; // free space of the second chunk
      const bytes =
        shift < 0
          ? Buffer.concat([whole.subarray(0, cut), whole.subarray(cut - shift)])
          : Buffer.concat([whole.subarray(0, cut), Buffer.alloc(shift, 0x55), whole.subarray(cut)]);
      const parsed = await read(bytes);
      expect(idsOf(parsed)).toEqual(expect.arrayContaining([...range(1, 20), ...range(31, 40)]));
    }
  });

  test('whose free-space offset is nonsense end where their records end', async () => {
    for (const free of [0, 100, CHUNK, CHUNK + 8, 0xffff_ffff]) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt32LE(free, HEADER + 48);
      const parsed = await read(bytes);
      expect(idsOf(parsed)).toEqual(range(1, 40));
      const absurd = parsed.problems.filter(p => p.offset === HEADER + 48).map(p => p.message);
      expect(absurd).toEqual(
        free === CHUNK
          ? []
          : [
              `expected free space to begin at 0x200 to 0x10000 of this chunk, found 0x${free.toString(16)}; it is read to its end`,
            ],
      );
    }
  });

  test('whose free space is said to begin too early keep the records up to the last id that the header states', async () => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt32LE(offsets[4]! - HEADER, HEADER + 48);
    sealed(bytes.subarray(HEADER, HEADER + CHUNK));
    const parsed = await read(bytes);
    expect([idsOf(parsed), parsed.problems]).toEqual([range(1, 40), []]);
  });

  test('that have no record yet miss none', async () => {
    const empty = new HandChunk().finish();
    empty.writeBigUInt64LE(1n, 24);
    empty.writeBigUInt64LE(1n, 32);
    for (const chunk of [empty, new HandChunk().finish()]) {
      expect((await read(handFile([sealed(chunk)]))).problems).toEqual([]);
    }
  });

  test('whose last id is old keep the records that follow it seamlessly', async () => {
    const bytes = Buffer.from(whole);
    bytes.writeBigUInt64LE(4n, HEADER + 32);
    expect(idsOf(await read(bytes))).toEqual(range(1, 40));
  });
});

describe('records', () => {
  const spoilt = (index: number, change: (bytes: Buffer, at: number, size: number) => void): Buffer => {
    const bytes = Buffer.from(whole);
    const at = offsets[index]!;
    change(bytes, at, bytes.readUInt32LE(at + 4));
    return bytes;
  };
  const lost = async (bytes: Buffer, index: number): Promise<Problem> => {
    const parsed = await read(bytes);
    expect(idsOf(parsed)).toEqual(range(1, 40).filter(id => id !== index + 1));
    const problem = parsed.problems.find(p => p.kind === 'damaged-record');
    expect(problem?.offset).toBe(offsets[index]);
    expect(parsed.problems.filter(p => p.kind === 'gap').every(p => p.missing === 1)).toBe(true);
    expect(parsed.ledger.get('log.evtx')).toMatchObject({ parsed: 39, failed: 1 });
    return problem!;
  };

  /** Every record is read, and one problem says what was wrong with the frame of one of them. */
  const mended = async (bytes: Buffer): Promise<Problem> => {
    const parsed = await read(bytes);
    expect(idsOf(parsed)).toEqual(range(1, 40));
    expect(parsed.ledger.get('log.evtx')).toMatchObject({ parsed: 40, failed: 0, candidates: 0 });
    const [problem, ...others] = parsed.problems.filter(p => p.kind !== 'bad-checksum');
    expect([problem?.kind, others]).toEqual(['damaged-record', []]);
    return problem!;
  };
  const [at, next] = [offsets[14]!, offsets[15]!];
  const size = next - at;

  test.each([0, 27, size - 8, 4_000_000])(
    'whose header says size %i are read by the size at their end',
    async found => {
      const bytes = spoilt(14, b => b.writeUInt32LE(found, at + 4));
      expect(await mended(bytes)).toMatchObject({
        offset: at + 4,
        record: 15,
        message: `expected the record's size ${size}, as at its end, found ${found}; the record is read`,
      });
    },
  );

  test('that are the last of a chunk are read by the size at their end as well', async () => {
    const last = offsets[19]!;
    const problem = await mended(spoilt(19, b => b.writeUInt32LE(0, last + 4)));
    expect([problem.offset, problem.record]).toEqual([last + 4, 20]);
  });

  test('whose closing size is wrong are read where the next one begins behind them', async () => {
    const bytes = spoilt(14, b => b.writeUInt32LE(1, next - 4));
    expect(await mended(bytes)).toMatchObject({
      offset: next - 4,
      message: `expected the record's size ${size} once more, found 1; the record is read`,
    });
  });

  test('whose sizes are both wrong are read up to the next one where their id is the next', async () => {
    const bytes = spoilt(14, b => {
      b.writeUInt32LE(0, at + 4);
      b.writeUInt32LE(0, next - 4);
    });
    expect((await mended(bytes)).message).toContain(`size ${size}, up to the next one, found 0`);
    bytes.writeBigUInt64LE(3n, at + 8);
    const problem = await lost(bytes, 14);
    expect(problem.message).toContain(`found size 0; reading goes on at 0x${next.toString(16)}`);
  });

  test('without their mark are read where sizes and id prove them, and told with the bytes that were there', async () => {
    const bytes = spoilt(14, b => b.write('oops', at, 'latin1'));
    expect(await mended(bytes)).toMatchObject({
      offset: at,
      message: 'expected the mark 2a2a0000 of a record, found 6f6f7073; the record is read',
    });
    bytes.writeUInt32LE(0, next - 4);
    expect((await lost(bytes, 14)).message).toContain('found the bytes 6f6f7073');
  });

  test('with an id that cannot be theirs are read, and the gap is one record, not thousands', async () => {
    for (const id of [0n, 9999n, 2n ** 63n]) {
      const parsed = await read(spoilt(14, b => b.writeBigUInt64LE(id, at + 8)));
      expect(idsOf(parsed)).toEqual(range(1, 40));
      expect(parsed.problems.filter(p => p.kind === 'gap')).toMatchObject([{ record: 16, missing: 1 }]);
    }
  });

  test('whose event is damaged fail alone', async () => {
    const bytes = spoilt(14, (b, at) => b.fill(0xee, at + 24, at + 40));
    const problem = await lost(bytes, 14);
    expect(problem).toMatchObject({ record: 15 });
    expect((await read(bytes)).ledger.get('log.evtx')).toMatchObject({ parsed: 39, failed: 1 });
  });

  test('are read with a definition whose own id is damaged, where the record that brought it says which one it is', async () => {
    const bytes = Buffer.from(whole);
    // Event, fragment header, instance, definition with the offset of the next one.
    bytes.writeUInt32LE(0xbad, offsets[0]! + 24 + 4 + 10 + 4);
    const parsed = await read(bytes);
    expect(idsOf(parsed)).toEqual(range(1, 40));
    expect(parsed.problems.map(p => p.kind)).toEqual(['bad-checksum']);
  });

  test('keep a name whose length is damaged: where it ends and its hash prove it', async () => {
    const name = whole.indexOf(Buffer.from('Channel\0', 'utf16le'));
    for (const length of [3, 25_856, 0xffff]) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt16LE(length, name - 2);
      const parsed = await read(bytes);
      expect(idsOf(parsed)).toEqual(range(1, 40));
      expect(new Set(parsed.events.map(event => event['winlog.channel']))).toEqual(new Set(['Test']));
    }
    const bytes = Buffer.from(whole);
    bytes.writeUInt16LE(25_856, name - 2);
    bytes.writeUInt16LE(0, name - 4);
    expect((await read(bytes)).problems.map(p => p.message).join()).toContain(
      'expected a name, found 25856 characters',
    );
  });

  test('whose template is now another one are refused, not rendered with it', async () => {
    const problem = await lost(
      spoilt(14, (b, at) => b.writeUInt32LE(0xbad, at + 24 + 4 + 2)),
      14,
    );
    expect(problem.message).toContain('expected template 0xbad');
  });

  test('out of the order of their ids are all read, and only the ids that no record has are a gap', async () => {
    const renumbered = (ids: readonly number[]): Buffer => {
      const bytes = Buffer.from(whole);
      for (const [i, id] of ids.entries()) bytes.writeBigUInt64LE(BigInt(id), offsets[i]! + 8);
      return bytes;
    };
    for (const ids of [
      [1, 2, 4, 3, 5, 6, 7, 8, 9, 10],
      [2, 1, 3, 4, 5, 6, 7, 8, 10, 9],
      [1, 10, 2, 3, 4, 5, 6, 7, 8, 9],
    ]) {
      const parsed = await read(renumbered(ids));
      expect(parsed.events).toHaveLength(40);
      expect(parsed.problems.filter(p => p.kind === 'gap')).toEqual([]);
    }
    const chunk = new HandChunk(3);
    for (const id of [3, 1, 2, 5, 4]) chunk.record(handEvent([], []), id);
    const passed = await read(handFile([chunk.finish()]));
    expect([passed.events.map(event => event['event.sequence']), passed.problems]).toEqual([[3, 1, 2, 5, 4], []]);
    const parsed = await read(renumbered([1, 6, 2, 3, 3, 5, 7, 8, 9, 10]));
    expect(parsed.problems.filter(p => p.kind === 'gap')).toMatchObject([{ record: 6, missing: 1 }]);
  });

  test('that are missing are a gap with their number, never more', async () => {
    const bytes = Buffer.from(whole);
    bytes.fill(0, offsets[13], offsets[17]);
    const parsed = await read(bytes);
    expect(idsOf(parsed)).toEqual(range(1, 40).filter(id => id < 14 || id > 17));
    expect(parsed.problems.filter(p => p.kind === 'gap')).toMatchObject([{ offset: offsets[17], missing: 4 }]);
  });
});

test('a file that ends anywhere gives every record that ends before, and the offset of its end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: HEADER + 1, max: whole.length - 1 }), async cut => {
      const parsed = await read(whole.subarray(0, cut));
      const ends = offsets.map(at => at + whole.readUInt32LE(at + 4));
      expect(idsOf(parsed)).toEqual(range(1, ends.filter(end => end <= cut).length));
      expect(parsed.problems.filter(p => p.kind === 'truncated')).toMatchObject([{ offset: cut }]);
    }),
    { numRuns: 60 },
  );
});
