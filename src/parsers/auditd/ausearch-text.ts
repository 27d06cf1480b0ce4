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
      const m = HEAD.exec(decoded(line));
      if (m === null) return undefined;
      const [, node, type, date, time, millis, serial, body] = m;
      const epoch = epochOf(date!, time!);
      if (Number.isNaN(epoch)) return undefined;
      const stamp = `${epoch}.${millis}:${serial}`;
      return { type: type!, node: node ?? '', stamp, body: '', fields: fieldsOf(type!, body!) };
    },
    broken: line => brokenRecord(decoded(line), text => brokenStamp(text, epochOf), fieldsOf),
  };
}

/** The log is read as latin1; what ausearch decoded of it is UTF-8. */
function decoded(line: string): string {
  if (!/[\u0080-\u00ff]/.test(line)) return line;
  const text = Buffer.from(line, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? line : text;
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
  const starts: RegExpExecArray[] = [];
  let isEnclosed = false;
  let seen = 0;
  for (const match of text.matchAll(PAIR)) {
    for (; seen < match.index; seen++) {
      const c = text.charCodeAt(seen);
      if (c === 123 || c === 125) isEnclosed = c === 123;
    }
    if (!isEnclosed) starts.push(match);
  }
  for (const [i, match] of starts.entries()) {
    const key = match[1]!;
    const value = text.slice(match.index + match[0].length, starts[i + 1]?.index ?? text.length).trim();
    if (fields.has(key)) continue;
    if (IDS.has(key)) id(fields, key, value);
    else fields.set(key, plain(key, value));
  }
  return fields;
}

/** What it has no name for it wraps: `unknown-syscall(999)`, `unknown-signal(0x1077)`. Of an AVC it leaves the quotes. */
function plain(key: string, value: string): string {
  const unnamed = /^unknown-[a-z]+\((?:0x)?([0-9a-f]{1,16})\)$/.exec(value)?.[1];
  if (unnamed !== undefined) return unnamed;
  if (POINTER.test(key)) return value.replace(/^0x/, '');
  return /^"[^"]*"$/.test(value) ? value.slice(1, -1) : value;
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

/**
 * `argc=3 a0=sh a1=-c a2=any text at all`: an argument ends where the next one begins, or where the next piece of it does
 * (`a1_len=9000 a1[0]=… a1[1]=…`). A record may begin with any of them.
 */
function execve(body: string): AuditFields {
  const fields: AuditFields = new Map();
  const count = /\bargc=(\d{1,6})/.exec(body)?.[1];
  if (count !== undefined) fields.set('argc', count);
  const first = /(?:^|\s)(?:a\d{1,6}_len=\d{1,9} )?(a(\d{1,6})(?:\[(\d{1,6})\])?)=/.exec(body);
  if (first === null) return fields;
  let key = first[1]!;
  let n = Number(first[2]);
  let piece = first[3] === undefined ? undefined : Number(first[3]);
  let start = first.index + first[0].length;
  for (let most = 65_536; most > 0; most--) {
    const following = nextArgument(body, n + 1, start);
    const end = following === -1 ? body.length : following;
    const mark = piece === undefined ? '' : ` a${n}[${piece + 1}]=`;
    const more = mark === '' ? -1 : body.slice(start, end).indexOf(mark);
    fields.set(key, more === -1 ? body.slice(start, end).trimEnd() : body.slice(start, start + more));
    if (more !== -1) {
      piece = piece! + 1;
      start += more + mark.length;
    } else if (following === -1) break;
    else {
      n++;
      const isLong = body.startsWith('_len=', following + ` a${n}`.length);
      piece = isLong ? 0 : undefined;
      // Behind the length stands the first piece.
      const equals = body.indexOf('=', following);
      start = (isLong ? body.indexOf('=', equals + 1) : equals) + 1 || body.length;
    }
    key = piece === undefined ? `a${n}` : `a${n}[${piece}]`;
  }
  return fields;
}

/** Where the argument with that number begins, or its length: ` a3=`, ` a3_len=`; -1 where neither follows. */
function nextArgument(body: string, n: number, from: number): number {
  const name = ` a${n}`;
  for (let at = body.indexOf(name, from); at !== -1; at = body.indexOf(name, at + 1)) {
    if (body.startsWith('=', at + name.length) || body.startsWith('_len=', at + name.length)) return at;
  }
  return -1;
}
