import { expect, test } from 'vitest';
import { openCollection } from '../../src/collection/index.ts';
import { enrichFlows } from '../../src/enrich/flow.ts';
import { type Artifact, type EventBatch, type LogSet, textAt, withColumns } from '../../src/model/index.ts';
import type { LedgerEntry, ParseContext, Parser } from '../../src/parsers/index.ts';
import { windowsJson } from '../../src/parsers/windows-json/index.ts';
import { zeek } from '../../src/parsers/zeek/index.ts';
import { calibrate } from '../../src/timeline/clock.ts';
import { type ArtifactFacts, buildHosts } from '../../src/timeline/hosts.ts';
import { orderEvents } from '../../src/timeline/order.ts';
import { resolveHosts } from '../../src/timeline/resolve.ts';
import { lineBlocks } from '../../src/util/line-blocks.ts';
import { hasShared, sharedPath } from '../support/evidence.ts';
import { SETTINGS } from '../support/flows.ts';

/** The connections alone: 889 of 120 MB. */
const connections = (artifact: Artifact): Artifact =>
  artifact.path.endsWith('.json') ? onlyConnections(artifact) : artifact;
const onlyConnections = (artifact: Artifact): Artifact => ({
  ...artifact,
  async *chunks() {
    for await (const { bytes } of lineBlocks(artifact.chunks())) {
      for (let from = 0; from < bytes.length; ) {
        const to = bytes.indexOf(10, from) + 1 || bytes.length;
        if (bytes.subarray(from, to).includes('"EventID":3,')) yield Buffer.from(bytes.subarray(from, to));
        from = to;
      }
    }
  },
});

async function read(parser: Parser, log: LogSet): Promise<readonly [EventBatch[], LedgerEntry]> {
  const batches: EventBatch[] = [];
  let entry: LedgerEntry = {};
  const context: ParseContext = {
    fields: 'all',
    withOriginal: false,
    zone: { name: 'UTC', source: 'default' },
    assumeYear: undefined,
    newest: undefined,
    codePage: 1252,
    recover: false,
    problem: () => undefined,
    ledger: (_, more) => {
      entry = { ...entry, ...more };
    },
  };
  for await (const batch of parser.parse(log, context)) batches.push(batch);
  return [batches, entry];
}

test.skipIf(!hasShared('collections', 'LSASS_campaign_05'))(
  'a real campaign: the sensor is twelve hours and five minutes ahead of the machine, to the millisecond; needs the shared data',
  async () => {
    const collection = await openCollection([sharedPath('collections', 'LSASS_campaign_05')], {
      judge: head => [zeek, windowsJson].find(parser => parser.identify(head, '') === 'yes')?.name,
    });
    const batches: EventBatch[] = [];
    const artifacts = new Map<string, ArtifactFacts>();
    for (const parser of [zeek, windowsJson]) {
      for (const { artifacts: members, root } of collection.logs(parser.name, false)) {
        const [found, { observer }] = await read(parser, { artifacts: members.map(connections), root });
        batches.push(...found);
        artifacts.set(members[0]!.path, { format: parser.name, root, ...(observer === undefined ? {} : { observer }) });
      }
    }
    await collection.close();

    const { table, hostOfArtifact } = buildHosts({ batches, artifacts, given: [] });
    expect(table.hosts.map(host => [host.id, host.addresses.map(({ ip }) => ip)])).toEqual([
      ['mkt01.pandalab.com', ['192.168.56.30']],
    ]);
    const resolved = resolveHosts(batches, table, hostOfArtifact);
    const { offsets, microsToAdd, toleranceMicros } = calibrate(resolved, table, []);
    expect(offsets).toEqual([
      expect.objectContaining({ host: 'mkt01.pandalab.com', status: 'calibrated', isApplied: true }),
    ]);
    const [offset] = offsets;
    expect(offset!.pairs).toBeGreaterThan(800);
    expect(offset!.madSeconds).toBeLessThan(0.01);
    expect(offset!.offsetSeconds).toBeCloseTo(43_517.31, 1);
    const [conn] = [...microsToAdd.keys()].filter(path => path.endsWith('/conn.log'));
    const [machine] = hostOfArtifact.keys();
    expect(toleranceMicros(conn!, machine!)).toBe(5e6);

    // One direction of the traffic was captured: no failure is made of what is missing.
    const timeline = orderEvents(resolved, microsToAdd);
    const outcomes = new Map<string, number>();
    for (const [index, columns] of enrichFlows(timeline, table, SETTINGS)) {
      const batch = withColumns(timeline.batches[index]!, columns);
      for (let row = 0; row < batch.length; row++) {
        if (textAt(batch, 'aftershock.flow.telemetry', row) !== 'sensor') continue;
        const failure = textAt(batch, 'aftershock.flow.failure', row);
        const outcome = failure ?? textAt(batch, 'aftershock.flow.outcome', row) ?? '';
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    expect([...outcomes.keys()].sort()).toEqual(['closed-port', 'unknown']);
  },
);
