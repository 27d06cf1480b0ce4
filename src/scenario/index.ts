import { buildCollection, type CollectionFiles } from './build.ts';
import type { Case, Setting } from './cases/index.ts';
import { Random } from './random.ts';
import { benignPatchNight } from './stories/benign-patch-night.ts';
import { esxiOpenslp } from './stories/esxi-openslp.ts';
import { linuxExim } from './stories/linux-exim.ts';
import { macosScreensharing } from './stories/macos-screensharing.ts';
import { windowsSpooler } from './stories/windows-spooler.ts';
import type { Story } from './story.ts';

export type { CollectionFiles } from './build.ts';
export type { Case, CaseKind, CaseTruth, ExpectedFinding, Grade, Setting, Tally } from './cases/index.ts';
export { CASES, grade, settingOf, tally } from './cases/index.ts';
export type { EvtxDamage, EvtxRecord } from './encode/evtx.ts';
export type { ScenarioDocument } from './file/document.ts';
export { scenarioJsonSchema } from './file/document.ts';
export type { ScenarioProblem } from './file/problem.ts';
export { problemLine, ScenarioError } from './file/problem.ts';
export { openScenario } from './file/read.ts';
export { STARTER } from './file/starter.ts';
export { micros } from './file/values.ts';
export { lintScenario } from './lint.ts';
export { overviewOf } from './overview.ts';
export type { ScenarioPackage } from './package.ts';
export { exconTexts, packScenario, playerTexts } from './package.ts';
export { isHeldBack, liesIn } from './released.ts';
export type { Story, Truth } from './story.ts';
export type { Telling, TellingOptions } from './telling.ts';
export { filesAt, startOn, tellScenario, variantsOf } from './telling.ts';
export type { GroundTruth, TrueFinding } from './truth.ts';
export { groundTruth, groundTruthText, sha256 } from './truth.ts';
export type { Verdict } from './verdict.ts';
export { verdictOn } from './verdict.ts';

/** The stories that the samples are made of. */
export const STORIES: readonly Story[] = [windowsSpooler, linuxExim, esxiOpenslp, macosScreensharing, benignPatchNight];

/** Tells a story with a seed: the same seed gives the same bytes. Paths begin with the story's own folder. */
export function tellStory(story: Story, seed: number): CollectionFiles {
  return buildCollection(story.tell(story.id, new Random(seed)));
}

/** The files of a case; the same setting gives the same bytes. */
export function buildCase(one: Case, setting: Setting): CollectionFiles {
  return buildCollection(one.tell(setting));
}
