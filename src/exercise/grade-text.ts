import { isoTime } from '../model/index.ts';
import { formatDuration } from '../util/duration.ts';
import { visible } from '../util/escape.ts';
import type { Grade } from './grade.ts';
import type { Plan } from './plan.ts';

const span = (micros: number | undefined): string =>
  micros === undefined ? 'never' : formatDuration(Math.round(micros / 1e6) * 1e6);

/** The grade as lines: findings, questions, costs, the sum, and the two times. */
export function gradeText(plan: Plan, grade: Grade): string {
  const lines = [
    ...grade.findings.map(({ finding, claim, near, points }) => {
      const how =
        claim === undefined
          ? near === undefined
            ? 'not claimed'
            : `claimed with a wrong ${near}`
          : `claimed at ${isoTime(claim.at).slice(0, 19)}Z`;
      return `${number(points)} of ${finding.points}  ${finding.id} ${finding.technique} on ${finding.hosts[0] ?? ''}: ${how}`;
    }),
    ...grade.questions.map(({ question, answer, wrong, points }) => {
      const how = answer === undefined ? 'not answered' : wrong.length === 0 ? 'right' : `wrong: ${wrong.join(', ')}`;
      return `${number(points)} of ${question.points}  ${question.id} ${question.text} ${how}`;
    }),
    ...grade.hints.map(hint => `${number(-hint.cost)}        hint ${hint.id}`),
    ...grade.falseClaims.map(
      claim => `${number(-plan.falseClaim)}        false claim: ${claim.technique} on ${claim.host}`,
    ),
    '',
    `score ${round(grade.score)} of ${grade.most}`,
    `time to detect ${span(grade.timeToDetect)}, time to scope ${span(grade.timeToScope)}`,
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

const round = (points: number): string => String(Math.round(points * 10) / 10);
const number = (points: number): string => round(points).padStart(5);

/** The grade as one JSON document: times RFC 3339, spans in seconds. */
export function gradeJson(plan: Plan, grade: Grade): object {
  const seconds = (micros: number | undefined): number | null =>
    micros === undefined ? null : Math.round(micros / 1e6);
  const time = (at: number | undefined): string | null => (at === undefined ? null : isoTime(at));
  return {
    score: grade.score,
    most: grade.most,
    time_to_detect_s: seconds(grade.timeToDetect),
    time_to_scope_s: seconds(grade.timeToScope),
    findings: grade.findings.map(({ finding, claim, near, points }) => ({
      id: finding.id,
      technique: finding.technique,
      host: finding.hosts[0] ?? '',
      points,
      most: finding.points,
      claimed: time(claim?.at),
      by: claim?.by ?? null,
      wrong: near ?? null,
    })),
    questions: grade.questions.map(({ question, answer, wrong, points, rightAt }) => ({
      id: question.id,
      points,
      most: question.points,
      answered: time(answer?.at),
      right: time(rightAt),
      wrong,
    })),
    hints: grade.hints.map(({ id, at, cost }) => ({ id, at: isoTime(at), cost })),
    false_claims: grade.falseClaims.map(({ at, by, host, technique, source = null }) => ({
      at: isoTime(at),
      by,
      host,
      technique,
      source,
      cost: plan.falseClaim,
    })),
  };
}
