// How fast syslog lines become events, against finding line ends and splitting the same lines with a regular expression:
//   node bench/syslog.mjs [MB] [rounds]      needs `npm run build`
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measure, newlines, parse, random } from './linux-text.mjs';

const DIST = resolve(process.env.AFTERSHOCK_DIST ?? join(import.meta.dirname, '../dist'));
const { syslog } = await import(pathToFileURL(join(DIST, 'parsers/syslog/index.js')).href);

const megabytes = Number(process.argv[2] ?? 32);
const rounds = Number(process.argv[3] ?? 5);
const FEW = new Set([
  'event.action',
  'event.outcome',
  'process.name',
  'process.pid',
  'service.name',
  'source.ip',
  'source.port',
  'user.name',
  'labels.crash_signal',
]);

const TEXTS = [
  ['systemd[1]', () => 'Reloading configuration of unit after a change on disk.'],
  [
    'NetworkManager[612]',
    next => `<info>  [${1771492200 + next(9999)}.1234] dhcp4 (eth0): state changed bound -> extended`,
  ],
  ['rsyslogd', () => '[origin software="rsyslogd" swVersion="8.2302.0" x-pid="700"] rsyslogd was HUPed'],
  [
    'kernel',
    next => `[${next(99_999)}.123456] usb 1-${next(9)}: new high-speed USB device number ${next(99)} using xhci_hcd`,
  ],
  ['dockerd[900]', next => `time="2026-02-19T09:10:05Z" level=info msg="container ${next(1e9)} health status changed"`],
  ['app[3100]', next => `GET /api/v1/items/${next(1e6)} 200 ${next(900)}ms`],
  ['CRON[4100]', () => '(root) CMD (   cd / && run-parts --report /etc/cron.hourly)'],
  [
    'sshd[4200]',
    next => `Failed password for root from 10.0.${next(256)}.${next(256)} port ${1024 + next(60_000)} ssh2`,
  ],
  [
    'sshd[4201]',
    next => `Connection closed by authenticating user root 10.0.${next(256)}.9 port ${1024 + next(60_000)} [preauth]`,
  ],
  ['systemd[1]', () => 'Started session-12.scope - Session 12 of User ada.'],
];

function generate(size) {
  const next = random(7);
  const lines = [];
  let length = 0;
  for (let n = 0; length < size; n++) {
    const seconds = n >> 5;
    const [tag, text] = TEXTS[next(TEXTS.length)];
    const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(part =>
      String(Math.floor(part) % 60).padStart(2, '0'),
    );
    clock[0] = String(Math.floor(seconds / 3600) % 24).padStart(2, '0');
    const line = `Feb ${String(1 + (Math.floor(seconds / 86_400) % 28)).padStart(2)} ${clock.join(':')} web01 ${tag}: ${text(next)}`;
    lines.push(line);
    length += line.length + 1;
  }
  return { bytes: Buffer.from(`${lines.join('\n')}\n`), lines: lines.length };
}

const LINE = /^(\w{3} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^:[]+)(?:\[(\d+)\])?: (.*)$/;

/** What a short script would do: the parts of a line, no time, no meaning. */
function split(bytes) {
  let count = 0;
  for (const line of bytes.toString('utf8').split('\n')) if (LINE.exec(line) !== null) count++;
  return count;
}

const { bytes, lines } = generate(megabytes * 1e6);
const read = await parse(syslog, bytes, 'all');
if (read.events !== lines || read.problems.length > 0 || split(bytes) !== lines) {
  throw new Error(
    `${lines} lines were written, ${read.events} read with ${read.problems.length} problems, ${split(bytes)} split`,
  );
}
console.log(`${lines} lines, ${(bytes.length / 1e6).toFixed(0)} MB`);
await measure(
  [
    ['newline scan', () => newlines(bytes)],
    ['lines split by a regular expression', () => split(bytes)],
    ['every field', () => parse(syslog, bytes, 'all')],
    ['the fields of a chain', () => parse(syslog, bytes, FEW)],
  ],
  bytes,
  rounds,
);
