import type { AuditFields, AuditRecord } from '../shared/audit-record.ts';
import { LocalTime } from '../shared/local-time.ts';
import { type BrokenRecord, type BrokenStamp, brokenRecord, rawStamp } from './broken-head.ts';
import { type DateOrder, printedDate, printedTime } from './printed-date.ts';

// `ausearch --interpret` prints names for numbers and plain text for hexadecimal, with dates in the locale and the zone of whoever
// ran it. Values are not quoted any more, so a text that looks like another field cannot be told from one.

const HEAD =
  /^(?:node=(\S+) )?type=([A-Z0-9_]+|UNKNOWN\[\d+\]) msg=audit\((\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}) (\d\d:\d\d:\d\d)\.(\d{3}):(\d{1,20})\) : ?(.*)$/s;

/** The dates in the heads of the first lines. */
export function* headDates(head: Uint8Array): Iterable<string> {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  for (const [, date] of text.matchAll(/msg=audit\((\S{6,10}) /g)) yield date!;
}

/** Readers of interpreted lines, which give what the raw line would have given. Times are read in `zone`. */
export function interpretedRecords(
  order: DateOrder,
  zone: string,
): { whole(line: string): AuditRecord | undefined; broken(line: string): BrokenRecord | undefined } {
  const local = new LocalTime(zone);
  const epochOf = (date: string, time: string): number => {
    const day = printedDate(date, order);
    const seconds = printedTime(time);
    return day === undefined || seconds === undefined
      ? Number.NaN
      : Math.round(local.toUtc((day * 86_400 + seconds) * 1e6) / 1e6);
  };
  return {
    whole(line) {
      const m = HEAD.exec(line);
      if (m === null) return undefined;
      const [, node, type, date, time, millis, serial, body] = m;
      const epoch = epochOf(date!, time!);
      if (Number.isNaN(epoch)) return undefined;
      const stamp = `${epoch}.${millis}:${serial}`;
      return { type: type!, node: node ?? '', stamp, body: '', fields: fieldsOf(type!, body!) };
    },
    broken: line => brokenRecord(line, text => brokenStamp(text, epochOf), fieldsOf),
  };
}

const fieldsOf = (type: string, body: string): AuditFields => (type === 'EXECVE' ? execve(body) : pairs(body));

const STAMP =
  /^\s*(?:(\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}) (\d\d:\d\d:\d\d)(?!\d))?(?:\.(\d{1,3}))?(?::(\d{1,15})(?!\d))?[^)\s]*\)?\s*:?/;

/** A date in words, or what is left of the stamp; ausearch takes one that it cannot read over as it is. */
function brokenStamp(text: string, epochOf: (date: string, time: string) => number): BrokenStamp {
  const [found, date, time, millis = '', number] = STAMP.exec(text)!;
  if (date === undefined) return rawStamp(text);
  const isTorn = found.length === text.length && !found.includes(')');
  const epoch = epochOf(date, time!);
  const serial = isTorn || number === undefined ? undefined : Number(number);
  return {
    micros: epoch * 1e6 + Number(millis) * 1e3,
    serial,
    stamp: serial === undefined || Number.isNaN(epoch) ? '' : `${epoch}.${millis}:${serial}`,
    length: found.length,
  };
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
