import type { Finding, Measure, Report, StageRow } from '../model/index.ts';

/** Thrown for a label that the report does not have; the message names those that it has. */
export class NoSuchFinding extends Error {
  override readonly name = 'NoSuchFinding';
}

/**
 * A finding in words: the chain, its numbers, what is missing and whether it could have been seen, what was left out and why,
 * and what would change the verdict. Text from evidence stands as it is in the report; whoever prints it escapes it.
 */
export function explain(report: Report, label: string): string {
  const finding = report.findings.find(({ aftershock }) => aftershock.label.toLowerCase() === label.toLowerCase());
  if (finding === undefined) {
    const labels = report.findings.map(({ aftershock }) => aftershock.label);
    throw new NoSuchFinding(
      labels.length === 0 ? `${label}: the report has no finding` : `${label}: the report has ${labels.join(', ')}`,
    );
  }
  const { aftershock } = finding;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['What happened', [finding.message, ...identityLines(finding)]],
    ['The chain', aftershock.stages.filter(({ status }) => status === 'matched').flatMap(stageLines)],
    ['Why this level', levelLines(finding)],
    ['What is missing', missingLines(aftershock.stages)],
    [
      'What was left out',
      (aftershock.excluded ?? []).map(({ reason, count }) => `${count} ${count === 1 ? 'event' : 'events'}: ${reason}`),
    ],
    ['What would change the verdict', changeLines(finding)],
    ['What to know before you rely on it', aftershock.caveats],
    ['What this rule cannot see', finding.rule.known_gaps ?? []],
    ['Parameters that were changed', changedParameters(finding)],
  ];
  const body = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.map(line => `  ${line}`).join('\n')}`);
  return `${[headline(finding), ...body].join('\n\n')}\n`;
}

const headline = ({ aftershock, rule, host }: Finding): string =>
  `${aftershock.label}  ${aftershock.level.toUpperCase()}  score ${aftershock.score}  ${rule.name}  on ${host.name}`;

function identityLines({ event, threat, aftershock }: Finding): string[] {
  const techniques = threat.flatMap(({ technique }) => technique.map(({ id, name }) => `${id} ${name}`));
  return [
    `from ${event.start} to ${event.end}`,
    `class ${aftershock.class}${techniques.length === 0 ? '' : `; ${techniques.join(', ')}`}`,
    ...(aftershock.suppressed === undefined
      ? []
      : [
          `suppressed: ${aftershock.suppressed.reason}${aftershock.suppressed.expires === undefined ? '' : ` (until ${aftershock.suppressed.expires})`}`,
        ]),
  ];
}

function stageLines(stage: StageRow): string[] {
  const when = stage.first === undefined ? '' : `${stage.first}  `;
  const delta = stage.delta_s === undefined ? '' : `  ${seconds(stage.delta_s)} from the access`;
  const points = stage.score === undefined ? '' : `  ${stage.score} points`;
  const count = stage.count > 1 ? `  ×${stage.count}` : '';
  return [
    `${stage.id}  ${when}${stage.name}${count}${delta}${points}`,
    ...(stage.measure === undefined ? [] : [`    ${measureLine(stage.measure)}`]),
    ...(stage.note === undefined ? [] : [`    ${stage.note}`]),
    ...stage.events.slice(0, 3).map(event => `    ${event['log.file.path']}${placeOf(event)}: ${event.summary}`),
  ];
}

function placeOf(event: StageRow['events'][number]): string {
  if (event['winlog.record_id'] !== undefined) return ` record ${event['winlog.record_id']}`;
  return event['log.file.line'] === undefined ? '' : `:${event['log.file.line']}`;
}

function measureLine({ name, value, threshold, failed, ok, unknown, reset, interval, note }: Measure): string {
  const share = value === undefined ? 'not assessable' : `${value} %`;
  const limit = threshold === undefined ? '' : `, limit ${threshold} %`;
  const between = interval === undefined ? '' : `, 95 % interval ${interval.join('–')} %`;
  const counts = [
    [failed, 'failed'],
    [ok, 'ok'],
    [unknown, 'unknown'],
    [reset, 'with a reset'],
  ].flatMap(([count, word]) => (count === undefined ? [] : [`${count} ${word}`]));
  return `${name}: ${share}${limit}${between} (${counts.join(', ')})${note === undefined ? '' : `; ${note}`}`;
}

function levelLines({ aftershock }: Finding): string[] {
  const { coverage, confidence, stages, level, score } = aftershock;
  const points = stages.flatMap(({ id, score: worth }) => (worth === undefined ? [] : [`${id} ${worth}`]));
  return [
    `${points.join(' + ')}${points.length === 0 ? '' : ' → '}${score}, after caps and modifiers: ${level}`,
    ...(coverage === undefined
      ? []
      : [
          `${coverage.seen} of ${coverage.observable} stages that this collection could show were seen (confidence ${confidence})`,
        ]),
  ];
}

function missingLines(stages: readonly StageRow[]): string[] {
  return stages
    .filter(({ status }) => status !== 'matched')
    .map(({ id, name, data_component, status, measure }) => {
      const why =
        status === 'not_observable'
          ? `no log of this collection could show it (${data_component})`
          : `the logs are there (${data_component}), it is not in them`;
      return `${id}  ${name}: ${why}${measure === undefined ? '' : `; ${measureLine(measure)}`}`;
    });
}

function changeLines({ aftershock }: Finding): string[] {
  const blind = aftershock.stages.filter(({ status }) => status === 'not_observable');
  const components = [...new Set(blind.map(({ data_component }) => data_component))];
  return [
    ...aftershock.near_misses.map(({ effect }) => effect),
    ...components.map(component => {
      const marks = blind.filter(({ data_component }) => data_component === component).map(({ id }) => id);
      return `logs with ${component}: ${marks.join(', ')} could then be judged`;
    }),
  ];
}

const changedParameters = ({ aftershock }: Finding): string[] =>
  Object.entries(aftershock.parameters)
    .filter(([, { origin }]) => origin !== 'default')
    .map(([name, { value, origin }]) => `${name} = ${Array.isArray(value) ? value.join(',') : value} (${origin})`);

const seconds = (value: number): string => `${value >= 0 ? '+' : ''}${Math.round(value * 1000) / 1000} s`;
