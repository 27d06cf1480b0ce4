import { type AnalyzeOptions, analyze, type Report, readRuleFiles } from '../../src/index.ts';

/** The report over some paths with the built-in rules, as the command line would make it. */
export async function reportOn(paths: readonly string[], over: Partial<AnalyzeOptions> = {}): Promise<Report> {
  return analyze({ paths, ruleFiles: await readRuleFiles('rules'), version: '0.0.0', ...over });
}

/** Everything of a report that two runs must agree on. */
export function withoutRun({ run: _, ...report }: Report): Omit<Report, 'run'> {
  return report;
}

/** A finding in a line: level, rule, host, marks. */
export const inShort = (report: Report): readonly string[] =>
  report.findings.map(({ aftershock, rule, host }) => {
    const marks = aftershock.stages.filter(stage => stage.status === 'matched').map(stage => stage.id);
    return `${aftershock.level} ${Math.round(aftershock.score)} ${rule.name} on ${host.name}: ${marks.join(' ')}`.trim();
  });
