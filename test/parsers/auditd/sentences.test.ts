import { expect, test } from 'vitest';
import { auditd } from '../../../src/parsers/auditd/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const SENTENCES = [
  'At 22:13:20 11/14/23 www-data, acting as root, successfully executed /usr/bin/id ',
  'At 22:13:21 11/14/23 system, acting as www-data, successfully crashed-program /usr/sbin/httpd using SIGSEGV',
  'On h.example at 10:13:22 PM 11/14/2023 bob unsuccessfully logged-in ssh using /usr/sbin/sshd',
  'At 22:13:23 11/14/23 system, acting as root, successfully started-service nginx using /usr/lib/systemd/systemd',
  'At 22:13:24 11/14/23 unknown(48) unsuccessfully connected-to 203.0.113.9 using /usr/bin/php',
  'At 22:13:25 11/14/23 root changed-socket-promiscuous-mode eth0 ',
  'At 22:13:26 11/14/23  did-unknown ',
];
const read = (lines: readonly string[]) =>
  parseAll(auditd, logOf(artifactOf('audit.txt', Buffer.from(`${lines.join('\n')}\n`))));

test('a sentence of ausearch tells when, who, as whom, what, and whether it succeeded', async () => {
  expect(auditd.identify(Buffer.from(SENTENCES.join('\n')), 'x')).toBe('yes');
  const { events, problems, ledger } = await read(SENTENCES);
  expect(problems).toEqual([]);
  expect(ledger.get('audit.txt')).toMatchObject({
    variant: 'ausearch-text',
    parsed: 7,
    failed: 0,
    hosts: ['h.example'],
  });
  expect(events.map(e => (e.time - events[0]!.time) / 1e6)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(events.map(e => [e['user.audit.name'], e['user.name'], e['event.outcome'], e['process.name']])).toEqual([
    ['www-data', 'root', 'success', undefined],
    [undefined, 'www-data', 'success', 'httpd'],
    [undefined, 'bob', 'failure', 'sshd'],
    [undefined, 'root', 'success', 'systemd'],
    ['unknown(48)', 'unknown(48)', 'failure', 'php'],
    ['root', 'root', 'unknown', undefined],
    [undefined, undefined, 'unknown', undefined],
  ]);
  expect(events[1]).toMatchObject({ 'labels.crash_signal': 'SIGSEGV', 'process.executable': '/usr/sbin/httpd' });
  expect(events[3]!['service.name']).toBe('nginx');
  expect(events[4]!['destination.ip']).toBe('203.0.113.9');
  expect(events[0]).toMatchObject({ 'file.path': '/usr/bin/id', message: SENTENCES[0]!.trimEnd() });
});

test('a line that is none is one Problem; prose is no log', async () => {
  const { events, problems } = await read([
    SENTENCES[0]!,
    'garbage',
    'At 25:13:20 11/14/23 root executed x',
    SENTENCES[1]!,
  ]);
  expect(events).toHaveLength(2);
  expect(problems.map(p => [p.kind, p.record])).toEqual([
    ['damaged-record', 2],
    ['damaged-record', 3],
  ]);
  expect(auditd.identify(Buffer.from('At 10 we met.\nOn Monday at noon he left.\n'), 'x')).toBe('no');
});
