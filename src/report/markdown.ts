import type { Finding, Report } from '../model/index.ts';
import { escapeMarkdown as md } from '../util/escape.ts';
import { inZone } from '../util/time-zone.ts';
import { measureText } from './measure.ts';
import type { Reporter } from './reporter.ts';

/** For a case file: findings with their stages and evidence, coverage, ledger. */
export const markdown: Reporter = {
  name: 'markdown',
  extension: 'md',
  *render(report, { zone }) {
    yield `# Aftershock report\n\n${report.findings.length} findings in ${report.evidence.length} files, ${report.statistics.events} events. `;
    yield `Times are ${md(zone)}.\n\n`;
    for (const finding of report.findings) yield* findingText(finding, zone);
    yield* coverageText(report);
    yield* ledgerText(report);
    if (report.warnings.length > 0) yield `## Warnings\n\n${report.warnings.map(w => `- ${md(w)}\n`).join('')}`;
  },
};

function* findingText(f: Finding, zone: string): Generator<string> {
  const { aftershock: a } = f;
  yield `## ${a.label} ${a.level}: ${md(f.rule.name)} on ${md(f.host.name)}\n\n${md(f.message)}\n\n`;
  yield `Score ${a.score}, class ${md(a.class)}, ${inZone(f.event.start, zone)} to ${inZone(f.event.end, zone)}. Rule ${md(f.rule.id)} version ${md(f.rule.version)}.\n\n`;
  yield '| mark | stage | status | time | measure | evidence |\n|---|---|---|---|---|---|\n';
  for (const stage of a.stages) {
    const evidence = stage.events
      .slice(0, 5)
      .map(e => `${md(e['log.file.path'])} ${placeOf(e)}: ${md(e.summary)}`)
      .join('<br>');
    const more = stage.count > 5 ? `<br>and ${stage.count - Math.min(5, stage.events.length)} more` : '';
    yield `| ${stage.id} | ${md(stage.name)} | ${stage.status} | ${stage.first === undefined ? '' : inZone(stage.first, zone)} | ${md(measureText(stage.measure))} | ${evidence}${more} |\n`;
  }
  yield '\n';
  for (const caveat of a.caveats) yield `- Caveat: ${md(caveat)}\n`;
  for (const miss of a.near_misses) yield `- Near miss: ${md(miss.effect)}\n`;
  yield '\n';
}

const placeOf = (e: Finding['aftershock']['stages'][number]['events'][number]): string =>
  e['winlog.record_id'] !== undefined
    ? `record ${e['winlog.record_id']}`
    : e['log.file.line'] !== undefined
      ? `line ${e['log.file.line']}`
      : `offset ${e['log.offset'] ?? 0}`;

function* coverageText(report: Report): Generator<string> {
  if (report.coverage.length === 0) return;
  yield '## Coverage\n\n| platform | stage | data component | status | sources |\n|---|---|---|---|---|\n';
  for (const row of report.coverage) {
    yield `| ${md(row.platform)} | ${row.stage} | ${md(row.data_component)} | ${row.status} | ${md(row.sources.join(', '))} |\n`;
  }
  yield '\n';
}

function* ledgerText(report: Report): Generator<string> {
  yield '## Evidence\n\n| file | format | host | events | status | SHA-256 |\n|---|---|---|---:|---|---|\n';
  for (const e of report.evidence) {
    yield `| ${md(e.path)} | ${md(e.format ?? '')} | ${md(e.host ?? '')} | ${e.events.parsed} | ${e.status} | ${e.sha256 ?? ''} |\n`;
  }
  yield '\n';
}
