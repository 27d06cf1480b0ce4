import { RE2JS } from 're2js';
import { fold } from './fold.ts';

export interface RegexFlags {
  /** Without regard to case. */
  readonly fold: boolean;
  /** `^` and `$` also match at line ends. */
  readonly multiline: boolean;
  /** `.` also matches a line end. */
  readonly dotAll: boolean;
}

/** From the first character to the last, from the first, or anywhere. */
export type RegexAnchor = 'whole' | 'start' | 'anywhere';

const ANY_TEXT = /^(?:\(\?s:\.\)|\(\?s:\.\*\)|\.)(?:\*\??)?/;
const SPECIAL = new Set('\\^$.|?*+()[]{}');

/**
 * A test in time linear in the text, whatever the pattern (RE2 syntax). What is a plain text between `.*` becomes a string
 * operation. Throws what RE2 throws; ask `regexProblem` first where the pattern is somebody else's.
 */
export function compileRegex(pattern: string, flags: RegexFlags, anchor: RegexAnchor): (text: string) => boolean {
  return simple(pattern, flags, anchor) ?? linear(pattern, flags, anchor);
}

/** What is wrong with a pattern, in RE2's words; undefined where it compiles. */
export function regexProblem(pattern: string, flags: RegexFlags): string | undefined {
  try {
    compileRegex(pattern, flags, 'whole');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
  }
}

function linear(pattern: string, flags: RegexFlags, anchor: RegexAnchor): (text: string) => boolean {
  const bits =
    (flags.fold ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.multiline ? RE2JS.MULTILINE : 0) |
    (flags.dotAll ? RE2JS.DOTALL : 0);
  if (anchor === 'start') {
    const compiled = RE2JS.compile(`\\A(?:${pattern})`, bits);
    return text => compiled.test(text);
  }
  const compiled = RE2JS.compile(pattern, bits);
  return anchor === 'whole' ? text => compiled.testExact(text) : text => compiled.test(text);
}

/** `.*text.*` and its like, where the dots mean every character. Undefined for anything more. */
function simple(pattern: string, flags: RegexFlags, anchor: RegexAnchor): ((text: string) => boolean) | undefined {
  let rest = pattern;
  const start = leadingAny(rest, flags, anchor);
  rest = rest.slice(start);
  const end = trailingAny(rest, flags, anchor);
  rest = rest.slice(0, rest.length - end);
  const literal = plainText(rest);
  if (literal === undefined) return undefined;
  const wanted = flags.fold ? fold(literal) : literal;
  const of = flags.fold ? fold : (text: string): string => text;
  const isOpenLeft = start > 0 || anchor === 'anywhere';
  const isOpenRight = end > 0 || anchor !== 'whole';
  if (isOpenLeft && isOpenRight) return text => of(text).includes(wanted);
  if (isOpenLeft) return text => of(text).endsWith(wanted);
  if (isOpenRight) return text => of(text).startsWith(wanted);
  return text => of(text) === wanted;
}

/** Length of a leading "any text"; 0 where there is none or it stops at a line end. */
function leadingAny(pattern: string, flags: RegexFlags, anchor: RegexAnchor): number {
  const found = ANY_TEXT.exec(pattern)?.[0] ?? '';
  return isAnyText(found, flags, anchor === 'anywhere') ? found.length : 0;
}

function trailingAny(pattern: string, flags: RegexFlags, anchor: RegexAnchor): number {
  for (const any of ['(?s:.)*', '(?s:.)*?', '(?s:.*)', '.*', '.*?']) {
    if (!pattern.endsWith(any) || !isAnyText(any, flags, anchor !== 'whole')) continue;
    // `\.*` is a run of dots, not any text.
    const before = pattern.slice(0, -any.length);
    if (/(?:^|[^\\])(?:\\\\)*$/.test(before)) return any.length;
  }
  return 0;
}

/** `isFree`: beyond it nothing is asked, so a line end does not matter. */
const isAnyText = (piece: string, flags: RegexFlags, isFree: boolean): boolean =>
  /\*\??\)?$/.test(piece) && (piece.startsWith('(?s') || flags.dotAll || isFree);

function plainText(pattern: string): string | undefined {
  let literal = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '\\') {
      const next = pattern[i + 1];
      if (next === undefined || /[A-Za-z0-9]/.test(next)) return undefined;
      literal += next;
      i++;
    } else if (SPECIAL.has(c)) return undefined;
    else literal += c;
  }
  return literal;
}
