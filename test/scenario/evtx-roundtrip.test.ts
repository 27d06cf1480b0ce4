import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../src/model/index.ts';
import { type EvtxEntry, readEvtxRecords } from '../../src/parsers/evtx/index.ts';
import { renderScalar } from '../../src/scenario/encode/evtx/values.ts';
import {
  type EvtxData,
  type EvtxRecord,
  type EvtxScalar,
  encodeEvtx,
  ticksOf,
} from '../../src/scenario/encode/evtx.ts';
import { artifactOf } from '../support/evidence.ts';

// Whatever can be written is read back the same: every type of value, in every way that Windows writes a record.

const uint = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });
const int = (bits: number): fc.Arbitrary<number> => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const anyString = fc.string({
  unit: fc.integer({ min: 1, max: 0xffff }).map(u => String.fromCharCode(u)),
  maxLength: 40,
});
const guid = fc.uuid().map(text => `{${text}}`);
const sid = fc
  .array(uint(32), { maxLength: 15 })
  .chain(subs => uint(32).map(authority => ['S-1', authority, ...subs].join('-')));
const ticks = fc.bigInt({ min: 0n, max: ticksOf(Date.UTC(9999, 11, 31) * 1000) });
const scalar = <T extends EvtxScalar['type'], V>(
  type: T,
  value: fc.Arbitrary<V>,
): fc.Arbitrary<{ type: T; value: V }> => value.map(v => ({ type, value: v }));

const scalars: readonly fc.Arbitrary<EvtxScalar>[] = [
  scalar('string', anyString),
  scalar('ansi', fc.string({ unit: 'grapheme-ascii', maxLength: 20 })),
  scalar('int8', int(8)),
  scalar('uint8', uint(8)),
  scalar('int16', int(16)),
  scalar('uint16', uint(16)),
  scalar('int32', int(32)),
  scalar('uint32', uint(32)),
  scalar('hex32', uint(32)),
  scalar('int64', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  scalar('uint64', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  scalar('hex64', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  scalar('double', fc.double({ noNaN: true })),
  scalar('bool', fc.boolean()),
  scalar('guid', guid),
  scalar('filetime', ticks),
  scalar('sid', sid),
];
const others: readonly fc.Arbitrary<EvtxScalar>[] = [
  fc.constant({ type: 'null' } as const),
  scalar('binary', fc.uint8Array({ maxLength: 60 })),
  scalar('size32', fc.bigInt({ min: 0n, max: 2n ** 32n - 1n })),
  scalar('size64', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
];
const data: fc.Arbitrary<EvtxData> = fc
  .tuple(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.oneof(
      ...scalars,
      ...others,
      ...scalars.map(one =>
        fc.array(one, { minLength: 1, maxLength: 5 }).map(items => ({ type: 'array', items }) as const),
      ),
    ),
  )
  .map(([name, value]) => ({ name, ...value }));

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const record: fc.Arbitrary<EvtxRecord> = fc
  .record({
    micros: fc.integer({ min: -11_644_473_600_000_000, max: 9e15 }),
    nanos: fc.integer({ min: 0, max: 9 }).map(n => n * 100),
    writtenMicros: optional(fc.integer({ min: 0, max: 4e15 })),
    provider: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    providerGuid: optional(guid),
    eventId: uint(16),
    qualifiers: optional(uint(16)),
    version: optional(uint(8)),
    level: optional(uint(8)),
    task: optional(uint(16)),
    opcode: optional(uint(8)),
    keywords: optional(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })),
    recordId: optional(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    activityId: optional(guid),
    processId: optional(uint(32)),
    channel: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    computer: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    userId: optional(sid),
    data: fc.array(data, { maxLength: 8 }),
    carrier: fc.constantFrom('nested' as const, 'flat' as const, 'direct' as const),
  })
  .map(fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never);

/** What the reader must make of a value: the text that Windows' own XML has. */
function textOf(scalar: EvtxScalar): string | undefined {
  if (scalar.type === 'null') return undefined;
  const text = renderScalar(scalar);
  return scalar.type === 'filetime' ? text.replace(/00Z$/, 'Z') : text;
}

function expectedData({ data = [], carrier }: EvtxRecord): (readonly [string, Value | undefined])[] {
  if (carrier === 'direct') {
    return data.flatMap(one =>
      (one.type === 'array' ? one.items : [one]).map(
        item => [one.name, item.type === 'null' ? undefined : renderScalar(item)] as const,
      ),
    );
  }
  return data.map(one => [one.name, one.type === 'array' ? one.items.map(i => textOf(i) ?? '') : textOf(one)]);
}

async function readAll(bytes: Uint8Array): Promise<EvtxEntry[]> {
  const entries: EvtxEntry[] = [];
  const problem = (p: { message: string }): never => {
    throw new Error(p.message);
  };
  for await (const entry of readEvtxRecords(artifactOf('log', bytes), { problem })) entries.push(entry);
  return entries;
}

test('every record that is written is read back with the same fields and values', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 6 }), uint(3), async (records, perChunk) => {
      const entries = await readAll(encodeEvtx(records, { firstRecord: 41n, recordsPerChunk: perChunk + 1 }));
      expect(entries.length).toBe(records.length);
      for (const [i, entry] of entries.entries()) {
        const one = records[i]!;
        expect(entry.headerId).toBe(41 + i);
        expect(entry.written.micros).toBe(one.writtenMicros ?? one.micros);
        expect(entry.names.map((name, n) => [name, entry.values[n]])).toEqual(expectedData(one));
        expect(entry.system).toEqual({
          provider: one.provider,
          providerGuid: one.providerGuid,
          eventSource: undefined,
          eventId: one.eventId,
          qualifiers: one.qualifiers,
          version: one.version,
          level: one.level,
          task: one.task,
          opcode: one.opcode,
          keywords: one.keywords === undefined ? undefined : `0x${one.keywords.toString(16)}`,
          micros: one.micros,
          nanos: one.nanos,
          recordId: String(one.recordId ?? 41 + i),
          activityId: one.activityId,
          relatedActivityId: undefined,
          processId: one.processId,
          threadId: undefined,
          channel: one.channel,
          computer: one.computer,
          userId: one.userId,
        });
      }
    }),
    { numRuns: 150 },
  );
});

