import type { Finding } from '../model/index.ts';
import { csvCell } from '../util/escape.ts';
import type { Reporter } from './reporter.ts';

const COLUMNS: readonly (readonly [string, (f: Finding) => string | number | undefined])[] = [
  ['label', f => f.aftershock.label],
  ['level', f => f.aftershock.level],
  ['score', f => f.aftershock.score],
  ['class', f => f.aftershock.class],
  ['start', f => f.event.start],
  ['end', f => f.event.end],
  ['host', f => f.host.name],
  ['rule_id', f => f.rule.id],
  ['rule_name', f => f.rule.name],
  ['techniques', f => techniquesOf(f).join(' ')],
  ['source_ip', f => f.source?.ip],
  ['destination_ip', f => f.destination?.ip],
  ['destination_port', f => f.destination?.port],
  ['marks', f => matchedMarks(f).join(' ')],
  ['message', f => f.message],
];

/** A finding a row; cells that a spreadsheet would take for formulas are guarded. */
export const csv: Reporter = {
  name: 'csv',
  extension: 'csv',
  *render(report) {
    yield `${COLUMNS.map(([title]) => title).join(',')}\r\n`;
    for (const finding of report.findings) yield `${COLUMNS.map(([, cell]) => csvCell(cell(finding))).join(',')}\r\n`;
  },
};

export const techniquesOf = (finding: Finding): readonly string[] => [
  ...new Set(finding.threat.flatMap(threat => threat.technique.map(technique => technique.id))),
];

export const matchedMarks = (finding: Finding): readonly string[] =>
  finding.aftershock.stages.filter(stage => stage.status === 'matched').map(stage => stage.id);
