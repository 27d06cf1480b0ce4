/** Line and column (from 1) in a TOML file. */
export interface TomlPlace {
  readonly line: number;
  readonly column: number;
}

const START: TomlPlace = { line: 1, column: 1 };

/** Where a key of a table is written. The parser does not say, so the text is searched: the header, then the key below it. */
export function placeOfKey(text: string, table: string, key: string): TomlPlace {
  const lines = text.split('\n');
  const header = table === '' ? -1 : lines.findIndex(line => isHeader(line, table));
  if (table !== '' && header === -1) return START;
  const pattern = new RegExp(`^\\s*["']?${escaped(key)}["']?\\s*(?:=|\\.)`);
  for (let i = header + 1; i < lines.length; i++) {
    const line = lines[i]!;
    if (/^\s*\[/.test(line)) break;
    if (pattern.test(line)) return { line: i + 1, column: line.length - line.trimStart().length + 1 };
  }
  return header === -1 ? START : { line: header + 1, column: 1 };
}

/** Where the text of a string value begins: behind its quotes, and behind the line end that TOML drops there. */
export function placeOfText(text: string, table: string, key: string): TomlPlace {
  const at = placeOfKey(text, table, key);
  const line = text.split('\n')[at.line - 1] ?? '';
  const quote = /=\s*("""|'''|"|')/.exec(line);
  if (quote === null) return at;
  const end = quote.index + quote[0].length;
  return quote[1]!.length === 3 && line.slice(end).trim() === ''
    ? { line: at.line + 1, column: 1 }
    : { line: at.line, column: end + 1 };
}

function isHeader(line: string, table: string): boolean {
  const found = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/.exec(line);
  return found?.[1] === table;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
