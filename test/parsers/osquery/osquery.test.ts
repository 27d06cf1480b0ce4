import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { osquery } from '../../../src/parsers/osquery/index.ts';
import { meaningOf } from '../../../src/parsers/osquery/tables.ts';
import { artifactOf, logOf, NO_ROOT, parseAll } from '../../support/evidence.ts';

const parse = (text: string, step = 65_536) => parseAll(osquery, logOf(artifactOf('a', Buffer.from(text), step)));
const row = (columns: object, over: object = {}): string =>
  `${JSON.stringify({ name: 'q', hostIdentifier: 'h', unixTime: '1753645350', counter: '7', columns, action: 'added', ...over })}\n`;
const meaning = (columns: Record<string, string>) => meaningOf(new Map(Object.entries(columns)));

describe('when it happened', () => {
  const process = { pid: '1', path: '/bin/sh', cmdline: 'sh', parent: '2', time: '1753645312' };
  test('an event table says itself: the query ran up to its interval later', async () => {
    const { events } = await parse(row(process));
    expect(events).toMatchObject([{ time: 1753645312e6, 'event.created': '2025-07-27T19:42:30.000Z' }]);
  });
  test('a number that is no time is none', async () => {
    expect((await parse(row({ ...process, time: '12' }))).events[0]?.time).toBe(1753645350e6);
  });
  test('the time column of another table is not taken for it', async () => {
    expect((await parse(row({ day: '1', time: '1753645312' }))).events[0]?.time).toBe(1753645350e6);
  });
});

describe('what was there is not what happened', () => {
  const listed = { pid: '1', name: 'sshd', path: '/usr/sbin/sshd', cmdline: 'sshd', parent: '1', resident_size: '9' };
  test('the first run of a query is an inventory, and so is a snapshot', async () => {
    expect((await parse(row(listed, { counter: '0' }))).events).toMatchObject([
      { 'event.action': ['inventory'], 'event.type': ['info'] },
    ]);
    expect((await parse(row({}, { columns: undefined, snapshot: [listed], action: 'snapshot' }))).events).toMatchObject(
      [{ 'event.action': ['inventory'] }],
    );
  });
  test('but rows of an event table are activity at the first run already', async () => {
    const { events } = await parse(
      row({ pid: '1', path: '/bin/sh', cmdline: 'sh', time: '1753645312' }, { counter: 0 }),
    );
    expect(events).toMatchObject([{ 'event.type': ['start'], 'process.name': 'sh' }]);
  });
});

