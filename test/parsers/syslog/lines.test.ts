import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import { syslog } from '../../../src/parsers/syslog/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const parse = (text: string | Buffer, over = {}) =>
  parseAll(syslog, logOf(artifactOf('syslog', Buffer.from(text))), over);
const D = 'Feb 19 09:10:05 h';

const content = (events: readonly Event[]) =>
  events.map(({ artifact: _a, record: _r, ...rest }) => {
    const { 'log.file.line': _l, ...fields } = rest as Record<string, unknown>;
    return fields;
  });

describe('lines that tell of other lines', () => {
  test('a repeated line counts, and means what was repeated', async () => {
    const { events } = await parse(
      `${D} sshd[7]: Failed password for root from 10.0.0.9 port 1 ssh2\n${D} last message repeated 3 times\n` +
        `${D} sshd[8]: message repeated 2 times: [ Failed password for bob from 10.0.0.8 port 2 ssh2]\n`,
    );
    expect(
      events.map(e => [e['event.count'], e['event.outcome'], e['user.name'], e['source.ip'], e['process.pid']]),
    ).toEqual([
      [undefined, 'failure', 'root', '10.0.0.9', 7],
      [3, 'failure', 'root', '10.0.0.9', 7],
      [2, 'failure', 'bob', '10.0.0.8', 8],
    ]);
  });

  test('a line without a head belongs to the one before it', async () => {
    const { events, problems } = await parse(`${D} app: one\n\ttwo\nthree\n${D} app: four\n`);
    expect(events.map(e => e.message)).toEqual(['one\n\ttwo\nthree', 'four']);
    expect(problems).toEqual([]);
  });

  test('further lines that journalctl indented up to the text are that text', async () => {
    const head = `${D} app[7]: `;
    const { events } = await parse(
      `${head}one\n${' '.repeat(head.length)}  two\n${' '.repeat(head.length - 1)}three\n`,
    );
    expect(events.map(e => e.message)).toEqual([`one\n  two\n${' '.repeat(head.length - 1)}three`]);
  });

  test('what is told of a unit is its program’s (journalctl -o with-unit)', async () => {
    const login = 'Failed password for root from 10.0.0.9 port 1 ssh2';
    const { events } = await parse(
      `Thu 2026-02-19 09:10:05 UTC h ssh.service[7]: ${login}\nThu 2026-02-19 09:10:06 CET h smbd.service[8]: a\n`,
    );
    expect(events.map(e => [e['process.name'], e['source.ip'], e['log.syslog.appname']])).toEqual([
      ['sshd', '10.0.0.9', 'ssh.service'],
      ['smbd', undefined, 'smbd.service'],
    ]);
  });

  test('a kernel built to name who printed a line says the same', async () => {
    const text = 'smbd[812]: segfault at 0 ip 0000 sp 0000 error 4 in smbd[1000+2000]';
    const { events } = await parse(
      `${D} kernel: [   12.5][  T812] ${text}\n[   12.500000][  T812] ${text}\n[   12.500000] [    C1] ${text}\n`,
    );
    expect(events.map(e => [e['event.action'], e['process.pid']])).toEqual(
      Array.from({ length: 3 }, () => ['process_crash', 812]),
    );
  });

  test('a text that goes on for ever is kept up to a megabyte', async () => {
    const { events } = await parse(`${D} app: one\n${'x'.repeat(1000).concat('\n').repeat(3000)}${D} app: two\n`);
    expect(events).toHaveLength(2);
    expect(String(events[0]!.message).length).toBeLessThanOrEqual(1 << 20);
  });

  test('what stands before the first head is a Problem', async () => {
    const { events, problems } = await parse(`cut off at the rotation\n${D} app: one\n`);
    expect(events).toHaveLength(1);
    expect(problems).toEqual([expect.objectContaining({ kind: 'damaged-record', offset: 0, record: 1 })]);
  });

  test('text that is no UTF-8 is latin1', async () => {
    const { events } = await parse(
      Buffer.concat([Buffer.from(`${D} app: gr`), Buffer.from([0xfc]), Buffer.from(`\n${D} app: grün\n`)]),
    );
    expect(events.map(e => e.message)).toEqual(['grü', 'grün']);
  });
});

