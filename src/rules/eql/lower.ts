import { foreignField, type Scalar } from '../../model/index.ts';
import { isLiteral, parseWildcard, type WildcardToken } from '../../util/wildcard.ts';
import type { Condition, Expression, Missing } from '../condition.ts';
import { ALWAYS, allOf, anyOf, NEVER, notOf } from '../condition-logic.ts';
import { type CompareOp, turned } from '../expression.ts';
import { resolveField } from '../field-alias.ts';
import type { JoinKey } from '../query.ts';
import { categoryCondition } from './category.ts';
import { Leaves, OPEN } from './leaves.ts';
import { type Meaning, Reading } from './reading.ts';
import type { EventNode, Node } from './syntax.ts';

/** Gives the names of an EQL text their meaning: syntax → Condition and Expression. One text, one meaning. */
export class Lowering {
  readonly #meaning: Meaning;
  readonly #reading: Reading;
  readonly #leaves: Leaves;
  readonly #missing: Missing;
  readonly #isClassic: boolean;
  /** Classic: every string comparison. */
  readonly #fold: boolean;
  #variables: readonly string[] = [];
  /** Behind a pipe of a sequence `events[1].name` is a field of its second event. */
  #inPipe = false;
  #inValue = false;

  constructor(meaning: Meaning) {
    this.#meaning = meaning;
    this.#reading = new Reading(meaning);
    this.#isClassic = meaning.semantics === 'classic';
    this.#leaves = new Leaves(this.#isClassic);
    this.#missing = this.#isClassic ? 'unknown' : 'no';
    this.#fold = this.#isClassic && !meaning.caseSensitive;
  }

