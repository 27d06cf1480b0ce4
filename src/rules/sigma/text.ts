import { ANY, ONE, type WildcardToken } from '../../util/wildcard.ts';

/**
 * A Sigma string, cut into literal pieces and wildcards. `*` and `?` are wildcards unless a backslash stands before them. Two backslashes
 * are one (so `\\\\` is what opens a network path); a backslash before anything else is a backslash, and needs no doubling.
 */
export function sigmaText(text: string): readonly WildcardToken[] {
  const tokens: WildcardToken[] = [];
  let literal = '';
  const wildcard = (token: WildcardToken): void => {
    if (literal !== '') tokens.push(literal);
    literal = '';
    if (token !== ANY || tokens.at(-1) !== ANY) tokens.push(token);
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const next = text[i + 1];
    if (c === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      i++;
    } else if (c === '*') wildcard(ANY);
    else if (c === '?') wildcard(ONE);
    else literal += c;
  }
  if (literal !== '') tokens.push(literal);
  return tokens;
}

/** The text of a string that has no wildcard, unescaped; with wildcards, as they are written. For encodings, which know no patterns. */
export const plainText = (tokens: readonly WildcardToken[]): string =>
  tokens.map(token => (token === ANY ? '*' : token === ONE ? '?' : token)).join('');

/** The dashes that a Windows command line takes for one. */
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];
/** A dash that begins an option: no word before it, a word behind it. */
const OPTION = /(?<!\w)[-/](?=\w)/g;
/** Beyond so many options in one text all are spelt alike: five to the power of many is no list. */
const MOST_OPTIONS = 4;

/** Every spelling of a text's option dashes. */
export function windash(text: string): readonly string[] {
  const pieces = text.split(OPTION);
  const options = pieces.length - 1;
  if (options === 0) return [text];
  if (options > MOST_OPTIONS) return DASHES.map(dash => pieces.join(dash));
  return pieces
    .slice(1)
    .reduce<readonly string[]>(
      (texts, piece) => texts.flatMap(one => DASHES.map(dash => one + dash + piece)),
      [pieces[0]!],
    );
}

/** Base64 of a text. */
export const base64 = (bytes: Buffer): string => bytes.toString('base64');

/** What base64 of the text looks like at each of the three offsets that it may have inside something longer. */
export function base64Offsets(bytes: Buffer): readonly string[] {
  const start = [0, 2, 3];
  const end = [0, -3, -2];
  return [0, 1, 2].map(offset => {
    const encoded = Buffer.concat([Buffer.alloc(offset, 32), bytes]).toString('base64');
    const cut = end[(bytes.length + offset) % 3]!;
    return encoded.slice(start[offset], cut === 0 ? undefined : cut);
  });
}

export const utf16be = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return bytes.swap16();
};
