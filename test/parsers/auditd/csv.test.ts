import { describe, expect, test } from 'vitest';
import { auditd } from '../../../src/parsers/auditd/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const HEADER =
  'NODE,EVENT,DATE,TIME,SERIAL_NUM,EVENT_KIND,SESSION,SUBJ_PRIME,SUBJ_SEC,SUBJ_KIND,ACTION,RESULT,OBJ_PRIME,OBJ_SEC,OBJ_KIND,HOW';
const row = (date: string, time: string, object = '/etc/passwd', how = '/usr/bin/vi', more = '') =>
  `,SYSCALL,${date},${time},7,audit-rule,1,root,root,privileged-acct,opened-file,success,${object},12,file,${how}${more}`;

const read = async (lines: readonly string[], header = HEADER) => {
  const log = logOf(artifactOf('a.csv', Buffer.from([header, ...lines].join('\n'))));
  expect(auditd.identify(log.artifacts[0]!.head, 'a.csv')).toBe('yes');
  const { events, problems } = await parseAll(auditd, log);
  expect(problems).toEqual([]);
  return events;
};
const times = async (...lines: readonly string[]) =>
  (await read(lines)).map(event => new Date(event.time / 1000).toISOString());

describe('the csv of ausearch', () => {
  test('quotes nothing: commas and quotes in a path, a program and a key stay where they are', async () => {
    const events = await read([
      row('05/24/12', '07:40:01', '/tmp/a,b,file', '/tmp/a,b'),
      row('05/24/12', '07:40:01', '"x",y', '/usr/bin/"q"'),
      row('05/24/12', '07:40:01', '/tmp/5" disk', '/usr/bin/vi'),
      row('05/24/12', '07:40:01', '/tmp/ñ', '/usr/bin/vi'),
    ]);
    expect(events.map(e => [e['file.path'], e['file.inode'], e['process.executable']])).toEqual([
      ['/tmp/a,b,file', '12', '/tmp/a,b'],
      ['"x",y', '12', '/usr/bin/"q"'],
      ['/tmp/5" disk', '12', '/usr/bin/vi'],
      ['/tmp/ñ', '12', '/usr/bin/vi'],
    ]);
    const [keyed] = await read([row('05/24/12', '07:40:01', '/a,b', '/usr/bin/vi', ',one,two')], `${HEADER},KEY`);
    expect([keyed!['file.path'], keyed!['process.executable'], keyed!.tags]).toEqual([
      '/a,b',
      '/usr/bin/vi',
      ['one,two'],
    ]);
  });

  test('quoted by a program that saved it again, it says the same', async () => {
    const [event] = await read([row('05/24/12', '07:40:01', '"/tmp/a,""b"""', '/usr/bin/vi')]);
    expect(event!['file.path']).toBe('/tmp/a,"b"');
  });

  test('a crash names its program and its signal, an account its name, and a context is no account', async () => {
    const events = await read([
      ',ANOM_ABEND,05/24/12,07:40:01,1,anomaly,unset,system,www-data,service-acct,crashed-program,success,/usr/sbin/httpd,,process,SIGSEGV',
      ',USER_AUTH,05/24/12,07:40:01,2,user-login,3,www-data,root,privileged-acct,authenticated,success,bob,,user-session,/usr/sbin/sshd',
      ',USER_LOGIN,05/24/12,07:40:01,3,user-login,3,bob,root,unknown-acct,logged-in,failed,ssh,203.0.113.9,user-session,/usr/sbin/sshd',
      ',ADD_GROUP,05/24/12,07:40:01,4,user-account,3,ada,root,privileged-acct,added-group-account-to,success,wheel,,account,/usr/sbin/groupadd',
      ',AVC,05/24/12,07:40:01,5,mac-decision,,a:b:c,,unknown-acct,accessed-mac-policy-controlled-object,failed,,,unknown,ls',
      ',CRYPTO_SESSION,05/24/12,07:40:01,6,crypto,3,ada,root,privileged-acct,started-crypto-session,success,203.0.113.9,,user-session,/usr/sbin/sshd',
      ',USER_CMD,05/24/12,07:40:01,7,user-space,3,ada,ada,user-acct,ran-command,success,ls -l,,process,',
    ]);
    expect(events[0]).toMatchObject({
      'event.kind': 'alert',
      'event.action': ['crashed-program', 'process_crash'],
      'process.executable': '/usr/sbin/httpd',
      'process.name': 'httpd',
      'labels.crash_signal': 'SIGSEGV',
      'user.name': 'www-data',
    });
    expect(
      events.map(e => [e['user.name'], e['user.audit.name'], e['group.name'], e['source.ip']]).slice(1, 6),
    ).toEqual([
      ['bob', 'www-data', undefined, undefined],
      ['bob', undefined, undefined, '203.0.113.9'],
      ['root', 'ada', 'wheel', undefined],
      [undefined, undefined, undefined, undefined],
      ['root', 'ada', undefined, '203.0.113.9'],
    ]);
    expect(events[6]!['process.command_line']).toBe('ls -l');
  });

  test('dates and times are those of a locale, and a date that only one reading allows settles the file', async () => {
    const first = '2012-05-04T19:40:01.000Z';
    expect(await times(row('05/04/12', '19:40:01'))).toEqual([first]);
    expect(await times(row('05/04/2012', '07:40:01 PM'))).toEqual([first]);
    expect(await times(row('04.05.2012', '19:40:01'))).toEqual([first]);
    expect(await times(row('2012-05-04', '19:40:01'))).toEqual([first]);
    expect(await times(row('04/05/12', '19:40:01'), row('24/05/12', '12:00:00 am'))).toEqual([
      first,
      '2012-05-24T00:00:00.000Z',
    ]);
  });

  test('with --extra-time it states milliseconds and the zone', async () => {
    const header = `NODE,EVENT,DATE,TIME,YEAR,MONTH,DAY,WEEKDAY,HOUR,MILLI,GMT_OFFSET,SERIAL_NUM,${HEADER.split('SERIAL_NUM,')[1]}`;
    const line = row('05/24/12', '07:40:01,2012,05,24,4, 7,17,+02:00');
    const [event] = await read([line], header);
    expect(new Date(event!.time / 1000).toISOString()).toBe('2012-05-24T05:40:01.017Z');
    expect([event!['event.sequence'], event!['file.path']]).toEqual([7, '/etc/passwd']);
  });

  test('a row without a type or a time that can be read is told or kept, never passed over', async () => {
    const { events, problems } = await parseAll(
      auditd,
      logOf(
        artifactOf(
          'a.csv',
          Buffer.from(`${HEADER}\n,,05/24/12,07:42:13,94984,unknown,,,,,did-unknown,,,,unknown,\n,SYSCALL,x,y,1\n`),
        ),
      ),
    );
    expect(events.map(e => [e['event.code'], e['event.sequence']])).toEqual([[undefined, 94984]]);
    expect(problems.map(p => [p.kind, p.record])).toEqual([['damaged-record', 3]]);
  });
});
