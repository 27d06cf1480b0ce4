import type { Scalar, Value } from '../../model/index.ts';
import {
  type ArithmeticOp,
  type Condition,
  divide,
  type Expression,
  functionNamed,
  modulo,
} from '../../rules/index.ts';
import { element, simplest, walk } from './document-path.ts';
import { compileTest, verdictOf } from './scalar-test.ts';
import type { Scope } from './scope.ts';
import { UNKNOWN, type Verdict, YES } from './verdict.ts';

export type Evaluate = (scope: Scope) => Value | null;
/** How a condition inside an expression is asked: conditions hold expressions and expressions hold conditions. */
type Conditions = (condition: Condition) => (scope: Scope) => Verdict;

/** A value that is worked out from one event. */
export function evaluateExpression(expression: Expression, conditions: Conditions): Evaluate {
  const inner = (part: Expression): Evaluate => evaluateExpression(part, conditions);
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'field':
      return scope => scope.value(expression.name) ?? null;
    case 'element':
      return element(expression.name, expression.path);
    case 'variable':
      return scope => simplest(walk(scope.variables.get(expression.name), expression.path));
    case 'arithmetic':
      return arithmetic(expression.op, inner(expression.left), inner(expression.right));
    case 'call': {
      const { run } = functionNamed(expression.name);
      const args = expression.args.map(inner);
      const style = { fold: expression.fold, isClassic: expression.classic };
      return scope =>
        run(
          args.map(arg => arg(scope)),
          style,
        );
    }
    case 'tested': {
      const of = inner(expression.of);
      const test = compileTest(expression.test);
      return scope => {
        const verdict = verdictOf(test, of(scope) ?? undefined, 'unknown');
        return verdict === UNKNOWN ? null : verdict === YES;
      };
    }
    case 'condition': {
      const condition = conditions(expression.of);
      return scope => {
        const verdict = condition(scope);
        return verdict === UNKNOWN ? null : verdict === YES;
      };
    }
    case 'members':
      return members(inner(expression.of), inner(expression.body), expression.variable, expression.what);
    default:
      return expression satisfies never;
  }
}

function arithmetic(op: ArithmeticOp, a: Evaluate, b: Evaluate): Evaluate {
  return scope => {
    const x = a(scope);
    const y = b(scope);
    if (typeof x !== 'number' || typeof y !== 'number') return null;
    switch (op) {
      case '+':
        return x + y;
      case '-':
        return x - y;
      case '*':
        return x * y;
      case '/':
        return y === 0 ? null : x / y;
      case '//':
        return divide(x, y);
      case '%':
        return modulo(x, y, false);
      case '%%':
        return modulo(x, y, true);
      default:
        return op satisfies never;
    }
  };
}

function members(list: Evaluate, body: Evaluate, variable: string, what: 'any' | 'count'): Evaluate {
  return scope => {
    const value = list(scope);
    if (value === null) return what === 'count' ? 0 : false;
    let count = 0;
    for (const member of Array.isArray(value) ? (value as readonly Scalar[]) : [value as Scalar]) {
      const variables = new Map(scope.variables).set(variable, member);
      if (body({ ...scope, variables }) !== true) continue;
      if (what === 'any') return true;
      count++;
    }
    return what === 'count' ? count : false;
  };
}
