import { canonicalIp, isNobodysIp } from '../../util/cidr.ts';

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

/** What Windows is called while it is set up, and what its images were called when they were made: many machines were. */
export const isSetupName = (name: string): boolean => /^(?:minwinpc|37l4247[a-z]\d\d-\d\d)$/.test(shortName(name));

/** Names that Windows makes up for itself: a machine has one until somebody names it. */
export const isMadeUpName = (name: string): boolean =>
  /^(?:win-[a-z0-9]{11}|desktop-[a-z0-9]{7}|laptop-[a-z0-9]{8})$/.test(shortName(name));

/** The address that stands in the place of a name, as syslog servers write it; undefined where it is a name, or nobody's. */
export function addressInName(name: string): string | undefined {
  const ip = canonicalIp(name.trim());
  return ip === undefined || isNobodysIp(ip) ? undefined : ip;
}

/** True for a name by which a machine can be told from others. An address in place of a name is none, nor is a piece of a line. */
export function isTellingName(name: string): boolean {
  const short = shortName(name);
  return !WEAK.has(short) && !isSetupName(short) && !/^[\d.]+$/.test(name) && !/[:;=[\]]/.test(name);
}

/** Case-folded first label: `WS01`, `ws01.corp.example` and `WS01$` are one. An address has none: it is the whole of it. */
export function shortName(name: string): string {
  const bare = name.trim().toLowerCase();
  if (/^[\d.]+$/.test(bare)) return bare;
  const label = bare.split('.', 1)[0]!;
  return label.endsWith('$') ? label.slice(0, -1) : label;
}

/** NetBIOS keeps 15 characters of a name: what two spellings of one machine share. */
export const netbiosName = (name: string): string => shortName(name).slice(0, 15);

const domainOf = (name: string): string => name.trim().toLowerCase().split('.').slice(1).join('.');

export const isQualified = (name: string): boolean => domainOf(name) !== '';

/** Clouds name their machines after addresses, in full: one that is longer by a digit is another. */
const CLOUD = /^ip(?:-\d{1,3}){4}$/;

const isSameLabel = (a: string, b: string): boolean => {
  const [x, y] = [shortName(a), shortName(b)];
  if (x === y || CLOUD.test(x) || CLOUD.test(y)) return x === y;
  return netbiosName(a) === netbiosName(b) && (x.length === 15 || y.length === 15);
};

/** Whether two spellings can be one machine's: the same first label, or its 15 characters, and no two domains that contradict. */
export function isSameName(a: string, b: string): boolean {
  if (!isSameLabel(a, b)) return false;
  const [p, q] = [domainOf(a), domainOf(b)];
  return p === '' || q === '' || p === q;
}

/** Whether a machine of these spellings can go by a name: one of them is it, and none has it in another domain. */
export function canGoBy(spellings: Iterable<string>, name: string): boolean {
  const same = [...spellings].filter(spelling => isSameLabel(spelling, name));
  const folded = name.toLowerCase();
  return (
    same.some(spelling => spelling.toLowerCase() === folded) ||
    (same.length > 0 && same.every(spelling => isSameName(spelling, name)))
  );
}