describe('columns decide what a row is about, whatever the query is called', () => {
  test.each([
    [
      {
        pid: '9',
        path: '/bin/bash',
        cmdline: 'bash -i',
        parent: '7',
        parent_name: 'sshd',
        uid: '501',
        time: '1753645312',
      },
      { 'process.parent.name': 'sshd', 'process.parent.pid': 7, 'user.id': '501', 'process.args': ['bash', '-i'] },
    ],
    [
      {
        pid: '9',
        path: '/bin/bash',
        parent: '7',
        parent_path: '/usr/sbin/httpd',
        event_type: 'exec',
        time: '1753645312',
      },
      { 'process.parent.name': 'httpd', 'process.parent.executable': '/usr/sbin/httpd' },
    ],
    [
      { pid: '9', path: '/bin/bash', event_type: 'exit', exit_code: '3', time: '1753645312' },
      { 'event.type': ['end'], 'process.exit_code': 3 },
    ],
    [{ pid: '9', path: '/bin/bash', syscall: 'clone', time: '1753645312' }, { 'event.action': ['fork'] }],
    [
      {
        pid: '9',
        action: 'connect',
        remote_address: '10.0.0.9',
        remote_port: '22',
        local_address: '',
        local_port: '0',
        protocol: '6',
        status: 'in_progress',
        time: '1753645312',
      },
      { 'destination.ip': '10.0.0.9', 'destination.port': 22, 'source.ip': undefined, 'event.outcome': undefined },
    ],
    [
      {
        pid: '9',
        action: 'accept',
        remote_address: '::ffff:10.0.0.9',
        remote_port: '5050',
        local_address: '10.0.0.1',
        local_port: '5900',
        success: '0',
        time: '1753645312',
      },
      {
        'source.ip': '10.0.0.9',
        'destination.ip': '10.0.0.1',
        'destination.port': 5900,
        'event.outcome': 'failure',
        'network.direction': 'ingress',
      },
    ],
    [{ interface: 'en0', address: '10.0.0.1', mask: '255.0.0.0' }, { 'host.ip': '10.0.0.1' }],
    [{ interface: 'lo0', address: '127.0.0.1', mask: '255.0.0.0' }, { 'host.ip': undefined }],
    [
      { port: '22', protocol: '6', address: '0.0.0.0', pid: '3' },
      { 'destination.port': 22, 'event.action': ['listening'] },
    ],
    [
      { target_path: '/tmp/x', action: 'CREATED', time: '1753645312' },
      { 'file.path': '/tmp/x', 'event.type': ['creation'] },
    ],
    [
      {
        pid: '3',
        path: '/usr/sbin/sshd',
        crash_path: '/Library/Logs/x.ips',
        exception_type: 'EXC_BAD_ACCESS (SIGSEGV)',
        datetime: '2025-07-27 15:41:44.901 -0400',
      },
      { 'event.action': ['process_crash'], 'service.name': 'sshd', 'labels.crash_signal': 'SIGSEGV' },
    ],
    [
      {
        pid: '9',
        path: '/bin/sh',
        cmdline: 'sh',
        auid: '4294967295',
        uid: '4294967295',
        parent: '-1',
        time: '1753645312',
      },
      { 'user.id': undefined, 'user.audit.id': undefined, 'process.parent.pid': undefined },
    ],
  ])('%j', (columns, expected) => {
    const { fields } = meaning(columns);
    for (const [field, value] of Object.entries(expected)) expect(fields[field as keyof typeof fields]).toEqual(value);
  });
});

describe('whose it is', () => {
  test('a decoration is better than the identifier, and a UUID is an id and no name', async () => {
    const uuid = '72E1287B-D1BC-4FC6-B9D8-64F4352776A9';
    const { events } = await parse(
      row({ a: '1' }, { hostIdentifier: uuid }) +
        row({ a: '1' }, { hostIdentifier: uuid, decorations: { hostname: 'mac1' } }),
    );
    expect(events[0]).toMatchObject({ 'host.id': uuid });
    expect(events[0]).not.toHaveProperty('host.name');
    expect(events[1]).toMatchObject({ 'host.id': uuid, 'host.name': 'mac1' });
  });
  test('the user who was logged in did not start the processes that an event table tells of', async () => {
    const { events } = await parse(
      row({ pid: '1', path: '/bin/sh', cmdline: 'sh', time: '1753645312' }, { decorations: { username: 'ada' } }),
    );
    expect(events[0]).not.toHaveProperty('user.name');
  });
  test('the system is what the columns, a decoration or the collection say', async () => {
    const os = async (line: string, rootOs?: 'linux' | 'macos') =>
      (await parseAll(osquery, { artifacts: [artifactOf('a', Buffer.from(line))], root: { ...NO_ROOT, os: rootOs } }))
        .events[0]?.['host.os.type'];
    expect(await os(row({ cdhash: 'a', pid: '1' }))).toBe('macos');
    expect(await os(row({ a: '1' }, { decorations: { platform: 'ubuntu' } }))).toBe('linux');
    expect(await os(row({ a: '1' }), 'macos')).toBe('macos');
    expect(await os(row({ a: '1' }))).toBeUndefined();
  });
});

