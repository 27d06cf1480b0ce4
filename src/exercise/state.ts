import type { Act, ActOf } from './log.ts';
import { isAskedFromStart, type Plan, type PlannedInject, type PlannedQuestion } from './plan.ts';

/** An exercise as it stands: what its acts add up to. */
export interface State {
  /** The time of the exercise, epoch microseconds: it stands still while nobody runs it. */
  readonly now: number;
  readonly truthSha256: string | undefined;
  /** The last act about an inject, by its id. */
  readonly injects: ReadonlyMap<string, ActOf<'inject'>>;
  readonly answers: readonly ActOf<'answer'>[];
  readonly claims: readonly ActOf<'claim'>[];
  readonly isOver: boolean;
}

export function stateOf(plan: Plan, acts: readonly Act[]): State {
  const injects = new Map<string, ActOf<'inject'>>();
  const answers: ActOf<'answer'>[] = [];
  const claims: ActOf<'claim'>[] = [];
  let now = plan.start;
  let truthSha256: string | undefined;
  for (const act of acts) {
    // Whoever answers may do so by a clock that has run on a little further than the log.
    if (act.act !== 'answer' && act.act !== 'claim') now = act.act === 'jump' ? act.at : Math.max(now, act.at);
    switch (act.act) {
      case 'init':
        truthSha256 ??= act.truth_sha256;
        break;
      case 'inject':
        // What was given once is known: nobody can take it back.
        if (injects.get(act.id)?.status !== 'given') injects.set(act.id, act);
        break;
      case 'answer':
        answers.push(act);
        break;
      case 'claim':
        claims.push(act);
        break;
      case 'run':
      case 'tick':
      case 'pause':
      case 'jump':
        break;
      default:
        act satisfies never;
    }
  }
  return { now, truthSha256, injects, answers, claims, isOver: now >= plan.end };
}

/** Injects that were given, in the order in which they were. */
export function givenInjects(plan: Plan, { injects }: State): readonly PlannedInject[] {
  const planned = new Map(plan.injects.map(inject => [inject.id, inject]));
  return [...injects.values()].filter(act => act.status === 'given').map(act => planned.get(act.id) ?? ownInject(act));
}

/** A message that the facilitator wrote during the exercise. */
const ownInject = (act: ActOf<'inject'>): PlannedInject => ({
  id: act.id,
  at: act.at,
  to: 'players',
  kind: 'brief',
  text: act.text ?? '',
  release: [],
  expects: undefined,
  cost: 0,
  unanswered: undefined,
});

/** Paths of the collection that injects have released. */
export const releasedPaths = (plan: Plan, state: State): readonly string[] => [
  ...new Set(givenInjects(plan, state).flatMap(inject => inject.release)),
];

/** The questions that players know of. */
export function askedQuestions(plan: Plan, state: State): readonly PlannedQuestion[] {
  const asked = new Set(givenInjects(plan, state).flatMap(inject => inject.expects ?? []));
  return plan.questions.filter(({ id }) => asked.has(id) || isAskedFromStart(plan, id));
}

/** The next inject that the plan has and nobody decided on yet. */
export const nextInject = (plan: Plan, state: State): PlannedInject | undefined =>
  plan.injects.find(inject => !state.injects.has(inject.id));

/** Whether a planned inject is given when its time comes: a hint that nobody needs any more is withheld. */
export function isWanted(inject: PlannedInject, { answers }: State): boolean {
  return inject.unanswered === undefined || answers.every(answer => answer.question !== inject.unanswered);
}
