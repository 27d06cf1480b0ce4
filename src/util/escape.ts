// Text from evidence is hostile: an attacker chose host names, command lines and user agents. Whatever a person sees goes through here.

/** Control characters (also C1), bidi overrides, zero-width and line separators, lone surrogates: what changes a terminal or hides text. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

/** One line that shows everything and does nothing: `\e[2J` instead of a cleared screen. */
export function visible(text: string): string {
  return text.replace(UNSAFE, c => {
    const code = c.charCodeAt(0);
    return (
      SHORT[c] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
    );
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and attribute values in HTML; what `visible` hides stays hidden there too. */
export const escapeHtml = (text: string): string => visible(text).replace(/[&<>"']/g, c => ENTITIES[c]!);

/** One CSV cell: quoted where it must be, and never a formula in a spreadsheet. */
export function csvCell(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  const guarded = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) || guarded !== text ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** For a Markdown table cell or sentence. */
export const escapeMarkdown = (text: string): string => visible(text).replace(/[\\`*_{}[\]<>|#]/g, c => `\\${c}`);
