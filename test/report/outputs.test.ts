import { beforeAll, describe, expect, test } from 'vitest';
import { REPORTERS, type Report, type Style, TUNE_REPORTERS } from '../../src/index.ts';
import { widthOf } from '../../src/util/columns.ts';
import { reportOn } from '../support/analyze.ts';

const STYLE: Style = { colour: false, width: 80, full: false, zone: 'UTC' };
const HOSTILE = '\u001b[2J<script>alert(1)</script>\u202e=cmd|x';

let report: Report;
let hostile: Report;
beforeAll(async () => {
  report = await reportOn(['samples/collections/linux', 'samples/collections/esxi']);
  hostile = structuredClone(report);
  const [finding] = hostile.findings;
  finding!.message = HOSTILE;
  finding!.host.name = HOSTILE;
  finding!.rule.name = HOSTILE;
  finding!.aftershock.stages[0]!.events[0]!.summary = HOSTILE;
  hostile.warnings.push(HOSTILE);
  hostile.evidence[0]!.path = HOSTILE;
});

const rendered = (name: string, of: Report, style: Partial<Style> = {}): string => {
  const reporter = REPORTERS.find(r => r.name === name);
  if (reporter === undefined) throw new Error(`no output is called ${name}`);
  return [...reporter.render(of, { ...STYLE, ...style })].join('');
};

describe('the screen', () => {
  test.each([80, 100, 140])('never wraps at %i columns, and has at most 24 lines', width => {
    const lines = rendered('table', report, { width }).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });

  test('with --full shows every finding and every warning', () => {
    const text = rendered('table', report, { full: true });
    for (const finding of report.findings) expect(text).toContain(` ${finding.aftershock.label} ${finding.host.name}`);
    expect(text).not.toContain('more: --full');
  });

  test('colours nothing unless asked, and says every level as a word', () => {
    expect(rendered('table', report)).not.toContain('\u001b');
    expect(rendered('table', report, { colour: true })).toContain('\u001b[');
    expect(rendered('table', report)).toContain('CRITICAL');
  });
});

describe('text from evidence', () => {
  test.each(['table', 'markdown', 'html'])('does nothing in %s', name => {
    const text = rendered(name, hostile, { full: true });
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
  });

  test('is no markup in HTML and Markdown, and no formula in CSV', () => {
    expect(rendered('html', hostile)).not.toContain('<script>');
    expect(rendered('html', report)).toContain("default-src 'none'");
    expect(rendered('markdown', hostile)).not.toContain('<script>');
    const formula = structuredClone(report);
    formula.findings[0]!.host.name = '=cmd|x';
    expect(rendered('csv', formula)).toContain(`"'=cmd|x"`);
  });

  test('stays as it is in JSON', () => {
    expect((JSON.parse(rendered('json', hostile)) as Report).findings[0]!.message).toBe(HOSTILE);
  });
});

describe('the other outputs', () => {
  test('ndjson and ecs are a finding a line', () => {
    const lines = (name: string): unknown[] =>
      rendered(name, report)
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as unknown);
    expect(lines('ndjson')).toEqual(report.findings);
    const [alert] = lines('ecs') as Record<string, unknown>[];
    expect(alert).toMatchObject({
      'kibana.alert.severity': 'critical',
      'kibana.alert.rule.rule_id': report.findings[0]!.rule.id,
    });
  });

  test('csv has a row a finding under its titles', () => {
    const rows = rendered('csv', report).trimEnd().split('\r\n');
    expect(rows).toHaveLength(report.findings.length + 1);
    expect(rows[0]!.split(',').slice(0, 3)).toEqual(['label', 'level', 'score']);
  });

  test('timesketch has the four fields that an import asks for, microseconds, and never _id', () => {
    const lines = rendered('timesketch', report)
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
    const proofs = report.findings.flatMap(f => f.aftershock.stages.flatMap(s => s.events));
    expect(lines).toHaveLength(proofs.length);
    for (const [i, line] of lines.entries()) {
      expect(Object.keys(line)).toEqual(expect.arrayContaining(['message', 'datetime', 'timestamp', 'timestamp_desc']));
      expect(line).not.toHaveProperty('_id');
      expect(Math.floor((line['timestamp'] as number) / 1000)).toBe(Date.parse(proofs[i]!['@timestamp']));
    }
  });

  test('navigator is a layer of format 4.5 with the techniques of the findings', () => {
    const layer = JSON.parse(rendered('navigator', report)) as {
      versions: { layer: string };
      techniques: { techniqueID: string; score: number }[];
    };
    expect(layer.versions.layer).toBe('4.5');
    expect(layer.techniques.find(t => t.techniqueID === 'T1210')?.score).toBe(100);
  });

  test('stix is a bundle whose references lead to objects of it, with the same ids on every run', () => {
    const bundle = JSON.parse(rendered('stix', report)) as { objects: Record<string, unknown>[] };
    const ids = new Set(bundle.objects.map(object => object['id']));
    for (const object of bundle.objects) {
      for (const key of ['created_by_ref', 'sighting_of_ref'])
        if (object[key] !== undefined) expect(ids).toContain(object[key]);
      for (const ref of [
        ...((object['object_refs'] as string[]) ?? []),
        ...((object['observed_data_refs'] as string[]) ?? []),
      ])
        expect(ids).toContain(ref);
    }
    expect(rendered('stix', report)).toBe(rendered('stix', report));
  });

  test('a sweep is a heat map on the screen and in HTML', () => {
    const tuned = {
      axes: [
        { name: 'TimeWindow', values: ['1m', '10m'] },
        { name: 'MinConnErrorRate', values: ['30', '90'] },
      ],
      cells: [
        { values: ['1m', '30'], findings: [] },
        { values: ['1m', '90'], findings: [] },
        { values: ['10m', '30'], findings: [{ key: 'k', level: 'critical' as const, score: 97 }] },
        { values: ['10m', '90'], findings: [{ key: 'k', level: 'high' as const, score: 82 }] },
      ],
      base: 2,
      subjects: [],
      flips: [
        { parameter: 'TimeWindow', from: '1m', to: '10m', key: 'k', before: undefined, after: 'critical' as const },
      ],
      warnings: [],
    };
    const of = (name: string): string => [...TUNE_REPORTERS.find(r => r.name === name)!.render(tuned, STYLE)].join('');
    expect(of('table')).toContain('[C]');
    expect(of('table')).toMatch(/k +TimeWindow +1m +10m +none +critical/);
    expect(of('html')).toContain('critical 1');
    expect((JSON.parse(of('json')) as { cells: unknown[] }).cells).toHaveLength(4);
  });
});