test('a float is the shortest text that means the same float', async () => {
  await fc.assert(
    fc.asyncProperty(fc.float({ noNaN: true }), async value => {
      const base = { micros: 0, provider: 'P', eventId: 1, channel: 'C', computer: 'H' };
      const [entry] = await readAll(encodeEvtx([{ ...base, data: [{ name: 'F', type: 'float', value }] }]));
      const text = String(entry!.values[0]);
      expect(Math.fround(Number(text))).toBe(value === 0 ? 0 : value);
      expect(text.length).toBeLessThanOrEqual(Math.max(String(value).length + 2, 15));
    }),
    { numRuns: 40 },
  );
});

test('members of UserData are read like data, whatever carries them', async () => {
  const base = {
    micros: 0,
    provider: 'P',
    eventId: 1,
    channel: 'C',
    computer: 'H',
    userData: { name: 'Wrapper', namespace: 'ns' },
  };
  const members: EvtxData[] = [
    { name: 'One', type: 'uint32', value: 7 },
    {
      name: 'Many',
      type: 'array',
      items: [
        { type: 'string', value: 'a' },
        { type: 'string', value: 'b' },
      ],
    },
  ];
  const records = (['nested', 'flat', 'direct'] as const).map(carrier => ({ ...base, carrier, data: members }));
  const entries = await readAll(encodeEvtx(records));
  expect(entries.map(({ names, values }) => names.map((name, i) => [name, values[i]]))).toEqual([
    [
      ['One', '7'],
      ['Many', ['a', 'b']],
    ],
    [
      ['One', '7'],
      ['Many', ['a', 'b']],
    ],
    [
      ['One', '7'],
      ['Many', 'a'],
      ['Many', 'b'],
    ],
  ]);
});
