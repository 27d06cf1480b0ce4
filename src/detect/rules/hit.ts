import type { Level, Scalar } from '../../model/index.ts';
import type { EventRule } from '../../rules/index.ts';

/** One time that a rule held. */
export interface RuleHit {
  readonly rule: EventRule;
  readonly level: Level;
  /** Positions in the timeline, in the order of the stages or of time; never empty. */
  readonly positions: readonly number[];
  /** What the events have in common: the keys of a sequence, the group of a threshold, the new terms. */
  readonly joinKeys?: readonly (Scalar | null)[];
  /** How often it held in the same way within the rule's suppression window, this time included. */
  readonly count?: number;
  /** What a reader must know to trust it: "short history: 3.2 d of 14 d". */
  readonly note?: string;
}

/** A hit before its rule is put beside it. */
export type Found = Pick<RuleHit, 'positions' | 'joinKeys' | 'note' | 'count'>;
