import { describe, expect, test } from 'vitest';
import { evtx } from '../../../src/parsers/evtx/index.ts';
import { type EvtxRecord, encodeEvtx } from '../../../src/scenario/encode/evtx.ts';
import { artifactOf, logOf, type Parsed, parseAll } from '../../support/evidence.ts';

const NOON = Date.UTC(2026, 2, 1, 12) * 1000;
const record = (id: number, over: Partial<EvtxRecord> = {}): EvtxRecord => ({
  micros: NOON + id * 1000,
  provider: 'Aftershock-Test',
  eventId: 7,
  channel: 'Test',
  computer: 'srv01',
  recordId: BigInt(id),
  data: [{ name: 'Line', type: 'string', value: `line ${id}` }],
  ...over,
});
const live = [1, 2, 3, 4].map(id => record(id));
const read = (bytes: Uint8Array, recover: boolean): Promise<Parsed> =>
  parseAll(evtx, logOf(artifactOf('log.evtx', bytes)), { recover });
const recoveredOf = ({ events }: Parsed): unknown[] =>
  events.filter(event => event.tags === 'recovered').map(event => event['winlog.record_id']);

describe('carving', () => {
  // Behind the free space of the first chunk: a copy of a record before, of one in a later chunk, and one that is nowhere else.
  const bytes = encodeEvtx(live, {
    recordsPerChunk: 2,
    damage: [{ kind: 'slack', chunk: 0, records: [record(1), record(4), record(90)] }],
  });

  test('is off by default, but its candidates are always counted', async () => {
    const parsed = await read(bytes, false);
    expect(recoveredOf(parsed)).toEqual([]);
    expect(parsed.events.length).toBe(4);
    expect(parsed.ledger.get('log.evtx')).toMatchObject({ parsed: 4, recovered: 0, candidates: 3 });
  });

  test('brings what is live nowhere, before or behind, marked and in the order of its bytes', async () => {
    const parsed = await read(bytes, true);
    expect(recoveredOf(parsed)).toEqual(['90']);
    expect(parsed.ledger.get('log.evtx')).toMatchObject({ parsed: 4, recovered: 1, candidates: 3 });
    const places = parsed.events.map(event => event.record);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(parsed.events.find(event => event.tags === 'recovered')).toMatchObject({
      'winlog.event_data.Line': 'line 90',
    });
    expect(parsed.problems).toEqual([]);
  });

  test('brings two leftovers of one record once', async () => {
    const twice = encodeEvtx(live, { damage: [{ kind: 'slack', chunk: 0, records: [record(90), record(90)] }] });
    expect(recoveredOf(await read(twice, true))).toEqual(['90']);
  });

  test('never renders a record with a template that has another id', async () => {
    const other = encodeEvtx(live, { damage: [{ kind: 'slack', chunk: 0, records: [record(90)] }] });
    const view = Buffer.from(other.buffer);
    const at = 4096 + view.readUInt32LE(4096 + 48);
    // Token and version of the instance stand behind the fragment's header; then the id of its template.
    view[at + 30]! ^= 1;
    const parsed = await read(other, true);
    expect(recoveredOf(parsed)).toEqual([]);
    expect(parsed.ledger.get('log.evtx')).toMatchObject({ candidates: 1, recovered: 0 });
  });

  test('refuses a record whose names were overwritten by others, though its template is the right one', async () => {
    const stale = record(90, { userData: { name: 'W' }, data: [{ name: 'Stale', type: 'string', value: 'v' }] });
    const other = Buffer.from(encodeEvtx(live, { damage: [{ kind: 'slack', chunk: 0, records: [stale] }] }));
    expect(recoveredOf(await read(other, true))).toEqual(['90']);
    const at = other.lastIndexOf(Buffer.from('Stale', 'utf16le'));
    other.write('Field', at, 'utf16le');
    expect(recoveredOf(await read(other, true))).toEqual([]);
  });

  test('refuses a fragment that states no provider', async () => {
    const nameless = encodeEvtx(live, {
      damage: [{ kind: 'slack', chunk: 0, records: [record(90, { provider: '' })] }],
    });
    expect(recoveredOf(await read(nameless, true))).toEqual([]);
  });

  test('keeps a record of the same id but another time: it is another event', async () => {
    const reused = encodeEvtx(live, {
      damage: [{ kind: 'slack', chunk: 0, records: [record(2, { micros: NOON - 9 })] }],
    });
    expect(recoveredOf(await read(reused, true))).toEqual(['2']);
  });
});