test('event, snapshot, batch and envelope tell the same rows', async () => {
  const base = { name: 'q', hostIdentifier: 'h', unixTime: 1753645350, counter: 5 };
  const columns = { interface: 'en0', address: '10.0.0.1' };
  const texts = [
    { ...base, columns, action: 'added' },
    { ...base, diffResults: { added: [columns], removed: [] } },
    { log_type: 'result', data: [{ ...base, columns, action: 'added' }] },
  ];
  const all = await Promise.all(texts.map(async text => (await parse(JSON.stringify(text))).events));
  for (const events of all) expect(events).toEqual(all[0]);
  expect(all[0]).toHaveLength(1);
});

test('columns called like the parts of an object do no harm', async () => {
  const { events } = await parse(
    '{"name":"q","hostIdentifier":"h","unixTime":1,"columns":{"__proto__":"x","constructor":"y","name":"z"},"action":"added"}\n',
  );
  expect(events[0]).toMatchObject({ 'osquery.constructor': 'y', 'osquery.columns.name': 'z', 'osquery.name': 'q' });
  expect(Object.hasOwn(events[0]!, 'osquery.__proto__')).toBe(true);
});

test('a status line is what osqueryd says of itself, alone or in an envelope', async () => {
  const status = {
    hostIdentifier: 'mac1',
    calendarTime: 'Mon Jan  8 14:51:55 2018 UTC',
    severity: '2',
    filename: 'scheduler.cpp',
    line: '75',
    message: 'Error executing query',
  };
  expect(osquery.identify(Buffer.from(JSON.stringify(status)), 'x')).toBe('yes');
  for (const text of [status, { node_key: 'k', log_type: 'status', data: [status] }]) {
    const { events, problems } = await parse(JSON.stringify(text));
    expect(problems).toEqual([]);
    expect(events).toMatchObject([
      {
        time: Date.UTC(2018, 0, 8, 14, 51, 55) * 1000,
        message: 'Error executing query',
        'event.dataset': 'osquery.status',
        'log.level': 'error',
        'host.name': 'mac1',
      },
    ]);
  }
});

test('a time in words counts where no seconds are', async () => {
  const at = async (calendarTime: string) =>
    (await parse(row({ a: '1' }, { unixTime: undefined, calendarTime }))).events[0]!.time;
  expect(await at('Sun Jul 27 19:42:30 2025 UTC')).toBe(1753645350e6);
  for (const no of ['Sun Foo 27 19:42:30 2025 UTC', 'yesterday', '']) expect(await at(no)).toBeNaN();
});

test('numbers as numbers say what numbers as texts say', async () => {
  const texts = { pid: '77', path: '/bin/sh', cmdline: 'sh', parent: '2', time: '1753645312', uid: '501' };
  const numbers = Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, /^\d+$/.test(value) ? Number(value) : value]),
  );
  const [a, b] = [await parse(row(texts)), await parse(row(numbers, { unixTime: 1753645350, counter: 7 }))];
  expect(b.events).toEqual(a.events);
  expect(a.events[0]).toMatchObject({ 'process.pid': 77, 'process.parent.pid': 2 });
});

test('a torn object and an unrelated one cost themselves alone', async () => {
  const { events, problems } = await parse(
    `${row({ a: '1' })}{"name":"torn","hostId\n{"severity":0,"text":"x"}\n${row({ a: '2' })}`,
  );
  expect(events).toHaveLength(2);
  expect(problems).toHaveLength(2);
});

test('the same rows, with CRLF and LF mixed', async () => {
  const text = readFileSync('samples/osquery/osqueryd.results.log', 'utf8');
  const count = (await parse(text)).events.length;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 3, max: 999 }),
      async (choices, step) => {
        let line = 0;
        const mixed = text.replace(/\n/g, () => (choices[line++ % choices.length] ? '\r\n' : '\n'));
        expect((await parse(mixed, step)).events).toHaveLength(count);
      },
    ),
    { numRuns: 10 },
  );
});
