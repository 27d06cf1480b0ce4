import { oneOf, type Pick } from './random.ts';

// Audit logs of our own making, as a kernel and auditd write them: several machines at once, records of different events between one
// another, values quoted or in hexadecimal, long arguments split over records, with and without the enriched half.

export interface AuditLogShape {
  readonly events: number;
  readonly nodes: readonly string[];
  readonly isEnriched: boolean;
  /** How far a record may move from its place, in records. */
  readonly disorder: number;
}

/** The kernel quotes what is plain and writes all else in hexadecimal. */
export const untrusted = (text: string): string =>
  /^[\x21\x23-\x7e]+$/.test(text) ? `"${text}"` : Buffer.from(text, 'utf8').toString('hex').toUpperCase();

const WORDS = [
  'id',
  '-c',
  '/etc/passwd',
  'a b',
  "it's",
  '"',
  'ñandú',
  '--',
  '=',
  'x=1',
  'key=value',
  'A1',
  '🙂',
  '{',
  'line\nline',
];
const PROGRAMS = ['/usr/bin/id', '/bin/sh', '/usr/sbin/sshd', '/opt/my app/run', '/usr/bin/python3.11', '/tmp/.x'];
const KEYS = ['(null)', '"exec"', '"net"', untrusted('a\u0001b')];

const argument = (pick: Pick): string => {
  const length = oneOf(pick, [0, 1, 2, 3, 900]);
  return Array.from({ length }, () => oneOf(pick, WORDS)).join(oneOf(pick, ['', ' ']));
};

/** Records of 7500 bytes at most, as the kernel splits them; a long argument by pieces of its own. */
function execve(pick: Pick): string[] {
  const args = Array.from({ length: 1 + pick(5) }, () => argument(pick));
  const records: string[] = [];
  let record = `argc=${args.length}`;
  for (const [n, arg] of args.entries()) {
    const text = untrusted(arg === '' ? '' : arg);
    const coded = arg === '' ? '""' : text;
    if (coded.length < 4000) {
      if (record.length + coded.length > 7500) {
        records.push(record);
        record = '';
      }
      record += ` a${n}=${coded}`;
      continue;
    }
    const bare = coded.startsWith('"') ? coded.slice(1, -1) : coded;
    const step = 3500;
    record += ` a${n}_len=${bare.length}`;
    for (let piece = 0; piece * step < bare.length; piece++) {
      const part = bare.slice(piece * step, (piece + 1) * step);
      const value = coded.startsWith('"') ? `"${part}"` : part;
      if (record.length + value.length > 7500) {
        records.push(record);
        record = '';
      }
      record += ` a${n}[${piece}]=${value}`;
    }
  }
  records.push(record);
  return records;
}

const IDS = ['0', '33', '1000', '4294967295'];
const NAMES: Readonly<Record<string, string>> = {
  '0': 'root',
  '33': 'www-data',
  '1000': 'unknown(1000)',
  '4294967295': 'unset',
};

interface Call {
  readonly number: number;
  readonly name: string;
  readonly extra: (pick: Pick) => readonly (readonly [type: string, body: string])[];
}

const path = (pick: Pick, item: number, nametype: string): readonly [string, string] => [
  'PATH',
  `item=${item} name=${untrusted(oneOf(pick, PROGRAMS))} inode=${pick(99999)} dev=fd:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=${nametype} cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0`,
];
const sockaddr = (pick: Pick): readonly [string, string] => [
  'SOCKADDR',
  `saddr=${oneOf(pick, ['02000016C0A8010A0000000000000000', '0A001F90000000002001048601000000000000000000100000000000', '01002F72756E2F78', '100000000000000000000000'])}`,
];

const CALLS: readonly Call[] = [
  {
    number: 59,
    name: 'execve',
    extra: pick => [
      ...execve(pick).map(body => ['EXECVE', body] as const),
      ['CWD', 'cwd="/root"'],
      path(pick, 0, 'NORMAL'),
      path(pick, 1, 'NORMAL'),
    ],
  },
  { number: 42, name: 'connect', extra: pick => [sockaddr(pick)] },
  { number: 43, name: 'accept', extra: pick => [sockaddr(pick)] },
  {
    number: 257,
    name: 'openat',
    extra: pick => [['CWD', `cwd=${untrusted('/srv/a b')}`], path(pick, 0, 'PARENT'), path(pick, 1, 'CREATE')],
  },
  { number: 87, name: 'unlink', extra: pick => [['CWD', 'cwd="/"'], path(pick, 0, 'PARENT'), path(pick, 1, 'DELETE')] },
  {
    number: 62,
    name: 'kill',
    extra: pick => [
      ['OBJ_PID', `opid=${pick(9999)} oauid=-1 ouid=0 oses=-1 ocomm=${untrusted(oneOf(pick, ['sshd', 'my app']))}`],
    ],
  },
  { number: 56, name: 'clone', extra: () => [] },
  { number: 999, name: 'unknown-syscall(999)', extra: () => [] },
];

/** The enriched half, behind its separator; `names` are those of the fields that hold numbers of accounts. */
function enriched(shape: AuditLogShape, ids: readonly (readonly [string, string])[], more = ''): string {
  if (!shape.isEnriched) return '';
  return `\u001d${more}${ids.map(([name, id]) => `${name.toUpperCase()}="${NAMES[id]}"`).join(' ')}`;
}

