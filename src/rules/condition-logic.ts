import type { Scalar } from '../model/index.ts';
import type { WildcardToken } from '../util/wildcard.ts';
import type { Condition, ValueTest } from './condition.ts';

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
    const isMember = 'isMember' in c.test && c.test.isMember;
    const key = `${c.test.kind} ${'fold' in c.test && c.test.fold} ${isMember} ${c.missing} ${c.field}`;
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