describe('logs without line ends', () => {
  const one = '<30>2026-02-19T09:10:05.000001+00:00 h app: text';

  test('are cut at the heads, a day of them in one line', async () => {
    const { events } = await parse(one.repeat(5000));
    expect(events).toHaveLength(5000);
    expect(events[4999]!.record).toBe(4999 * one.length);
  });

  test('however the bytes are cut', async () => {
    const bytes = Buffer.from(`${one}${one} with\na second line<13>Feb 19 09:10:05 h tag text <b>1 ${one}`);
    const whole = await parseAll(syslog, logOf(artifactOf('a', bytes)));
    expect(whole.events.map(e => e.message)).toEqual(['text', 'text with\na second line', 'text <b>1 ', 'text']);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async step => {
        expect(await parseAll(syslog, logOf(artifactOf('a', bytes, step)))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the same events however the log is kept', () => {
  const lines = readFileSync('samples/syslog/bsd.log', 'utf8').split('\n').slice(0, -1);
  // A continued line belongs to the file that its head is in, so a rotation does not cut there; daemons do not either.
  const heads = lines
    .map((line, i) => (/^\s/.test(line) || line.includes('last message') ? -1 : i))
    .filter(i => i >= 0);

  test('LF and CRLF mixed', async () => {
    const plain = await parse(lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: lines.length, maxLength: lines.length }), async ends => {
        const mixed = await parse(lines.map((line, i) => `${line}${ends[i] ? '\r\n' : '\n'}`).join(''));
        expect(content(mixed.events)).toEqual(content(plain.events));
      }),
      { numRuns: 10 },
    );
  });

  test('rotated in pieces', async () => {
    const plain = await parse(lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.subarray(heads.slice(1), { maxLength: 3 }), async cuts => {
        const bounds = [0, ...cuts, lines.length];
        const pieces = bounds
          .slice(1)
          .map((end, i) => artifactOf(`s.${i}`, Buffer.from(`${lines.slice(bounds[i], end).join('\n')}\n`)));
        const { events } = await parseAll(syslog, logOf(...pieces));
        expect(content(events)).toEqual(content(plain.events));
      }),
      { numRuns: 20 },
    );
  });

  test('read whole or only for what is wanted', async () => {
    const all = await parse(lines.join('\n'));
    const few = await parse(lines.join('\n'), { fields: new Set(['event.action', 'source.ip']) });
    expect(few.events.map(e => [e.time, e['event.action'], e['source.ip']])).toEqual(
      all.events.map(e => [e.time, e['event.action'], e['source.ip']]),
    );
    expect(few.events[1]!.message).toBeUndefined();
  });
});

describe('whose log it is', () => {
  const claim = (text: string) => syslog.identify(Buffer.from(text), 'x');

  test.each([
    ['BSD', `${D} app: a\n`],
    ['RFC 5424', '<14>1 2026-02-19T09:10:05Z h app - - - a\n'],
    ['forwarded', '<14>Feb 19 09:10:05 h app a<14>Feb 19 09:10:05 h app a'],
    ['an audit log that a dispatcher forwarded', `${D} audispd: type=CWD msg=audit(1.000:1): cwd="/"\n`.repeat(3)],
    ['mostly continued', `${D} app: a\n\tb\n\tc\n\td\n`],
    ['dmesg', '[    0.000000] Linux version 6.1\n[    1.000000] x\n'],
  ])('%s is ours', (_, text) => {
    expect(claim(text)).toBe('yes');
  });

  test.each([
    [
      'ESXi',
      '2026-02-19T09:10:05Z In(14) vobd[2097681]: [a] b\n2026-02-19T09:10:05.123Z info hostd[1] [Originator@6876 sub=x] y\n',
    ],
    ['ESXi forwarded', '<166>2026-02-19T09:10:05.123Z esx01 Hostd: info hostd[1] [Originator@6876 sub=x] y\n'],
    ['log show', '2026-02-19 09:10:05.123456+0100  localhost kernel[0]: text\n'],
    ['Apache', '10.0.0.9 - - [19/Feb/2026:09:10:05 +0000] "GET / HTTP/1.1" 200 1\n'],
    ['prose', 'Feb is a month\nThere are others\n'],
    ['a log of dpkg', '2026-02-19 09:10:05 status installed libc6:amd64 2.36-9\n'],
    ['a program’s own log', '2026-02-19 09:10:05,123 INFO app: started\n'],
    ['binary', '\u0000\u0001\u0002Feb 19 09:10:05 h app: a\n'],
    ['nothing', ''],
  ])('%s is not', (_, text) => {
    expect(claim(text)).toBe('no');
  });
});

test('a database’s own log looks like ours but is not surely ours', () => {
  const text = '2026-02-19T09:10:05.123456Z 12 [Warning] Access denied for user\n';
  expect(syslog.identify(Buffer.from(text), 'x')).toBe('maybe');
});

