import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import { daemonLog } from '../../../src/parsers/daemon-log/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const FILES = readdirSync('samples/daemon-log').filter(name => name !== 'README.md');
const sample = (name: string) => readFileSync(`samples/daemon-log/${name}`);
const read = (text: string | Uint8Array, path = 'x', over = {}) =>
  parseAll(daemonLog, logOf(artifactOf(path, Buffer.from(text))), over);
const events = async (text: string, path?: string, over = {}) => (await read(text, path, over)).events;
const claim = (text: string, path = 'x') => daemonLog.identify(Buffer.from(text), path);

const content = (all: readonly Event[]) => all.map(({ artifact: _a, record: _r, ...rest }) => rest);

test.each([
  ['apache-error.log', 'SIGSEGV', 812],
  ['nginx-error.log', 'SIGSEGV', 812],
  ['php-fpm.log', 'SIGSEGV', 812],
  ['mysqld.log', 'SIGSEGV', undefined],
  ['mariadb-5.log', 'SIGSEGV', undefined],
  ['postgresql.log', 'SIGSEGV', 812],
  ['redis-server.log', 'SIGSEGV', 700],
  ['log.smbd', 'SIGSEGV', 812],
])('%s tells of its crash, at its time and with its process number', async (name, signal, pid) => {
  const { events: all } = await read(sample(name));
  const crash = all.find(event => event['event.action'] === 'process_crash')!;
  expect(new Date(crash.time / 1000).toISOString().slice(0, 19)).toBe('2026-02-19T09:10:05');
  expect(crash['labels.crash_signal']).toBe(signal);
  expect(crash['process.pid']).toBe(pid);
});

describe('words of a crash that a client chose are none', () => {
  test.each([
    ['[Thu Feb 19 09:10:04 2026] [error] [client 10.0.0.66] File does not exist: /srv/segmentation fault\n', 'Apache'],
    [
      '2026/02/19 09:10:04 [error] 8#8: *1 open() "/x segmentation fault" failed, client: 10.0.0.66, server: _\n',
      'nginx',
    ],
    [
      '[19-Feb-2026 09:10:05] WARNING: [pool www] child 8 said into stderr: "core dumped: segmentation fault"\n',
      'PHP-FPM',
    ],
    ['2026-02-19 09:00:00 UTC [7] ERROR:  column "segmentation fault" does not exist\n', 'PostgreSQL'],
    ["2026-02-19 09:00:00 UTC [7] LOG:  statement: select 'segmentation fault'\n", 'PostgreSQL’s statements'],
    ['2026-02-19 09:10:05 1rbxYZ-000abc-0A <= a@b.example H=[10.0.0.9] P=esmtp T="segmentation fault"\n', 'exim'],
    ['[2026/02/19 09:10:05,  2] smbd/open.c:1(open_file)\n  ada opened file segmentation fault read=Yes\n', 'Samba'],
  ])('%s', async line => {
    const [event] = await events(line);
    expect(event!['event.action']).not.toBe('process_crash');
    expect(event!['labels.crash_signal']).toBeUndefined();
  });
});

test('exim’s own words of a crash are one, in its panic log and of its queue runner', async () => {
  const head = '2026-02-19 09:00:00 exim 4.96 daemon started: pid=7\n';
  const [, own, child] = await events(
    `${head}2026-02-19 09:10:05 SIGSEGV (maybe attempt to write to immutable memory)\n2026-02-19 09:10:05 queue run: process 812 crashed with signal 11 while delivering 1rbxYZ-000abc-0A\n`,
    'var/log/exim4/paniclog',
  );
  expect(own).toMatchObject({ 'event.action': 'process_crash', 'process.name': 'exim4' });
  expect(child).toMatchObject({ 'event.action': 'process_crash', 'labels.crash_signal': 'SIGSEGV' });
});

