import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyze, filesAt, type ScenarioDocument, tellScenario, verdictOn } from '../index.ts';
import { writeWhole } from './folder.ts';
import { ruleTexts } from './rule-flags.ts';

/**
 * Builds a scenario and each of its own variants for a moment, analyses what was built with the rules that come with the tool, and says
 * how the findings deviate from what the file states: a line each, none where they agree.
 */
export async function deviationsOf(scenario: ScenarioDocument, version: string): Promise<readonly string[]> {
  const ruleFiles = await ruleTexts({}, []);
  const { params = {} } = scenario.world;
  const parameterFile = { path: 'world.params', text: JSON.stringify(params) };
  const deviations: string[] = [];
  for (const variant of [undefined, ...Object.keys(scenario.variants ?? {})]) {
    const telling = tellScenario(scenario, variant === undefined ? {} : { variant });
    const folder = await mkdtemp(join(tmpdir(), 'aftershock-scenario-'));
    try {
      for (const [path, bytes] of filesAt(telling)) await writeWhole(join(folder, path), bytes);
      const report = await analyze({ paths: [folder], ruleFiles, parameterFile, version });
      const prefix = variant === undefined ? '' : `${variant}: `;
      deviations.push(...verdictOn(telling, report.findings).deviations.map(one => `${prefix}${one}`));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return deviations;
}
