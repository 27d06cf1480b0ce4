import { isoTime } from '../model/index.ts';
import { escapeHtml, escapeMarkdown } from '../util/escape.ts';
import { type Grade, gradeOf } from './grade.ts';
import { gradeJson } from './grade-text.ts';
import type { Act } from './log.ts';
import { mselRows } from './msel.ts';
import type { Plan } from './plan.ts';
import type { State } from './state.ts';

// The draft of an after-action report: what was planned, what happened, what was found, and what to talk about. People finish it.

export const AAR_FORMATS = ['markdown', 'html', 'json'] as const;
export type AarFormat = (typeof AAR_FORMATS)[number];

interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where there are no rows. */
  readonly none: string;
}

/** The report in a format. `warnings` are what the facilitator must know of the log and of the answer key. */
export function afterAction(
  plan: Plan,
  state: State,
  acts: readonly Act[],
  warnings: readonly string[],
  format: AarFormat,
): string {
  const grade = gradeOf(plan, state);
  switch (format) {
    case 'json': {
      const report = {
        title: plan.title,
        started: acts[0]?.wall ?? null,
        clock: { start: isoTime(plan.start), end: isoTime(plan.end), reached: isoTime(state.now) },
        truth_sha256: state.truthSha256 ?? null,
        warnings,
        grade: gradeJson(plan, grade),
        msel: mselRows(plan, state),
        timeline: timeline(plan, acts),
        improvements: improvements(plan, grade),
      };
      return `${JSON.stringify(report, undefined, 2)}\n`;
    }
    case 'markdown':
      return markdown(plan, state, sections(plan, state, acts, warnings, grade), grade);
    case 'html':
      return html(plan, state, sections(plan, state, acts, warnings, grade), grade);
    default:
      return format satisfies never;
  }
}

function sections(
  plan: Plan,
  state: State,
  acts: readonly Act[],
  warnings: readonly string[],
  grade: Grade,
): readonly Section[] {
  return [
    {
      title: 'Findings',
      head: ['id', 'what', 'points', 'when', 'by'],
      rows: grade.findings.map(({ finding, claim, near, points }) => [
        finding.id,
        `${finding.technique} on ${finding.hosts[0] ?? ''}`,
        `${points} of ${finding.points}`,
        claim === undefined ? (near === undefined ? 'not claimed' : `wrong ${near}`) : isoTime(claim.at),
        claim?.by ?? '',
      ]),
      none: 'There was nothing to find.',
    },
    {
      title: 'Questions',
      head: ['id', 'question', 'points', 'wrong'],
      rows: grade.questions.map(({ question, answer, wrong, points }) => [
        question.id,
        question.text,
        `${points} of ${question.points}`,
        answer === undefined ? 'not answered' : wrong.join(', '),
      ]),
      none: 'Nothing was asked.',
    },
    {
      title: 'Costs',
      head: ['what', 'points'],
      rows: [
        ...grade.hints.map(hint => [`hint ${hint.id} at ${isoTime(hint.at)}`, String(-hint.cost)]),
        ...grade.falseClaims.map(one => [`false claim: ${one.technique} on ${one.host}`, String(-plan.falseClaim)]),
      ],
      none: 'No hint was needed, and nothing false was claimed.',
    },
    {
      title: 'Injects',
      head: ['id', 'planned', 'actual', 'status', 'kind', 'text'],
      rows: mselRows(plan, state).map(row => [
        row.id,
        row.planned ?? '',
        row.actual ?? '',
        `${row.status}${row.byHand ? ' by hand' : ''}`,
        row.kind,
        row.text,
      ]),
      none: 'Nothing was planned.',
    },
    {
      title: 'Timeline',
      head: ['exercise time', 'what'],
      rows: timeline(plan, acts).map(({ at, what }) => [at, what]),
      none: 'Nothing happened.',
    },
    {
      title: 'To improve',
      head: ['what', 'owner', 'by when'],
      rows: improvements(plan, grade).map(text => [text, '', '']),
      none: 'Everything was found and answered without help.',
    },
    {
      title: 'About this report',
      head: ['note'],
      rows: warnings.map(warning => [warning]),
      none: 'The log is whole, and the answer key is the one that the exercise began with.',
    },
  ];
}

