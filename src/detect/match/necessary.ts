import type { Condition } from '../../rules/index.ts';

export type Test = Extract<Condition, { kind: 'test' }>;

/** Clauses, all of which hold wherever a condition does: of each at least one test passes. */
export function necessaryClauses(condition: Condition): readonly (readonly Test[])[] {
  switch (condition.kind) {
    case 'test':
      return [[condition]];
    case 'all':
      return condition.of.flatMap(necessaryClauses);
    case 'any': {
      const branches = condition.of.map(part => necessaryClauses(part).toSorted((a, b) => a.length - b.length)[0]);
      return branches.every(branch => branch !== undefined) ? [branches.flat()] : [];
    }
    default:
      return [];
  }
}
