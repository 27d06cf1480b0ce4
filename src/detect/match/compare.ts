import type { CompareOp } from '../../rules/index.ts';

/** Two numbers, or two texts in the order of their UTF-16 units. */
export function compare<T extends number | string>(a: T, op: CompareOp, b: T): boolean {
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return op satisfies never;
  }
}
