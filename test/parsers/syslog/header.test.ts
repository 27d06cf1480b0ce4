import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Header } from '../../../src/parsers/syslog/head.ts';
import { readHeader, uptimeHost } from '../../../src/parsers/syslog/header.ts';

function head(line: string) {
  const header = new Header();
  if (!readHeader(line, 0, line.length, header)) return undefined;
  const { kind, host, tag, pid, level, offset } = header;
  return {
    kind,
    host,
    tag,
    pid,
    level,
    offset: Number.isNaN(offset) ? null : offset,
    message: line.slice(header.message),
  };
}

const bsd = { kind: 'bsd', level: '', offset: null };

describe('shapes of a line', () => {
  test.each([
    ['Feb  9 21:19:40 h sshd[8317]: text', { ...bsd, host: 'h', tag: 'sshd', pid: '8317', message: 'text' }],
    ['Feb 9 21:19:40 h sshd: text', { ...bsd, host: 'h', tag: 'sshd', pid: '', message: 'text' }],
    [
      'Feb 19 21:19:40.123 h /usr/sbin/cron[1]: text',
      { ...bsd, host: 'h', tag: '/usr/sbin/cron', pid: '1', message: 'text' },
    ],
    ['Feb 19 21:19:40 h log_tag this is text', { ...bsd, host: 'h', tag: 'log_tag', pid: '', message: 'this is text' }],
    ['Feb 19 21:19:40 kernel: [997.39] text', { ...bsd, host: '', tag: 'kernel', pid: '', message: '[997.39] text' }],
    [
      'Feb 19 21:19:40: --- last message repeated 5 times ---',
      { ...bsd, host: '', tag: '', pid: '', message: '--- last message repeated 5 times ---' },
    ],
    [
      'Feb 19 21:19:40 h last message repeated 5 times',
      { ...bsd, host: 'h', tag: '', pid: '', message: 'last message repeated 5 times' },
    ],
    [
      'Feb 19 21:19:40 h crond(pam_unix)[2915]: text',
      { ...bsd, host: 'h', tag: 'crond(pam_unix)', pid: '2915', message: 'text' },
    ],
    [
      'Feb 19 21:19:40 h postfix/smtpd[26]: text',
      { ...bsd, host: 'h', tag: 'postfix/smtpd', pid: '26', message: 'text' },
    ],
    [
      'Feb 19 21:19:40 m fw[1985] <Info>: text',
      { ...bsd, host: 'm', tag: 'fw', pid: '1985', level: 'info', message: 'text' },
    ],
    [
      'Feb 19 21:19:40 m com.apple.xpc.launchd[1] (com.x[83]): Service exited',
      { ...bsd, host: 'm', tag: 'com.apple.xpc.launchd', pid: '1', message: '(com.x[83]): Service exited' },
    ],
    [
      'Feb 19 21:19:40 <kern.crit> h kernel: text',
      { ...bsd, level: 'crit', host: 'h', tag: 'kernel', pid: '', message: 'text' },
    ],
    ['Feb 19 21:19:40 h DENY: IN=eth0', { ...bsd, host: 'h', tag: 'DENY', pid: '', message: 'IN=eth0' }],
    [
      '2026-02-19T09:10:05.5+01:30 h app[7]: text',
      { kind: 'iso', level: '', offset: 90, host: 'h', tag: 'app', pid: '7', message: 'text' },
    ],
    [
      '2026-02-19T09:10:05+0400 h app: text',
      { kind: 'iso', level: '', offset: 240, host: 'h', tag: 'app', pid: '', message: 'text' },
    ],
    [
      '2026-02-19T09:10:05 h app: text',
      { kind: 'iso', level: '', offset: null, host: 'h', tag: 'app', pid: '', message: 'text' },
    ],
    [
      '2026-02-19T09:10:05-07:00 INFO sched[3]: text',
      { kind: 'iso', level: 'info', offset: -420, host: '', tag: 'sched', pid: '3', message: 'text' },
    ],
    [
      '2026-02-19T09:10:05-07:00 Disk : ERROR: x',
      { kind: 'iso', level: '', offset: -420, host: 'Disk', tag: '', pid: '', message: 'ERROR: x' },
    ],
    [
      '<14>1 2026-02-19T09:10:05Z h app 7 ID [a b="c]\\""] text',
      { kind: 'iso', level: '', offset: 0, host: 'h', tag: 'app', pid: '7', message: 'text' },
    ],
    ['<14>Feb 19 21:19:40 h app: text', { ...bsd, host: 'h', tag: 'app', pid: '', message: 'text' }],
    [
      '21:46:33,509 NOTICE kernel:text',
      { kind: 'clock', level: 'notice', offset: null, host: '', tag: 'kernel', pid: '', message: 'text' },
    ],
    [
      '[   12.345678] text',
      { kind: 'uptime', level: '', offset: null, host: '', tag: 'kernel', pid: '', message: 'text' },
    ],
    [
      '[Thu Feb 19 09:10:05 2026] text',
      { kind: 'iso', level: '', offset: null, host: '', tag: 'kernel', pid: '', message: 'text' },
    ],
    [
      '- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond[2915]: text',
      { kind: 'epoch', level: '', offset: 0, host: 'dn228/dn228', tag: 'crond', pid: '2915', message: 'text' },
    ],
    [
      'Feb 19 2026 21:19:40 fw %ASA-6: text',
      { kind: 'iso', level: '', offset: null, host: 'fw', tag: '%ASA-6', pid: '', message: 'text' },
    ],
    [
      '2026-02-19 09:10:05.123456 h app[7]: text',
      { kind: 'iso', level: '', offset: null, host: 'h', tag: 'app', pid: '7', message: 'text' },
    ],
    [
      '2026-02-19 09:10:05 +01:00 10.0.0.9 app: text',
      { kind: 'iso', level: '', offset: 60, host: '10.0.0.9', tag: 'app', pid: '', message: 'text' },
    ],
    [
      '2026-02-19 09:10:05-04 mac installd[7]: text',
      { kind: 'iso', level: '', offset: -240, host: 'mac', tag: 'installd', pid: '7', message: 'text' },
    ],
    [
      '2026/02/19 09:10:05 h /usr/sbin/cron[1]: text',
      { kind: 'iso', level: '', offset: null, host: 'h', tag: '/usr/sbin/cron', pid: '1', message: 'text' },
    ],
    [
      '20260219091005 h app[7]: text',
      { kind: 'iso', level: '', offset: null, host: 'h', tag: 'app', pid: '7', message: 'text' },
    ],
    [
      '1771492205 h app[7]: text',
      { kind: 'epoch', level: '', offset: 0, host: 'h', tag: 'app', pid: '7', message: 'text' },
    ],
    [
      '1771492205.123 h app[7]: text',
      { kind: 'epoch', level: '', offset: 0, host: 'h', tag: 'app', pid: '7', message: 'text' },
    ],
    [
      '2026 Feb 19 09:10:05 h app[7]: text',
      { kind: 'iso', level: '', offset: null, host: 'h', tag: 'app', pid: '7', message: 'text' },
    ],
    [
      'Thu Feb 19 09:10:05 2026 daemon.info dnsmasq[7]: text',
      { kind: 'iso', level: 'info', offset: null, host: '', tag: 'dnsmasq', pid: '7', message: 'text' },
    ],
    [
      '2026-02-19 09:10:05 h last message repeated 5 times',
      { kind: 'iso', level: '', offset: null, host: 'h', tag: '', pid: '', message: 'last message repeated 5 times' },
    ],
    [
      'Feb 19 21:19:40 auth.info h sshd[8]: text',
      { ...bsd, level: 'info', host: 'h', tag: 'sshd', pid: '8', message: 'text' },
    ],
    [
      'Feb 19 21:19:40 <4.6> h sshd[8]: text',
      { ...bsd, level: 'info', host: 'h', tag: 'sshd', pid: '8', message: 'text' },
    ],
    [
      'Feb 19 21:19:40 h sshd[8]: [ID 800047 auth.notice] text',
      { ...bsd, level: 'notice', host: 'h', tag: 'sshd', pid: '8', message: 'text' },
    ],
    [
      'Feb 19 21:19:40 h auth|security:info sshd[8]: text',
      { ...bsd, level: 'info', host: 'h', tag: 'sshd', pid: '8', message: 'text' },
    ],
    [
      'Feb 19 21:19:40 loghost auth|security:info Message forwarded from h: sshd[8]: text',
      { ...bsd, level: 'info', host: 'h', tag: 'sshd', pid: '8', message: 'text' },
    ],
    [
      'kern  :err   : [   12.345678] text',
      { kind: 'uptime', level: 'err', offset: null, host: '', tag: 'kernel', pid: '', message: 'text' },
    ],
    [
      '[   12.345678 <    0.000012>] text',
      { kind: 'uptime', level: '', offset: null, host: '', tag: 'kernel', pid: '', message: 'text' },
    ],
    [
      '[   12.345678][   T42] text',
      { kind: 'uptime', level: '', offset: null, host: '', tag: 'kernel', pid: '', message: 'text' },
    ],
    [
      '2026-02-19T09:10:05,123456+01:00 usb 1-1: text',
      { kind: 'iso', level: '', offset: 60, host: '', tag: 'kernel', pid: '', message: 'usb 1-1: text' },
    ],
  ])('%s', (line, expected) => {
    expect(head(line)).toEqual(expected);
  });

  test.each([
    '\tcontinued text',
    'MMM 22 07:54:32 h app: text',
    'Feb 30 07:54:32 h app: text',
    'Feb 19 25:54:32 h app: text',
    'February starts',
    '2026-13-01T00:00:00Z h app: text',
    '<999>Feb 19 07:54:32 h app: text',
    '[core:notice] [pid 900] AH00052: text',
    '2026-02-19 09:10:05 status installed libc6:amd64 2.36-9',
    '2026-02-19 09:10:05,123 INFO app: text',
    '2026-02-19 09:10:05 root DEBUG: text',
    '2026-02-19 09:10:05 UTC [900] LOG:  text',
    '2026-02-19 09:10:05,123 - util.py[DEBUG]: text',
    '2026-02-19 09:10:05 1r6Hx2-0001 <= a@b H=h [10.0.0.9]',
    '2026-02-19 09:10:05 [main] Server: text',
    '2026-02-30 09:10:05 h app: text',
    '1771492205 12 text',
    '',
  ])('%j begins no line', line => {
    expect(head(line)).toBeUndefined();
  });
});

