/** A pattern cut into literal pieces, `any` (`*`, nothing or more) and `one` (`?`, exactly one code unit). */
export type WildcardToken = string | typeof ANY | typeof ONE;
// Numbers, so that a pattern can be written as JSON and handed to another thread.
export const ANY = 0;
export const ONE = 1;

export interface WildcardSyntax {
  /** Whether `?` stands for one character. */
  readonly one: boolean;
  /** Whether a backslash takes the meaning from `*`, `?` and itself. */
  readonly escape: boolean;
}

export function parseWildcard(pattern: string, syntax: WildcardSyntax): readonly WildcardToken[] {
  const tokens: WildcardToken[] = [];
  let literal = '';
  const close = (): void => {
    if (literal !== '') tokens.push(literal);
    literal = '';
  };
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    const next = pattern[i + 1];
    if (c === '\\' && syntax.escape && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      i++;
    } else if (c === '*') {
      close();
      if (tokens.at(-1) !== ANY) tokens.push(ANY);
    } else if (c === '?' && syntax.one) {
      close();
      tokens.push(ONE);
    } else literal += c;
  }
  close();
  return tokens;
}

export const isLiteral = (tokens: readonly WildcardToken[]): boolean => tokens.every(t => typeof t === 'string');
export const literalOf = (tokens: readonly WildcardToken[]): string =>
  tokens.filter(t => typeof t === 'string').join('');

/** The same pattern in canonical writing: backslashes before `*`, `?` and backslash that are meant as they are. */
export const renderWildcard = (tokens: readonly WildcardToken[]): string =>
  tokens.map(t => (t === ANY ? '*' : t === ONE ? '?' : String(t).replace(/[*?\\]/g, '\\$&'))).join('');

/**
 * A test of a whole text against a pattern. Pieces between `*` are looked for from left to right and never given back:
 * work is at most text × longest piece, whatever the pattern. Case is the caller's business: fold both or neither.
 */
export function compileWildcard(tokens: readonly WildcardToken[]): (text: string) => boolean {
  if (isLiteral(tokens)) {
    const whole = literalOf(tokens);
    return text => text === whole;
  }
  const pieces: (readonly WildcardToken[])[] = [[]];
  for (const token of tokens) {
    if (token === ANY) pieces.push([]);
    else pieces[pieces.length - 1] = [...pieces.at(-1)!, token];
  }
  const segments = pieces.map(segmentOf);
  const first = segments[0]!;
  if (segments.length === 1) return text => text.length === first.length && first.at(text, 0);
  const last = segments.at(-1)!;
  const middle = segments.slice(1, -1);
  const least = segments.reduce((sum, s) => sum + s.length, 0);
  return text => {
    if (text.length < least || !first.at(text, 0) || !last.at(text, text.length - last.length)) return false;
    let from = first.length;
    const end = text.length - last.length;
    for (const segment of middle) {
      const found = segment.find(text, from);
      if (found === -1 || found + segment.length > end) return false;
      from = found + segment.length;
    }
    return true;
  };
}

interface Segment {
  readonly length: number;
  at(text: string, offset: number): boolean;
  find(text: string, from: number): number;
}

function segmentOf(tokens: readonly WildcardToken[]): Segment {
  if (isLiteral(tokens)) {
    const literal = literalOf(tokens);
    return {
      length: literal.length,
      at: (text, offset) => text.startsWith(literal, offset),
      find: (text, from) => text.indexOf(literal, from),
    };
  }
  const length = tokens.reduce<number>((sum, t) => sum + (typeof t === 'string' ? t.length : 1), 0);
  const at = (text: string, offset: number): boolean => {
    if (offset + length > text.length) return false;
    let place = offset;
    for (const token of tokens) {
      if (typeof token !== 'string') place += 1;
      else if (text.startsWith(token, place)) place += token.length;
      else return false;
    }
    return true;
  };
  return {
    length,
    at,
    find: (text, from) => {
      for (let place = from; place + length <= text.length; place++) if (at(text, place)) return place;
      return -1;
    },
  };
}
