const BEYOND_ASCII = /[\u0080-\uffff]/;
/** Turkish dotless i: its upper case is I, yet simple folding keeps the two apart. */
const DOTLESS_I = '\u0131';

/**
 * Simple Unicode case folding, no locale: the one meaning of "without regard to case" in every rule language.
 * Keeps the number of code units, so positions in a folded text are positions in the text.
 */
export function fold(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text) folded += foldOne(character);
  return folded;
}

function foldOne(character: string): string {
  if (character === DOTLESS_I) return character;
  const upper = character.toUpperCase();
  const base = upper.length === character.length ? upper : character;
  const lower = base.toLowerCase();
  return lower.length === base.length ? lower : base;
}
