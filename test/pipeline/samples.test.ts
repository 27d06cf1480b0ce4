import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LEVELS, type Report } from '../../src/index.ts';
import { Report as ReportSchema } from '../../src/model/report.ts';
import { STORIES, tellStory } from '../../src/scenario/index.ts';
import { inShort, reportOn, withoutRun } from '../support/analyze.ts';

const COLLECTIONS = 'samples/collections';

test.each(STORIES.map(story => [story.id, story] as const))(
  '%s: the sample is what its story tells, byte for byte',
  (_, story) => {
    for (const [path, bytes] of tellStory(story, 1210)) {
      expect(readFileSync(join(COLLECTIONS, path)).equals(bytes), path).toBe(true);
    }
  },
);

test.each(STORIES.map(story => [story.id, story] as const))(
  '%s: the findings are the true ones and no others',
  async (id, story) => {
    const report = await reportOn([join(COLLECTIONS, id)]);
    ReportSchema.parse(report);
    const golden = join('test/golden/collections', `${id}.txt`);
    const actual = `${inShort(report).join('\n')}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, actual);
    expect(actual).toBe(readFileSync(golden, 'utf8'));
    const expected = story.truth.findings.map(truth => foundIn(report, truth));
    for (const [i, finding] of expected.entries()) {
      const truth = story.truth.findings[i]!;
      expect(finding, `${truth.rule} on ${truth.host}`).toBeDefined();
      const marks = finding!.aftershock.stages.filter(stage => stage.status === 'matched').map(stage => stage.id);
      for (const mark of truth.stages ?? []) expect(marks).toContain(mark);
      if (truth.leastLevel !== undefined) {
        expect(LEVELS.indexOf(finding!.aftershock.level)).toBeLessThanOrEqual(LEVELS.indexOf(truth.leastLevel));
      }
    }
    for (const other of report.findings.filter(finding => !expected.includes(finding))) {
      const { level } = other.aftershock;
      expect(LEVELS.indexOf(level), `${level}: ${other.message}`).toBeGreaterThanOrEqual(
        LEVELS.indexOf(story.truth.nothingAbove),
      );
    }
  },
);

const foundIn = (report: Report, truth: { readonly rule: string; readonly host: string }) =>
  report.findings.find(f => (f.rule.id === truth.rule || f.rule.name === truth.rule) && f.host.name === truth.host);

test('all collections in one run give what each gives by itself', async () => {
  const together = inShort(await reportOn([COLLECTIONS]));
  const apart = await Promise.all(STORIES.map(async story => inShort(await reportOn([join(COLLECTIONS, story.id)]))));
  expect([...together].toSorted()).toEqual(apart.flat().toSorted());
});

test('two runs give the same report but for run', async () => {
  const [a, b] = [await reportOn([COLLECTIONS]), await reportOn([COLLECTIONS])];
  expect(JSON.stringify(withoutRun(a))).toBe(JSON.stringify(withoutRun(b)));
});

test('the order of the arguments changes nothing', async () => {
  const paths = ['windows', 'linux', 'macos'].map(id => join(COLLECTIONS, id));
  const [a, b] = [await reportOn(paths), await reportOn(paths.toReversed())];
  expect(JSON.stringify(withoutRun(a))).toBe(JSON.stringify(withoutRun(b)));
});

test('TimeWindow and MinConnErrorRate turn the verdict on the Windows sample', async () => {
  const levelWith = async (name: string, value: string): Promise<string | undefined> =>
    (await reportOn([join(COLLECTIONS, 'windows')], { assignments: [{ name, value }] })).findings[0]?.aftershock.level;
  expect(await levelWith('TimeWindow', '10m')).toBe('critical');
  expect(await levelWith('TimeWindow', '1m')).toBe('medium');
  expect(await levelWith('MinConnErrorRate', '90')).toBe('high');
});
