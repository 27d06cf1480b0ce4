import { BENIGN_CASES } from './benign.ts';
import type { Case } from './case.ts';
import { CONTRAST_CASES } from './contrast.ts';
import { DEGRADED_CASES } from './degraded.ts';
import { ESXI_CASES } from './esxi.ts';
import { LINUX_CASES } from './linux.ts';
import { MACOS_CASES } from './macos.ts';
import { WINDOWS_CASES } from './windows.ts';

export type { Case, CaseKind, CaseTruth, ExpectedFinding, Setting } from './case.ts';
export { settingOf } from './case.ts';
export type { Grade, Tally } from './grade.ts';
export { grade, tally } from './grade.ts';

/** The labelled cases that the detections are measured on. Synthetic throughout. */
export const CASES: readonly Case[] = [
  ...WINDOWS_CASES,
  ...LINUX_CASES,
  ...ESXI_CASES,
  ...MACOS_CASES,
  ...DEGRADED_CASES,
  ...CONTRAST_CASES,
  ...BENIGN_CASES,
];
