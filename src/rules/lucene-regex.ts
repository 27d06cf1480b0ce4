/** Why a Lucene pattern cannot run: it says what RE2 has no word for. `at` is the offset in the pattern. */
export class LuceneRegexError extends Error {
  override readonly name = 'LuceneRegexError';
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const NEEDS_ESCAPE = /[\\^$.|?*+()[\]{}]/;

/**
 * Lucene's regular expressions → RE2 syntax: alternatives, each of which is a list of patterns that must all match. In Lucene `^`
 * and `$` are ordinary characters (a pattern always spans the whole value), `"…"` is literal text, `@` any text, `#` the empty
 * language, `&` intersection (outside brackets; at the beginning of a piece it is an ampersand), `~` complement, `<1-9>` an interval.
 */
export function fromLucene(pattern: string): readonly (readonly string[])[] {
  return pieces(pattern).map(alternative => alternative.map(({ text, at }) => toRe2(text, at)));
}

interface Piece {
  readonly text: string;
  readonly at: number;
}

/** Cuts a pattern at `|` and `&` outside of brackets. Without `&` it stays whole: RE2 knows alternatives itself. */
function pieces(pattern: string): readonly (readonly Piece[])[] {
  const alternatives: Piece[][] = [[]];
  let start = 0;
  let depth = 0;
  let hasIntersection = false;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '\\') i++;
    else if (c === '[') i = endOfClass(pattern, i);
    else if (c === '"') i = endOfQuotes(pattern, i);
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (depth === 0 && (c === '|' || (c === '&' && i > start))) {
      alternatives.at(-1)!.push({ text: pattern.slice(start, i), at: start });
      if (c === '|') alternatives.push([]);
      else hasIntersection = true;
      start = i + 1;
    }
  }
  alternatives.at(-1)!.push({ text: pattern.slice(start), at: start });
  return hasIntersection ? alternatives : [[{ text: pattern, at: 0 }]];
}

function toRe2(pattern: string, at: number): string {
  let re2 = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    switch (c) {
      case '\\': {
        const next = pattern[i + 1];
        if (next === undefined) throw new LuceneRegexError('ends in a lone backslash', at + i);
        re2 += /[dDsSwW]/.test(next) ? `\\${next}` : quoted(next);
        i++;
        break;
      }
      case '[': {
        const end = endOfClass(pattern, i);
        re2 += characterClass(pattern.slice(i + 1, end), at + i);
        i = end;
        break;
      }
      case '"': {
        const end = endOfQuotes(pattern, i);
        re2 += `(?:${[...pattern.slice(i + 1, end)].map(quoted).join('')})`;
        i = end;
        break;
      }
      case '^':
      case '$':
        re2 += `\\${c}`;
        break;
      case '.':
        re2 += '(?s:.)';
        break;
      case '@':
        re2 += '(?s:.*)';
        break;
      case '#':
        re2 += '(?:[^\\x{0}-\\x{10FFFF}])';
        break;
      case '<': {
        const interval = /^<(\d{1,9})-(\d{1,9})>/.exec(pattern.slice(i));
        if (interval === null) {
          re2 += '<';
          break;
        }
        throw new LuceneRegexError('numeric intervals <n-m> are not supported', at + i);
      }
      case '~':
        throw new LuceneRegexError('the complement operator ~ is not supported; \\~ is a tilde', at + i);
      case '&':
        if (i > 0 && !'(|'.includes(pattern[i - 1]!)) {
          throw new LuceneRegexError(
            'the intersection operator & inside brackets is not supported; \\& is an ampersand',
            at + i,
          );
        }
        re2 += '&';
        break;
      default:
        re2 += c;
    }
  }
  return re2;
}

const quoted = (c: string): string => (NEEDS_ESCAPE.test(c) ? `\\${c}` : c);

function endOfQuotes(pattern: string, from: number): number {
  const end = pattern.indexOf('"', from + 1);
  if (end === -1) throw new LuceneRegexError('the quoted text is never closed', from);
  return end;
}

function endOfClass(pattern: string, from: number): number {
  for (let i = from + 1; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === ']' && i > from + 1) return i;
  }
  throw new LuceneRegexError('the character class is never closed', from);
}

function characterClass(body: string, at: number): string {
  let re2 = '';
  const start = body.startsWith('^') ? 1 : 0;
  for (let i = start; i < body.length; i++) {
    const c = body[i]!;
    if (c === '\\') {
      const next = body[i + 1];
      if (next === undefined) throw new LuceneRegexError('ends in a lone backslash', at + i);
      re2 += /[dDsSwW]/.test(next) ? `\\${next}` : /[\\^\][-]/.test(next) ? `\\${next}` : quoted(next);
      i++;
    } else re2 += c === '[' || c === '^' ? `\\${c}` : c;
  }
  return `[${start === 1 ? '^' : ''}${re2}]`;
}
