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
export type { Story, Truth } from './story.ts';

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
