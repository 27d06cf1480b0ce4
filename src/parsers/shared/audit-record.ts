import { auditTypeName } from './audit-type-numbers.ts';

/** The head of one record: `node=N type=T msg=audit(S.mmm:N): body`. Positions are into the line. */
export interface AuditRecord {
  readonly type: string;
  /** '' where the record names none. */
  readonly node: string;
  /** `seconds.millis:serial`; with the node it says which event the record belongs to. '' where it belongs to none that is known. */
  readonly stamp: string;
  /** Where there is no stamp: what is known of it. The time is NaN where nothing is. */
  readonly time?: { readonly micros: number; readonly serial: number | undefined };
  readonly body: string;
  /** Where the form is not that of the kernel: the fields, already read. */
  readonly fields?: AuditFields;
}

/**
 * One line of audit.log, of `ausearch --raw`, or of the dispatcher's copy in a syslog (whatever stands before `node=` or `type=`
 * is that syslog's own). Undefined where it is no record.
 */
export function auditRecord(line: string): AuditRecord | undefined {
  const msg = line.indexOf('msg=audit(');
  if (msg < 6) return undefined;
  const type = line.lastIndexOf('type=', msg);
  if (type === -1 || (type > 0 && line.charCodeAt(type - 1) > 32)) return undefined;
  const typeEnd = line.indexOf(' ', type);
  if (typeEnd <= type + 5 || typeEnd > msg) return undefined;
  const close = line.indexOf(')', msg);
  if (close === -1 || close > msg + 60) return undefined;
  const stamp = line.slice(msg + 10, close);
  if (!isStamp(stamp)) return undefined;
  let node = '';
  if (type > 0) {
    const at = line.lastIndexOf('node=', type);
    if (at !== -1) {
      const end = line.indexOf(' ', at);
      node = line.slice(at + 5, end);
    }
  }
  let body = close + 1;
  if (line.charCodeAt(body) === 58) body++;
  const name = line.slice(type + 5, typeEnd);
  const number = UNNAMED.exec(name)?.[1];
  return { type: number === undefined ? name : auditTypeName(number), node, stamp, body: line.slice(body) };
}

/** An older auditd prints types that it does not know as numbers; the kernel that made them was newer. */
const UNNAMED = /^UNKNOWN\[(\d{1,6})\]$/;

/** `1492037289.295:58`: one to three digits of milliseconds, as plain digits (a locale's comma is nobody's raw log). */
function isStamp(text: string): boolean {
  let stage = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 48 && c <= 57) {
      digits++;
      if (stage === 1 && digits > 3) return false;
    } else if (c === 46 && stage === 0 && digits > 0 && digits <= 12) {
      stage = 1;
      digits = 0;
    } else if (c === 58 && stage === 1 && digits > 0) {
      stage = 2;
      digits = 0;
    } else return false;
  }
  return stage === 2 && digits > 0 && digits <= 20;
}

/** Epoch microseconds and serial number of a stamp. */
export function stampTime(stamp: string): { readonly micros: number; readonly serial: number } {
  const dot = stamp.indexOf('.');
  const colon = stamp.indexOf(':', dot);
  const seconds = Number(stamp.slice(0, dot));
  const millis = Number(stamp.slice(dot + 1, colon).padStart(3, '0'));
  return { micros: seconds * 1_000_000 + millis * 1000, serial: Number(stamp.slice(colon + 1)) };
}

/** Names and decoded values of one record. Enriched names are in upper case, so they never meet the raw ones. */
export type AuditFields = Map<string, string>;

/**
 * Values that a user may have chosen: the kernel writes them quoted where they are plain and in hexadecimal where they are not.
 * All others are numbers or words, and hexadecimal among them means a number (`a0=` of a SYSCALL, `capability=`).
 */
const UNTRUSTED: ReadonlySet<string> = new Set(
  'name cwd exe comm proctitle key acct cmd data path dir ocomm vm file grp sw root_dir watch device new-disk old-disk new-fs old-fs new-net old-net new-rng old-rng new-chardev old-chardev new_group profile invalid_context'.split(
    ' ',
  ),
);

/** Where the separator 0x1d was lost in copying, the enriched half follows a value without a blank: `res=success'AUID="unset"`. */
const ENRICHED = /(?:OLD-AUID|ARCH|SYSCALL|AUID|UID|GID|EUID|SUID|FSUID|EGID|SGID|FSGID|OUID|OGID|SADDR|ID)=/;

/** Reads `key=value` pairs of a record's body into `fields`, quoted, hexadecimal and nested ones decoded. The first of two equal keys wins. */
export function auditFields(body: string, fields: AuditFields): void {
  scan(body, 0, body.length, fields);
}

