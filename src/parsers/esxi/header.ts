import { isoTimeAt } from '../shared/iso-time.ts';

/** What stands before the text of one line, in any of the grammars that ESXi 4 to 9 and vCenter write or forward. */
export interface EsxiLine {
  readonly micros: number;
  readonly nanos: number;
  /** False where the line states no zone: the wall clock was read as UTC. */
  readonly hasZone: boolean;
  /** True for `Apr  7 17:33:20`: month, day and time of `micros` are in the year {@link READ_AS}. */
  readonly lacksYear: boolean;
  readonly host: string | undefined;
  /** As written; '' where the line names none (5.x hostd, the banner). */
  readonly program: string;
  readonly pid: number | undefined;
  /** Of a vmkernel line: the world on whose behalf the kernel speaks. */
  readonly world: number | undefined;
  readonly cpu: number | undefined;
  readonly level: string | undefined;
  readonly priority: number | undefined;
  readonly logger: string | undefined;
  readonly opId: string | undefined;
  readonly user: string | undefined;
  /** The text belongs to the record before: `-->` or the `+` that ESXi 8 puts on further lines of one message. */
  readonly continues: boolean;
  readonly text: string;
}

/** While a line is read. */
interface Draft {
  micros: number;
  nanos: number;
  hasZone: boolean;
  lacksYear: boolean;
  host: string | undefined;
  program: string;
  pid: number | undefined;
  world: number | undefined;
  cpu: number | undefined;
  level: string | undefined;
  priority: number | undefined;
  logger: string | undefined;
  opId: string | undefined;
  user: string | undefined;
  continues: boolean;
  text: string;
}

/** Lines without a year are read as of this leap year until theirs is known. */
export const READ_AS = 1972;

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec';
const PRI = /<(\d{1,3})>(1(?= ))? ?/y;
const BSD = /([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?= )/y;
/** ESXi 8: severity with the priority it was made of, then perhaps the marker of a further line. */
const SEVERITY = /(Em|Al|Cr|Er|Wa|No|In|Db)\((\d{1,3})\)(?:(\[?\+\]?))? /y;
const LEVEL = /(trivia|verbose|info|warning|error|panic|critical|debug) ([\w.-]+)\[([\w-]+)\] ?/y;
const OLD_BRACKET =
  /\[(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d+) )?([0-9A-Fa-f]{8,16}) (\w+) '([^']{0,200})'([^\]]{0,200})\] ?/y;
