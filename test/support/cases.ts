import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AnalyzeOptions, Report } from '../../src/index.ts';
import { buildCase, type Case, type CollectionFiles, type Setting, settingOf } from '../../src/scenario/index.ts';
import { reportOn } from './analyze.ts';

/** The files of a case as an ordinary run of it makes them. */
export const filesOf = (one: Case, over: Parameters<typeof settingOf>[1] = {}): CollectionFiles =>
  buildCase(one, settingOf(1210, over));

/** Writes files into a new folder, in their order, and takes the folder away afterwards. */
export async function withFolder<T>(files: CollectionFiles, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-case-'));
  try {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const assignmentsOf = (one: Case): AnalyzeOptions['assignments'] =>
  Object.entries(one.parameters).map(([name, value]) => ({ name, value }));

/** The report on a case. */
export const reportOnCase = (one: Case, over: Partial<Setting> & { readonly days?: number } = {}): Promise<Report> =>
  withFolder(filesOf(one, over), folder => reportOn([folder], { assignments: assignmentsOf(one) ?? [] }));
