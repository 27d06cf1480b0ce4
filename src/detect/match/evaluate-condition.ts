import type { Field, Scalar, Value } from '../../model/index.ts';
import { type CompareOp, type Condition, fieldsOf } from '../../rules/index.ts';
import { fold as foldText } from '../../util/fold.ts';
import { compileWildcard } from '../../util/wildcard.ts';
import { compare } from './compare.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import { compileTest, verdictOf } from './scalar-test.ts';
import type { Scope } from './scope.ts';
import { NO, opposite, UNKNOWN, type Verdict, YES } from './verdict.ts';

/** A condition asked of one event at a time: for worked-out values, pipes and single events. `node.ts` asks whole batches. */
export function evaluateCondition(condition: Condition): (scope: Scope) => Verdict {
  switch (condition.kind) {
    case 'always':
      return () => YES;
    case 'never':
      return () => NO;
    case 'all': {
      const parts = condition.of.map(evaluateCondition);
      return scope => {
        let verdict: Verdict = YES;
        for (const part of parts) {
          const one = part(scope);
          if (one === NO) return NO;
          if (one < verdict) verdict = one;
        }
        return verdict;
      };
    }
    case 'any': {
      const parts = condition.of.map(evaluateCondition);
      return scope => {
        let verdict: Verdict = NO;
        for (const part of parts) {
          const one = part(scope);
          if (one === YES) return YES;
          if (one > verdict) verdict = one;
        }
        return verdict;
      };
    }
    case 'some': {
      const parts = condition.of.map(evaluateCondition);
      return scope => {
        let sure = 0;
        let maybe = 0;
        for (const part of parts) {
          const one = part(scope);
          if (one === YES) sure++;
          else if (one === UNKNOWN) maybe++;
        }
        return sure >= condition.least ? YES : sure + maybe >= condition.least ? UNKNOWN : NO;
      };
    }
    case 'not': {
      const part = evaluateCondition(condition.of);
      return scope => opposite(part(scope));
    }
    case 'exists':
      return scope => (scope.value(condition.field) === undefined ? NO : YES);
    case 'test': {
      const test = compileTest(condition.test);
      return scope => verdictOf(test, scope.value(condition.field), condition.missing);
    }
    case 'some-field': {
      const isNamed = compileWildcard(condition.names);
      const test = condition.test === 'exists' ? undefined : compileTest(condition.test);
      return scope => {
        for (const field of scope.fields()) {
          if (!isNamed(field)) continue;
          const value = scope.value(field);
          if (value !== undefined && (test === undefined || verdictOf(test, value, 'no') === YES)) return YES;
        }
        return NO;
      };
    }
    case 'compare':
    case 'truth':
    case 'null':
      return overValues(condition);
    case 'lineage':
      throw new Error('a lineage is known only over the whole order of events');
    default:
      return condition satisfies never;
  }
}

type Worked = Extract<Condition, { kind: 'compare' | 'truth' | 'null' }>;

/** Fields with several values are tried value by value, at most so many combinations an event. */
const MOST_COMBINATIONS = 1024;

/** Elastic's scripts see one value at a time; the classic language sees the list. */
function overValues(condition: Worked): (scope: Scope) => Verdict {
  const ask = worked(condition);
  const isClassic = condition.kind !== 'null' && condition.missing === 'unknown';
  const fields = [...fieldsOf(condition).fields];
  if (isClassic || fields.length === 0) return ask;
  return scope => {
    const several = fields.filter(field => Array.isArray(scope.value(field)));
    if (several.length === 0) return ask(scope);
    let verdict: Verdict = NO;
    for (const values of combinations(several, scope)) {
      const one = ask({
        ...scope,
        value: field => values.get(field) ?? scope.value(field),
        fields: () => scope.fields(),
      });
      if (one === YES) return YES;
      if (one > verdict) verdict = one;
    }
    return verdict;
  };
}

function* combinations(fields: readonly Field[], scope: Scope): Generator<ReadonlyMap<Field, Scalar>> {
  const lists = fields.map(field => scope.value(field) as readonly Scalar[]);
  const total = Math.min(
    MOST_COMBINATIONS,
    lists.reduce((product, list) => product * list.length, 1),
  );
  for (let index = 0; index < total; index++) {
    const chosen = new Map<Field, Scalar>();
    let rest = index;
    for (const [place, list] of lists.entries()) {
      chosen.set(fields[place]!, list[rest % list.length]!);
      rest = Math.floor(rest / list.length);
    }
    yield chosen;
  }
}

function worked(condition: Worked): (scope: Scope) => Verdict {
  const ofNull = condition.kind !== 'null' && condition.missing === 'unknown' ? UNKNOWN : NO;
  switch (condition.kind) {
    case 'null': {
      const of = evaluateExpression(condition.of, evaluateCondition);
      return scope => (of(scope) === null ? YES : NO);
    }
    case 'truth': {
      const of = evaluateExpression(condition.of, evaluateCondition);
      return scope => {
        const value = of(scope);
        if (value === null) return ofNull;
        return isTrue(value, condition.missing === 'unknown') ? YES : NO;
      };
    }
    case 'compare': {
      const left = evaluateExpression(condition.left, evaluateCondition);
      const right = evaluateExpression(condition.right, evaluateCondition);
      return scope => {
        const a = left(scope);
        const b = right(scope);
        if (a === null || b === null) return ofNull;
        const result = compareValues(condition.op, a, b, condition);
        return result === undefined ? ofNull : result ? YES : NO;
      };
    }
    default:
      return condition satisfies never;
  }
}

const isTrue = (value: Value, isClassic: boolean): boolean => {
  if (!isClassic) return value === true || value === 'true';
  return typeof value === 'object' ? value.length > 0 : Boolean(value);
};

type Compared = Extract<Condition, { kind: 'compare' }>;

/** Unlike things are neither: undefined. A text that is a number is compared with numbers as one, but for the classic language. */
function compareValues(op: CompareOp, a: Value, b: Value, how: Compared): boolean | undefined {
  const pair = alike(a, b, how);
  return pair === undefined ? undefined : compare<string | number>(pair[0], op, pair[1]);
}

function alike(
  a: Value,
  b: Value,
  { fold, missing }: Compared,
): readonly [string, string] | readonly [number, number] | undefined {
  if (typeof a === 'number' && typeof b === 'number') return [a, b];
  if (typeof a === 'string' && typeof b === 'string') return fold ? [foldText(a), foldText(b)] : [a, b];
  if (typeof a === 'boolean' && typeof b === 'boolean') return [Number(a), Number(b)];
  if (typeof a === 'object' || typeof b === 'object') {
    return typeof a === typeof b ? [JSON.stringify(a), JSON.stringify(b)] : undefined;
  }
  if (missing === 'unknown') return undefined;
  if (typeof a === 'boolean' || typeof b === 'boolean')
    return typeof a === 'string' || typeof b === 'string' ? [String(a), String(b)] : undefined;
  const x = Number(a);
  const y = Number(b);
  return a === '' || b === '' || Number.isNaN(x) || Number.isNaN(y) ? undefined : [x, y];
}