const CPU = /(?:\d+:\d\d:\d\d:\d\d\.\d+ )?cpu(\d{1,4}):(\d+)(?: opID=([^)\s]+))?\)/y;
const TAG = /([^\s:[\]|]{1,64})(?:\[([^\]\s]{0,32})\])? ?:(?: |$)/y;
const HOST = /([^\s:[\]|]{1,255}|[0-9A-Fa-f:.]{2,45}) +/y;
const BANNER = /(?:last log rotation time|- time the service was last started|Section for VMware )/y;
const VOB = /\[\w{1,64}\] \d+us: \[/y;
const RFC5424_IDS = /(\S{1,255}) (\S{1,128}) (\S{1,32}) /y;
/** What RFC 5424 would have behind the host, in a line that states no version. */
const NIL_IDS = /([^\s:[\]|]{1,64}) - - - /y;
const DIRECT = /(\S{1,64}) (\S{1,64}) /y;
const VMWARE_LOG = /\| ([\w-]{1,64})\| ([A-Z])(?:\d{3}|\(\d\d\))(?:(\+)|:) /y;

const SEVERITIES: ReadonlyMap<string, string> = new Map([
  ['Em', 'emergency'],
  ['Al', 'alert'],
  ['Cr', 'critical'],
  ['Er', 'error'],
  ['Wa', 'warning'],
  ['No', 'notice'],
  ['In', 'info'],
  ['Db', 'debug'],
]);
const LETTERS: Readonly<Record<string, string>> = { A: 'panic', E: 'error', W: 'warning', I: 'info', V: 'verbose' };

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** Reads the header of a line; undefined where the line has none and so belongs to the record before it. */
export function esxiLine(line: string): EsxiLine | undefined {
  const pri = line[0] === '<' ? match(PRI, line, 0) : null;
  let at = pri === null ? 0 : pri[0].length;
  const draft: Draft = {
    micros: 0,
    nanos: 0,
    hasZone: true,
    lacksYear: false,
    host: undefined,
    program: '',
    pid: undefined,
    world: undefined,
    cpu: undefined,
    level: undefined,
    priority: pri === null ? undefined : Number(pri[1]),
    logger: undefined,
    opId: undefined,
    user: undefined,
    continues: false,
    text: '',
  };
  const time = isoTimeAt(line, at);
  if (time !== undefined) {
    draft.micros = time.micros;
    draft.nanos = time.nanos;
    draft.hasZone = time.offsetMinutes !== undefined;
    at = time.end;
  } else {
    const end = bsdTime(line, at, draft);
    if (end === 0) return undefined;
    at = end;
  }
  if (line[at] === '|') return vmwareLog(line, at, draft);
  if (line[at] === ':') at++;
  else if (at < line.length && line[at] !== ' ') return undefined;
  while (line[at] === ' ') at++;
  if (pri?.[2] !== undefined) at = rfc5424(line, at, draft);
  readFront(line, at, draft, true);
  if (draft.text.startsWith('-->')) {
    draft.continues = true;
    draft.text = draft.text.slice(draft.text[3] === ' ' ? 4 : 3);
  }
  return draft;
}

function bsdTime(line: string, at: number, draft: Draft): number {
  const m = match(BSD, line, at);
  if (m === null) return 0;
  const month = MONTHS.indexOf(m[1]!);
  if (month < 0 || month % 4 !== 0) return 0;
  const [day, hour, minute, second] = [Number(m[2]), Number(m[3]), Number(m[4]), Number(m[5])];
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return 0;
  draft.micros = Date.UTC(READ_AS, month / 4, day, hour, minute, second) * 1000;
  draft.hasZone = false;
  draft.lacksYear = true;
  return at + m[0].length;
}

/** `TS| vmx| I125: text`: a virtual machine's own log. What it says of daemons is hearsay, so its program is always vmx. */
function vmwareLog(line: string, at: number, draft: Draft): EsxiLine | undefined {
  const m = match(VMWARE_LOG, line, at);
  if (m === null) return undefined;
  draft.program = 'vmx';
  draft.logger = m[1];
  draft.level = LETTERS[m[2]!];
  draft.continues = m[3] !== undefined;
  draft.text = line.slice(at + m[0].length);
  return draft;
}

/** `host app procid msgid SD`: the fields of RFC 5424 behind its time. Structured data of an audit record stays in the text. */
function rfc5424(line: string, at: number, draft: Draft): number {
  const host = match(HOST, line, at);
  if (host === null) return at;
  const ids = match(RFC5424_IDS, line, at + host[0].length);
  if (ids === null) return at;
  if (host[1] !== '-') draft.host = host[1];
  if (ids[1] !== '-') draft.program = ids[1]!;
  draft.pid = pidOf(ids[2]!);
  let next = at + host[0].length + ids[0].length;
  if (line.startsWith('- ', next)) next += 2;
  while (line[next] === ' ') next++;
  return next;
}

/** Everything between the time and the text. `mayHaveHost`: a forwarded line puts the host first. */
function readFront(line: string, at: number, draft: Draft, mayHaveHost: boolean): void {
  let next = at;
  const front = line.charCodeAt(next + 2) === OPEN_PAREN ? readSeverity(line, next, draft) : next;
  const hasSeverity = front > next;
  next = front;
  if (line.startsWith('-->', next)) {
    draft.text = line.slice(next);
    return;
  }
  if (readOwn(line, next, draft)) return;
  const tag = draft.program === '' ? match(TAG, line, next) : null;
  if (tag !== null) {
    draft.program = tag[1]!;
    draft.pid = tag[2] === undefined ? undefined : pidOf(tag[2]);
    next += tag[0].length;
    while (line[next] === ' ') next++;
    // Behind `Hostd[n]:` or `vmkernel:` stands the text, or the daemon's own header once more.
    if (readOwn(line, next, draft)) return;
    originator(line, next, draft);
    draft.level ??= LEADING_LEVEL.exec(draft.text)?.[1]?.toLowerCase();
    return;
  }
  if (mayHaveHost && draft.host === undefined && draft.program === '') {
    const host = match(HOST, line, next);
    // `Sep 17 10:45:45 relay 2026-09-17T07:15:46.349Z esx07 Hostd: …`: a relay's own head before the one that it was sent.
    const behind = host === null ? next : next + host[0].length;
    const isVersioned = line.startsWith('1 ', behind);
    const sent = host === null ? undefined : isoTimeAt(line, isVersioned ? behind + 2 : behind);
    if (host !== null && sent?.offsetMinutes !== undefined && line[sent.end] === ' ') {
      draft.micros = sent.micros;
      draft.nanos = sent.nanos;
      draft.hasZone = true;
      draft.lacksYear = false;
      const front = sent.end + 1;
      readFront(line, isVersioned ? rfc5424(line, front, draft) : front, draft, !isVersioned);
      draft.host ??= host[1];
      return;
    }
    if (host !== null && (line[0] === '<' || looksLikeFront(line, next + host[0].length))) {
      draft.host = host[1];
      readFront(line, next + host[0].length, draft, false);
      return;
    }
  }
  const bare = draft.program === '' ? match(NIL_IDS, line, next) : null;
  if (bare !== null) {
    draft.program = bare[1]!;
    draft.text = line.slice(next + bare[0].length);
    return;
  }
  const direct = !hasSeverity || draft.program !== '' ? null : match(DIRECT, line, next);
  if (direct !== null) {
    const isVmon = direct[1]!.startsWith('host-');
    draft.program = isVmon ? 'vmon' : 'vmx';
    draft.logger = direct[1];
    if (direct[2] !== '-' && !isVmon) draft.opId = direct[2];
    draft.text = line.slice(next + (isVmon ? direct[1]!.length + 1 : direct[0].length));
    return;
  }
  originator(line, next, draft);
}

/** `In(166) `, by hand where no marker follows: it stands in every line of ESXi 8. Returns its end, or `at` where there is none. */
function readSeverity(line: string, at: number, draft: Draft): number {
  let end = at + 3;
  let priority = 0;
  for (; end < at + 6; end++) {
    const digit = line.charCodeAt(end) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    priority = priority * 10 + digit;
  }
  const level = SEVERITIES.get(line.slice(at, at + 2));
  if (level !== undefined && end > at + 3 && line[end] === ')' && line[end + 1] === ' ') {
    draft.level = level;
    draft.priority ??= priority;
    return end + 2;
  }
  const marked = match(SEVERITY, line, at);
  if (marked === null) return at;
  draft.level = SEVERITIES.get(marked[1]!);
  draft.priority ??= Number(marked[2]);
  draft.continues = marked[3] !== undefined;
  return at + marked[0].length;
}

/** Relays that rewrite a line leave the level in front of the text: `hostd[2312]: error vmnic1 link down`. */
const LEADING_LEVEL =
  /^(trivia|verbose|info|notice|warning|error|critical|alert|panic|WARNING|ERROR|CRITICAL|ALERT|PANIC)(?::| )/;

const OPEN_PAREN = 40;

/** The headers that ESXi's own programs write, told by their first character; false where none stands there. */
function readOwn(line: string, at: number, draft: Draft): boolean {
  const first = line.charCodeAt(at);
  if (first === 0x5b) {
    if (line.startsWith('Originator@', at + 1)) return false;
    const old = match(OLD_BRACKET, line, at);
    if (old !== null) {
      oldBracket(line, at + old[0].length, old, draft);
      return true;
    }
    if (draft.program !== '' || match(VOB, line, at) === null) return false;
    draft.program = 'vobd';
    draft.text = line.slice(at);
    return true;
  }
  // `c` of cpu, or the uptime of a 4.x kernel before it.
  if (first === 0x63 || (first >= 0x30 && first <= 0x39)) {
    const cpu = draft.program === '' || KERNEL.test(draft.program) ? match(CPU, line, at) : null;
    if (cpu !== null) {
      vmkernel(line, at + cpu[0].length, cpu, draft);
      return true;
    }
  }
  if (first >= 0x63 && first <= 0x77) {
    const level = match(LEVEL, line, at);
    if (level !== null) {
      draft.level = level[1];
      // `info -[9918]`: written before the daemon knew its name.
      if (draft.program === '' && level[2] !== '-') draft.program = level[2]!;
      draft.pid = pidOf(level[3]!) ?? draft.pid;
      originator(line, at + level[0].length, draft);
      return true;
    }
  }
  if (draft.program !== '' || (first !== 0x2d && first !== 0x53 && first !== 0x6c) || match(BANNER, line, at) === null)
    return false;
  draft.text = line.slice(at);
  return true;
}

const KERNEL = /^vmk|^vobd?$/i;

const looksLikeFront = (line: string, at: number): boolean =>
  [SEVERITY, CPU, LEVEL, OLD_BRACKET, TAG, BANNER].some(pattern => match(pattern, line, at) !== null);

function vmkernel(line: string, at: number, m: RegExpExecArray, draft: Draft): void {
  draft.program ||= 'vmkernel';
  draft.cpu = Number(m[1]);
  draft.world = Number(m[2]);
  draft.opId = m[3];
  const text = line.slice(at);
  if (text.startsWith('WARNING: ')) draft.level = 'warning';
  else if (text.startsWith('ALERT: ')) draft.level = 'alert';
  draft.text = text;
}

function oldBracket(line: string, at: number, m: RegExpExecArray, draft: Draft): void {
  // The daemon's own stamp inside a forwarded line states year and fraction; it is in UTC as everything of ESXi.
  const inner = m[1] === undefined ? undefined : isoTimeAt(m[1].replace(',', '.'));
  if (inner !== undefined) {
    draft.micros = inner.micros;
    draft.nanos = inner.nanos;
    draft.hasZone = true;
    draft.lacksYear = false;
  }
  draft.level = m[3];
  draft.logger = m[4];
  draft.opId = /opID=(\S+)/.exec(m[5]!)?.[1];
  draft.user = /user=(\S+)/.exec(m[5]!)?.[1];
  draft.text = line.slice(at);
}

const KEYS: ReadonlySet<string> = new Set(['sub', 'opID', 'sid', 'user', 'item', 'req', 'reason', 'update']);

/** `[Originator@6876 sub=Vmsvc.vm:/vmfs/a b.vmx opID=x user=root] text`: values hold blanks and brackets, keys are known. */
function originator(line: string, at: number, draft: Draft): void {
  if (!line.startsWith('[Originator@', at)) {
    draft.text = line.slice(at);
    return;
  }
  const end = closingBracket(line, at);
  const inside = line.slice(at, end);
  let name = '';
  let from = 0;
  for (let sign = inside.indexOf('='); sign !== -1; sign = inside.indexOf('=', sign + 1)) {
    const blank = inside.lastIndexOf(' ', sign);
    const word = inside.slice(blank + 1, sign);
    if (blank < from || !KEYS.has(word)) continue;
    setOrigin(draft, name, inside.slice(from, blank));
    name = word;
    from = sign + 1;
  }
  setOrigin(draft, name, inside.slice(from));
  let next = end + 1;
  const meta = line.startsWith('[meta ', next) ? line.indexOf(']', next) : -1;
  if (meta !== -1) next = meta + 1;
  if (line[next] === ' ') next++;
  draft.text = line.slice(next);
}

function setOrigin(draft: Draft, name: string, value: string): void {
  if (name === 'sub') draft.logger ??= value;
  else if (name === 'opID') draft.opId ??= value;
  else if (name === 'user') draft.user ??= value;
}

/** The bracket that closes the one at `at`; a name with a lone bracket in it falls back to the first `] `. */
function closingBracket(line: string, at: number): number {
  const first = line.indexOf(']', at);
  const inner = line.indexOf('[', at + 1);
  if (first !== -1 && (inner === -1 || inner > first)) return first;
  let depth = 0;
  const most = Math.min(line.length, at + 4096);
  for (let i = at; i < most; i++) {
    const c = line.charCodeAt(i);
    if (c === 91) depth++;
    else if (c === 93 && --depth === 0) return i;
  }
  const simple = line.indexOf('] ', at);
  return simple < 0 ? line.length : simple;
}

/** Decimal alone: `hostd[6FE81B90]` names a thread. */
function pidOf(text: string): number | undefined {
  if (text.length === 0 || text.length > 10) return undefined;
  let pid = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    pid = pid * 10 + digit;
  }
  return pid;
}
