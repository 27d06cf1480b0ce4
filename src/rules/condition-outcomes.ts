import type { Field } from '../model/index.ts';
import type { Condition, Expression } from './condition.ts';

// What a condition can answer where some fields are never there. Parts are taken as independent, so an answer that is not among the
// outcomes is truly impossible, while one that is among them need not be possible.

/** A set of answers, as bits. */
export type Outcomes = number;

export const CAN_BE_YES = 1;
export const CAN_BE_NO = 2;
export const CAN_BE_UNKNOWN = 4;

/** Tells whether any event has the field. */
export type Holds = (field: Field) => boolean;

/** Every answer that a condition may give to an event that has only fields that are held. */
export function outcomesOf(condition: Condition, holds: Holds): Outcomes {
  const outcomes = (c: Condition): Outcomes => outcomesOf(c, holds);
  switch (condition.kind) {
    case 'always':
      return CAN_BE_YES;
    case 'never':
      return CAN_BE_NO;
    case 'all':
      return negated(someOf(condition.of.map(outcomes).map(negated), 1));
    case 'any':
      return someOf(condition.of.map(outcomes), 1);
    case 'some':
      return someOf(condition.of.map(outcomes), condition.least);
    case 'not':
      return negated(outcomes(condition.of));
    case 'exists':
      return holds(condition.field) ? CAN_BE_YES | CAN_BE_NO : CAN_BE_NO;
    case 'test':
      return leaf(!holds(condition.field), condition.missing);
    case 'some-field':
      return CAN_BE_YES | CAN_BE_NO;
    case 'compare':
      return leaf(isNull(condition.left, holds) || isNull(condition.right, holds), condition.missing);
    case 'truth':
      return condition.of.kind === 'condition'
        ? outcomes(condition.of.of)
        : leaf(isNull(condition.of, holds), condition.missing);
    case 'null':
      return isNull(condition.of, holds) ? CAN_BE_YES : CAN_BE_YES | CAN_BE_NO;
    case 'lineage':
      return (outcomes(condition.of) & CAN_BE_YES) === 0 ? CAN_BE_NO : CAN_BE_YES | CAN_BE_NO;
    default:
      return condition satisfies never;
  }
}

const leaf = (isAbsent: boolean, missing: 'no' | 'unknown'): Outcomes =>
  isAbsent ? (missing === 'no' ? CAN_BE_NO : CAN_BE_UNKNOWN) : CAN_BE_YES | CAN_BE_NO | CAN_BE_UNKNOWN;

const negated = (of: Outcomes): Outcomes =>
  (of & CAN_BE_UNKNOWN) | ((of & CAN_BE_YES) === 0 ? 0 : CAN_BE_NO) | ((of & CAN_BE_NO) === 0 ? 0 : CAN_BE_YES);

/** At least so many of them are yes. */
function someOf(of: readonly Outcomes[], least: number): Outcomes {
  const count = (has: (outcomes: Outcomes) => boolean): number => of.filter(has).length;
  const mayBeYes = count(o => (o & CAN_BE_YES) !== 0);
  const mustBeYes = count(o => o === CAN_BE_YES);
  const neverNo = count(o => (o & CAN_BE_NO) === 0);
  const mayNotBeNo = count(o => o !== CAN_BE_NO);
  const hasUnknown = of.some(o => (o & CAN_BE_UNKNOWN) !== 0);
  return (
    (mayBeYes >= least ? CAN_BE_YES : 0) |
    (neverNo < least ? CAN_BE_NO : 0) |
    (hasUnknown && mustBeYes < least && mayNotBeNo >= least ? CAN_BE_UNKNOWN : 0)
  );
}

/** True where an expression is null on every event, since what it works on is never there. */
export function isNull(expression: Expression, holds: Holds): boolean {
  switch (expression.kind) {
    case 'literal':
      return expression.value === null;
    case 'field':
    case 'element':
      return !holds(expression.name);
    case 'arithmetic':
      return isNull(expression.left, holds) || isNull(expression.right, holds);
    case 'call':
      // Of several texts that are joined one is enough; every other function asks about its first argument.
      return expression.name === 'concat'
        ? expression.args.every(arg => isNull(arg, holds))
        : expression.args.length > 0 && isNull(expression.args[0]!, holds);
    case 'tested':
    case 'members':
      return isNull(expression.of, holds);
    case 'condition':
    case 'variable':
      return false;
    default:
      return expression satisfies never;
  }
}
