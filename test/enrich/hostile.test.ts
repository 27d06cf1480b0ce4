import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROCESS_NEEDS } from '../../src/enrich/process-reader.ts';
import { SERVICE_NEEDS } from '../../src/enrich/service-facts.ts';
import type { Field, Platform, Value } from '../../src/model/index.ts';
import { enriched } from '../support/enrich.ts';
import { eventsOf, type PlainEvent, timelineOf } from '../support/events.ts';

const WORDS = [
  '',
  '-',
  '1',
  '7031',
  '7036',
  '1000',
  '4688',
  '0',
  '-1',
  '4294967295',
  '1e400',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'process',
  'start',
  'end',
  'fork',
  'pipe-created',
  'process_crash',
  'service_start',
  'service_failed',
  'oom_kill',
  'application-crash',
  'Service Control Manager',
  'Application Error',
  'Microsoft-Windows-Sysmon',
  'linux.auditd',
  'esxi.hostd',
  'linux.syslog',
  'windows',
  'esxi',
  'svchost.exe',
  'C:\\Windows\\System32\\WerFault.exe',
  'WerFault.exe -u -p 4 -s 1',
  '/usr/sbin/sshd',
  'sshd',
  'sh',
  'cmd.exe',
  'Backtrace',
  '\u0000',
  '\ud800',
  '🦔',
  '/var/crash/core.sshd.1',
  '\\\\',
  '"',
  "sh -c '",
  '%',
  '(((((',
  '[[[[',
  '\\pipe\\eventlog',
];
const scalar = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { minLength: 1, maxLength: 3 }) },
);
const fields = [...PROCESS_NEEDS, ...SERVICE_NEEDS].filter(field => !field.startsWith('aftershock.'));
const event: fc.Arbitrary<PlainEvent> = fc
  .tuple(
    fc.option(fc.integer({ min: 0, max: 2e15 })),
    fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 14, noNullPrototype: true }),
  )
  .map(([time, own]) => ({ ...(time === null ? {} : { time }), ...(own as Readonly<Record<Field, Value>>) }));

test('whatever a log may hold, nothing is thrown and nothing of it is changed', () => {
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 25 }),
      fc.constantFrom<Platform>('windows', 'linux', 'esxi', 'macos'),
      (events, os) => {
        const before = eventsOf(timelineOf(events.map(plain => ({ host: 'h', ...plain }))));
        expect(enriched(events, { os })).toMatchObject(before);
      },
    ),
    { numRuns: 200 },
  );
});

test('a long line costs no more than a long line should', () => {
  const long = (piece: string): string => piece.repeat(Math.ceil(300_000 / piece.length));
  const start: PlainEvent = {
    time: 0,
    'event.category': 'process',
    'event.type': 'start',
    'process.pid': 1,
    'process.name': 'sh',
  };
  const lines = ['a/', "'", '"', '\\_ ', '[datastore', ' -x', 'sc stop ', 'Set-Service -a ', 'assert/'].map(long);
  const began = performance.now();
  for (const line of lines) {
    enriched([{ ...start, 'process.command_line': line, 'process.parent.name': 'sshd' }], { os: 'linux' });
    enriched(
      [{ ...start, 'process.name': 'cmd.exe', 'process.command_line': line, 'process.parent.name': 'spoolsv.exe' }],
      { os: 'windows' },
    );
    enriched([{ time: 0, 'event.dataset': 'esxi.hostd', 'process.name': 'hostd', message: `assert ${line}` }], {
      os: 'esxi',
    });
  }
  expect(performance.now() - began).toBeLessThan(10_000);
});
