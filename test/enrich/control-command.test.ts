import { expect, test } from 'vitest';
import { controlCommand } from '../../src/enrich/control-command.ts';

test.each([
  ['systemctl restart smbd', 'smbd'],
  ['/usr/bin/systemctl --no-block reload-or-restart smbd.service', 'smbd.service'],
  ['sudo systemctl -q stop ssh', 'ssh'],
  ['service apache2 restart', 'apache2'],
  ['/etc/init.d/hostd restart', 'hostd'],
  ['sh -c "systemctl reload nginx"', 'nginx'],
  ['launchctl kickstart -k system/com.openssh.sshd', 'com.openssh.sshd'],
  ['apachectl -k graceful', 'httpd'],
  ['nginx -s reload', 'nginx'],
  ['pg_ctlcluster 15 main restart', 'postgres'],
  ['killall -9 smbd', 'smbd'],
])('%s touches %s', (line, target) => {
  expect(controlCommand(line)).toEqual({ target });
});

test.each(['reboot', '/sbin/shutdown -r now', '/sbin/services.sh restart'])('%s touches every service', line => {
  expect(controlCommand(line)).toEqual({ target: undefined });
});

test.each([
  'systemctl status smbd',
  'systemctl',
  'service --status-all',
  'cat /etc/init.d/ssh',
  'nginx -t',
  'ls -l',
  '',
])('%s touches none', line => {
  expect(controlCommand(line)).toBeUndefined();
});
