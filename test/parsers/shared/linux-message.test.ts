import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linuxMessage } from '../../../src/parsers/shared/linux-message.ts';

/** action, outcome, user, source. */
function said(app: string, message: string): string | undefined {
  const fields = linuxMessage(app, message);
  if (fields === undefined) return undefined;
  const source = [fields['source.ip'], fields['source.port']].filter(part => part !== undefined).join(' ');
  return [fields['event.action'], fields['event.outcome'], fields['user.name'], source]
    .filter(part => part !== undefined && part !== '')
    .join(', ');
}

test.each([
  ['sshd', 'Accepted password for ada from 10.0.0.9 port 50000 ssh2', 'ssh_login, success, ada, 10.0.0.9 50000'],
  [
    'sshd',
    'Failed password for invalid user a from b from 10.0.0.9 port 1 ssh2',
    'ssh_login, failure, a from b, 10.0.0.9 1',
  ],
  [
    'sshd-session',
    'Connection reset by authenticating user root 10.0.0.9 port 2 [preauth]',
    'ssh_preauth, failure, root, 10.0.0.9 2',
  ],
  ['sshd', 'fatal: Timeout before authentication for 10.0.0.9 port 3', 'ssh_preauth, failure, 10.0.0.9 3'],
  ['sshd', 'banner exchange: Connection from 10.0.0.9 port 4: invalid format', 'ssh_preauth, failure, 10.0.0.9 4'],
  [
    'sshd',
    'pam_unix(sshd:session): session opened for user ada(uid=1000) by (uid=0)',
    'ssh_session_opened, success, ada',
  ],
  [
    'sshd',
    'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.9  user=ada',
    'authentication_failure, failure, ada, 10.0.0.9',
  ],
  ['sudo', 'pam_unix(sudo:session): session closed for user root', 'session_closed, success, root'],
  ['sudo', 'ada : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls', 'ran-command, failure, ada'],
  ['sudo', 'ada : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls', 'ran-command, success, ada'],
  ['su', 'FAILED SU (to root) ada on pts/0', 'switched-user, failure, ada'],
  ['su', '(to root) ada on pts/0', 'switched-user, success, ada'],
  ['CRON', '(root) CMD (run-parts /etc/cron.hourly)', 'ran-scheduled-command, root'],
  [
    'useradd',
    'new user: name=eve, UID=1001, GID=1001, home=/home/eve, shell=/bin/bash',
    'added-user-account, success, eve',
  ],
  ['userdel', "delete user 'eve'", 'deleted-user-account, success, eve'],
  [
    'smbd',
    'pc (ipv4:10.0.0.9:49712) connect to service x initially as user ada (uid=1000, gid=1000) (pid 2300)',
    'smb_session, success, ada, 10.0.0.9 49712',
  ],
  [
    'smbd',
    'Auth: [SMB2,(null)] user [D]\\[ada] at [x] with [NTLMv2] status [NT_STATUS_WRONG_PASSWORD] workstation [W] remote host [ipv4:10.0.0.9:49713]',
    'smb_login, failure, ada, 10.0.0.9 49713',
  ],
  ['vsftpd', 'CONNECT: Client "::ffff:10.0.0.9"', 'ftp_connection, 10.0.0.9'],
  ['vsftpd', '[ada] OK LOGIN: Client "10.0.0.9"', 'ftp_login, success, ada, 10.0.0.9'],
  ['mysqld', "Access denied for user 'root'@'10.0.0.9' (using password: YES)", 'mysql_login, failure, root, 10.0.0.9'],
  [
    'mysqld',
    "Aborted connection 7 to db: 'x' user: 'app' host: '10.0.0.9' (Got an error reading communication packets)",
    'mysql_connection, failure, app, 10.0.0.9',
  ],
  ['exim4', 'SMTP connection from [10.0.0.9]:1234 lost', 'smtp_connection, 10.0.0.9 1234'],
  [
    'exim',
    '2026-02-19 09:10:05 SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from H=[10.0.0.9]:99',
    'smtp_connection, failure, 10.0.0.9 99',
  ],
  ['postfix/smtpd', 'connect from unknown[10.0.0.9]', 'smtp_connection, 10.0.0.9'],
  ['postfix/smtpd', 'lost connection after EHLO from unknown[10.0.0.9]', 'smtp_connection, failure, 10.0.0.9'],
  ['postfix/smtpd', 'warning: unknown[10.0.0.9]: SASL LOGIN authentication failed: x', 'smtp_login, failure, 10.0.0.9'],
  ['sshd', 'Server listening on 0.0.0.0 port 22.', 'listening, 0.0.0.0 22'],
  ['app', 'any text', undefined],
])('%s: %s', (app, message, expected) => {
  expect(said(app, message)).toBe(expected);
});

