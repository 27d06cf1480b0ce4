/** Names that every machine has, or that say nothing: no identity. */
const WEAK = new Set([
  '',
  '-',
  '(none)',
  'none',
  'unknown',
  'localhost',
  'localhost4',
  'localhost6',
  'null',
  'n/a',
  '?',
]);

/** True for a name by which a machine can be told from others. An address in place of a name is none. */
export function isTellingName(name: string): boolean {
  return !WEAK.has(shortName(name)) && !/^[\d.]+$/.test(name) && !name.includes(':');
}

/** Case-folded first label: `WS01`, `ws01.corp.example` and `WS01$` are one. */
export function shortName(name: string): string {
  const bare = name.trim().toLowerCase();
  const label = bare.split('.', 1)[0]!;
  return label.endsWith('$') ? label.slice(0, -1) : label;
}

/** NetBIOS keeps 15 characters of a name: what two spellings of one machine share. */
export const netbiosName = (name: string): string => shortName(name).slice(0, 15);

const domainOf = (name: string): string => name.trim().toLowerCase().split('.').slice(1).join('.');

/** Whether two spellings can be one machine's: the same first label, or its 15 characters, and no two domains that contradict. */
export function isSameName(a: string, b: string): boolean {
  const [x, y] = [shortName(a), shortName(b)];
  if (x !== y && !(netbiosName(a) === netbiosName(b) && (x.length === 15 || y.length === 15))) return false;
  const [p, q] = [domainOf(a), domainOf(b)];
  return p === '' || q === '' || p === q;
}