function callRecords(pick: Pick, shape: AuditLogShape): (readonly [string, string])[] {
  const call = oneOf(pick, CALLS);
  const isGood = pick(3) > 0;
  const ids = ['auid', 'uid', 'gid', 'euid', 'suid', 'fsuid', 'egid', 'sgid', 'fsgid'].map(
    name => [name, oneOf(pick, IDS)] as const,
  );
  const program = oneOf(pick, PROGRAMS);
  const name = program.slice(program.lastIndexOf('/') + 1, program.lastIndexOf('/') + 16);
  const exit = isGood ? pick(9) : -oneOf(pick, [1, 2, 13, 111, 115]);
  const args = [0, 1, 2, 3].map(n => `a${n}=${pick(0xffff).toString(16)}`).join(' ');
  const names = enriched(shape, ids, `ARCH=x86_64 SYSCALL=${call.name} `);
  return [
    [
      'SYSCALL',
      `arch=c000003e syscall=${call.number} success=${isGood ? 'yes' : 'no'} exit=${exit} ${args} items=0 ppid=${1 + pick(999)} pid=${1000 + pick(9999)} ${ids.map(([key, id]) => `${key}=${id}`).join(' ')} tty=${oneOf(pick, ['pts0', '(none)'])} ses=${oneOf(pick, ['1', '4294967295'])} comm=${untrusted(name)} exe=${untrusted(program)} subj=unconfined key=${oneOf(pick, KEYS)}${names}`,
    ],
    ...call.extra(pick),
    ...(pick(2) === 0 ? [['PROCTITLE', `proctitle=${untrusted(`${program}\0-x`)}`] as const] : []),
  ];
}

const USER_TYPES = [
  'USER_LOGIN',
  'USER_AUTH',
  'USER_START',
  'USER_END',
  'CRED_ACQ',
  'USER_CMD',
  'ADD_USER',
  'SERVICE_START',
  'SERVICE_STOP',
  'SYSTEM_BOOT',
  'DAEMON_START',
  'CRYPTO_SESSION',
];

function userRecord(pick: Pick, shape: AuditLogShape): readonly [string, string] {
  const type = oneOf(pick, USER_TYPES);
  const [uid, auid] = [oneOf(pick, IDS), oneOf(pick, IDS)];
  const acct = untrusted(oneOf(pick, ['root', 'bob', 'no such user', "o'brien"]));
  const said = type.startsWith('SERVICE')
    ? `unit=${oneOf(pick, ['nginx', 'ssh'])} comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=${oneOf(pick, ['success', 'failed'])}`
    : `op=login acct=${acct} exe="/usr/sbin/sshd" hostname=${oneOf(pick, ['?', 'h.example'])} addr=${oneOf(pick, ['?', '203.0.113.9', '2001:db8::9'])} terminal=ssh res=${oneOf(pick, ['success', 'failed'])}`;
  const ids = [['uid', uid] as const, ['auid', auid] as const];
  return [type, `pid=${pick(9999)} uid=${uid} auid=${auid} ses=${pick(9)} msg='${said}'${enriched(shape, ids)}`];
}

const KERNEL: readonly (readonly [string, string])[] = [
  [
    'ANOM_ABEND',
    'auid=4294967295 uid=33 gid=33 ses=4294967295 pid=771 comm="httpd" exe="/usr/sbin/httpd" sig=11 res=1',
  ],
  [
    'AVC',
    'avc:  denied  { read write } for  pid=2 comm="ls" name="a" dev="dm-0" ino=3 scontext=a:b:c tcontext=d:e:f tclass=file permissive=0',
  ],
  ['CONFIG_CHANGE', 'auid=1000 ses=1 op=add_rule key="exec" list=4 res=1'],
  ['LOGIN', 'pid=2 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=3 res=1'],
  ['UNKNOWN[1334]', 'prog-id=7 op=LOAD'],
];

/** Lines without line ends. Times ascend by what `disorder` records take: everything of an event is there within two seconds. */
export function auditLines(pick: Pick, shape: AuditLogShape): string[] {
  const lines: { readonly line: string; readonly place: number }[] = [];
  let millis = 1_700_000_000_000;
  for (let serial = 1; serial <= shape.events; serial++) {
    millis += pick(20);
    const node = oneOf(pick, shape.nodes);
    const kind = pick(10);
    const records = kind < 6 ? callRecords(pick, shape) : [kind < 9 ? userRecord(pick, shape) : oneOf(pick, KERNEL)];
    const stamp = `${Math.floor(millis / 1000)}.${String(millis % 1000).padStart(3, '0')}:${serial}`;
    for (const [type, body] of records) {
      const line = `${node === '' ? '' : `node=${node} `}type=${type} msg=audit(${stamp}): ${body}`;
      lines.push({ line, place: lines.length + pick(1 + shape.disorder) });
    }
  }
  return lines.toSorted((a, b) => a.place - b.place).map(({ line }) => line);
}

/** One to three things go wrong with the head of a line. */
export function withBrokenHead(pick: Pick, line: string): string {
  let text = line;
  for (let change = 1 + pick(3); change > 0; change--) {
    const end = Math.max(4, text.indexOf(')') + 2);
    const at = pick(end);
    switch (pick(8)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + 1 + pick(4));
        break;
      case 1:
        text = text.slice(0, at) + String.fromCharCode(33 + pick(94)) + text.slice(at + 1);
        break;
      case 2:
        text = text.slice(0, at) + oneOf(pick, [' ', '.', ':', '(', ')', '=', '9', '\u0000', '\t']) + text.slice(at);
        break;
      case 3:
        text = text.replace(/\.\d+/, '');
        break;
      case 4:
        text = text.replace(/:\d+\)/, ')');
        break;
      case 5:
        text = text.replace(/type=[^ ]*/, oneOf(pick, ['type=', '', 'type', 'TYPE=X', 'type=x']));
        break;
      case 6:
        text = text.replace(oneOf(pick, ['msg=', 'audit(', ')', '):', 'audit']), '');
        break;
      default:
        text = text.slice(0, at + pick(40));
    }
  }
  return text;
}
