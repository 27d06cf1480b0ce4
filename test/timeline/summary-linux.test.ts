import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { auditd } from '../../src/parsers/auditd/index.ts';
import { syslog } from '../../src/parsers/syslog/index.ts';
import { summarizeLinux } from '../../src/timeline/summary/linux.ts';
import { artifactOf, logOf, parseAll } from '../support/evidence.ts';

const told = async (parser: typeof auditd, text: string | Buffer) =>
  (await parseAll(parser, logOf(artifactOf('a', Buffer.from(text))))).events.map(summarizeLinux);

test.each([
  ['Failed password for root from 10.0.0.9 port 7 ssh2', 'Refused login of root from 10.0.0.9:7 at sshd'],
  ['Accepted publickey for ada from fe80::9 port 7 ssh2', 'Login of ada from [fe80::9]:7 at sshd'],
])('sshd: %s', async (message, sentence) => {
  expect(await told(syslog, `Feb 19 09:10:05 h sshd[7]: ${message}\n`)).toEqual([sentence]);
});

test('a crash names who crashed and by which signal', async () => {
  expect(
    await told(
      syslog,
      'Feb 19 09:10:05 h systemd[1]: exim4.service: Main process exited, code=dumped, status=11/SEGV\n',
    ),
  ).toEqual(['Service exim4 crashes with SIGSEGV']);
});

test('a program that starts names its parent, its user and its command', async () => {
  const [sentence] = await told(
    auditd,
    'type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=59 success=yes exit=0 a0=1 ppid=10 pid=20 uid=33 comm="sh" exe="/usr/bin/dash"\ntype=EXECVE msg=audit(1.000:1): argc=2 a0="sh" a1="-i"\n',
  );
  expect(sentence).toBe('dash (20) starts as www-data under process 10 – sh -i');
});

test('every event of the samples has one line', async () => {
  for (const [parser, file] of [
    [auditd, 'samples/auditd/enriched.log'],
    [syslog, 'samples/syslog/bsd.log'],
  ] as const) {
    for (const sentence of await told(parser, readFileSync(file))) expect(sentence).toMatch(/^[^\n]+$/);
  }
});

test('events of other sources are nobody’s here', async () => {
  const { events } = await parseAll(syslog, logOf(artifactOf('a', Buffer.from('Feb 19 09:10:05 h app: text\n'))));
  expect(summarizeLinux({ ...events[0]!, 'event.dataset': 'zeek.conn' })).toBeUndefined();
});
