import { describe, expect, test } from 'vitest';
import { dumpEvtx, evtx, readEvtxRecords } from '../../../src/parsers/evtx/index.ts';
import { ChunkWriter } from '../../../src/scenario/encode/evtx/chunk-writer.ts';
import type { XmlElement, XmlTemplate } from '../../../src/scenario/encode/evtx/event-xml.ts';
import type { EvtxValue } from '../../../src/scenario/encode/evtx.ts';
import { encodeEvtx } from '../../../src/scenario/encode/evtx.ts';
import { artifactOf, logOf, type Parsed, parseAll } from '../../support/evidence.ts';
import { handFile, sealed } from '../../support/evtx-bytes.ts';

// Logs that no service writes: each would be endless, or far larger than itself, to a reader that trusts it.

const element = (name: string, content: XmlElement['content']): XmlElement => ({ name, attributes: [], content });
const text = (value: string): { readonly text: string } => ({ text: value });
const slot = (index: number, value: EvtxValue | 'nested') => ({ slot: index, value, isOptional: false });
const system = element('System', [
  { name: 'Provider', attributes: [['Name', text('P')]], content: [] },
  element('EventID', [text('1')]),
  element('Channel', [text('C')]),
]);
const eventOf = (...content: XmlElement['content']): XmlElement => element('Event', [system, ...content]);

function logWith(...events: readonly XmlTemplate[]): Uint8Array {
  const writer = new ChunkWriter();
  events.forEach((event, i) => {
    expect(writer.add(BigInt(i + 1), 0n, event, event.values.length === 0)).toBe(true);
  });
  return writer.finish(1n, events.length);
}

/** Everything that reads a log, in seconds (alone: in less than one) and without an exception; the number of characters that the dumps have. */
async function readEveryWay(bytes: Uint8Array): Promise<{ readonly parsed: Parsed; readonly dumped: number }> {
  const start = performance.now();
  const parsed = await parseAll(evtx, logOf(artifactOf('log.evtx', bytes)), { recover: true });
  let dumped = 0;
  for (const format of ['jsonl', 'xml'] as const) {
    for await (const piece of dumpEvtx([{ artifact: artifactOf('log.evtx', bytes) }], { format }))
      dumped += piece.length;
  }
  expect(performance.now() - start).toBeLessThan(5000);
  return { parsed, dumped };
}

describe('a hostile log', () => {
  test('that nests fragments twice in each other, forty times, is cut off by its work', async () => {
    let nested: XmlTemplate = {
      root: element('Leaf', [slot(0, { type: 'string', value: '' })]),
      values: [{ type: 'string', value: 'x'.repeat(50) }],
    };
    for (let level = 0; level < 40; level++) {
      nested = { root: element(`L${level}`, [slot(0, 'nested'), slot(0, 'nested')]), values: [nested] };
    }
    const { dumped } = await readEveryWay(
      logWith({ root: eventOf(element('UserData', [slot(0, 'nested')])), values: [nested] }),
    );
    expect(dumped).toBeLessThan(20_000_000);
  });

  test('whose elements lie in each other without end is refused, and the records beside it are read', async () => {
    let deep = element('e', []);
    for (let level = 0; level < 3000; level++) deep = element('e', [deep]);
    const sound = { root: eventOf(), values: [] };
    const { parsed } = await readEveryWay(logWith(sound, { root: eventOf(deep), values: [] }, sound));
    expect(parsed.ledger.get('log.evtx')).toMatchObject({ parsed: 2, failed: 1 });
    expect(parsed.problems[0]?.message).toContain('elements within each other');
  });

  test('whose nested fragments lie in each other a hundred times is refused', async () => {
    let nested: XmlTemplate = {
      root: element('Leaf', [text('x'), slot(0, { type: 'null' })]),
      values: [{ type: 'null' }],
    };
    for (let level = 0; level < 100; level++) nested = { root: element('L', [slot(0, 'nested')]), values: [nested] };
    const { parsed } = await readEveryWay(
      logWith({ root: eventOf(element('UserData', [slot(0, 'nested')])), values: [nested] }),
    );
    expect(parsed.problems.some(p => p.message.includes('fragments within each other'))).toBe(true);
  });

  test('that writes one long value a thousand times is bounded by its chunk', async () => {
    const value: EvtxValue = { type: 'string', value: 'y'.repeat(15_000) };
    const data = Array.from({ length: 1000 }, () => element('Data', [slot(0, value)]));
    const { dumped } = await readEveryWay(logWith({ root: eventOf(element('EventData', data)), values: [value] }));
    expect(dumped).toBeLessThan(20_000_000);
  });

  test('with more values, names or bytes stated than there are is told, and not believed', async () => {
    const sound = Buffer.from(
      encodeEvtx([
        {
          micros: 0,
          provider: 'P',
          eventId: 1,
          channel: 'C',
          computer: 'H',
          data: [{ name: 'A', type: 'uint32', value: 1 }],
        },
      ]),
    );
    const at = 4096 + 512;
    const values = [0xffff_ffff, 0x7fff_ffff, at - 4096];
    for (let place = at + 24; place < at + 400; place++) {
      const bytes = Buffer.from(sound);
      bytes.writeUInt32LE(values[place % values.length]!, place);
      let count = 0;
      for await (const _ of readEvtxRecords(artifactOf('log.evtx', bytes))) count++;
      expect(count).toBeLessThanOrEqual(1);
    }
  });

  test('of nothing but records whose two sizes differ is searched once for a sound one, not once a record', async () => {
    const chunks = Array.from({ length: 5 }, () => {
      const chunk = Buffer.alloc(65_536);
      chunk.write('ElfChnk\0', 0, 'latin1');
      chunk.writeUInt32LE(128, 40);
      let id = 0n;
      for (let at = 512; at + 28 <= chunk.length; at += 28) {
        chunk.write('**\0\0', at, 'latin1');
        chunk.writeUInt32LE(28, at + 4);
        chunk.writeBigUInt64LE(++id, at + 8);
        chunk.writeUInt32LE(77, at + 24);
      }
      chunk.writeBigUInt64LE(1n, 24);
      chunk.writeBigUInt64LE(id, 32);
      chunk.writeUInt32LE(512 + 28 * Number(id), 48);
      return sealed(chunk);
    });
    const { parsed } = await readEveryWay(handFile(chunks));
    expect(parsed.ledger.get('log.evtx')).toMatchObject({ parsed: 0, failed: 5 * 2322 });
  });

  test('of thousands of damaged records tells the first fifty and the number of the others', async () => {
    const bytes = Buffer.from(
      encodeEvtx(
        Array.from({ length: 200 }, () => ({ micros: 0, provider: 'P', eventId: 1, channel: 'C', computer: 'H' })),
      ),
    );
    for (let at = bytes.indexOf('**\0\0', 0, 'latin1'); at !== -1; at = bytes.indexOf('**\0\0', at + 4, 'latin1'))
      bytes[at + 24] = 0xff;
    const { parsed } = await readEveryWay(bytes);
    expect(parsed.ledger.get('log.evtx')).toMatchObject({ parsed: 0, failed: 200 });
    expect(parsed.problems.filter(p => p.kind === 'damaged-record').length).toBe(51);
    expect(parsed.problems.filter(p => p.kind === 'damaged-record').at(-1)?.message).toMatch(
      /^150 more problems of this kind/,
    );
  });
});
