import { describe, expect, test } from 'vitest';
import { accessEvent } from '../../../src/parsers/esxi/access.ts';

describe('who came in, from where', () => {
  test.each([
    [
      'hostd',
      'Event 81 : User root@10.20.0.15 logged in as pyvmomi Python/3.8',
      {
        action: 'logged-in',
        outcome: 'success',
        user: 'root',
        sourceIp: '10.20.0.15',
        userAgent: 'pyvmomi Python/3.8',
      },
    ],
    [
      'hostd',
      'Event 82 : User root@::ffff:10.20.0.15 logged out (login time: Monday, 11 March, 2024 08:14:09 AM, number of API invocations: 3, user agent: pyvmomi)',
      { action: 'logged-out', type: 'end', sourceIp: '10.20.0.15', userAgent: 'pyvmomi' },
    ],
    [
      'vpxd',
      'Event [34] [1-1] [2024-03-11T08:14:11Z] [vim.event.UserLoginSessionEvent] [info] [A\\b] [] [34] [User A\\b@10.20.0.16 logged in as x]',
      { action: 'logged-in', user: 'A\\b', sourceIp: '10.20.0.16' },
    ],
    [
      'hostd',
      'Event 175 : Cannot login root@192.0.2.77: no permission',
      { action: 'logon-failed', outcome: 'failure', user: 'root', sourceIp: '192.0.2.77', reason: 'no permission' },
    ],
    ['hostd', 'Cannot login user root@2001:db8::9: bad', { sourceIp: '2001:db8::9', reason: 'bad' }],
    [
      'vobd',
      '[GenericCorrelator] 1us: [vob.user.ssh.session.opened] SSH session was opened for root@10.1.1.1.',
      { action: 'ssh_session_opened', user: 'root', sourceIp: '10.1.1.1', destinationPort: 22 },
    ],
    [
      'rhttpproxy',
      "SSL Handshake failed for stream <SSL(<io_obj p:0x0, h:18, <TCP '10.0.0.3 : 443'>, <TCP '10.9.9.9 : 51000'>>)>: N7Vmacore",
      {
        action: 'connection_accepted',
        outcome: 'failure',
        sourceIp: '10.9.9.9',
        sourcePort: 51000,
        destinationPort: 443,
      },
    ],
    [
      'vobd',
      'Remote access for ESXi local user account root has been locked for 900 seconds',
      { action: 'account_locked', user: 'root' },
    ],
    [
      'hostd',
      'Rejected password for user root from 192.0.2.77',
      { action: 'password-rejected', outcome: 'failure', sourceIp: '192.0.2.77' },
    ],
    [
      'vobd',
      "[UserLevelCorrelator] 1us: [esx.audit.ssh.session.failed] SSH login has failed for 'root@192.0.2.77'.",
      { action: 'ssh_login', outcome: 'failure', user: 'root', sourceIp: '192.0.2.77', destinationPort: 22 },
    ],
    [
      'hostd',
      'VmkVprobSource::Post event: (vim.event.EventEx) {\n   eventTypeId = "esx.audit.ssh.session.opened",\n   arguments = (vmodl.KeyAnyValue) [\n (vmodl.KeyAnyValue) {\n key = "1",\n value = "root"\n },\n (vmodl.KeyAnyValue) {\n key = "2",\n value = "192.168.101.96"\n }\n ]\n }',
      { action: 'ssh_session_opened', user: 'root', sourceIp: '192.168.101.96', destinationPort: 22 },
    ],
    [
      'rhttpproxy',
      "New proxy client <SSL(<io_obj p:0x1, h:12, <TCP '10.20.0.7 : 443'>, <TCP '10.20.0.99 : 52344'>>)>",
      {
        action: 'connection_accepted',
        sourceIp: '10.20.0.99',
        sourcePort: 52344,
        destinationIp: '10.20.0.7',
        destinationPort: 443,
      },
    ],
    [
      'vmkernel',
      'MigrateNet: vm 2103344: 2160: Accepted connection from <::ffff:10.20.0.31>',
      { action: 'connection_accepted', sourceIp: '10.20.0.31', destinationPort: 8000 },
    ],
    [
      'vmauthd',
      'Connect from remote socket (10.20.0.99:51811).',
      { sourceIp: '10.20.0.99', sourcePort: 51811, destinationPort: 902 },
    ],
    [
      'envoy-access',
      'POST /sdk HTTP/1.1 200 via_upstream - 641 453 gzip 4 4 0 10.20.0.99:50678 HTTP/1.1 TLSv1.2 10.20.0.7:443 127.0.0.1:24660 HTTP/1.1 - 127.0.0.1:8307 -',
      { action: 'connection_accepted', sourceIp: '10.20.0.99', sourcePort: 50678, destinationPort: 443 },
    ],
    ['dcui', 'User root logged in', { action: 'logged-in', user: 'root' }],
    [
      'vobd',
      "[x] 1us: [esx.audit.account.locked] Remote access for ESXi local user account 'root' has been locked for 900 seconds",
      { action: 'account_locked', user: 'root' },
    ],
    ['ssh', 'SSH login enabled', { action: 'ssh_enabled' }],
    [
      'vobd',
      '[x] 1us: [esx.audit.shell.enabled] The ESXi command line shell has been enabled.',
      { action: 'shell_enabled' },
    ],
  ])('%s: %s', (program, text, expected) => {
    const event = accessEvent(text, program);
    for (const [key, value] of Object.entries(expected)) expect(event).toHaveProperty(key, value);
  });
});

test.each([
  ['shell', "[root]: echo 'User root@10.0.0.1 logged in as x'"],
  ['vmx', 'Guest: Accepted connection from 10.0.0.1'],
  ['hostd', 'HTTP Connection has timed out while waiting for further requests'],
  ['vmkernel', 'Accepted connection from nobody'],
  [
    'hostd',
    "Failed to connect; <io_obj p:0x1, h:8, <TCP '10.0.0.1 : 60738'>, <TCP '10.0.0.2 : 443'>>, e: 113(No route to host)",
  ],
])('what is no access means nothing: %s: %s', (program, text) => {
  expect(accessEvent(text, program)).toBeUndefined();
});

test.each([
  ['SSH login enabled', 'ssh_enabled'],
  ['ESXi shell login enabled', 'shell_enabled'],
  ['ESXi shell login disabled', 'shell_disabled'],
])('%s opens or shuts a door', (text, action) => {
  expect(accessEvent(text, text.startsWith('SSH') ? 'ssh' : 'esxshell')).toMatchObject({ action, type: 'change' });
});

test('a user name that holds an address does not hide the one from which he came', () => {
  expect(accessEvent('Event 1 : Cannot login x@10.9.9.9@192.0.2.77', 'hostd')).toMatchObject({
    sourceIp: '192.0.2.77',
  });
});
