import { canonicalIp } from '../../util/cidr.ts';
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

const FEWEST_CELLS = 3;
const MOST_CELLS = 100;
const TIME = /^\d{9,10}\.\d{1,9}$|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const UID = /^C[0-9A-Za-z]{11,18}$/;
const PORT = /^\d{1,5}$/;
const STATE = /^(?:S[0123F]|REJ|RST(?:O|R|OS0|RH)|SHR?|OTH)$/;
const HISTORY = /^\^?[SHADFRCGTWIQshadfrcgtwiq]+$/;

/**
 * Names for the cells of a row that has none, by what stands in them: what a user is told to write for `--zeek-fields`, and not what the row is
 * read by. Undefined where it does not look like a row of Zeek: a time, and a connection's identifier or an address, between tabs.
 */
export function guessedFields(row: string): readonly string[] | undefined {
  const cells = row.split('\t');
  if (cells.length < FEWEST_CELLS || cells.length > MOST_CELLS) return undefined;
  const names: string[] = [];
  const isNew = (name: string): boolean => !names.includes(name);
  for (const [i, cell] of cells.entries()) {
    const before = names.at(-1);
    let name = `column${i + 1}`;
    if (TIME.test(cell) && isNew('ts')) name = 'ts';
    else if (UID.test(cell) && isNew('uid')) name = 'uid';
    else if (canonicalIp(cell) !== undefined && isNew('id.orig_h')) name = 'id.orig_h';
    else if (canonicalIp(cell) !== undefined && isNew('id.resp_h')) name = 'id.resp_h';
    else if (PORT.test(cell) && before === 'id.orig_h') name = 'id.orig_p';
    else if (PORT.test(cell) && before === 'id.resp_h') name = 'id.resp_p';
    else if (/^(?:tcp|udp|icmp)$/.test(cell) && isNew('proto')) name = 'proto';
    else if (STATE.test(cell) && isNew('conn_state')) name = 'conn_state';
    else if (HISTORY.test(cell) && !isNew('conn_state') && isNew('history')) name = 'history';
    names.push(name);
  }
  return names.includes('ts') && (names.includes('uid') || names.includes('id.orig_h')) ? names : undefined;
}
