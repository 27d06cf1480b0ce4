import { expect, test } from 'vitest';
import { analyze, inventory, readRuleFiles, search, timeline, tune } from '../../src/index.ts';

const ruleFiles = await readRuleFiles('rules');
const base = { paths: ['samples/collections/windows', 'samples/collections/linux'], ruleFiles, version: 'test' };
const moment = (iso: string) => ({ kind: 'at', micros: Date.parse(iso) * 1000 }) as const;

test('an analysis of one machine tells of that machine alone, under any of its names', async () => {
  const all = await analyze(base);
  const names = new Set(all.findings.map(({ host }) => host.name));
  expect(names.size).toBe(2);
  for (const asked of ['FS01', 'fs01.corp.example', '10.11.0.20']) {
    const { findings } = await analyze({ ...base, hosts: [asked] });
    expect(new Set(findings.map(({ host }) => host.name))).toEqual(new Set(['FS01.corp.example']));
  }
  const { findings, signals } = await analyze({ ...base, excludedHosts: ['fs01'], withSignals: true });
  expect(new Set(findings.map(({ host }) => host.name))).toEqual(
    new Set([...names].filter(name => name !== 'FS01.corp.example')),
  );
  expect(signals?.filter(({ host }) => host?.name === 'FS01.corp.example')).toEqual([]);
});

test('a name that no machine has is refused by every command; an address may be of a machine without logs', async () => {
  const asked = { ...base, hosts: ['nosuch'] };
  for (const run of [analyze, timeline, inventory]) await expect(run(asked)).rejects.toThrow(/--host nosuch/);
  await expect(search({ ...asked, expression: 'any where true' })).rejects.toThrow(/--host nosuch/);
  await expect(tune({ ...asked, axes: [{ name: 'TimeWindow', values: ['5m'] }] })).rejects.toThrow(/--host nosuch/);
  expect((await analyze({ ...base, hosts: ['192.0.2.1'] })).findings).toEqual([]);
});

test('a search sees the events of the machine and the stretch of time, and no others', async () => {
  const expression = 'process where event.type == "start"';
  const linesOf = async (over: object): Promise<readonly object[]> => [
    ...(await search({ ...base, expression, ...over })).lines,
  ];
  const all = await linesOf({});
  const own = await linesOf({ hosts: ['fs01'] });
  const hostOf = (line: object): unknown =>
    (line as { readonly aftershock: { readonly host: string } }).aftershock.host;
  expect(own.length).toBeGreaterThan(0);
  expect(own).toEqual(all.filter(line => hostOf(line) === 'fs01.corp.example'));
  const timeOf = (line: object): string => (line as { readonly '@timestamp': string })['@timestamp'];
  const from = timeOf(own.at(-1)!);
  const late = await linesOf({ hosts: ['fs01'], range: { from: moment(from), to: undefined } });
  expect(late).toEqual(own.filter(line => timeOf(line) >= from.slice(0, 23)));
});

test('an inventory of one machine lists it, its files and those that are nobody’s', async () => {
  const { hosts, evidence } = await inventory({ ...base, hosts: ['fs01'] });
  expect(hosts.map(({ name }) => name)).toEqual(['FS01.corp.example']);
  expect(new Set(evidence.map(({ host }) => host))).toEqual(new Set(['FS01.corp.example', undefined]));
});

test('a sweep over one machine counts its findings alone', async () => {
  const axes = [{ name: 'TimeWindow', values: ['5m', '10m'] }];
  const { result } = await tune({ ...base, axes, hosts: ['fs01'] });
  expect(new Set(result.subjects.map(({ host }) => host))).toEqual(new Set(['FS01.corp.example']));
  const keys = new Set(result.subjects.map(({ key }) => key));
  expect(result.cells.flatMap(({ findings }) => findings).every(({ key }) => keys.has(key))).toBe(true);
});
