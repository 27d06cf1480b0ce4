import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENRICH_NEEDS, enrich } from '../../src/enrich/index.ts';
import { UNIX_FACTS } from '../../src/enrich/unix-facts.ts';
import { WINDOWS_FACTS } from '../../src/enrich/windows-facts.ts';
import type { Event } from '../../src/model/index.ts';
import { enriched, SETTINGS } from '../support/enrich.ts';
import { batchesOf, eventsOf, hostTableOf, type PlainEvent, timelineOfBatches } from '../support/events.ts';
import { NO_ROOT } from '../support/evidence.ts';

const AT = Date.parse('2026-03-01T10:00:00Z') * 1000;

/** Few pids, few programs, few services: so that they meet. */
const event: fc.Arbitrary<PlainEvent> = fc
  .record({
    second: fc.integer({ min: 0, max: 600 }),
    host: fc.constantFrom('h', 'g'),
    artifact: fc.constantFrom('a.log', 'b.log'),
    pid: fc.integer({ min: 1, max: 6 }),
    parent: fc.integer({ min: 1, max: 6 }),
    program: fc.constantFrom('sshd', 'smbd', 'sh', 'curl', 'cron', 'redis-server', '__proto__'),
    kind: fc.constantFrom(
      'start',
      'end',
      'fork',
      'seen',
      'login',
      'crash',
      'failed',
      'restart',
      'started',
      'stopping',
      'command',
      'word',
    ),
    uid: fc.constantFrom('0', '33', '1000'),
  })
  .map(({ second, host, artifact, pid, parent, program, kind, uid }): PlainEvent => {
    const base: PlainEvent = {
      time: AT + second * 1e6,
      host,
      artifact,
      'host.os.type': 'linux',
      'process.pid': pid,
      'process.name': program,
    };
    const audit: PlainEvent = {
      ...base,
      'event.dataset': 'linux.auditd',
      'event.code': 'SYSCALL',
      'process.executable': `/usr/bin/${program}`,
      'process.parent.pid': parent,
      'user.id': uid,
      'event.category': 'process',
    };
    const line: PlainEvent = { ...base, 'event.dataset': 'linux.syslog' };
    switch (kind) {
      case 'start':
        return { ...audit, 'event.type': 'start', 'event.action': ['executed', 'exec', 'start'] };
      case 'end':
        return { ...audit, 'event.type': 'end', 'event.action': ['exited', 'end'] };
      case 'fork':
        return {
          ...audit,
          'event.type': 'info',
          'event.action': ['fork'],
          'auditd.data.exit': String((parent % 6) + 1),
        };
      case 'login':
        return {
          ...line,
          'event.category': 'authentication',
          'event.action': ['ssh_login'],
          'event.outcome': 'success',
          'process.name': 'sshd',
        };
      case 'crash':
        return { ...line, 'event.action': ['process_crash'] };
      case 'failed':
        return { ...line, 'event.action': ['service_failed'], 'service.name': program };
      case 'restart':
        return { ...line, 'event.action': ['service_restart'], 'service.name': program };
      case 'started':
        return { ...line, 'event.action': ['service_start'], 'service.name': program };
      case 'stopping':
        return { ...line, 'event.action': ['service_stopping'], 'service.name': program };
      case 'command':
        return {
          ...audit,
          'event.type': 'start',
          'process.command_line': `systemctl restart ${program}`,
          'process.name': 'systemctl',
          'process.executable': '/usr/bin/systemctl',
        };
      case 'word':
        return { ...line, message: `${program}: segmentation fault` };
      default:
        return audit;
    }
  });
const events = fc.array(event, { maxLength: 60 });

/** What was derived, by event, with ids by the order in which they first appear: they hold host and time. */
function derived(all: readonly Event[]): string[] {
  const ids = new Map<unknown, number>();
  const name = (id: unknown): unknown => {
    if (id === undefined) return undefined;
    if (!ids.has(id)) ids.set(id, ids.size);
    return ids.get(id);
  };
  return all.map(e =>
    JSON.stringify([
      e.artifact,
      e.record,
      e['process.parent.name'],
      e['aftershock.process.context'],
      e['aftershock.process.service'],
      e['aftershock.service.event'],
      e['aftershock.service.name'],
      e['aftershock.service.chronic'],
      e['aftershock.maintenance'],
      name(e['process.entity_id']),
      name(e['process.parent.entity_id']),
      name(e['aftershock.process.lineage']),
    ]),
  );
}

test('what is derived does not depend on how events are cut into batches', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 7 }), (all, rows) => {
      expect(derived(enriched(all, { os: 'linux', rows }))).toEqual(derived(enriched(all, { os: 'linux' })));
    }),
    { numRuns: 60 },
  );
});

test('nor on the order of the files', () => {
  fc.assert(
    fc.property(events, all => {
      const batches = batchesOf(all);
      const [forth, back] = [batches, batches.toReversed()].map(some =>
        derived(eventsOf(enrich(timelineOfBatches(some), hostTableOf({ id: 'h', os: 'linux' }), new Map(), SETTINGS))),
      );
      expect(back).toEqual(forth);
    }),
    { numRuns: 60 },
  );
});