test('once a host is known by its tags, its lines without a tag begin a line, too', () => {
  const header = new Header();
  const kindOf = (line: string) => (readHeader(line, 0, line.length, header) ? header.host : undefined);
  expect(kindOf('2026-02-19 09:10:05 web01 some text')).toBeUndefined();
  expect(kindOf('2026-02-19 09:10:05 web01 app[7]: text')).toBe('web01');
  expect(kindOf('2026-02-19 09:10:06 web01 some text')).toBe('web01');
  expect(kindOf('2026-02-19 09:10:06 other some text')).toBeUndefined();
});

test('the host behind the time since boot is told by all lines together', () => {
  const journal = '[    1.000000] web01 kernel: usb 1-1: new\n[    2.000000] web01 sshd[7]: text\n';
  expect(uptimeHost(journal)).toBe('web01');
  expect(uptimeHost('[    1.000000] usb 1-1: new\n[    2.000000] usb 1-2: new\n')).toBe('');
  expect(uptimeHost('[    1.000000] usb 1-1: new\n[    2.000000] Linux version 6.1\n')).toBe('');
  expect(uptimeHost('[    1.000000] web01 kernel: text\n[    2.000000] web01 -- MARK --\n')).toBe('web01');
  const header = new Header();
  header.words.uptimeHost = 'web01';
  const line = '[    2.000000] web01 sshd[7]: text';
  expect(readHeader(line, 0, line.length, header)).toBe(true);
  expect([header.kind, header.host, header.tag, header.pid, line.slice(header.message)]).toEqual([
    'uptime',
    'web01',
    'sshd',
    '7',
    'text',
  ]);
});

test('a priority that is written over and over is read once', () => {
  const line = `Feb 19 09:10:05 ${'auth.info '.repeat(100_000)}`;
  const header = new Header();
  expect(readHeader(line, 0, line.length, header)).toBe(true);
  expect([header.level, header.host]).toEqual(['info', 'auth.info']);
});

test('no line is too odd to read', () => {
  const pieces = fc.constantFrom(
    '<14>',
    '1 ',
    'Feb 19 21:19:40',
    '2026-02-19T09:10:05Z',
    '2026-02-19 09:10:05',
    '1771492205',
    '[   12.345678',
    'kern  :info  : ',
    'auth.info ',
    '[ID 800047 auth.info] ',
    ' ',
    ':',
    '[',
    ']',
    '(',
    'h',
    '-',
    '"',
    '\\',
    '\u0000',
    'é',
    '=',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), parts => {
      const line = parts.join('');
      const header = new Header();
      if (readHeader(line, 0, line.length, header)) {
        expect(header.message).toBeLessThanOrEqual(line.length);
        expect(header.message).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});
