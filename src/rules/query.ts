import type { Condition, Expression } from './condition.ts';

/** Elasticsearch's EQL or the classic one in Python: how absent fields, case and null keys are treated. */
export type Semantics = 'elastic' | 'classic';

/** What several events of one match have in common. */
export interface JoinKey {
  readonly expression: Expression;
  /** `?field`: events without it may join one another. */
  readonly isOptional: boolean;
}

export interface Stage {
  readonly condition: Condition;
  /** The keys of the whole query, then those of the stage; as many as every other stage has. */
  readonly keys: readonly JoinKey[];
  /** `![…]`: no such event. */
  readonly isMissing: boolean;
  /** Classic: the candidate that the stage takes up stays for later events. */
  readonly fork: boolean;
}

/** Stages that follow one another in time. A stage with `runs` stands here as often as it runs. */
export interface SequenceQuery {
  readonly kind: 'sequence';
  readonly stages: readonly Stage[];
  /** Microseconds from the first event to the last, inclusive. */
  readonly maxspan: number | undefined;
  readonly until: Stage | undefined;
  readonly semantics: Semantics;
  /** Keys are compared without regard to case. */
  readonly foldKeys: boolean;
}

/** Stages in any order: the classic `join`. */
export interface JoinQuery extends Omit<SequenceQuery, 'kind' | 'maxspan'> {
  readonly kind: 'join';
}

/** Stages in any order, at most one match a key. */
export interface SampleQuery extends Omit<SequenceQuery, 'kind' | 'maxspan' | 'until'> {
  readonly kind: 'sample';
}

export interface EventQuery {
  readonly kind: 'event';
  readonly condition: Condition;
}

/**
 * What is done with the matches, in order. Expressions and conditions here see the first event of a match; the field
 * `events[1].name` is a field of its second one.
 */
export type Pipe =
  | { readonly kind: 'head' | 'tail'; readonly count: number }
  | { readonly kind: 'unique' | 'unique_count' | 'count' | 'sort'; readonly keys: readonly Expression[] }
  | { readonly kind: 'filter'; readonly condition: Condition };

export interface Query {
  readonly base: EventQuery | SequenceQuery | JoinQuery | SampleQuery;
  readonly pipes: readonly Pipe[];
  readonly foldKeys: boolean;
}
