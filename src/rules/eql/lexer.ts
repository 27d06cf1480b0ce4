import { placeOf, RuleError } from '../rule-error.ts';

/** `name`: an identifier, `escaped` when it stood in backticks. `symbol`: an operator or bracket, as written. */
export type Token =
  | {
      readonly kind: 'name';
      readonly text: string;
      readonly escaped: boolean;
      readonly at: number;
      readonly end: number;
    }
  | {
      readonly kind: 'number';
      readonly value: number;
      readonly isInteger: boolean;
      readonly at: number;
      readonly end: number;
    }
  | { readonly kind: 'string'; readonly value: string; readonly at: number; readonly end: number }
  | { readonly kind: 'parameter'; readonly text: string; readonly at: number; readonly end: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number; readonly end: number }
  | { readonly kind: 'end'; readonly at: number; readonly end: number };

/** Which strings and comparisons are allowed: Elasticsearch dropped `'…'`, `?"…"` and `=`; the classic language has no `"""`. */
export type Dialect = 'elastic' | 'classic';

const SYMBOLS = [
  '![',
  '==',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  '=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '.',
  ',',
  '[',
  ']',
  '(',
  ')',
  '|',
  ':',
  '?',
];
const NAME = /[A-Za-z_@][A-Za-z0-9_@]*~?/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d+)?/y;
const SPACE = /(?:[ \t\r\n\u00a0]+|\/\/[^\n]*)+/y;

/** Cuts a text into tokens; the last one is `end`. Comments (block comments nest) and white space are dropped. */
export function tokenize(text: string, dialect: Dialect): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const fail = (offset: number, message: string, hint?: string): never => {
    const { line, column } = placeOf(text, offset);
    throw new RuleError(message, line, column, hint);
  };
  const sticky = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const space = sticky(SPACE);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    if (text.startsWith('/*', at)) {
      at = endOfComment(text, at) ?? fail(at, 'the comment is never closed', 'close it with */');
      continue;
    }
    const c = text[at]!;
    const start = at;
    if (c === '"' || c === "'" || (c === '?' && (text[at + 1] === '"' || text[at + 1] === "'"))) {
      const string = readString(text, at, dialect, fail);
      at = string.end;
      tokens.push({ kind: 'string', value: string.value, at: start, end: at });
      continue;
    }
    if (c === '`') {
      const close = endOfBackticks(text, at);
      if (close === undefined) fail(at, 'the name is never closed', 'close it with a backtick');
      at = close! + 1;
      tokens.push({
        kind: 'name',
        text: text.slice(start + 1, close).replaceAll('``', '`'),
        escaped: true,
        at: start,
        end: at,
      });
      continue;
    }
    if (c === '$') {
      at += 1;
      const name = sticky(NAME);
      if (name === undefined) fail(start, 'a parameter has a name', 'write $Name');
      at += name!.length;
      tokens.push({ kind: 'parameter', text: name!, at: start, end: at });
      continue;
    }
    const number = sticky(NUMBER);
    if (number !== undefined) {
      at += number.length;
      tokens.push({ kind: 'number', value: Number(number), isInteger: /^\d+$/.test(number), at: start, end: at });
      continue;
    }
    const name = sticky(NAME);
    if (name !== undefined) {
      at += name.length;
      tokens.push({ kind: 'name', text: name, escaped: false, at: start, end: at });
      continue;
    }
    const symbol = SYMBOLS.find(s => text.startsWith(s, at));
    if (symbol === undefined)
      fail(at, `unexpected character ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`);
    at += symbol!.length;
    tokens.push({ kind: 'symbol', text: symbol!, at: start, end: at });
  }
  tokens.push({ kind: 'end', at: text.length, end: text.length });
  return tokens;
}

function endOfComment(text: string, from: number): number | undefined {
  let depth = 0;
  for (let i = from; i < text.length - 1; i++) {
    if (text[i] === '/' && text[i + 1] === '*') {
      depth++;
      i++;
    } else if (text[i] === '*' && text[i + 1] === '/') {
      i++;
      if (--depth === 0) return i + 1;
    }
  }
  return undefined;
}

function endOfBackticks(text: string, from: number): number | undefined {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] !== '`') continue;
    if (text[i + 1] !== '`') return i;
    i++;
  }
  return undefined;
}

type Fail = (offset: number, message: string, hint?: string) => never;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
]);

function readString(
  text: string,
  at: number,
  dialect: Dialect,
  fail: Fail,
): { readonly value: string; readonly end: number } {
  if (text.startsWith('"""', at)) {
    const line = endOfLine(text, at);
    const close = text.indexOf('"""', at + 3);
    if (close === -1 || close > line)
      return fail(at, 'the raw string is never closed on its line', 'close it with """');
    // Up to two quotes more may belong to the text: """a "quoted" word""" ends in a quote of its own.
    let end = close + 3;
    while (end < close + 5 && text[end] === '"') end++;
    return { value: text.slice(at + 3, end - 3), end };
  }
  const isRaw = text[at] === '?';
  const quote = text[isRaw ? at + 1 : at]!;
  if (dialect === 'elastic' && (isRaw || quote === "'")) {
    return fail(
      at,
      'strings stand in double quotes',
      isRaw ? 'write a raw string as """..."""' : 'write "..." in place of \'...\'',
    );
  }
  let value = '';
  for (let i = at + (isRaw ? 2 : 1); i < text.length; i++) {
    const c = text[i]!;
    if (c === quote) return { value, end: i + 1 };
    if (c === '\n' || c === '\r') break;
    if (c !== '\\') {
      value += c;
    } else if (isRaw) {
      if (text[i + 1] === quote) i++;
      value += text[i];
    } else {
      const unicode = /^\\u\{([0-9A-Fa-f]{2,8})\}/.exec(text.slice(i, i + 13));
      if (unicode !== null) {
        const point = Number.parseInt(unicode[1]!, 16);
        if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
          fail(i, `U+${unicode[1]} is no Unicode character`);
        value += String.fromCodePoint(point);
        i += unicode[0].length - 1;
        continue;
      }
      const escaped = ESCAPES.get(text[i + 1] ?? '');
      if (escaped === undefined)
        fail(i, `\\${text[i + 1] ?? ''} is no escape`, 'write \\\\ for a backslash, or a raw string """..."""');
      value += escaped;
      i++;
    }
  }
  return fail(at, 'the string is never closed on its line', `close it with ${quote}`);
}

function endOfLine(text: string, from: number): number {
  const end = text.slice(from).search(/[\r\n]/);
  return end === -1 ? text.length : from + end;
}