describe('packets', () => {
  const packet = (prefix: string, rest = 'PROTO=TCP SPT=1 DPT=445 WINDOW=1 RES=0x00 SYN URGP=0') =>
    linuxMessage(
      'kernel',
      `${prefix}IN=eth0 OUT= MAC=52:54:00:00:00:01:52:54:00:00:00:02:08:00 SRC=10.0.0.9 DST=10.0.0.5 LEN=60 TTL=64 ID=1 DF ${rest}`,
    );

  test.each([
    ['[12.5] [UFW BLOCK] ', 'deny'],
    ['iptables DROP_INPUT: ', 'deny'],
    ['FINAL_REJECT: ', 'deny'],
    ['[WAN_OUT-2000-A]', 'allow'],
    ['[source-dest-default-D]', 'deny'],
    ['[UFW ALLOW] ', 'allow'],
    ['[UFW AUDIT] ', undefined],
    ['', undefined],
  ])('the prefix %j says %s', (prefix, verdict) => {
    expect(packet(prefix)).toMatchObject({
      'source.ip': '10.0.0.9',
      'source.port': 1,
      'source.mac': '52:54:00:00:00:02',
      'destination.ip': '10.0.0.5',
      'destination.port': 445,
      'network.transport': 'tcp',
      'network.direction': 'ingress',
      'firewall.tcp_flags': ['SYN'],
      'event.type': verdict === undefined ? ['connection'] : ['connection', verdict === 'deny' ? 'denied' : 'allowed'],
    });
    expect(packet(prefix)?.['firewall.action']).toBe(verdict);
  });

  test('the packet inside an ICMP error is not the packet', () => {
    expect(packet('', 'PROTO=ICMP TYPE=3 CODE=3 [SRC=10.0.0.5 DST=10.0.0.9 PROTO=UDP SPT=53 DPT=53 ]')).toMatchObject({
      'network.transport': 'icmp',
      'source.ip': '10.0.0.9',
      'source.port': undefined,
    });
  });
});

test('no text is too odd to read, and none takes long', () => {
  const words = fc.constantFrom(
    'Failed ',
    'password ',
    'for ',
    'from ',
    '10.0.0.9 ',
    'port 1',
    'pam_unix(',
    ':session)',
    'IN=',
    'OUT=',
    'SRC=',
    '[',
    ']',
    "'",
    '"',
    'COMMAND=',
    ' ; ',
    'signal 11',
    ' '.repeat(50),
    'a'.repeat(100),
  );
  const apps = fc.constantFrom(
    'sshd',
    'sudo',
    'kernel',
    'systemd',
    'smbd',
    'vsftpd',
    'mysqld',
    'exim',
    'postfix/smtpd',
    'app',
  );
  fc.assert(
    fc.property(apps, fc.array(words, { maxLength: 30 }), (app, parts) => {
      linuxMessage(app, parts.join(''));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['sudo', `${'a ; '.repeat(20_000)}COMMAND=`],
  ['sshd', `Failed password for ${'from 1.1.1.1 '.repeat(20_000)}`],
  ['smbd', `Auth: ${'user [x]\\[y] status [z] '.repeat(10_000)}`],
  ['kernel', `IN= OUT= SRC=1.1.1.1 ${'SPT=1 '.repeat(20_000)}`],
  ['postfix/smtpd', `lost connection ${'after from '.repeat(20_000)}`],
  ['exim', `rejected ${'[1.1.1.'.repeat(20_000)}`],
])('a line of %s that was made to be slow is not', (app, message) => {
  const start = process.cpuUsage().user;
  linuxMessage(app, message);
  expect((process.cpuUsage().user - start) / 1000).toBeLessThan(500);
});
