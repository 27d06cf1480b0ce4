import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withVerdicts } from '../../../src/enrich/flow/sensors.ts';
import { enrichFlows, FLOW_NEEDS } from '../../../src/enrich/flow.ts';
import { columnValue, type EventBatch, type Field, UndecodedField, valueAt } from '../../../src/model/index.ts';
import { type PlainEvent, timelineOf } from '../../support/events.ts';
import { conn, HOSTS, SETTINGS } from '../../support/flows.ts';

const bytes = fc.constantFrom(undefined, 0, 1, 900);
const zeek = fc
  .record({
    state: fc.constantFrom('S0', 'REJ', 'RSTO', 'RSTR', 'SF', 'OTH', ''),
    history: fc.constantFrom('S', 'Sr', 'ShADadR', '^hAR', ''),
    orig: bytes,
    resp: bytes,
    missed: fc.constantFrom(0, 7),
    port: fc.constantFrom(445, 4444),
    t: fc.nat(900),
  })
  .map(({ orig, resp, ...rest }) =>
    conn({ ...rest, ...(orig === undefined ? {} : { orig }), ...(resp === undefined ? {} : { resp }) }),
  );
const suricata = fc
  .record({
    state: fc.constantFrom('new', 'established', 'closed'),
    toClient: bytes,
    flags: fc.constantFrom('04', '1b'),
  })
  .map(
    ({ state, toClient, flags }): PlainEvent => ({
      ...conn({ t: 5 }),
      artifact: 'eve.json',
      'event.dataset': 'suricata.eve',
      'suricata.eve.event_type': 'flow',
      'suricata.eve.flow.state': state,
      'suricata.eve.tcp.tcp_flags_tc': flags,
      'suricata.eve.tcp.rst': flags === '04' ? 'true' : undefined,
      'destination.packets': toClient,
      'destination.bytes': toClient,
    }),
  );
const netflow = fc.constantFrom('02', '1b', '06').map(
  (flags): PlainEvent => ({
    ...conn({ t: 9 }),
    artifact: 'flows.csv',
    'event.dataset': 'netflow.flow',
    'netflow.tcp_flags': flags,
    'source.packets': 3,
  }),
);

const asked = (batch: EventBatch): EventBatch => ({ ...batch, decoded: FLOW_NEEDS });

test('flows come out the same, whether a verdict was worked out as the batch was read or later', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(zeek, suricata, netflow), { minLength: 1, maxLength: 12 }), events => {
      const timeline = timelineOf(events, { rows: 4 });
      const plain = { ...timeline, batches: timeline.batches.map(asked) };
      const early = {
        ...timeline,
        batches: plain.batches.map(batch => withVerdicts(batch, SETTINGS.connErrorStates, new Set())),
      };
      const [a, b] = [plain, early].map(of => enrichFlows(of, HOSTS, SETTINGS));
      for (const [index, columns] of a!) {
        expect([...b!.get(index)!.keys()]).toEqual([...columns.keys()]);
        for (const [field, column] of columns) {
          const values = (of: typeof column): unknown[] =>
            Array.from({ length: plain.batches[index]!.length }, (_, row) => columnValue(of, row));
          expect(values(b!.get(index)!.get(field)!)).toEqual(values(column));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('what only the verdict was made of is gone, and to ask for it is a bug; what a rule asks for stays', () => {
  const [batch] = timelineOf([conn({ state: 'REJ', history: 'Sr', orig: 0, resp: 0 })]).batches;
  const kept = withVerdicts(asked(batch!), 'payload', new Set<Field>(['zeek.connection.state']));
  expect(valueAt(kept, 'zeek.connection.state', 0)).toBe('REJ');
  expect(valueAt(kept, 'source.ip', 0)).toBe('10.0.0.9');
  expect(valueAt(kept, 'aftershock.flow.verdict', 0)).toMatch(/^failed payload/);
  expect(() => valueAt(kept, 'zeek.connection.history', 0)).toThrow(UndecodedField);
  expect(withVerdicts(batch!, 'payload', new Set())).toBe(batch);
});