/** The story and what the players did, side by side. */
function timeline(plan: Plan, acts: readonly Act[]): readonly { readonly at: string; readonly what: string }[] {
  const story = plan.events.map(({ id, at, summary }) => ({ at, what: `story ${id}: ${summary}` }));
  const done = acts.flatMap(act => {
    switch (act.act) {
      case 'answer':
        return [{ at: act.at, what: `${act.by} answers ${act.question}: ${pairs(act.values)}${noteOf(act.note)}` }];
      case 'claim':
        return [{ at: act.at, what: `${act.by} claims ${act.technique} on ${act.host}${noteOf(act.note)}` }];
      case 'inject':
        return [{ at: act.at, what: `inject ${act.id} ${act.status}${act.by_hand ? ' by hand' : ''}` }];
      case 'jump':
        return [{ at: act.at, what: `the clock jumps from ${isoTime(act.from)}` }];
      case 'pause':
        return act.why === 'interrupted' ? [{ at: act.at, what: 'interrupted' }] : [];
      case 'init':
      case 'run':
      case 'tick':
        return [];
      default:
        return act satisfies never;
    }
  });
  return [...story, ...done].toSorted((a, b) => a.at - b.at).map(({ at, what }) => ({ at: isoTime(at), what }));
}

const pairs = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
const noteOf = (note: string | undefined): string => (note === undefined ? '' : ` (${note})`);

/** What the group should talk about: what was missed, what needed help, what was wrong. */
function improvements(plan: Plan, grade: Grade): string[] {
  return [
    ...grade.findings
      .filter(({ claim }) => claim === undefined)
      .map(
        ({ finding, near }) =>
          `${finding.technique} on ${finding.hosts[0] ?? ''} was ${near === undefined ? 'not seen' : `seen with a wrong ${near}`}`,
      ),
    ...grade.questions
      .filter(({ wrong }) => wrong.length > 0)
      .map(
        ({ question, answer }) => `${question.text} ${answer === undefined ? 'had no answer' : 'had no right answer'}`,
      ),
    ...grade.hints.map(hint => {
      const text = plan.injects.find(inject => inject.id === hint.id)?.text ?? '';
      return `a hint was needed: ${text}`;
    }),
    ...grade.falseClaims.map(claim => `${claim.technique} on ${claim.host} was claimed, and did not happen`),
  ];
}

function summary(plan: Plan, state: State, grade: Grade): string {
  const minutes = (span: number | undefined): string =>
    span === undefined ? 'never' : `${Math.round(span / 60e6)} min`;
  return `Score ${Math.round(grade.score * 10) / 10} of ${grade.most}. Time to detect: ${minutes(grade.timeToDetect)}; time to scope: ${minutes(grade.timeToScope)}. The exercise ran from ${isoTime(plan.start)} to ${isoTime(state.now)}.`;
}

function markdown(plan: Plan, state: State, parts: readonly Section[], grade: Grade): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const table = ({ head, rows, none }: Section): string =>
    rows.length === 0 ? none : [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
  return `${[
    `# After-action report (draft): ${escapeMarkdown(plan.title)}`,
    summary(plan, state, grade),
    ...parts.map(part => `## ${part.title}\n\n${table(part)}`),
  ].join('\n\n')}\n`;
}

function html(plan: Plan, state: State, parts: readonly Section[], grade: Grade): string {
  const cells = (name: 'td' | 'th', texts: readonly string[]): string =>
    `<tr>${texts.map(text => `<${name}>${escapeHtml(text)}</${name}>`).join('')}</tr>`;
  const table = ({ head, rows, none }: Section): string =>
    rows.length === 0
      ? `<p>${escapeHtml(none)}</p>`
      : `<table>${cells('th', head)}\n${rows.map(texts => cells('td', texts)).join('\n')}</table>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(plan.title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}th{background:#eee}</style></head>
<body><h1>After-action report (draft): ${escapeHtml(plan.title)}</h1>
<p>${escapeHtml(summary(plan, state, grade))}</p>
${parts.map(part => `<h2>${escapeHtml(part.title)}</h2>\n${table(part)}`).join('\n')}
</body></html>
`;
}
