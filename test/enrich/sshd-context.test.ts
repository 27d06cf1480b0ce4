import { describe, expect, test } from 'vitest';
import { acts, contextOf, exec, fork, last, sshd } from '../support/unix-events.ts';

describe('sshd', () => {
  const LISTENER = acts(-3600, 600, 1, '/usr/sbin/sshd', { 'process.command_line': '/usr/sbin/sshd -D' });
  const monitor = acts(-10, 700, 600, '/usr/sbin/sshd');
  const child = acts(-9, 710, 700, '/usr/sbin/sshd');

  test('a login shell after Accepted is a login, under the sshd that logged it or its child', () => {
    const accepted = sshd(-9, 700, 'ssh_login', 'success');
    expect(contextOf([LISTENER, monitor, accepted, exec(0, 900, 700, '/bin/bash')])).toBe('login');
    expect(contextOf([LISTENER, monitor, accepted, child, exec(0, 900, 710, '/bin/bash')])).toBe('login');
  });

  test('and so is what is typed into it, hours later', () => {
    const events = [
      LISTENER,
      monitor,
      sshd(-9, 700, 'ssh_login', 'success'),
      exec(0, 900, 700, '/bin/bash'),
      exec(7200, 950, 900, '/usr/bin/curl'),
    ];
    expect(contextOf(events)).toBe('login');
  });

  test('sftp-server and a forced command after Accepted are a login', () => {
    const accepted = sshd(-9, 700, 'ssh_login', 'success');
    expect(contextOf([LISTENER, monitor, accepted, exec(0, 900, 700, '/usr/lib/openssh/sftp-server')])).toBe('login');
    expect(
      contextOf([
        LISTENER,
        monitor,
        accepted,
        exec(0, 900, 700, '/bin/sh', { 'process.command_line': 'sh -c /usr/bin/backup' }),
      ]),
    ).toBe('login');
  });

  test('a login that only the kernel knows: the login uid is set', () => {
    expect(contextOf([LISTENER, monitor, exec(0, 900, 700, '/bin/bash', { 'user.audit.id': '1000' })])).toBe('login');
  });

  test('a shell without any login is a child of the service', () => {
    expect(last([LISTENER, monitor, exec(0, 900, 700, '/bin/bash')])).toMatchObject({
      'aftershock.process.context': 'service',
      'aftershock.process.service': 'sshd',
      'aftershock.process.ports': ['22'],
    });
  });

  test('where no log of sshd is there, nothing can be said; a client that left before it logged in proves that one is', () => {
    const shell = exec(0, 900, 700, '/bin/bash', { 'event.code': undefined });
    expect(contextOf([LISTENER, monitor, shell])).toBe('login');
    expect(contextOf([LISTENER, monitor, sshd(-9, 700, 'ssh_preauth', 'failure'), shell])).toBe('service');
    expect(contextOf([LISTENER, monitor, sshd(-300, 650, 'ssh_preauth', 'failure'), shell])).toBe('service');
    const accepted = sshd(-9, 700, 'ssh_login', 'success');
    expect(contextOf([LISTENER, monitor, sshd(-300, 650, 'ssh_preauth', 'failure'), accepted, shell])).toBe('login');
  });

  test('a failed login is none', () => {
    expect(contextOf([LISTENER, monitor, sshd(-9, 700, 'ssh_login', 'failure'), exec(0, 900, 700, '/bin/bash')])).toBe(
      'service',
    );
  });

  test('somebody else’s login is none', () => {
    expect(contextOf([LISTENER, monitor, sshd(-9, 701, 'ssh_login', 'success'), exec(0, 900, 700, '/bin/bash')])).toBe(
      'service',
    );
  });

  test('right under the listener there is no login, whatever was logged', () => {
    const events = [LISTENER, sshd(-9, 600, 'ssh_login', 'success'), exec(0, 900, 600, '/bin/bash')];
    expect(contextOf(events)).toBe('service');
  });

  test('an sshd that systemd starts for one connection is no listener once somebody logged in', () => {
    const own = acts(-10, 700, 1, '/usr/sbin/sshd');
    expect(contextOf([own, sshd(-9, 700, 'ssh_login', 'success'), exec(0, 900, 700, '/bin/bash')])).toBe('login');
    expect(contextOf([own, sshd(-9, 20, 'ssh_login', 'success'), exec(0, 900, 700, '/bin/bash')])).toBe('service');
  });

  test('a session that was closed is over', () => {
    const events = [
      LISTENER,
      monitor,
      sshd(-300, 700, 'ssh_login', 'success'),
      sshd(-200, 700, 'ssh_disconnect', ''),
      exec(0, 900, 700, '/bin/bash'),
    ];
    expect(contextOf(events)).toBe('service');
  });

  test('a reused pid of an earlier login does not excuse it', () => {
    const events = [
      LISTENER,
      monitor,
      sshd(-9, 700, 'ssh_login', 'success'),
      exec(100, 700, 600, '/usr/sbin/sshd', { 'event.type': 'end', 'event.action': ['exited', 'end'] }),
      fork(4000, 600, 1, '/usr/sbin/sshd', 700),
      exec(4001, 900, 700, '/bin/bash'),
    ];
    expect(contextOf(events)).toBe('service');
  });

  test('where neither logins nor login uids are logged, nothing is said', () => {
    const elastic = { 'event.code': undefined, 'event.dataset': 'endpoint.events.process' };
    const events = [
      exec(0, 900, 700, '/bin/bash', {
        ...elastic,
        'process.parent.name': 'sshd',
        'process.parent.executable': '/usr/sbin/sshd',
      }),
    ];
    expect(contextOf(events)).toBe('login');
  });

  test('on macOS launchd starts one sshd a connection, and that is no listener', () => {
    const mac = { 'event.code': undefined, 'event.dataset': 'osquery.result', 'host.os.type': 'macos' };
    const process = exec(-10, 700, 1, '/usr/sbin/sshd', mac);
    const shell = exec(0, 900, 700, '/bin/zsh', mac);
    const login = sshd(-9, 700, 'ssh_login', 'success');
    const other = sshd(-900, 20, 'ssh_login', 'success');
    expect(contextOf([process, login, shell], { os: 'macos' })).toBe('login');
    expect(contextOf([process, other, shell], { os: 'macos' })).toBe('service');
  });
});
