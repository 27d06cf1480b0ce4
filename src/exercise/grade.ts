import type { ActOf } from './log.ts';
import type { AnswerValue, Plan, PlannedFinding, PlannedQuestion } from './plan.ts';
import { givenInjects, type State } from './state.ts';

/** The result of an exercise. Times are epoch microseconds, spans microseconds. */
export interface Grade {
  readonly findings: readonly {
    readonly finding: PlannedFinding;
    /** The first claim that is right. */
    readonly claim: ActOf<'claim'> | undefined;
    /** What was wrong with the nearest other claim about it. */
    readonly near: string | undefined;
    readonly points: number;
  }[];
  readonly questions: readonly {
    readonly question: PlannedQuestion;
    /** The last answer: it counts. */
    readonly answer: ActOf<'answer'> | undefined;
    readonly wrong: readonly string[];
    readonly points: number;
    /** When the answer was right for the first time. */
    readonly rightAt: number | undefined;
  }[];
  readonly hints: readonly { readonly id: string; readonly at: number; readonly cost: number }[];
  readonly falseClaims: readonly ActOf<'claim'>[];
  readonly score: number;
  readonly most: number;
  /** From the first event of the story to the first true claim; undefined where there is none. */
  readonly timeToDetect: number | undefined;
  /** To the moment at which every finding was claimed and every question answered rightly. */
  readonly timeToScope: number | undefined;
}

/** People round times. */
const TOLERANCE = 5 * 60e6;

/** Grades what was claimed and answered: points, less what hints and false claims cost; never below zero. */
export function gradeOf(plan: Plan, state: State): Grade {
  const verdicts = state.claims.map(claim => ({
    claim,
    matches: plan.findings.map(finding => ({ finding, wrong: flaws(claim, finding, plan) })),
  }));
  const findings = plan.findings.map(finding => {
    const claim = verdicts.find(({ matches }) =>
      matches.some(m => m.finding === finding && m.wrong.length === 0),
    )?.claim;
    const near = verdicts
      .filter(({ matches }) => matches.every(({ wrong }) => wrong.length > 0))
      .flatMap(({ matches }) =>
        matches.flatMap(m => (m.finding === finding && m.wrong.length === 1 ? m.wrong : [])),
      )[0];
    return {
      finding,
      claim,
      near: claim === undefined ? near : undefined,
      points: claim === undefined ? 0 : finding.points,
    };
  });
  // Whoever names the machine and the technique has seen something true, even with a wrong time or source.
  const falseClaims = distinct(
    verdicts
      .filter(({ matches }) => matches.every(({ wrong }) => wrong.includes('host') || wrong.includes('technique')))
      .map(({ claim }) => claim),
  );
  const questions = plan.questions.map(question => gradedQuestion(question, state, plan));
  const hints = givenInjects(plan, state)
    .filter(inject => inject.kind === 'hint')
    .map(({ id, cost }) => ({ id, at: state.injects.get(id)!.at, cost }));
  const sum = (list: readonly { readonly points: number }[]): number =>
    list.reduce((total, one) => total + one.points, 0);
  const costs = hints.reduce((total, hint) => total + hint.cost, 0) + falseClaims.length * plan.falseClaim;
  const began = plan.events[0]?.at ?? plan.start;
  const times = [...findings.map(one => one.claim?.at), ...questions.map(one => one.rightAt)];
  const detected = findings.flatMap(one => one.claim?.at ?? []);
  const isScoped = times.length > 0 && times.every(time => time !== undefined);
  return {
    findings,
    questions,
    hints,
    falseClaims,
    score: Math.max(0, sum(findings) + sum(questions) - costs),
    most: sum(plan.findings) + sum(plan.questions),
    timeToDetect: detected.length === 0 ? undefined : Math.min(...detected) - began,
    timeToScope: isScoped ? Math.max(...times.map(time => time ?? 0)) - began : undefined,
  };
}

/** What is wrong with a claim as one about a finding: a word each. Host, technique, window and source must fit. */
function flaws(claim: ActOf<'claim'>, finding: PlannedFinding, plan: Plan): readonly string[] {
  return [
    ...(finding.hosts.some(name => isSameHost(name, claim.host, plan)) ? [] : ['host']),
    ...(isSameTechnique(claim.technique, finding.technique) ? [] : ['technique']),
    ...(claim.from <= finding.to + TOLERANCE && claim.to >= finding.from - TOLERANCE ? [] : ['window']),
    ...(finding.source === undefined || (claim.source !== undefined && isSameHost(finding.source, claim.source, plan))
      ? []
      : ['source']),
  ];
}

/** A technique also stands for its sub-techniques. */
const isSameTechnique = (claimed: string, wanted: string): boolean =>
  claimed.toUpperCase() === wanted || wanted.startsWith(`${claimed.toUpperCase()}.`);

function isSameHost(a: string, b: string, plan: Plan): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x === y || plan.aliases.some(names => names.includes(x) && names.includes(y));
}

/** Saying the same wrong thing twice costs once. */
function distinct(claims: readonly ActOf<'claim'>[]): readonly ActOf<'claim'>[] {
  const seen = new Set<string>();
  return claims.filter(({ host, technique, source = '' }) => {
    const key = `${host}\n${technique}\n${source}`.toLowerCase();
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Each part of an answer is worth its share of the points. */
function gradedQuestion(question: PlannedQuestion, state: State, plan: Plan): Grade['questions'][number] {
  const answers = state.answers.filter(answer => answer.question === question.id);
  const answer = answers.at(-1);
  const wrongIn = ({ values }: ActOf<'answer'>): string[] =>
    [...question.answer]
      .filter(([name, right]) => {
        const given = Object.hasOwn(values, name) ? values[name]! : undefined;
        return given === undefined || right.every(value => !isRight(value, given, plan));
      })
      .map(([name]) => name);
  const parts = question.answer.size;
  const wrong = answer === undefined ? [...question.answer.keys()] : wrongIn(answer);
  return {
    question,
    answer,
    wrong,
    points: parts === 0 ? 0 : (question.points * (parts - wrong.length)) / parts,
    rightAt: answers.find(one => wrongIn(one).length === 0)?.at,
  };
}

const YES = ['true', 'yes', 'y', '1'];
const NO = ['false', 'no', 'n', '0'];

function isRight(right: AnswerValue, given: string, plan: Plan): boolean {
  const text = given.trim().toLowerCase();
  switch (typeof right) {
    case 'boolean':
      return (right ? YES : NO).includes(text);
    case 'number':
      return text !== '' && Number(text) === right;
    case 'string':
      return isSameHost(right, text, plan);
    default:
      return right satisfies never;
  }
}
