import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Field } from '../../../src/model/index.ts';
import { evtx } from '../../../src/parsers/evtx/index.ts';
import { readWindowsXml } from '../../../src/parsers/shared/windows-xml-event.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const log = logOf(artifactOf('log.evtx', readFileSync('samples/evtx/every-carrier.evtx')));
const all = await parseAll(evtx, log);
const PLACE = ['time', 'nanos', 'artifact', 'record'];
const fields = [...new Set(all.events.flatMap(event => Object.keys(event)))].filter(name => !PLACE.includes(name));

test('any set of wanted fields gives what all of them give, without the others', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(fields), async names => {
      const wanted = new Set(names as Field[]);
      const { events, problems, ledger } = await parseAll(evtx, log, { fields: wanted });
      const kept = new Set([...PLACE, ...names]);
      const expected = all.events.map(event =>
        Object.fromEntries(Object.entries(event).filter(([name]) => kept.has(name))),
      );
      expect(events).toEqual(expected);
      expect({ problems, ledger }).toEqual({ problems: all.problems, ledger: all.ledger });
    }),
    { numRuns: 40 },
  );
});

test('records that nobody wants are counted, with their machines, and are no rows', async () => {
  const asked: unknown[] = [];
  const wantsWindows = (...header: readonly unknown[]): boolean => {
    asked.push(header);
    return header[1] === 7034;
  };
  const { events, ledger } = await parseAll(evtx, log, { wantsWindows });
  expect(events).toEqual(all.events.filter(event => event['event.code'] === '7034'));
  expect(ledger).toEqual(all.ledger);
  expect(asked[0]).toEqual(['EventLog', 6009, 'System']);
});

test('the original of a record is its XML, which reads as the same event', async () => {
  const { events } = await parseAll(evtx, log, { withOriginal: true });
  for (const event of events) {
    const read = readWindowsXml(String(event['event.original']));
    expect(read?.system.recordId).toBe(event['winlog.record_id']);
    expect(read?.system.provider).toBe(event['event.provider']);
  }
});
