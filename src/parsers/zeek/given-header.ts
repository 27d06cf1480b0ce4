import { type Header, NO_HEADER, typeByName, withLine } from './header.ts';

/**
 * The columns of logs that lost their header (`zeek-cut`, `grep`), as a user names them: a list with commas or blanks, one name a
 * line, or the `#` lines of a log. Returns `#` lines; undefined where it is no list of columns.
 */
export function parseZeekFields(text: string): readonly string[] | undefined {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter(line => line.trim() !== '');
  const marked = lines.filter(line => line.startsWith('#'));
  if (marked.length > 0) return headerOf(marked).fields.every(isName) && marked.some(isFields) ? marked : undefined;
  const names = lines.flatMap(line => line.split(/[\s,]+/)).filter(name => name !== '');
  if (names.length === 0 || names.length > MOST_COLUMNS || !names.every(isName)) return undefined;
  return [`#fields\t${names.join('\t')}`];
}

const MOST_COLUMNS = 1000;
const isName = (name: string): boolean => /^[A-Za-z_@][\w.@-]{0,99}$/.test(name);
const isFields = (line: string): boolean => /^#fields\W+\w/.test(line);

/** The header that `#` lines make. Where they give no types, those of a connection log's columns are known. */
export function headerOf(lines: readonly string[]): Header {
  let header = NO_HEADER;
  for (const line of lines) header = withLine(header, line);
  return header.types.length > 0 ? header : { ...header, types: header.fields.map(typeByName) };
}

/** True where a row has as many cells as the header has columns, and a time where it says that one is. */
export function fits(header: Header, row: string): boolean {
  const cells = row.split(String.fromCharCode(header.separator));
  if (cells.length !== header.fields.length) return false;
  const time = header.fields.indexOf('ts');
  return time === -1 || cells[time] === header.unset || /^\d{1,10}(?:\.\d+)?$|^\d{4}-\d\d-\d\dT/.test(cells[time]!);
}