test('nor, where two processes claim to be each other’s parent, on who is asked about first', () => {
  const start = (artifact: string, pid: number, parent: number, program: string): PlainEvent => ({
    time: AT,
    host: 'h',
    artifact,
    'event.dataset': 'linux.auditd',
    'event.code': 'SYSCALL',
    'event.category': 'process',
    'event.type': 'start',
    'process.pid': pid,
    'process.parent.pid': parent,
    'process.executable': `/usr/bin/${program}`,
  });
  const ring = [start('a.log', 5, 6, 'curl'), start('b.log', 6, 7, 'sshd'), start('c.log', 7, 5, 'sh')];
  const contexts = (files: readonly PlainEvent[]): unknown[] =>
    eventsOf(
      enrich(timelineOfBatches(batchesOf(files)), hostTableOf({ id: 'h', os: 'linux' }), new Map(), SETTINGS),
    ).map(e => e['aftershock.process.context']);
  const [a, b, c] = ring as [PlainEvent, PlainEvent, PlainEvent];
  for (const files of [
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ])
    expect(contexts(files)).toEqual(contexts(ring));
});

test('nor on the clock: all times may be shifted', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: -1e6, max: 1e6 }), (all, seconds) => {
      const shifted = all.map(e => ({ ...e, time: (e.time as number) + seconds * 1e6 }));
      expect(derived(enriched(shifted, { os: 'linux' }))).toEqual(derived(enriched(all, { os: 'linux' })));
    }),
    { numRuns: 60 },
  );
});

test('a machine’s story does not depend on another machine’s', () => {
  fc.assert(
    fc.property(events, all => {
      const own = (some: readonly Event[]): string[] => derived(some.filter(e => e['aftershock.host'] === 'h'));
      const numbered = all.map((e, i) => ({ ...e, record: i + 1 }));
      expect(
        own(
          enriched(
            numbered.filter(e => e.host === 'h'),
            { os: 'linux' },
          ),
        ),
      ).toEqual(own(enriched(numbered, { os: 'linux' })));
    }),
    { numRuns: 60 },
  );
});

test('only fields that were asked for are read', () => {
  const service = { 'process.name': 'spoolsv.exe', 'process.parent.name': 'services.exe', 'process.parent.pid': 4 };
  const all: PlainEvent[] = [
    { 'process.pid': 1, 'event.category': 'process', 'event.type': 'start', 'event.code': '4688', ...service },
    { 'process.pid': 1, 'event.category': 'process', 'event.type': 'end', 'event.code': '4689', ...service },
    {
      'process.pid': 2,
      'event.category': 'process',
      'event.type': 'start',
      'event.code': '1',
      'process.name': 'WerFault.exe',
      'process.command_line': 'WerFault.exe -u -p 1 -s 2',
    },
    { 'process.pid': 3, 'event.category': 'process', 'event.action': ['fork'], 'auditd.data.exit': '4' },
    { 'process.pid': 3, 'event.category': 'session', 'event.type': 'start', 'process.name': 'sshd' },
    ...[...WINDOWS_FACTS].flatMap(([provider, table]) =>
      Object.keys(table).map(
        (code): PlainEvent => ({ 'event.provider': provider, 'event.code': code, 'event.action': 'application-crash' }),
      ),
    ),
    ...Object.keys(UNIX_FACTS).map(
      (action): PlainEvent => ({ 'event.dataset': 'linux.syslog', 'event.action': [action], 'process.name': 'sshd' }),
    ),
    { 'event.dataset': 'esxi.hostd', message: 'Backtrace', 'process.name': 'hostd' },
    { 'event.dataset': 'linux.syslog', message: 'sshd: segmentation fault', 'process.name': 'x' },
    { 'event.dataset': 'linux.syslog', 'process.name': 'sudo', message: 'COMMAND=/bin/systemctl restart ssh' },
    { 'event.category': 'file', 'event.type': 'creation', 'file.path': '/var/crash/core.smbd.1' },
  ].map(e => ({ time: AT, ...e }));
  const batches = batchesOf(all.map(e => ({ host: 'h', ...e }))).map(batch => ({
    ...batch,
    columns: new Map([...batch.columns].filter(([field]) => ENRICH_NEEDS.has(field))),
    decoded: ENRICH_NEEDS,
  }));
  const roots = new Map(batches.map(batch => [batch.artifact, NO_ROOT]));
  for (const os of ['windows', 'linux', 'esxi', 'macos'] as const) {
    expect(() => enrich(timelineOfBatches(batches), hostTableOf({ id: 'h', os }), roots, SETTINGS)).not.toThrow();
  }
});

test('forged ancestries neither hang nor overflow', () => {
  const chain: PlainEvent[] = Array.from({ length: 5000 }, (_, i) => ({
    time: AT + i,
    'event.dataset': 'linux.auditd',
    'event.code': 'SYSCALL',
    'event.category': 'process',
    'event.type': 'start',
    'process.pid': i + 10,
    'process.parent.pid': i + 9,
    'process.name': 'sh',
  }));
  const own: PlainEvent = {
    time: AT,
    'event.category': 'process',
    'event.type': 'start',
    'process.pid': 5,
    'process.parent.pid': 5,
    'process.name': 'sh',
  };
  const pair: PlainEvent[] = [
    { ...own, 'process.entity_id': 'a', 'process.parent.entity_id': 'b' },
    { ...own, 'process.entity_id': 'b', 'process.parent.entity_id': 'a' },
  ];
  const parent: PlainEvent = {
    time: AT - 1,
    'event.dataset': 'linux.auditd',
    'event.category': 'network',
    'process.pid': 9,
    'process.executable': '/usr/sbin/smbd',
  };
  const all = enriched([parent, ...chain, own, ...pair].toReversed(), { os: 'linux' });
  expect(all.filter(e => e['aftershock.process.context'] === 'service').length).toBeGreaterThanOrEqual(5000);
});

test('an event without a time is nobody’s crash and still a process', () => {
  const [event] = enriched(
    [{ 'event.provider': 'Service Control Manager', 'event.code': '7031', 'service.name': 'Spooler' }],
    { os: 'windows' },
  );
  expect(event!['aftershock.service.event']).toBeUndefined();
});