describe('audit records in the lines of a syslog', () => {
  const head =
    'type=SYSCALL msg=audit(1771492205.231:902): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 uid=33';
  const args = 'type=EXECVE msg=audit(1771492205.231:902): argc=2 a0="sh" a1="-i"';

  test('a record of the kernel is read as one, at the time that it states', async () => {
    const { events } = await parse(
      `${D} kernel: [1.2] audit: type=1701 audit(1771492206.500:909): uid=33 pid=912 comm="apache2" exe="/usr/sbin/apache2" sig=11\n`,
    );
    expect(events[0]).toMatchObject({
      time: 1_771_492_206_500_000,
      'event.code': 'ANOM_ABEND',
      'event.dataset': 'linux.auditd',
      'process.name': 'apache2',
      'process.pid': 912,
      'labels.crash_signal': 'SIGSEGV',
    });
  });

  test('the records of one event are told once, at the first; every line stays an event', async () => {
    const { events, ledger } = await parse(
      `${D} audispd: ${head}\n${D} app: between\n${D} audispd: ${args}\n${D} app: behind\n`,
    );
    expect(events.map(e => e['process.command_line'])).toEqual(['sh -i', undefined, undefined, undefined]);
    expect(events.map(e => e['event.sequence'])).toEqual([902, undefined, 902, undefined]);
    expect(events.map(e => e['log.file.line'])).toEqual([1, 2, 3, 4]);
    expect(events[2]!['event.action']).toBeUndefined();
    expect([...ledger.values()][0]).toMatchObject({ parsed: 4, failed: 0 });
  });

  test('two machines in one log are kept apart by their names', async () => {
    const { events } = await parse(`${D} audispd: node=a ${head}\n${D} audispd: node=b ${args}\n`);
    expect(events.map(e => e['process.command_line'])).toEqual([undefined, 'sh -i']);
    expect(events.map(e => e['host.name'])).toEqual(['a', 'b']);
  });

  test('a record may come late, but not without end', async () => {
    const others = (count: number) => `${D} app: x\n`.repeat(count);
    const joined = await parse(`${D} audispd: ${head}\n${others(255)}${D} audispd: ${args}\n`);
    expect(joined.events[0]!['process.command_line']).toBe('sh -i');
    const apart = await parse(`${D} audispd: ${head}\n${others(256)}${D} audispd: ${args}\n`);
    expect(apart.events[0]!['process.command_line']).toBeUndefined();
    expect(apart.events.at(-1)!['process.command_line']).toBe('sh -i');
  });

  test('thousands of records that call themselves one event lose no line', async () => {
    const { events } = await parse(`${D} audispd: ${args}\n`.repeat(10_000));
    expect(events).toHaveLength(10_000);
    expect(events.map(e => e['log.file.line'])).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
  });

  test.each([
    ['audit(1.000:1): avc:  denied  { read } for  pid=1 comm="a"', 'AVC'],
    ['audit(1.000:1): dev=eth0 prom=256 old_prom=0 auid=1', 'ANOM_PROMISCUOUS'],
    ['audit(1.000:1): policy loaded auid=1', 'MAC_POLICY_LOAD'],
    ['audit(1.000:1): initialized', 'KERNEL'],
    ['audit: type=1400 audit(1.000:1): apparmor="DENIED" operation="open"', 'AVC'],
    ['type=1403 audit(1.000:1): policy loaded auid=1', 'MAC_POLICY_LOAD'],
    ['audit: type=AVC audit(1.000:1): avc:  denied  { read } for  pid=1', 'AVC'],
  ])('%s is a record of type %s', async (text, type) => {
    expect((await parse(`${D} kernel: ${text}\n`)).events[0]!['event.code']).toBe(type);
  });

  test('what somebody else says in the kernel’s words is a quotation', async () => {
    const { events } = await parse(`${D} logger: audit: type=1701 audit(1.000:1): pid=1 comm="a" sig=11\n`);
    expect(events[0]!['event.code']).toBeUndefined();
  });
});

describe('lines in the shapes that journalctl and TCP give them', () => {
  const first = async (text: string | Uint8Array) =>
    (await parseAll(syslog, logOf(artifactOf('s', Buffer.from(text))), {})).events.map(e => [
      new Date(e.time / 1000).toISOString(),
      e['host.name'],
      e['process.name'],
      e.message,
    ]);

  test.each([
    ['short-full', 'Thu 2026-02-19 09:10:05 UTC h app[1]: a\n', '2026-02-19T09:10:05.000Z'],
    ['short-full with an offset', 'Thu 2026-02-19 09:10:05.25 +0130 h app[1]: a\n', '2026-02-19T07:40:05.250Z'],
    ['short-unix', '1771492205.123456 h app[1]: a\n', '2026-02-19T09:10:05.123Z'],
    ['behind a byte order mark', '\ufeffFeb 19 09:10:05 h app[1]: a\n', '2025-02-19T09:10:05.000Z'],
    ['an octet count', '44 <34>1 2026-02-19T09:10:05Z h app 1 - - a', '2026-02-19T09:10:05.000Z'],
  ])('%s', async (_, text, time) => {
    expect(syslog.identify(Buffer.from(text), 'x')).toBe('yes');
    expect(await first(text)).toEqual([[time, 'h', 'app', 'a']]);
  });

  test('counted messages are told apart by their counts, whatever digits they end in', async () => {
    const message = (text: string) => `<34>1 2026-02-19T09:10:05Z h app 1 - - ${text}`;
    const stream = ['a 4', 'b <14>1 x', 'c'].map(text => `${message(text).length} ${message(text)}`).join('');
    expect((await first(stream)).map(row => row[3])).toEqual(['a 4', 'b <14>1 x', 'c']);
  });

  test('what journalctl prints between entries is no line, and no problem', async () => {
    const { events, problems } = await parse(
      `-- Journal begins at Thu 2026-02-19 09:00:00 UTC. --\n2026-02-19T09:10:05+0000 h app[1]: a\n-- Boot ${'f'.repeat(32)} --\n2026-02-19T09:10:06+0000 h app[1]: b\n-- not this\n`,
    );
    expect(events.map(e => e.message)).toEqual(['a', 'b\n-- not this']);
    expect(problems).toEqual([]);
  });
});
