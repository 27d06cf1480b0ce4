import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chainNeeds } from '../../../src/detect/chain/needs.ts';
import { detect } from '../../../src/detect/engine.ts';
import type { EventBatch } from '../../../src/model/index.ts';
import { resolveParameters } from '../../../src/rules/index.ts';
import { batchesOf, hostTableOf, timelineOfBatches } from '../../support/events.ts';
import { at, burst, chainFile, child, dayBefore, outbound, serviceEvent, VICTIM } from './stage-events.ts';

const names = (folder: string): string[] =>
  readdirSync(folder).flatMap(file => (file.endsWith('.yml') ? [file.slice(0, -4)] : []));
const CHAINS = [...names('rules'), ...names('rules/companions')].map(chainFile);

/** The same batch as a parser would give it that was asked for these fields alone; reading another one throws. */
function decodedTo(batch: EventBatch, needs: ReadonlySet<string>): EventBatch {
  const columns = new Map([...batch.columns].filter(([field]) => needs.has(field)));
  return { ...batch, columns, decoded: needs as EventBatch['decoded'] };
}

test('what chains say they need is all that they read', () => {
  const parameters = resolveParameters(CHAINS);
  const needs = chainNeeds(CHAINS, parameters);
  const batches = batchesOf([
    dayBefore(),
    ...burst(0, 12, 16),
    serviceEvent(30, 'crash'),
    child(32),
    outbound(70, '10.0.0.7', 445, { lineage: 'child-1' }),
    {
      time: at(90),
      host: 'hv',
      'process.name': 'esxcli',
      'process.command_line': 'esxcli vm process kill -w 1',
      'event.category': 'process',
      'event.type': 'start',
    },
  ]);
  const judge = (of: readonly EventBatch[]) =>
    detect({
      timeline: timelineOfBatches(of),
      hosts: hostTableOf(VICTIM, { id: 'hv', os: 'esxi' }),
      chains: CHAINS,
      parameters,
      toleranceMicros: () => 5e6,
      refer: () => ({ 'event.id': '', '@timestamp': '', 'log.file.path': '', summary: '' }),
      sources: [],
    });
  const whole = judge(batches);
  expect(whole.findings.map(({ rule }) => rule.id)).toEqual(['t1210-windows', 'esxi-vm-kill']);
  expect(judge(batches.map(batch => decodedTo(batch, needs)))).toEqual(whole);
});
