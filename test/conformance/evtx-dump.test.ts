import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dumpEvtx } from '../../src/parsers/evtx/index.ts';
import type { Json } from '../../src/parsers/shared/json-objects.ts';
import { artifactOf, hasShared, sharedPath } from '../support/evidence.ts';
import { linesOf, normal } from '../support/evtx-dump.ts';

// Each shared log has what evtx_dump (the reader that most tools are built on) makes of it beside it. Ours must say the same of every
// record under the agreed normalisation: scalars as text; null, '' and {} are one; a list of one is its member; times to 1 µs.

const ORACLE = '.evtx_dump.jsonl';
const oracles = hasShared('evtx') ? readdirSync(sharedPath('evtx')).filter(name => name.endsWith(ORACLE)) : [];

async function dumped(path: string): Promise<Json[]> {
  let text = '';
  const source = { artifact: artifactOf(path, readFileSync(path)) };
  for await (const piece of dumpEvtx([source], { format: 'jsonl' })) text += piece;
  return linesOf(text);
}

const recordId = (event: Json): string =>
  String((event as { Event: { System: { EventRecordID: Json } } }).Event.System.EventRecordID);

describe.skipIf(oracles.length === 0)('what evtx_dump says of a log (needs the shared data)', () => {
  test.each(oracles)('%s: every record of it is ours, and the same', async name => {
    const expected = linesOf(readFileSync(sharedPath('evtx', name), 'utf8'));
    const actual = await dumped(sharedPath('evtx', name.slice(0, -ORACLE.length)));
    // Records that evtx_dump lost stand between those that it has, so each is looked up by its id from where the last was found.
    let at = 0;
    for (const event of expected) {
      const found = actual.findIndex((candidate, i) => i >= at && recordId(candidate) === recordId(event));
      expect(found, `record ${recordId(event)} is missing`).not.toBe(-1);
      expect(normal(actual[found]!)).toEqual(normal(event));
      at = found + 1;
    }
  });

  test('records that evtx_dump loses to a torn file and to a record of size 0 are read', async () => {
    expect((await dumped(sharedPath('evtx', 'System2.evtx'))).length).toBeGreaterThanOrEqual(283);
    expect((await dumped(sharedPath('evtx', 'sample-with-zero-data-size-event.evtx'))).length).toBe(450);
  });
});
