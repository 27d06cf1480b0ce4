import type { Finding } from '../model/index.ts';
import type { Reporter } from './reporter.ts';

/** A finding a line as an Elastic detection alert: ECS with `kibana.alert.*`, for an index that people already search. */
export const ecs: Reporter = {
  name: 'ecs',
  extension: 'ndjson',
  *render(report) {
    for (const finding of report.findings)
      yield `${JSON.stringify({ ...alertOf(finding), 'ecs.version': report.ecs.version })}\n`;
  },
};

function alertOf(finding: Finding): Record<string, unknown> {
  const { aftershock, rule, ...document } = finding;
  return {
    ...document,
    rule: { id: rule.id, name: rule.name, version: rule.version, ruleset: rule.ruleset, reference: rule.reference },
    'kibana.alert.uuid': finding.event.id,
    'kibana.alert.reason': finding.message,
    'kibana.alert.severity': aftershock.level === 'info' ? 'low' : aftershock.level,
    'kibana.alert.risk_score': aftershock.score,
    'kibana.alert.status': 'active',
    'kibana.alert.workflow_status': 'open',
    'kibana.alert.start': finding.event.start,
    'kibana.alert.end': finding.event.end,
    'kibana.alert.rule.rule_id': rule.id,
    'kibana.alert.rule.name': rule.name,
    'kibana.alert.rule.references': rule.reference,
    'kibana.alert.rule.threat': finding.threat,
    'kibana.alert.ancestors': aftershock.stages.flatMap(stage =>
      stage.events.map(event => ({ id: event['event.id'], type: 'event', index: event['log.file.path'], depth: 0 })),
    ),
  };
}
