import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import {
  filesAt,
  lintScenario,
  openScenario,
  packScenario,
  type ScenarioDocument,
  STARTER,
  type Telling,
  type TellingOptions,
  tellScenario,
  variantsOf,
  verdictOn,
} from '../../src/scenario/index.ts';
import { reportOn } from '../support/analyze.ts';
import { withFolder } from '../support/cases.ts';

const NAMES = readdirSync('scenarios')
  .filter(name => name.endsWith('.yaml'))
  .map(name => basename(name, '.yaml'));
const textOf = (name: string): string => readFileSync(`scenarios/${name}.yaml`, 'utf8');
const scenarioOf = (name: string): ScenarioDocument => openScenario(textOf(name), name);
const tell = (name: string, options?: TellingOptions): Telling => tellScenario(scenarioOf(name), options);

/** How an analysis of the collection, with what players know of the network, deviates from the truth. */
async function deviationsOf(telling: Telling): Promise<readonly string[]> {
  const { params = {} } = telling.scenario.world;
  const report = await withFolder(filesAt(telling), folder =>
    reportOn([folder], { parameterFile: { path: 'params.yaml', text: JSON.stringify(params) } }),
  );
  return verdictOn(telling, report.findings).deviations;
}

test('six scenarios come with the tool, and each passes its check without a word', () => {
  expect(NAMES).toHaveLength(6);
  for (const name of NAMES) {
    expect(lintScenario(textOf(name)).problems, name).toEqual([]);
    expect(scenarioOf(name).id).toBe(name);
  }
});

test.each(NAMES)('%s: an analysis finds exactly what is true', async name => {
  expect(await deviationsOf(tell(name))).toEqual([]);
});

test.each([
  ['win-smb-spooler', 'no-sysmon'],
  ['lin-exim-21nails', 'skew-6h'],
  ['mac-screenshare', 'no-zeek'],
] as const)('%s, %s: an analysis finds exactly what can still be seen', async (name, variant) => {
  expect(await deviationsOf(tell(name, { variant }))).toEqual([]);
});

test('every scenario can be told without its sensor, without Sysmon and with a wrong clock, where it has such a source', () => {
  const variants = (text: string): readonly string[] => [...variantsOf(openScenario(text, 'starter')).keys()];
  expect(variants(STARTER)).toEqual(['no-zeek', 'skew-6h']);
  expect([...variantsOf(scenarioOf('win-web-w3wp')).keys()]).toEqual(['no-sysmon']);
  const starter = openScenario(STARTER, 'starter');
  const flows = (options: TellingOptions): number =>
    tellScenario(starter, options).records.filter(record => record.item.kind === 'flow').length;
  expect(flows({ variant: 'no-zeek' })).toBe(0);
  const [ahead, plain] = ['skew-6h', undefined].map(variant =>
    tellScenario(starter, variant === undefined ? {} : { variant }).records.find(record => record.item.kind === 'flow'),
  );
  expect(ahead!.item.at - plain!.item.at).toBe(6 * 3600e6);
  expect(ahead!.written).toBe(plain!.written);
});

test('other chances tell the same story', async () => {
  expect(await deviationsOf(tell('win-web-w3wp', { seed: 77 }))).toEqual([]);
});

test('the same seed gives the same bytes, another seed or variant others', () => {
  const bytes = (options?: TellingOptions): string => {
    const telling = tell('win-web-w3wp', options);
    return JSON.stringify(
      [...packScenario(telling, '').files].map(([path, file]) => [path, Buffer.from(file).toString('base64')]),
    );
  };
  expect(bytes()).toBe(bytes());
  expect(bytes({ seed: 5 })).not.toBe(bytes());
  expect(bytes({ variant: 'no-sysmon' })).not.toBe(bytes());
});

test('nothing that players get names the scenario, its title, a rule or a technique', () => {
  for (const name of NAMES) {
    const { id, title_excon: title } = scenarioOf(name);
    for (const [path, bytes] of packScenario(tell(name), textOf(name)).files) {
      if (!path.startsWith('player/')) continue;
      const text = `${path}\n${Buffer.from(bytes).toString('latin1')}`;
      expect(text.includes(id), path).toBe(false);
      expect(text.includes(title), path).toBe(false);
      expect(/\bT1210\b|t1210-|ground_truth/.test(text), path).toBe(false);
    }
  }
});

test('a log at an earlier moment is the beginning of the same log later, and holds nothing that was not yet written', () => {
  const telling = tell('lin-exim-21nails');
  const noon = telling.start + 2.2 * 3600e6;
  const [early, late] = [filesAt(telling, noon), filesAt(telling, noon + 600e6)];
  for (const path of ['mail01/[root]/var/log/syslog', 'mail01/[root]/var/log/audit/audit.log']) {
    const [before, after] = [Buffer.from(early.get(path)!).toString(), Buffer.from(late.get(path)!).toString()];
    expect(after.startsWith(before), path).toBe(true);
    expect(after.length, path).toBeGreaterThanOrEqual(before.length);
  }
  // A connection is written when it ends: its row must not show before.
  const rows = Buffer.from(early.get('zeek/conn.log')!)
    .toString()
    .split('\n')
    .filter(line => /^\d/.test(line));
  for (const row of rows) {
    const cells = row.split('\t');
    const duration = cells[8] === '-' ? 0 : Number(cells[8]);
    expect((Number(cells[0]) + 2.4 + duration) * 1e6).toBeLessThanOrEqual(noon + 2);
  }
  expect(Buffer.from(early.get('zeek/conn.log')!).toString()).not.toContain('#close');
});

test('a day moved keeps its weekday and its time, and everything else', () => {
  const scenario = scenarioOf('win-web-w3wp');
  const moved = tellScenario(scenario, { start: Date.parse('2026-04-22T07:00:00Z') * 1000 });
  const plain = tellScenario(scenario);
  expect(moved.records).toHaveLength(plain.records.length);
  const week = 7 * 86_400e6;
  expect(moved.records.filter(r => r.written > 0).map(r => r.written - week)).toEqual(
    plain.records.filter(r => r.written > 0).map(r => r.written),
  );
});
