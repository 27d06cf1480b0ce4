import type { Scalar, Value } from '../../model/index.ts';
import type { ValueTest } from '../../rules/index.ts';
import { AhoCorasick } from '../../util/aho-corasick.ts';
import { type Cidr, parseCidr } from '../../util/cidr.ts';
import { fold } from '../../util/fold.ts';
import { compileRegex } from '../../util/regex.ts';
import { ANY, compileWildcard, type WildcardToken } from '../../util/wildcard.ts';
import { wordsOf } from '../../util/words.ts';
import { compare } from './compare.ts';
import { NO, UNKNOWN, type Verdict, YES } from './verdict.ts';

/** A question about one value, ready to be asked a million times. */
export interface ScalarTest {
  /** Whether `text` wants its text folded. The caller folds, so that many tests share one folding. */
  readonly fold: boolean;
  text(text: string): boolean;
  number(n: number): boolean;
  /**
   * Classic: what is said of a value that is of another kind than what it is compared with (a number, where texts are asked for).
   * Undefined where the kinds agree.
   */
  strange(value: Scalar): Verdict | undefined;
}

/** More texts than this are looked for together, in one pass over the value. */
const AUTOMATON_FROM = 12;

export function compileTest(test: ValueTest): ScalarTest {
  switch (test.kind) {
    case 'equals':
      return equals(test.values, test.fold, test.isMember === true);
    case 'prefix':
      return anyText(test.texts, test.fold, (text, part) => text.startsWith(part));
    case 'suffix':
      return anyText(test.texts, test.fold, (text, part) => text.endsWith(part));
    case 'contains':
      return contains(test.texts, test.fold);
    case 'wildcard':
      return wildcards(test.patterns, test.fold);
    case 'regex':
      // The pattern folds by itself: its classes know case where a folded text has lost it.
      return onText(compileRegex(test.pattern, test.flags, test.anchor), false);
    case 'cidr':
      return cidr(test.networks);
    case 'order':
      return order(test.op, test.value, test.fold);
    case 'week': {
      const weeks = new Set(test.weeks);
      return onText(text => weeks.has(weekOf(text)), false);
    }
    case 'phrase':
      return onText(phrase(test.words), true);
    default:
      return test satisfies never;
  }
}

/** The verdict over a value that may be several: yes when one of them passes. */
export function verdictOf(test: ScalarTest, value: Value | undefined, missing: 'no' | 'unknown'): Verdict {
  if (value === undefined) return missing === 'unknown' ? UNKNOWN : NO;
  if (typeof value !== 'object') return verdictOfScalar(test, value, missing);
  for (const member of value) if (verdictOfScalar(test, member, missing) === YES) return YES;
  return NO;
}

function verdictOfScalar(test: ScalarTest, value: Scalar, missing: 'no' | 'unknown'): Verdict {
  return (missing === 'unknown' ? test.strange(value) : undefined) ?? (passes(test, value) ? YES : NO);
}

function passes(test: ScalarTest, value: Scalar): boolean {
  if (typeof value === 'number') return test.number(value);
  const text = typeof value === 'string' ? value : String(value);
  return test.text(test.fold ? fold(text) : text);
}

const noText = (value: Scalar): Verdict | undefined => (typeof value === 'string' ? undefined : UNKNOWN);

function onText(text: (text: string) => boolean, isFolded: boolean): ScalarTest {
  return { fold: isFolded, text, number: n => text(String(n)), strange: noText };
}

function equals(values: readonly Scalar[], isFolded: boolean, isMember: boolean): ScalarTest {
  const texts = new Set(values.map(v => (isFolded ? fold(String(v)) : String(v))));
  const numbers = new Set(values.map(v => (typeof v === 'string' && v.trim() === '' ? Number.NaN : Number(v))));
  const types = new Set(values.map(v => typeof v));
  const only = texts.size === 1 ? [...texts][0] : undefined;
  return {
    fold: isFolded,
    text: only === undefined ? text => texts.has(text) : text => text === only,
    number: n => numbers.has(n),
    strange: value => {
      if (!types.has(typeof value)) return isMember ? NO : UNKNOWN;
      if (types.size === 1) return undefined;
      const same = (v: Scalar): boolean =>
        typeof v === 'string' && typeof value === 'string' && isFolded ? fold(v) === fold(value) : v === value;
      return values.some(same) ? YES : isMember ? NO : UNKNOWN;
    },
  };
}

