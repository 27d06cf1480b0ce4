import type { Field, Scalar } from '../model/index.ts';
import type { WildcardToken } from '../util/wildcard.ts';
import type { CompareOp, Expression } from './expression.ts';

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
  /** Equal to any of the values. A number and its decimal text are equal, `true` and "true" as well. */
  | { readonly kind: 'equals'; readonly values: readonly Scalar[]; readonly fold: boolean }
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
  /** Words in this order, one after another, whatever stands between them: how a full-text field is searched. Words are folded. */
  | { readonly kind: 'phrase'; readonly words: readonly string[] };

export const ALWAYS: Condition = { kind: 'always' };
export const NEVER: Condition = { kind: 'never' };

/** `all` with the constants and nested `all`s worked out. */
export function allOf(conditions: readonly Condition[]): Condition {
  const of: Condition[] = [];
  for (const c of conditions) {
    if (c.kind === 'never') return NEVER;
    if (c.kind === 'all') of.push(...c.of);
    else if (c.kind !== 'always') of.push(c);
  }
  return of.length === 0 ? ALWAYS : of.length === 1 ? of[0]! : { kind: 'all', of };
}

/** `any` with the constants and nested `any`s worked out. Equal tests of one field become one test with more values. */
export function anyOf(conditions: readonly Condition[]): Condition {
  const of: Condition[] = [];
  for (const c of conditions) {
    if (c.kind === 'always') return ALWAYS;
    if (c.kind === 'any') of.push(...c.of);
    else if (c.kind !== 'never') of.push(c);
  }
  const merged = mergeTests(of);
  return merged.length === 0 ? NEVER : merged.length === 1 ? merged[0]! : { kind: 'any', of: merged };
}

export function notOf(condition: Condition): Condition {
  switch (condition.kind) {
    case 'always':
      return NEVER;
    case 'never':
      return ALWAYS;
    case 'not':
      return condition.of;
    default:
      return { kind: 'not', of: condition };
  }
}

type Test = Extract<Condition, { kind: 'test' }>;

/** A rule with thousands of values for one field must end in one Set or one automaton, not in thousands of leaves. */
function mergeTests(conditions: readonly Condition[]): readonly Condition[] {
  const merged: Condition[] = [];
  const places = new Map<string, number>();
  const lists = new Map<number, (Scalar | readonly WildcardToken[])[]>();
  for (const c of conditions) {
    const list = c.kind === 'test' ? listOf(c.test) : undefined;
    if (c.kind !== 'test' || list === undefined) {
      merged.push(c);
      continue;
    }
    const key = `${c.test.kind} ${'fold' in c.test && c.test.fold} ${c.missing} ${c.field}`;
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, merged.length);
      lists.set(merged.length, [...list]);
      merged.push(c);
    } else for (const value of list) lists.get(place)!.push(value);
  }
  return merged.map((c, place) => {
    const list = lists.get(place);
    return list === undefined || listOf((c as Test).test)!.length === list.length ? c : withList(c as Test, list);
  });
}

function listOf(test: ValueTest): readonly (Scalar | readonly WildcardToken[])[] | undefined {
  switch (test.kind) {
    case 'equals':
      return test.values;
    case 'prefix':
    case 'suffix':
    case 'contains':
      return test.texts;
    case 'wildcard':
      return test.patterns;
    case 'cidr':
      return test.networks;
    default:
      return undefined;
  }
}

function withList(c: Test, list: readonly (Scalar | readonly WildcardToken[])[]): Condition {
  const { test } = c;
  switch (test.kind) {
    case 'equals':
      return { ...c, test: { ...test, values: list as readonly Scalar[] } };
    case 'prefix':
    case 'suffix':
    case 'contains':
      return { ...c, test: { ...test, texts: list as readonly string[] } };
    case 'wildcard':
      return { ...c, test: { ...test, patterns: list as readonly (readonly WildcardToken[])[] } };
    case 'cidr':
      return { ...c, test: { ...test, networks: list as readonly string[] } };
    default:
      return c;
  }
}

/** Every field that a condition asks for by name; `every` where it asks for fields that only the data can name. */
export function fieldsOf(condition: Condition): { readonly fields: ReadonlySet<Field>; readonly every: boolean } {
  const fields = new Set<Field>();
  let every = false;
  const ask = (c: Condition): void => {
    switch (c.kind) {
      case 'always':
      case 'never':
        return;
      case 'all':
      case 'any':
      case 'some':
        for (const part of c.of) ask(part);
        return;
      case 'not':
        ask(c.of);
        return;
      case 'lineage':
        for (const field of LINEAGE_FIELDS) fields.add(field as Field);
        ask(c.of);
        return;
      case 'exists':
      case 'test':
        fields.add(c.field);
        return;
      case 'some-field':
        every = true;
        return;
      case 'compare':
        work(c.left);
        work(c.right);
        return;
      case 'truth':
      case 'null':
        work(c.of);
        return;
      default:
        c satisfies never;
    }
  };
  const work = (e: Expression): void => {
    switch (e.kind) {
      case 'literal':
      case 'variable':
        return;
      case 'field':
      case 'element':
        fields.add(e.name);
        return;
      case 'tested':
        work(e.of);
        return;
      case 'arithmetic':
        work(e.left);
        work(e.right);
        return;
      case 'call':
        for (const arg of e.args) work(arg);
        return;
      case 'condition':
        ask(e.of);
        return;
      case 'members':
        work(e.of);
        work(e.body);
        return;
      default:
        e satisfies never;
    }
  };
  ask(condition);
  return { fields, every };
}

/** What lineage is read from, in this order of preference: the classic schema's own names, then ECS. */
export const LINEAGE_FIELDS = [
  'unique_pid',
  'unique_ppid',
  'opcode',
  'subtype',
  'pid',
  'process_name',
  'event_type',
  'process.entity_id',
  'process.parent.entity_id',
  'process.pid',
  'process.name',
  'event.type',
  'event.category',
] as const;
