import { describe, expect, test } from 'vitest';
import { sshdEvent } from '../../../src/parsers/shared/sshd-text.ts';

describe('a line of sshd', () => {
  test.each([
    [
      'Accepted publickey for ada from 10.0.0.5 port 51002 ssh2: ED25519 SHA256:AA',
      {
        action: 'ssh_login',
        outcome: 'success',
        user: 'ada',
        sourceIp: '10.0.0.5',
        sourcePort: 51002,
        method: 'publickey',
      },
    ],
    [
      'Failed password for invalid user admin from 2001:db8::9 port 40022 ssh2',
      { action: 'ssh_login', outcome: 'failure', user: 'admin', sourceIp: '2001:db8::9' },
    ],
    [
      'Postponed keyboard-interactive for root from 10.0.0.5 port 1 ssh2 [preauth]',
      { action: 'ssh_preauth', outcome: undefined },
    ],
    [
      'error: PAM: Authentication failure for root from 192.0.2.7',
      { action: 'ssh_login', outcome: 'failure', user: 'root', sourceIp: '192.0.2.7' },
    ],
    ['Invalid user test from 192.0.2.7 port 40100', { outcome: 'failure', user: 'test', reason: 'invalid user' }],
    [
      'Connection from 192.0.2.7 port 40100 on 10.0.0.8 port 22 rdomain ""',
      { action: 'ssh_connection', sourcePort: 40100, destinationIp: '10.0.0.8', destinationPort: 22 },
    ],
    [
      'fatal: Timeout before authentication for 192.0.2.7 port 40100',
      { action: 'ssh_preauth', outcome: 'failure', sourceIp: '192.0.2.7', sourcePort: 40100 },
    ],
    [
      'Timeout before authentication for connection from 192.0.2.7 to 10.0.0.8, pid = 4711',
      { action: 'ssh_preauth', sourceIp: '192.0.2.7' },
    ],
    [
      'banner exchange: Connection from 192.0.2.7 port 40100: invalid format',
      { action: 'ssh_preauth', sourceIp: '192.0.2.7' },
    ],
    [
      'error: kex_exchange_identification: Connection closed by remote host',
      { action: 'ssh_preauth', sourceIp: undefined },
    ],
    ['Did not receive identification string from 192.0.2.7 port 40100', { action: 'ssh_preauth' }],
    [
      "Bad protocol version identification 'GET / HTTP/1.1' from 192.0.2.7 port 40100",
      { action: 'ssh_preauth', sourceIp: '192.0.2.7' },
    ],
    [
      'drop connection #10 from [192.0.2.7]:40100 on [10.0.0.8]:22 past MaxStartups',
      { action: 'ssh_preauth', sourceIp: '192.0.2.7', sourcePort: 40100 },
    ],
    [
      'Connection closed by authenticating user root 192.0.2.7 port 40100 [preauth]',
      { action: 'ssh_preauth', outcome: 'failure', user: 'root', sourceIp: '192.0.2.7' },
    ],
    [
      'Connection reset by 192.0.2.7 port 40100 [preauth]',
      { action: 'ssh_preauth', user: undefined, sourceIp: '192.0.2.7' },
    ],
    ['Disconnected from user ada 10.0.0.5 port 51002', { action: 'ssh_disconnect', user: 'ada', sourceIp: '10.0.0.5' }],
    [
      'Disconnected from 172.31.255.6 port 50311',
      { action: 'ssh_disconnect', user: undefined, sourceIp: '172.31.255.6', sourcePort: 50311 },
    ],
    [
      'Received disconnect from 10.0.0.5 port 51002:11: disconnected by user',
      { action: 'ssh_disconnect', sourceIp: '10.0.0.5' },
    ],
    [
      'pam_unix(sshd:session): session opened for user ada(uid=501) by (uid=0)',
      { action: 'ssh_session_opened', user: 'ada' },
    ],
    ["Session closed for 'root' on /dev/char/pty/t0", { action: 'ssh_session_closed', user: 'root' }],
  ])('%s', (text, expected) => {
    const event = sshdEvent(text);
    for (const [key, value] of Object.entries(expected)) expect(event).toHaveProperty(key, value);
  });

  test('cannot be given another address by a user name that holds one', () => {
    expect(
      sshdEvent('Failed password for invalid user x from 1.1.1.1 port 1 from 192.0.2.7 port 40100 ssh2'),
    ).toMatchObject({
      sourceIp: '192.0.2.7',
      sourcePort: 40100,
    });
  });

  test.each(['Server listening on 0.0.0.0 port 22.', 'Starting session: shell on ttys000 for ada', ''])(
    'that tells of no access means nothing: %s',
    text => {
      expect(sshdEvent(text)).toBeUndefined();
    },
  );
});
