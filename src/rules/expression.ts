import type { Field, Scalar } from '../model/index.ts';
import type { Condition, ValueTest } from './condition.ts';

/** A value that is worked out for each event: what a condition compares where a plain test of one field is not enough. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar | null }
  /** `caseless`: compared without regard to case, because the rule named the field's caseless twin. */
  | { readonly kind: 'field'; readonly name: Field; readonly caseless: boolean }
  /** Classic: what stands at `path` of a list (`args[0]`, `items[1].name`). */
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

/** `//` rounds whole numbers down, `%%` takes the sign of the divisor (Python), `%` that of the dividend (Java). */
export type ArithmeticOp = '+' | '-' | '*' | '/' | '//' | '%' | '%%';
export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Every function of Elasticsearch's EQL and of the classic language; what each does is in `functions.ts`. */
export const FUNCTION_NAMES = [
  'add',
  'arrayContains',
  'arrayCount',
  'arraySearch',
  'between',
  'cidrMatch',
  'concat',
  'divide',
  'endsWith',
  'indexOf',
  'length',
  'match',
  'matchLite',
  'modulo',
  'multiply',
  'number',
  'safe',
  'startsWith',
  'string',
  'stringContains',
  'substring',
  'subtract',
  'wildcard',
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];
