// What an exercise is run and graded by. Times are epoch microseconds.

export type InjectKind = 'brief' | 'evidence' | 'question' | 'hint' | 'note';

export interface PlannedInject {
  readonly id: string;
  readonly at: number;
  readonly to: 'players' | 'excon';
  readonly kind: InjectKind;
  readonly text: string;
  /** Paths of the collection that it releases. */
  readonly release: readonly string[];
  /** The question that it asks. */
  readonly expects: string | undefined;
  /** Points that it costs. */
  readonly cost: number;
  /** Given only while this question has no answer. */
  readonly unanswered: string | undefined;
}

export type AnswerValue = string | number | boolean;

export interface PlannedQuestion {
  readonly id: string;
  readonly text: string;
  /** What is asked for → the values that are right. */
  readonly answer: ReadonlyMap<string, readonly AnswerValue[]>;
  readonly points: number;
}

export interface PlannedFinding {
  readonly id: string;
  readonly rule: string;
  /** Every name and address of its machine. */
  readonly hosts: readonly string[];
  readonly technique: string;
  readonly source: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

/** Something that really happened, for the account afterwards. */
export interface PlannedEvent {
  readonly id: string;
  readonly at: number;
  readonly summary: string;
}

export interface Plan {
  readonly titleForPlayers: string;
  readonly title: string;
  readonly start: number;
  readonly end: number;
  /** By planned time. */
  readonly injects: readonly PlannedInject[];
  readonly questions: readonly PlannedQuestion[];
  readonly findings: readonly PlannedFinding[];
  readonly events: readonly PlannedEvent[];
  /** Names that mean the same machine, a list each. */
  readonly aliases: readonly (readonly string[])[];
  /** Points that a false claim costs. */
  readonly falseClaim: number;
}

/** Questions that no inject asks are asked from the beginning. */
export function isAskedFromStart(plan: Plan, question: string): boolean {
  return plan.injects.every(inject => inject.kind !== 'question' || inject.expects !== question);
}