function scan(text: string, from: number, to: number, fields: AuditFields): void {
  let at = from;
  let word = '';
  while (at < to) {
    const c = text.charCodeAt(at);
    if (c === 32 || c === 0x1d || c === 44 || c === 9 || c === 0) {
      at++;
      continue;
    }
    let equals = at;
    while (equals < to) {
      const k = text.charCodeAt(equals);
      if (k === 61 || k === 32 || k === 0x1d) break;
      equals++;
    }
    if (equals >= to || text.charCodeAt(equals) !== 61) {
      word = text.slice(at, equals);
      at = equals;
      continue;
    }
    let key = text.slice(at, equals);
    // RHEL 6 wrote `old auid=0 new auid=500` where later kernels write `old-auid=0 auid=500`.
    if (word !== '') {
      if (word === 'old' && (key === 'auid' || key === 'ses')) key = `old-${key}`;
      word = '';
    }
    at = value(text, equals + 1, to, key, fields);
  }
}

/** Reads one value and returns where it ends. */
function value(text: string, start: number, to: number, key: string, fields: AuditFields): number {
  const first = text.charCodeAt(start);
  if (first === 34) {
    let end = text.indexOf('"', start + 1);
    if (end === -1 || end >= to) end = to;
    put(fields, key, readable(text.slice(start + 1, end)));
    return end + 1;
  }
  if (first === 39 && key === 'msg') {
    // The nested list ends at the last quote before the enriched half: an account name may hold quotes of its own.
    const mark = text.indexOf('\u001d', start);
    const limit = mark === -1 || mark > to ? to : mark;
    let end = text.lastIndexOf("'", limit);
    if (end <= start) end = limit;
    scan(text, start + 1, end, fields);
    return end + 1;
  }
  if (first === 123) {
    const end = text.indexOf('}', start);
    if (end !== -1 && end < to) {
      put(fields, key, text.slice(start, end + 1));
      return end + 1;
    }
  }
  let end = start;
  let hasEquals = false;
  while (end < to) {
    const c = text.charCodeAt(end);
    if (c === 32 || c === 0x1d) break;
    if (c === 61) hasEquals = true;
    end++;
  }
  if (hasEquals) {
    const split = ENRICHED.exec(text.slice(start, end));
    if (split !== null && split.index > 0) end = start + split.index;
  }
  const raw = text.slice(start, end);
  put(fields, key, UNTRUSTED.has(key) ? untrusted(raw) : readable(raw));
  return end;
}

function put(fields: AuditFields, key: string, text: string): void {
  if (!fields.has(key)) fields.set(key, text);
}

/** An unquoted value of a field that a user may have chosen: hexadecimal of even length, or a word. */
export function untrusted(raw: string): string {
  return isHex(raw) ? Buffer.from(raw, 'hex').toString('utf8') : readable(raw);
}

function isHex(text: string): boolean {
  if (text.length === 0 || text.length % 2 !== 0) return false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 48 || c > 70 || (c > 57 && c < 65)) return false;
  }
  return true;
}

/** The line was read as latin1; where a value holds more than ASCII it is UTF-8 that some tool wrote unescaped. */
function readable(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) return Buffer.from(text, 'latin1').toString('utf8');
  }
  return text;
}

/** Arguments are capped here: the kernel itself stops at 2 MiB of them. */
const MOST_ARGUMENTS = 65_536;

/**
 * The argument list of an execve, from the bodies of its EXECVE records in the order they came. A long argument is cut over
 * several records: `a1_len=16384 a1[0]=… `, then ` a1[1]=…`; its pieces are joined before they are decoded.
 */
export function execveArguments(bodies: readonly string[]): { readonly args: string[]; readonly count: number } {
  const pieces = new Map<number, string[]>();
  let count = 0;
  for (const body of bodies) {
    for (const match of body.matchAll(ARGUMENT)) {
      const [, argc, index, part, quoted, bare] = match;
      if (argc !== undefined) {
        count = Number(argc);
        continue;
      }
      const n = Number(index);
      if (n >= MOST_ARGUMENTS) continue;
      const list = pieces.get(n) ?? [];
      const raw = quoted ?? bare ?? '';
      const isCoded = quoted === undefined && isHex(raw);
      list[Math.min(Number(part ?? 0), MOST_ARGUMENTS)] = isCoded ? Buffer.from(raw, 'hex').toString('latin1') : raw;
      pieces.set(n, list);
    }
  }
  const args: string[] = [];
  for (const n of [...pieces.keys()].toSorted((a, b) => a - b)) args.push(readable(pieces.get(n)!.join('')));
  return { args, count: count === 0 ? args.length : count };
}

const ARGUMENT = /(?:^|\s)(?:argc=(\d{1,9})|a(\d{1,6})(?:\[(\d{1,6})\])?=(?:"([^"]*)"?|([^\s"\u001d]*)))/g;
