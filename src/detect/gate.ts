import type { Field } from '../model/index.ts';
import type { Condition } from '../rules/index.ts';
import type { BatchView } from './match/batch-view.ts';
import { compileTest, verdictOf } from './match/scalar-test.ts';
import { YES } from './match/verdict.ts';

type Test = Extract<Condition, { kind: 'test' }>;

/** Fields with few values, by which rules say what kind of event they are about: asking them of a whole batch costs next to nothing. */
const INDEX_FIELDS: ReadonlySet<Field> = new Set<Field>([
  'event.action',
  'event.category',
  'event.code',
  'event.dataset',
  'event.module',
  'event.outcome',
  'event.provider',
  'event.type',
  'host.os.type',
  'network.protocol',
  'network.transport',
  'winlog.channel',
  'winlog.provider_name',
]);

/** Says of a batch, without looking at a row, that a condition matches none of them. May be wrong only in the other direction. */
export type Gate = (view: BatchView) => boolean;

/**
 * What must be so for a condition to match: of each clause at least one test passes. A batch that lacks the field of every
 * test of a clause, or whose few values all fail, has no match.
 */
export function gateOf(condition: Condition): Gate {
  const clauses = necessary(condition).map(clause => clause.map(possibility));
  return view => clauses.every(clause => clause.some(isPossible => isPossible(view)));
}

function possibility(test: Test): Gate {
  const compiled = compileTest(test.test);
  const key = JSON.stringify([test.field, test.test]);
  return view => {
    const column = view.column(test.field);
    if (column === undefined) return false;
    if (column.kind !== 'keyword' || !INDEX_FIELDS.has(test.field)) return true;
    return view.once(key, () =>
      column.values.some((value, code) => code > 0 && verdictOf(compiled, value, 'no') === YES),
    );
  };
}

/** Clauses, all of which hold wherever the condition does. */
function necessary(condition: Condition): readonly (readonly Test[])[] {
  switch (condition.kind) {
    case 'test':
      return [[condition]];
    case 'all':
      return condition.of.flatMap(necessary);
    case 'any': {
      const branches = condition.of.map(part => shortest(necessary(part)));
      return branches.every(branch => branch !== undefined) ? [branches.flat()] : [];
    }
    default:
      return [];
  }
}

/** The clause that is most likely to say no: one of index fields, else the shortest. */
function shortest(clauses: readonly (readonly Test[])[]): readonly Test[] | undefined {
  const weight = (clause: readonly Test[]): number =>
    clause.length + (clause.every(test => INDEX_FIELDS.has(test.field)) ? 0 : 1000);
  return clauses.toSorted((a, b) => weight(a) - weight(b))[0];
}
