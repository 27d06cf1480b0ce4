import { parse as csvRows } from 'csv-parse/sync';

// ausearch quotes nothing in its csv: a comma or a quote in a path, a program or a key stands in the line as it is. A spreadsheet that
// saved it again quotes as RFC 4180 says.

/** What it calls the things that something is done to: the words by which the column OBJ_KIND is found in a line with too many cells. */
const KINDS: ReadonlySet<string> = new Set(
  'unknown fifo character-device directory block-device file file-system filesystem symlink file-link socket process firewall service account user-session virtual-machine vm printer system admin-defined-rule audit-config mac-config security-policy memory keystrokes device software integrity-policy security-modules'.split(
    ' ',
  ),
);

/** The cells of a line under a header; they are as many as the header's where the line allows it. */
export function csvCells(line: string, header: readonly string[]): readonly string[] {
  if (line.includes('"')) {
    const quoted = strictly(line);
    if (quoted !== undefined && (quoted.length === header.length || header.length === 0)) return quoted;
  }
  const cells = line.split(',');
  return cells.length > header.length && header.length > 0 ? joined(cells, header) : cells;
}

function strictly(line: string): readonly string[] | undefined {
  try {
    return csvRows(line, { relax_column_count: true })[0];
  } catch {
    // Not quoted by the rules, so not quoted at all.
    return undefined;
  }
}

/** Commas that belong to a value: those before OBJ_KIND to the object, those behind it to the program, or to the keys where they are told. */
function joined(cells: readonly string[], header: readonly string[]): readonly string[] {
  const prime = header.indexOf('OBJ_PRIME');
  const kind = header.indexOf('OBJ_KIND');
  if (prime === -1 || kind < prime) return cells;
  const second = header.indexOf('OBJ_SEC') - kind;
  const kinds = [...cells.keys()].filter(i => i >= kind && KINDS.has(cells[i]!));
  // An object's second name is an inode number, an address or nothing: a path may hold a word of ausearch's own.
  const at = kinds.find(i => /^(?:|.*\d.*)$/.test(cells[i + second] ?? '')) ?? kinds[0];
  if (at === undefined) return cells;
  const object = cells.slice(prime, at - (kind - prime) + 1).join(',');
  const middle = cells.slice(at - (kind - prime) + 1, at + 1);
  const how = header.length - kind - 1;
  const rest = cells.slice(at + 1);
  const last = rest.slice(Math.max(0, how - 1)).join(',');
  return [...cells.slice(0, prime), object, ...middle, ...rest.slice(0, Math.max(0, how - 1)), last];
}
