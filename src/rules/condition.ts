import type { Field, Scalar } from '../model/index.ts';
import type { WildcardToken } from '../util/wildcard.ts';
import type { ArithmeticOp, CompareOp, FunctionName } from './expression.ts';

/**
 * What every rule language compiles to: a question that one event answers with yes, no or, where a leaf says so, unknown.
 *
 * A leaf asks about one field. A field with several values answers yes when any of them does. An absent field answers no
 * (`missing: 'no'`: Elastic and Sigma; so `not` matches events without the field) or unknown (`missing: 'unknown'`: the
 * classic EQL; so neither the question nor its `not` matches). A rule fires on yes alone.
 */
export type Condition =
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** At least `least` of them. */
  | { readonly kind: 'some'; readonly least: number; readonly of: readonly Condition[] }
  /** The field has a value, be it ''. Never unknown. */
  | { readonly kind: 'exists'; readonly field: Field }
  | { readonly kind: 'test'; readonly field: Field; readonly test: ValueTest; readonly missing: Missing }
  /** Some field whose name the pattern matches passes: `process.*.name : x`, or a keyword over the whole event (`*`). Never unknown. */
  | { readonly kind: 'some-field'; readonly names: readonly WildcardToken[]; readonly test: ValueTest | 'exists' }
  /** Compares two worked-out values; null on either side is `missing`. */
  | {
      readonly kind: 'compare';
      readonly op: CompareOp;
      readonly left: Expression;
      readonly right: Expression;
      readonly fold: boolean;
      readonly missing: Missing;
    }
  /** A worked-out value is true; null is `missing`. */
  | { readonly kind: 'truth'; readonly of: Expression; readonly missing: Missing }
  /** The worked-out value is null. Never unknown. */
  | { readonly kind: 'null'; readonly of: Expression }
  /** Classic EQL: the event's process was begun by (or is) one that an earlier event names. Needs the whole order of events. */
  | { readonly kind: 'lineage'; readonly relation: 'child' | 'descendant' | 'event'; readonly of: Condition };

export type Missing = 'no' | 'unknown';

/** A question about one value. `fold` compares without regard to case (simple Unicode folding). */
export type ValueTest =
  /**
   * Equal to any of the values. A number and its decimal text are equal, `true` and "true" as well. `isMember` matters where an absent
   * field is unknown: a value of another kind is simply not in a list, where a comparison with it is neither true nor false.
   */
  | {
      readonly kind: 'equals';
      readonly values: readonly Scalar[];
      readonly fold: boolean;
      readonly isMember?: boolean;
    }
  | { readonly kind: 'prefix'; readonly texts: readonly string[]; readonly fold: boolean }
  | { readonly kind: 'suffix'; readonly texts: readonly string[]; readonly fold: boolean }
  | { readonly kind: 'contains'; readonly texts: readonly string[]; readonly fold: boolean }
  /** The whole value matches any of the patterns (`util/wildcard.ts`). */
  | { readonly kind: 'wildcard'; readonly patterns: readonly (readonly WildcardToken[])[]; readonly fold: boolean }
  /** RE2 syntax. `whole`: from the first to the last character; `start`: from the first; else anywhere. */
  | {
      readonly kind: 'regex';
      readonly pattern: string;
      readonly flags: { readonly fold: boolean; readonly multiline: boolean; readonly dotAll: boolean };
      readonly anchor: 'whole' | 'start' | 'anywhere';
    }
  /** An address that lies in any of the networks (`util/cidr.ts`). */
  | { readonly kind: 'cidr'; readonly networks: readonly string[] }
  /** Ordered against a number (text that is a number counts) or, by code units, against a text. */
  | {
      readonly kind: 'order';
      readonly op: '<' | '<=' | '>' | '>=';
      readonly value: number | string;
      readonly fold: boolean;
    }
  /** A written time (RFC 3339, or its date alone) that lies in one of these weeks of its year, by ISO 8601. */
  | { readonly kind: 'week'; readonly weeks: readonly number[] }
  /** Words in this order, one after another, whatever stands between them: how a full-text field is searched. Words are folded. */
  | { readonly kind: 'phrase'; readonly words: readonly string[] };

/** A value that is worked out for each event: what a condition compares where a plain test of one field is not enough. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar | null }
  /** `caseless`: compared without regard to case, because the rule named the field's caseless twin. */
  | { readonly kind: 'field'; readonly name: Field; readonly caseless: boolean }
  /** Classic: a list as it is, or what stands at `path` of it (`args[0]`, `items[1].name`). Read from the document itself where it is kept. */
  | { readonly kind: 'element'; readonly name: Field; readonly path: readonly (string | number)[] }
  | { readonly kind: 'arithmetic'; readonly op: ArithmeticOp; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'call';
      readonly name: FunctionName;
      readonly args: readonly Expression[];
      readonly fold: boolean;
      readonly classic: boolean;
    }
  /** Whether a worked-out text passes a test; null where it is no text. */
  | { readonly kind: 'tested'; readonly of: Expression; readonly test: ValueTest }
  /** A condition as a value: true, false or, where it is unknown, null. */
  | { readonly kind: 'condition'; readonly of: Condition }
  /** `arrayCount(list, name, body)`: how many members of a list the body holds for; `name` stands for the member. */
  | {
      readonly kind: 'members';
      readonly of: Expression;
      readonly variable: string;
      readonly body: Expression;
      readonly what: 'any' | 'count';
    }
  /** The member that an enclosing `members` looks at, or what lies under `path` in it. */
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly (string | number)[] };
