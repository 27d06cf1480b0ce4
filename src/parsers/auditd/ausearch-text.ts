import type { AuditFields, AuditRecord } from '../shared/audit-record.ts';
import { daysSinceEpoch } from '../shared/iso-time.ts';
import { LocalTime } from '../shared/local-time.ts';

// `ausearch --interpret` prints names for numbers and plain text for hexadecimal, with dates in the locale and the zone of whoever
// ran it. Values are not quoted any more, so a text that looks like another field cannot be told from one.

const HEAD =
  /^(?:node=(\S+) )?type=([A-Z0-9_]+|UNKNOWN\[\d+\]) msg=audit\((\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4}) (\d\d):(\d\d):(\d\d)\.(\d{3}):(\d{1,20})\) : ?(.*)$/s;

export type DateOrder = 'month-first' | 'day-first';

/** Which of the two the locale writes first: told by any date that only one reading allows; American where none does. */
export function dateOrder(head: Uint8Array): DateOrder {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  for (const [, first, mark, second] of text.matchAll(/msg=audit\((\d{1,2})([/.-])(\d{1,2})[/.-]\d{2,4} /g)) {
    if (Number(first) > 12 || mark === '.') return 'day-first';
    if (Number(second) > 12) return 'month-first';
  }
  return 'month-first';
}

/** A reader of interpreted lines, which gives what the raw line would have given. Times are read in `zone`. */
export function interpretedRecord(order: DateOrder, zone: string): (line: string) => AuditRecord | undefined {
  const local = new LocalTime(zone);
  return line => {
    const m = HEAD.exec(line);
    if (m === null) return undefined;
    const [, node, type, a, b, c, hour, minute, second, millis, serial, body] = m;
    const day = date(a!, b!, c!, order);
    if (day === undefined) return undefined;
    const seconds = day * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
    const epoch = Math.round(local.toUtc(seconds * 1e6) / 1e6);
    return {
      type: type!,
      node: node ?? '',
      stamp: `${epoch}.${millis}:${serial}`,
      body: '',
      fields: type === 'EXECVE' ? execve(body!) : pairs(body!),
    };
  };
}

/** Days since 1970; undefined where no calendar has the date. */
function date(a: string, b: string, c: string, order: DateOrder): number | undefined {
  const [year, month, day] = a.length === 4 ? [a, b, c] : order === 'month-first' ? [c, a, b] : [c, b, a];
  const y = year.length === 2 ? 2000 + Number(year) : Number(year);
  const [m, d] = [Number(month), Number(day)];
  return m < 1 || m > 12 || d < 1 || d > 31 ? undefined : daysSinceEpoch(y, m, d);
}

const PAIR = /(?:^|\s)([A-Za-z][A-Za-z0-9_-]*)=/g;
const IDS: ReadonlySet<string> = new Set(
  'uid auid euid suid fsuid gid egid sgid fsgid ouid ogid id old-auid'.split(' '),
);
const POINTER = /^a\d$/;

function pairs(body: string): AuditFields {
  const fields: AuditFields = new Map();
  const text = body.replace(/\bmsg='(.*)'\s*$/s, '$1');
  // What stands between braces is one value, fields of its own and all: `saddr={ saddr_fam=inet laddr=10.0.0.1 lport=22 }`.
  const starts = [...text.matchAll(PAIR)].filter(
    match => text.lastIndexOf('{', match.index) <= text.lastIndexOf('}', match.index),
  );
  for (const [i, match] of starts.entries()) {
    const key = match[1]!;
    const value = text.slice(match.index + match[0].length, starts[i + 1]?.index ?? text.length).trim();
    if (fields.has(key)) continue;
    if (IDS.has(key)) id(fields, key, value);
    else fields.set(key, POINTER.test(key) ? value.replace(/^0x/, '') : value);
  }
  return fields;
}

/** A name stands where the number was: only root's is sure, and one that the analyst's machine did not know is still there. */
function id(fields: AuditFields, key: string, value: string): void {
  const unknown = /^unknown\((\d+)\)$/.exec(value)?.[1];
  if (unknown !== undefined) fields.set(key, unknown);
  else if (/^\d+$/.test(value) || value === 'unset') fields.set(key, value);
  else {
    if (value === 'root') fields.set(key, '0');
    fields.set(key.toUpperCase(), value);
  }
}

/** `argc=3 a0=sh a1=-c a2=any text at all`: an argument ends where the next one begins. */
function execve(body: string): AuditFields {
  const fields: AuditFields = new Map();
  const count = /\bargc=(\d{1,6})/.exec(body)?.[1];
  if (count !== undefined) fields.set('argc', count);
  let at = body.indexOf(' a0=');
  if (body.startsWith('a0=')) at = -1;
  for (let n = 0; n < 65_536; n++) {
    const start = at + 1 + `a${n}=`.length;
    if (at === -1 && n > 0) break;
    const next = body.indexOf(` a${n + 1}=`, start);
    fields.set(`a${n}`, (next === -1 ? body.slice(start) : body.slice(start, next)).trimEnd());
    if (next === -1) break;
    at = next;
  }
  return fields;
}
