import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import { dumpEvtx, evtx } from '../../../src/parsers/evtx/index.ts';
import { windowsJson } from '../../../src/parsers/windows-json/index.ts';
import { windowsXml } from '../../../src/parsers/windows-xml/index.ts';
import { type EvtxCarrier, type EvtxData, type EvtxRecord, encodeEvtx } from '../../../src/scenario/encode/evtx.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

// One log in three carriers: as it is, as Windows would export it, as evtx_dump would write it. Every value type, one document.

const visible = fc.string({
  unit: fc.constantFrom(...'abXY09 _-.\\/:"\'<>&=%äß€😀\t\r\n'),
  minLength: 1,
  maxLength: 12,
});
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const big = (max: bigint, min = 0n): fc.Arbitrary<bigint> => fc.bigInt({ min, max });
const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
/** No blank at an end: an export may be indented. */
const texts = visible.map(text => `<${text}>`);
const values: readonly fc.Arbitrary<Omit<EvtxData, 'name'>>[] = [
  fc.record({ type: fc.constant('string' as const), value: texts }),
  fc.record({ type: fc.constant('int8' as const), value: int(-128, 127) }),
  fc.record({ type: fc.constant('uint8' as const), value: int(0, 255) }),
  fc.record({ type: fc.constant('int16' as const), value: int(-32_768, 32_767) }),
  fc.record({ type: fc.constant('uint16' as const), value: int(0, 65_535) }),
  fc.record({ type: fc.constant('int32' as const), value: int(-2_147_483_648, 2_147_483_647) }),
  fc.record({ type: fc.constant('uint32' as const), value: int(0, 4_294_967_295) }),
  fc.record({ type: fc.constant('int64' as const), value: big(2n ** 63n - 1n, -(2n ** 63n)) }),
  fc.record({ type: fc.constant('uint64' as const), value: big(2n ** 64n - 1n) }),
  fc.record({ type: fc.constant('float' as const), value: fc.float() }),
  fc.record({ type: fc.constant('double' as const), value: fc.double() }),
  fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('binary' as const), value: fc.uint8Array({ minLength: 1, maxLength: 9 }) }),
  hex(32).map(h => ({ type: 'guid' as const, value: h.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') })),
  fc.record({ type: fc.constant('size64' as const), value: big(2n ** 64n - 1n) }),
  fc.record({ type: fc.constant('filetime' as const), value: big(2n ** 64n - 1n) }),
  fc.record({ type: fc.constant('systemtime' as const), value: big(2_650_467_743_999_999_999n) }),
  fc.record({ type: fc.constant('sid' as const), value: fc.constantFrom('S-1-5-18', 'S-1-5-21-4294967295-2-3-500') }),
  fc.record({ type: fc.constant('hex32' as const), value: int(0, 4_294_967_295) }),
  fc.record({ type: fc.constant('hex64' as const), value: big(2n ** 64n - 1n) }),
  fc.constant({ type: 'null' as const }),
  fc
    .array(texts, { minLength: 2, maxLength: 3 })
    .map(all => ({ type: 'array' as const, items: all.map(value => ({ type: 'string' as const, value })) })),
];
const named = fc
  .array(fc.oneof(...values), { maxLength: 6 })
  .map(all => all.map((value, i) => ({ ...value, name: 'ABCDEF'[i]! }) as EvtxData));
/** A classic event: data without names, or one name for several. */
const nameless = fc
  .tuple(fc.constantFrom('', 'Same'), fc.array(fc.oneof(...values.slice(0, 21)), { minLength: 1, maxLength: 4 }))
  .map(([name, all]) => all.map(value => ({ ...value, name }) as EvtxData));
const record: fc.Arbitrary<EvtxRecord> = fc.record({
  micros: int(0, 4_000_000_000).map(n => n * 1000 + (n % 997)),
  nanos: int(0, 9).map(n => n * 100),
  provider: fc.constantFrom('P', 'Microsoft-Windows-Sysmon', 'Service Control Manager'),
  providerGuid: fc.constant('{555908d1-a6d7-4695-8e1e-26931d2012f4}'),
  eventId: int(0, 65_535),
  qualifiers: int(0, 65_535),
  level: int(0, 5),
  version: int(0, 255),
  task: int(0, 65_535),
  keywords: big(2n ** 64n - 1n, 1n),
  recordId: big(2n ** 64n - 1n),
  processId: int(0, 4_294_967_295),
  channel: fc.constantFrom('C', 'System'),
  computer: fc.constantFrom('h.example', 'H'),
  userId: fc.constantFrom('S-1-5-18', 'S-1-5-21-1-2-3-500'),
  data: fc.oneof(named, nameless),
  carrier: fc.constantFrom<EvtxCarrier>('nested', 'flat'),
});

const place = ['artifact', 'record', 'log.offset', 'log.file.line', 'event.sequence', 'winlog.time_written'];
const placeless = (event: Event): object =>
  Object.fromEntries(Object.entries(event).filter(([name]) => !place.includes(name)));

test('a log, its XML and its lines of evtx_dump are the same documents, whatever the values', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 5 }), async records => {
      const artifact = artifactOf('log.evtx', encodeEvtx(records));
      const own = (await parseAll(evtx, logOf(artifact))).events.map(placeless);
      expect(own.length).toBe(records.length);
      for (const [parser, format] of [
        [windowsXml, 'xml'],
        [windowsJson, 'jsonl'],
      ] as const) {
        let text = '';
        for await (const piece of dumpEvtx([{ artifact }], { format })) text += piece;
        const { events, problems } = await parseAll(parser, logOf(artifactOf('export', Buffer.from(text))));
        expect(problems).toEqual([]);
        expect([format, events.map(placeless)]).toEqual([format, own]);
      }
    }),
    { numRuns: 20 },
  );
});