describe('the time of a line', () => {
  const zone = { zone: { name: 'Europe/Berlin', source: 'test' } };
  const first = async (line: string) => new Date((await events(line, 'x', zone))[0]!.time / 1000).toISOString();

  test.each([
    ['on the local clock', '2026/02/19 09:10:05 [alert] 7#7: x\n', '2026-02-19T08:10:05.000Z'],
    ['in summer time', '2026/07/19 09:10:05 [alert] 7#7: x\n', '2026-07-19T07:10:05.000Z'],
    ['in UTC as it says', '2026-02-19T09:10:05.500000Z 0 [Note] x\n', '2026-02-19T09:10:05.500Z'],
    ['with an offset', '2026-02-19T09:10:05.500000-05:00 0 [Note] x\n', '2026-02-19T14:10:05.500Z'],
    ['with the name of a zone', '2026-02-19 09:10:05.500 CET [7] LOG:  x\n', '2026-02-19T08:10:05.500Z'],
    ['with an offset of hours', '2026-02-19 09:10:05.500 +03 [7] LOG:  x\n', '2026-02-19T06:10:05.500Z'],
  ])('%s', async (_, line, expected) => {
    expect(await first(line)).toBe(expected);
  });

  test('a crash of MySQL 5.6, which has no date, is on the day of the line before it, or the next', async () => {
    const times = async (before: string, clock: string) =>
      (await events(`${before} [Note] x\n${clock} UTC - mysqld got signal 11 ;\n`)).map(e =>
        new Date(e.time / 1000).toISOString(),
      );
    expect((await times('260219 23:59:00', '00:01:00'))[1]).toBe('2026-02-20T00:01:00.000Z');
    expect((await times('260219 12:00:00', '12:30:00'))[1]).toBe('2026-02-19T12:30:00.000Z');
  });
});

describe('whose log it is', () => {
  test.each([
    ['a log of packages', '2026-02-19 09:10:05 status installed libc6:amd64 2.36-9\n'],
    ['an application’s log', '2026-02-19 09:10:05 INFO starting\n2026-02-19 09:10:06 ERROR no\n'],
    ['an access log', '10.0.0.9 - - [19/Feb/2026:09:10:05 +0000] "GET / HTTP/1.1" 200 1\n'],
    ['a syslog', 'Feb 19 09:10:05 h postgres[7]: [1-1] LOG:  x\n'],
    ['a xferlog', 'Thu Feb 19 09:10:05 2026 1 10.0.0.9 5 /f b _ o a ftp ftp 0 * c\n'],
    ['bytes', '\u0000\u0001[Thu Feb 19 09:10:05 2026] [error] x\n'],
    ['nothing', ''],
  ])('%s is not ours', (_, text) => {
    expect(claim(text)).toBe('no');
  });

  test('lines of exim that say little are believed where exim keeps them', () => {
    expect(claim('2026-02-19 09:10:05 Warning: no local part\n', 'var/log/exim4/paniclog')).toBe('maybe');
    expect(claim('2026-02-19 09:10:05 Warning: no local part\n', 'var/log/app.log')).toBe('no');
  });

  test('a stack trace longer than the log before it does not hide whose it is', () => {
    const trace = '/usr/sbin/mysqld(handle_fatal_signal+0x4b)[0x55]\n'.repeat(2);
    expect(claim(`2026-02-19T09:10:05Z UTC - mysqld got signal 11 ;\n${trace}`)).toBe('yes');
  });
});

test('ends of lines of another system, and a rotation anywhere, change nothing', async () => {
  for (const name of FILES) {
    const text = sample(name).toString('latin1');
    const plain = content((await read(text, name)).events);
    expect(content((await read(text.replaceAll('\n', '\r\n'), name)).events)).toEqual(plain);
    const lines = text.split('\n');
    const heads = lines.flatMap((line, i) => (i > 0 && /^(?:\d|\[|Thu )/.test(line) ? [i] : []));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), async cut => {
        const pieces = [lines.slice(0, cut).join('\n'), lines.slice(cut).join('\n')];
        const artifacts = pieces.map((piece, i) => artifactOf(`${name}.${2 - i}`, Buffer.from(piece, 'latin1')));
        const rotated = await parseAll(daemonLog, logOf(...artifacts));
        const without = (all: ReturnType<typeof content>) => all.map(({ 'log.file.line': _l, ...rest }) => rest);
        expect(without(content(rotated.events))).toEqual(without(plain));
      }),
      { numRuns: 3 },
    );
  }
});

test('text before the first head is one problem, and nothing else is lost', async () => {
  const { events: all, problems } = await read('torn line\n2026/02/19 09:10:05 [alert] 7#7: x\n');
  expect(all).toHaveLength(1);
  expect(problems).toHaveLength(1);
});
