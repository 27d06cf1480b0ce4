// How fast audit records become events, against finding line ends, grouping the same records by stamp with a regular expression, and laurel or ausearch where they are installed:
//   node bench/auditd.mjs [MB] [rounds]      needs `npm run build`
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measure, newlines, parse, random } from './linux-text.mjs';

const DIST = resolve(process.env.AFTERSHOCK_DIST ?? join(import.meta.dirname, '../dist'));
const { auditd } = await import(pathToFileURL(join(DIST, 'parsers/auditd/index.js')).href);

const megabytes = Number(process.argv[2] ?? 20);
const rounds = Number(process.argv[3] ?? 5);
const FEW = new Set([
  'event.action',
  'event.category',
  'event.type',
  'process.pid',
  'process.parent.pid',
  'process.name',
  'process.executable',
  'process.command_line',
  'user.id',
  'user.audit.id',
  'source.ip',
  'destination.ip',
  'destination.port',
]);

/** Seven parts of ten are programs that start, two are connections, one is PAM. */
function generate(size) {
  const next = random(7);
  const hex = text => Buffer.from(text).toString('hex').toUpperCase();
  const lines = [];
  let length = 0;
  let events = 0;
  for (let serial = 1; length < size; serial++, events++) {
    const stamp = `msg=audit(${1771492200 + (serial >> 4)}.${String(serial % 1000).padStart(3, '0')}:${serial})`;
    const pid = 1000 + next(30_000);
    const kind = next(10);
    const ids = 'auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3';
    const names =
      '\u001dARCH=x86_64 SYSCALL=execve AUID="ada" UID="root" GID="root" EUID="root" SUID="root" FSUID="root" EGID="root" SGID="root" FSGID="root"';
    const group =
      kind < 7
        ? [
            `type=SYSCALL ${stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=55c0${pid} a1=55c1 a2=55c2 a3=8 items=2 ppid=${pid - 1} pid=${pid} ${ids} comm="grep" exe="/usr/bin/grep" subj=unconfined key="exec"${names}`,
            `type=EXECVE ${stamp}: argc=4 a0="grep" a1="-r" a2=${hex(`some text ${pid}`)} a3="/etc/passwd"`,
            `type=CWD ${stamp}: cwd="/home/ada"`,
            `type=PATH ${stamp}: item=0 name="/usr/bin/grep" inode=${pid} dev=fe:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\u001dOUID="root" OGID="root"`,
            `type=PATH ${stamp}: item=1 name="/lib64/ld-linux-x86-64.so.2" inode=77 dev=fe:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\u001dOUID="root" OGID="root"`,
            `type=PROCTITLE ${stamp}: proctitle=${hex(`grep\u0000-r\u0000some text ${pid}\u0000/etc/passwd`)}`,
          ]
        : kind < 9
          ? [
              `type=SYSCALL ${stamp}: arch=c000003e syscall=42 success=yes exit=0 a0=3 a1=7ffc a2=10 a3=0 items=0 ppid=1 pid=${pid} ${ids} comm="curl" exe="/usr/bin/curl" subj=unconfined key=(null)${names}`,
              `type=SOCKADDR ${stamp}: saddr=020001BB0A0000${next(256).toString(16).toUpperCase().padStart(2, '0')}0000000000000000`,
            ]
          : [
              `type=USER_ACCT ${stamp}: pid=${pid} uid=0 auid=1000 ses=3 subj=unconfined msg='op=PAM:accounting grantors=pam_unix acct="root" exe="/usr/sbin/cron" hostname=? addr=? terminal=cron res=success'\u001dUID="root" AUID="ada"`,
            ];
    for (const line of group) {
      lines.push(line);
      length += line.length + 1;
    }
  }
  return { bytes: Buffer.from(`${lines.join('\n')}\n`, 'latin1'), events };
}

const RECORD = /^type=(\S+) msg=audit\((\d+\.\d+:\d+)\): (.*)$/gm;

/** What a short script would do: no value is decoded, nothing is mapped. */
function group(bytes) {
  const events = new Map();
  for (const [, type, stamp, body] of bytes.toString('latin1').matchAll(RECORD)) {
    const event = events.get(stamp) ?? [];
    event.push({ type, body });
    events.set(stamp, event);
  }
  return events.size;
}

const { bytes, events } = generate(megabytes * 1e6);
const read = await parse(auditd, bytes, 'all');
if (read.events !== events || read.problems.length > 0 || group(bytes) !== events) {
  throw new Error(
    `${events} events were written, ${read.events} read with ${read.problems.length} problems, ${group(bytes)} grouped`,
  );
}
console.log(`${events} events, ${newlines(bytes)} records, ${(bytes.length / 1e6).toFixed(0)} MB`);
await measure(
  [
    ['newline scan', () => newlines(bytes)],
    ['records grouped by a regular expression', () => group(bytes)],
    ['every field', () => parse(auditd, bytes, 'all')],
    ['the fields of a chain', () => parse(auditd, bytes, FEW)],
  ],
  bytes,
  rounds,
);

for (const [name, ...args] of [['laurel'], ['ausearch', '--format', 'csv']]) {
  const start = performance.now();
  const { error, status } = spawnSync(name, args, { input: bytes, stdio: ['pipe', 'ignore', 'ignore'] });
  if (error !== undefined) console.log(`${name}: not installed, not compared`);
  else
    console.log(
      `${name}: ${(bytes.length / 1e3 / (performance.now() - start)).toFixed(0)} MB/s of wall time, exit ${status}`,
    );
}
