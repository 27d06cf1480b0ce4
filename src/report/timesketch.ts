import type { EventRef, Report } from '../model/index.ts';
import type { Reporter } from './reporter.ts';

/** JSON lines that a Timesketch import takes as they are: the evidence of every finding, tagged. Never `_id`, which is Timesketch's own. */
export const timesketch: Reporter = {
  name: 'timesketch',
  extension: 'jsonl',
  *render(report) {
    for (const line of evidenceLines(report)) yield `${JSON.stringify(line)}\n`;
  },
};

function* evidenceLines(report: Report): Generator<object> {
  for (const finding of report.findings) {
    for (const stage of finding.aftershock.stages) {
      for (const event of stage.events) {
        yield {
          message: event.summary,
          datetime: event['@timestamp'],
          timestamp: microsOf(event),
          timestamp_desc: `${stage.id} ${stage.name}`,
          tag: ['aftershock', finding.aftershock.label, finding.aftershock.level, finding.rule.id],
          host: finding.host.name,
          source_file: event['log.file.path'],
          event_id: event['event.id'],
        };
      }
    }
  }
}

/** RFC 3339 → epoch microseconds. */
function microsOf(event: EventRef): number {
  const [, seconds, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(event['@timestamp']) ?? [];
  return Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