  event(node: EventNode): Condition {
    return allOf([categoryCondition(node.category, this.#meaning), this.condition(node.where)]);
  }

  /** A key of a join: any value that can be worked out; `?field` may be absent. */
  key(node: Node): JoinKey {
    return {
      expression: this.expression(node),
      isOptional: this.#isClassic || (node.kind === 'field' && node.optional),
    };
  }

  /** Works out what stands behind a pipe. */
  inPipe<T>(work: () => T): T {
    this.#inPipe = true;
    const result = work();
    this.#inPipe = false;
    return result;
  }

  condition(node: Node): Condition {
    switch (node.kind) {
      case 'and':
        return allOf(node.of.map(part => this.condition(part)));
      case 'or':
        return anyOf(node.of.map(part => this.condition(part)));
      case 'not':
        return notOf(this.condition(node.of));
      case 'lineage':
        if (!this.#isClassic)
          this.#reading.fail(
            `${node.relation} of belongs to the classic language`,
            node.at,
            'use --semantics classic',
            'unsupported',
          );
        if (this.#inPipe || this.#inValue)
          this.#reading.fail(
            `${node.relation} of is asked of events, not of values or behind a pipe`,
            node.at,
            'join it with and, or, not',
            'unsupported',
          );
        return { kind: 'lineage', relation: node.relation, of: this.event(node.of) };
      case 'literal':
        if (typeof node.value === 'boolean') return node.value ? ALWAYS : NEVER;
        return this.#reading.fail('a condition is true or false', node.at, 'compare the value with something');
      case 'in':
        return this.#in(node);
      case 'like':
        return this.#like(node);
      case 'compare':
        return this.#compare(node);
      case 'call':
        return this.#call(node);
      case 'field':
        return this.#bare(node);
      case 'parameter':
      case 'arithmetic':
      case 'negative':
        return this.#reading.fail(
          'a condition is true or false, this is a value',
          node.at,
          'compare it with something',
        );
      default:
        return node satisfies never;
    }
  }

  /** A field alone is asked whether it is true. Classic: `subtype.create` also says that subtype is "create". */
  #bare(node: Extract<Node, { kind: 'field' }>): Condition {
    const expression = this.expression(node);
    if (expression.kind !== 'field') return { kind: 'truth', of: expression, missing: this.#missing };
    if (!this.#isClassic) return this.#leaves.test(expression.name, { kind: 'equals', values: [true], fold: false });
    // Classic: whatever is neither nothing nor empty is true.
    const isTrue: Condition = { kind: 'truth', of: expression, missing: 'unknown' };
    if (node.path.length < 2) return isTrue;
    const parent = foreignField(node.path.slice(0, -1).join('.'));
    const named = this.#leaves.test(parent, { kind: 'equals', values: [String(node.path.at(-1))], fold: false });
    return anyOf([allOf([{ kind: 'exists', field: expression.name }, isTrue]), named]);
  }

  #in(node: Extract<Node, { kind: 'in' }>): Condition {
    const list = this.#reading.spread(node.list);
    const constants: (Scalar | null)[] = [];
    const rest: Node[] = [];
    for (const item of list) {
      const value = this.#reading.constant(item);
      if (value === undefined) rest.push(item);
      else constants.push(value);
    }
    const fold = node.fold || this.#fold;
    const present = constants.filter(value => value !== null);
    const of = this.expression(node.of);
    const isMember = this.#isClassic && list.length > 1 && rest.length === 0;
    const parts: Condition[] = rest.map(item => ({
      kind: 'compare',
      op: '==',
      left: of,
      right: this.expression(item),
      fold,
      missing: this.#missing,
    }));
    if (present.length > 0)
      parts.push(isMember ? this.#leaves.member(of, present, fold) : this.#leaves.equals(of, present, fold));
    // Classic: nothing is equal to null, and only where everything is constant it is simply not there.
    if (constants.length > present.length && !isMember) parts.push(this.#isClassic ? OPEN : this.#leaves.isNull(of));
    return anyOf(parts);
  }

  #like(node: Extract<Node, { kind: 'like' }>): Condition {
    const list = this.#reading.spread(node.list).map(item => this.#reading.constant(item));
    const of = this.expression(node.of);
    const fold = this.#fold || node.operator === ':' || node.operator.endsWith('~');
    if (node.operator.startsWith('regex')) {
      const patterns = list.map(value => String(value));
      return anyOf(
        patterns.map(pattern => this.#leaves.regex(of, this.#reading.regex(pattern, fold, this.#anchor, node.at))),
      );
    }
    const exact: Scalar[] = [];
    const patterns: (readonly WildcardToken[])[] = [];
    for (const value of list) {
      if (value === null || value === undefined) continue;
      const tokens = parseWildcard(String(value), { one: !this.#isClassic, escape: false });
      if (typeof value !== 'string' || isLiteral(tokens)) exact.push(value);
      else patterns.push(tokens);
    }
    const parts: Condition[] = [];
    if (exact.length > 0) parts.push(this.#leaves.equals(of, exact, fold));
    if (patterns.length > 0) parts.push(this.#leaves.onText(of, { kind: 'wildcard', patterns, fold }));
    return anyOf(parts);
  }

  #compare(node: Extract<Node, { kind: 'compare' }>): Condition {
    const left = this.#reading.constant(node.left);
    const right = this.#reading.constant(node.right);
    if (right === undefined && left !== undefined) {
      return this.#compareWith(node.right, turned(node.op), left, node);
    }
    if (right !== undefined) return this.#compareWith(node.left, node.op, right, node);
    const sides = { left: this.expression(node.left), right: this.expression(node.right) };
    // Classic: the same thing on both sides is equal to itself, also where it is null.
    if (this.#isClassic && JSON.stringify(sides.left) === JSON.stringify(sides.right))
      return node.op.includes('=') && node.op !== '!=' ? ALWAYS : NEVER;
    return {
      kind: 'compare',
      op: node.op,
      ...sides,
      fold: this.#fold,
      missing: this.#missing,
    };
  }

  /** `something op constant`, the constant on the right. */
  #compareWith(side: Node, op: CompareOp, value: Scalar | null, node: Extract<Node, { kind: 'compare' }>): Condition {
    if (value === null) {
      if (op !== '==' && op !== '!=')
        return this.#reading.fail('null has no order', node.at, 'write == null or != null');
      const isNull = this.#leaves.isNull(this.expression(side));
      return op === '==' ? isNull : notOf(isNull);
    }
    if (typeof value === 'boolean' && (op === '==' || op === '!=') && this.#isQuestion(side)) {
      const condition = this.condition(side);
      return value === (op === '==') ? condition : notOf(condition);
    }
    const of = this.expression(side);
    if (op === '==' || op === '!=') {
      const isGlob = this.#isClassic && typeof value === 'string' && value.includes('*');
      const equal = isGlob
        ? this.#leaves.onText(of, {
            kind: 'wildcard',
            patterns: [parseWildcard(value, { one: false, escape: false })],
            fold: this.#fold,
          })
        : this.#leaves.equals(of, [value], this.#fold);
      if (op === '==') return equal;
      // A worked-out value that is null is neither equal nor unequal; only a field that is not there is unequal.
      return of.kind === 'field' || this.#isClassic
        ? notOf(equal)
        : { kind: 'compare', op, left: of, right: { kind: 'literal', value }, fold: false, missing: 'no' };
    }
    if (typeof value === 'boolean') return this.#reading.fail('true and false have no order', node.at);
    if (of.kind === 'field') return this.#leaves.test(of.name, { kind: 'order', op, value, fold: this.#fold });
    return {
      kind: 'compare',
      op,
      left: of,
      right: { kind: 'literal', value },
      fold: this.#fold,
      missing: this.#missing,
    };
  }

  #isQuestion(node: Node): boolean {
    return (
      ['and', 'or', 'not', 'in', 'like', 'compare', 'lineage'].includes(node.kind) ||
      (node.kind === 'call' && this.#reading.function(node).returns === 'boolean')
    );
  }

  /** Where a pattern must begin and end: the classic language only says where it begins. */
  get #anchor(): 'start' | 'whole' {
    return this.#isClassic ? 'start' : 'whole';
  }

  #call(node: Extract<Node, { kind: 'call' }>): Condition {
    const fn = this.#reading.function(node);
    const fold = this.#foldOf(node);
    const [first] = node.args;
    if (fn.name === 'safe' && first !== undefined && (first.kind === 'field' || this.#isQuestion(first)))
      return this.condition(first);
    const args = this.#reading.arguments(node, fn);
    const constants = this.#reading.spread(args.slice(1)).map(arg => this.#reading.constant(arg));
    const areTexts = constants.every(value => typeof value === 'string');
    const of = fn.name === 'arraySearch' || fn.name === 'arrayCount' ? undefined : this.expression(args[0]!);
    if (of !== undefined && areTexts) {
      const texts = constants;
      switch (fn.name) {
        case 'startsWith':
          return this.#leaves.onText(of, { kind: 'prefix', texts, fold });
        case 'endsWith':
          return this.#leaves.onText(of, { kind: 'suffix', texts, fold });
        case 'stringContains':
          return this.#leaves.sure(of, { kind: 'contains', texts, fold });
        case 'cidrMatch':
          return this.#leaves.sure(of, { kind: 'cidr', networks: this.#reading.networks(texts, node.at) });
        case 'wildcard':
          return this.#leaves.onText(of, {
            kind: 'wildcard',
            patterns: texts.map(t => parseWildcard(t, { one: !this.#isClassic, escape: false })),
            fold: fold || !this.#isClassic,
          });
        case 'match':
        case 'matchLite':
          return anyOf(
            texts.map(t =>
              this.#leaves.regex(of, this.#reading.regex(t, fold || !this.#isClassic, this.#anchor, node.at)),
            ),
          );
        default:
      }
    }
    if (fn.constantFrom === 1)
      return this.#reading.fail(`${fn.name} compares with texts`, node.at, 'put them into quotes');
    if (fn.returns !== 'boolean' && fn.returns !== 'any')
      return this.#reading.fail(`${fn.name} returns a value, not true or false`, node.at, 'compare it with something');
    return { kind: 'truth', of: this.expression(node), missing: this.#missing };
  }

  #foldOf(node: Extract<Node, { kind: 'call' }>): boolean {
    return node.name.endsWith('~') || this.#fold;
  }

  expression(node: Node): Expression {
    const constant = this.#reading.constant(node);
    if (constant !== undefined) return { kind: 'literal', value: constant };
    switch (node.kind) {
      case 'field':
        return this.#field(node);
      case 'arithmetic': {
        const isExact = [node.left, node.right].some(side => side.kind === 'literal' && side.isFraction === true);
        const op = node.op === '/' && !isExact ? '//' : node.op === '%' && this.#isClassic ? '%%' : node.op;
        return { kind: 'arithmetic', op, left: this.expression(node.left), right: this.expression(node.right) };
      }
      case 'negative':
        return { kind: 'arithmetic', op: '-', left: { kind: 'literal', value: 0 }, right: this.expression(node.of) };
      case 'call':
        return this.#callExpression(node);
      case 'parameter':
        return this.#reading.fail(`$${node.name} is a list`, node.at, 'use it behind in, : or as an argument');
      case 'literal':
        return { kind: 'literal', value: node.value };
      default:
        return { kind: 'condition', of: this.#asValue(() => this.condition(node)) };
    }
  }

  #asValue<T>(work: () => T): T {
    const outer = this.#inValue;
    this.#inValue = true;
    const result = work();
    this.#inValue = outer;
    return result;
  }

  #callExpression(node: Extract<Node, { kind: 'call' }>): Expression {
    const fn = this.#reading.function(node);
    const args = this.#reading.arguments(node, fn);
    if (fn.name === 'safe') return this.expression(args[0]!);
    if (fn.name === 'arraySearch' || fn.name === 'arrayCount')
      return this.#members(args, fn.name === 'arrayCount' ? 'count' : 'any', node.at);
    const isAllText = this.#reading.spread(args.slice(1)).every(arg => typeof this.#reading.constant(arg) === 'string');
    if (fn.constantFrom === 1 || (fn.name === 'cidrMatch' && isAllText))
      return { kind: 'condition', of: this.#call(node) };
    const isOfList = fn.name === 'length' || fn.name === 'arrayContains';
    return {
      kind: 'call',
      name: fn.name,
      args: this.#reading
        .spread(args)
        .map((arg, place) => (isOfList && place === 0 ? this.#whole(arg) : this.expression(arg))),
      fold: this.#foldOf(node),
      classic: this.#isClassic,
    };
  }

  /** Classic: a field as the list that it may be, also where that has one member. */
  #whole(node: Node): Expression {
    const expression = this.expression(node);
    return this.#isClassic && expression.kind === 'field'
      ? { kind: 'element', name: expression.name, path: [] }
      : expression;
  }

  #members([list, variable, body]: readonly Node[], what: 'any' | 'count', at: number): Expression {
    if (variable?.kind !== 'field' || variable.path.length !== 1)
      return this.#reading.fail(
        'the second argument is a name for the member',
        at,
        'write: arraySearch(list, x, x == 1)',
      );
    const name = String(variable.path[0]);
    const of = this.#whole(list!);
    const outer = this.#variables;
    this.#variables = [...outer, name];
    const inner = this.expression(body!);
    this.#variables = outer;
    return { kind: 'members', of, variable: name, body: inner, what };
  }

  #field(node: Extract<Node, { kind: 'field' }>): Expression {
    const [base, ...path] = node.path;
    if (this.#variables.includes(String(base))) return { kind: 'variable', name: String(base), path };
    if (this.#inPipe && base === 'events' && typeof path[0] === 'number') {
      const within = path.slice(1);
      const end = within.findIndex(part => typeof part === 'number');
      const name = foreignField(`events[${path[0]}].${within.slice(0, end === -1 ? undefined : end).join('.')}`);
      return end === -1 ? { kind: 'field', name, caseless: false } : { kind: 'element', name, path: within.slice(end) };
    }
    const index = node.path.findIndex(part => typeof part === 'number');
    if (index === -1) {
      const text = node.path.join('.');
      const { name, fold } = this.#isClassic ? { name: foreignField(text), fold: false } : resolveField(text);
      return { kind: 'field', name, caseless: fold };
    }
    if (!this.#isClassic)
      this.#reading.fail('a field has no index', node.at, 'a field with several values matches when any of them does');
    return { kind: 'element', name: foreignField(node.path.slice(0, index).join('.')), path: node.path.slice(index) };
  }
}
