import { expect, test } from 'vitest';
import type { Artifact } from '../../../src/model/index.ts';
import { epochMicros } from '../../../src/model/index.ts';
import { esxi } from '../../../src/parsers/esxi/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const AT = epochMicros(1_740_888_000_000_000);
const BYTES = Buffer.from([0, 1, 2, 255, 10, 65]);
const core = (path: string, modified: Artifact['modified'] = AT): Artifact => ({
  ...artifactOf(path, BYTES),
  modified,
});

test.each([
  ['esx-a/var/core/hostd-worker-zdump.000', 'process_crash', 'hostd'],
  ['var/core/hostd-zdump.001', 'process_crash', 'hostd'],
  ['vpxa-zdump.000.gz', 'process_crash', 'vpxa'],
  ['var/core/slpd-zdump.000.FRAG-00000', 'process_crash', 'slpd'],
  ['var/core/vmkernel-zdump.1', 'host_panic', undefined],
  ['vmfs/volumes/ds1/web/vmx-zdump.000', 'vm_crash', undefined],
])('%s is a core by its name: %s of %s', async (path, action, service) => {
  expect(esxi.identify(BYTES, path)).toBe('yes');
  const { events, problems, ledger } = await parseAll(esxi, logOf(core(path)));
  expect(problems).toEqual([]);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ time: AT, 'event.action': [action], 'host.os.family': 'esxi' });
  expect(events[0]!['service.name']).toBe(service);
  expect(ledger.get(path)).toMatchObject({ variant: 'core', parsed: 1 });
});

test('names that only resemble one, and further pieces of one, are no core', () => {
  for (const path of ['hostd-zdump.txt', 'zdump.000', '-zdump.000', 'hostd-zdump.000.FRAG-00001', 'hostd.000', 'zdump'])
    expect(esxi.identify(BYTES, path)).toBe('no');
});

test('a core without a time is kept and told of', async () => {
  const { events, problems } = await parseAll(esxi, logOf(artifactOf('hostd-zdump.000', BYTES)));
  expect(events[0]!.time).toBeNaN();
  expect(problems).toMatchObject([{ kind: 'clock', artifact: 'hostd-zdump.000' }]);
});

test('cores of one daemon are as many crashes, however they are numbered', async () => {
  const { events } = await parseAll(esxi, logOf(core('hostd-zdump.001'), core('hostd-zdump.000')));
  expect(events.map(event => event.artifact)).toEqual(['hostd-zdump.001', 'hostd-zdump.000']);
});
