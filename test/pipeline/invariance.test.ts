import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { describe, expect, test } from 'vitest';
import { type Report, readRuleFiles, replay } from '../../src/index.ts';
import { CASES, type Case, type CollectionFiles } from '../../src/scenario/index.ts';
import { reportOn, withoutRun } from '../support/analyze.ts';
import { assignmentsOf, filesOf, reportOnCase, withFolder } from '../support/cases.ts';

// What must not matter for a verdict: how the evidence is packed, in which order it lies, what machines are called, when it all
// happened, and how much else happened.

const named = (id: string): Case => CASES.find(one => one.id === id)!;
const CHOSEN = ['win-spooler', 'lin-exim', 'ben-scanner-windows'].map(named);

/** A finding without names and times: rule, class, level, score, and every mark with its count and its distance from the access. */
const verdicts = (report: Report): readonly unknown[] =>
  report.findings.map(({ rule, aftershock }) => ({
    rule: rule.id,
    class: aftershock.class,
    level: aftershock.level,
    score: aftershock.score,
    stages: aftershock.stages.map(({ id, status, count, delta_s, measure }) => ({
      id,
      status,
      count,
      delta_s,
      measure,
    })),
  }));

/** The marks that count, without numbers: what more of the ordinary must not change. */
const gist = (report: Report): readonly unknown[] =>
  report.findings.map(({ rule, aftershock }) => [
    rule.id,
    aftershock.class,
    aftershock.level,
    aftershock.stages.filter(stage => stage.score !== undefined).map(stage => stage.id),
  ]);

async function zipOf(files: CollectionFiles): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [path, bytes] of files) await zip.add(path.slice(1), new Uint8ArrayReader(bytes));
  return zip.close();
}

/** Ordinary runs, each once. */
const plain = new Map<string, Promise<Report>>();
function plainReport(one: Case): Promise<Report> {
  let report = plain.get(one.id);
  if (report === undefined) {
    report = reportOnCase(one);
    plain.set(one.id, report);
  }
  return report;
}

const options = (one: Case): Parameters<typeof reportOn>[1] => ({ assignments: assignmentsOf(one) ?? [] });

describe.each(CHOSEN.map(one => [one.id, one] as const))('%s gives the same verdict', (_, one) => {
  test('from a folder and from a zip of it', async () => {
    const zip = mkdtempSync(join(tmpdir(), 'aftershock-zip-'));
    try {
      writeFileSync(join(zip, 'triage.zip'), await zipOf(filesOf(one)));
      const packed = await reportOn([join(zip, 'triage.zip')], options(one));
      expect(JSON.stringify(withoutRun(packed))).toBe(JSON.stringify(withoutRun(await plainReport(one))));
    } finally {
      rmSync(zip, { recursive: true, force: true });
    }
  });

  test('in whatever order the files lie and are given', async () => {
    const files = filesOf(one);
    const tops = [...new Set([...files.keys()].map(path => path.split('/')[1]!))];
    expect(tops.length).toBeGreaterThan(1);
    const forwards = await withFolder(files, folder =>
      reportOn(
        tops.map(top => join(folder, top)),
        options(one),
      ),
    );
    const backwards = await withFolder(new Map([...files].toReversed()), folder =>
      reportOn(
        tops.toReversed().map(top => join(folder, top)),
        options(one),
      ),
    );
    expect(verdicts(backwards)).toEqual(verdicts(forwards));
  });

  test('when it is played back to the end: the last word on each finding is its level in the report', async () => {
    const report = await plainReport(one);
    const { frames } = await withFolder(filesOf(one), async folder =>
      replay({ paths: [folder], ruleFiles: await readRuleFiles('rules'), ...options(one) }),
    );
    const last = new Map<string, unknown>();
    for (const { kind, text, level } of frames) if (kind === 'finding') last.set(text.split(' ')[0]!, level);
    const batch = report.findings.map(({ aftershock }) => [aftershock.label, aftershock.level] as const);
    expect(new Map([...last].toSorted())).toEqual(new Map(batch.toSorted()));
  });

  test('when all machines have other names, and when it all happened 100 days later', async () => {
    const expected = verdicts(await plainReport(one));
    const names: Record<string, string> = {};
    const nameOf = (role: string): string => (names[role] ??= `zz-${Object.keys(names).length}${role.length}`);
    expect(verdicts(await reportOnCase(one, { nameOf }))).toEqual(expected);
    expect(verdicts(await reportOnCase(one, { days: 100 }))).toEqual(expected);
  });
});

test.each(['win-spooler', 'lin-exim'].map(id => [id, named(id)] as const))(
  '%s: twenty ordinary days in one change no level and no stage',
  async (_, one) => {
    expect(gist(await reportOnCase(one, { bustle: 20 }))).toEqual(gist(await plainReport(one)));
  },
  30_000,
);
