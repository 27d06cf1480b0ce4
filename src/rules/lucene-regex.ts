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
 * Lucene's regular expressions → RE2 syntax. In Lucene `^` and `$` are ordinary characters (a pattern always spans the whole
 * value), `"…"` is literal text, `@` any text, `#` the empty language, `<1-9>` a numeric interval, `~` complement, `&` intersection.
 */
export function fromLucene(pattern: string): string {
  let re2 = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    switch (c) {
      case '\\': {
        const next = pattern[i + 1];
        if (next === undefined) throw new LuceneRegexError('ends in a lone backslash', i);
        re2 += /[dDsSwW]/.test(next) ? `\\${next}` : quoted(next);
        i++;
        break;
      }
      case '[': {
        const end = endOfClass(pattern, i);
        re2 += characterClass(pattern.slice(i + 1, end), i);
        i = end;
        break;
      }
      case '"': {
        const end = pattern.indexOf('"', i + 1);
        if (end === -1) throw new LuceneRegexError('the quoted text is never closed', i);
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
        throw new LuceneRegexError('numeric intervals <n-m> are not supported', i);
      }
      case '~':
        throw new LuceneRegexError('the complement operator ~ is not supported; \\~ is a tilde', i);
      case '&':
        throw new LuceneRegexError('the intersection operator & is not supported; \\& is an ampersand', i);
      default:
        re2 += c;
    }
  }
  return re2;
}

const quoted = (c: string): string => (NEEDS_ESCAPE.test(c) ? `\\${c}` : c);

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