function anyText(
  parts: readonly string[],
  isFolded: boolean,
  holds: (text: string, part: string) => boolean,
): ScalarTest {
  const wanted = isFolded ? parts.map(fold) : parts;
  const [only] = wanted;
  if (wanted.length === 1) return onText(text => holds(text, only!), isFolded);
  return onText(text => wanted.some(part => holds(text, part)), isFolded);
}

function contains(parts: readonly string[], isFolded: boolean): ScalarTest {
  if (parts.length < AUTOMATON_FROM) return anyText(parts, isFolded, (text, part) => text.includes(part));
  const automaton = new AhoCorasick(isFolded ? parts.map(fold) : parts);
  return onText(text => automaton.isIn(text), isFolded);
}

/** `*text*`, `text*` and `*text` are string operations, many of the first kind one automaton; only the rest is matched as patterns. */
function wildcards(patterns: readonly (readonly WildcardToken[])[], isFolded: boolean): ScalarTest {
  const inside: string[] = [];
  const compiled: ((text: string) => boolean)[] = [];
  for (const pattern of patterns) {
    const tokens = isFolded ? pattern.map(token => (typeof token === 'string' ? fold(token) : token)) : pattern;
    const [first, second, third] = tokens;
    if (tokens.length === 3 && first === ANY && typeof second === 'string' && third === ANY) inside.push(second);
    else if (tokens.length === 2 && typeof first === 'string' && second === ANY)
      compiled.push(text => text.startsWith(first));
    else if (tokens.length === 2 && first === ANY && typeof second === 'string')
      compiled.push(text => text.endsWith(second));
    else compiled.push(compileWildcard(tokens));
  }
  // The literals are folded already, so the inner test must not fold them again, nor its texts.
  if (inside.length > 0) compiled.unshift(contains(inside, false).text);
  const [only] = compiled;
  return onText(compiled.length === 1 ? only! : text => compiled.some(holds => holds(text)), isFolded);
}

function cidr(networks: readonly string[]): ScalarTest {
  const ranges = networks.map(parseCidr).filter((range): range is Cidr => range !== undefined);
  return onText(text => ranges.some(range => range.has(text)), false);
}

function order(op: '<' | '<=' | '>' | '>=', limit: number | string, isFolded: boolean): ScalarTest {
  const text = isFolded && typeof limit === 'string' ? fold(limit) : String(limit);
  const number = asNumber(limit);
  const ofNumber = (n: number): boolean =>
    number === undefined ? compare(String(n), op, text) : compare(n, op, number);
  return {
    fold: isFolded,
    text: value => {
      if (typeof limit === 'string') return compare(value, op, text);
      const n = asNumber(value);
      return n !== undefined && compare(n, op, limit);
    },
    number: ofNumber,
    strange: value => (typeof value === typeof limit ? undefined : UNKNOWN),
  };
}

function asNumber(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  if (value.trim() === '') return undefined;
  const n = Number(value);
  return Number.isNaN(n) ? undefined : n;
}

/** A full-text field: its words one after another, whatever stands between them. */
function phrase(words: readonly string[]): (text: string) => boolean {
  const wanted = words.map(fold);
  const [first] = wanted;
  if (first === undefined) return () => false;
  return text => {
    if (!text.includes(first)) return false;
    const found = wordsOf(text);
    for (let i = 0; i + wanted.length <= found.length; i++) {
      if (wanted.every((word, offset) => found[i + offset] === word)) return true;
    }
    return false;
  };
}

const DAY_MS = 86_400_000;

/** Week of the year by ISO 8601: the first one is that of the first Thursday. NaN where a text does not begin with a date. */
function weekOf(text: string): number {
  const written = /^(\d{4})-(\d\d?)-(\d\d?)(?!\d)/.exec(text);
  if (written === null) return Number.NaN;
  const date = new Date(Date.UTC(Number(written[1]), Number(written[2]) - 1, Number(written[3])));
  const thursday = date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY_MS;
  const year = new Date(thursday).getUTCFullYear();
  return Math.floor((thursday - Date.UTC(year, 0, 1)) / DAY_MS / 7) + 1;
}
