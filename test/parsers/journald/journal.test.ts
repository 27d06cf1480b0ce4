import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import { journald } from '../../../src/parsers/journald/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const sample = (name: string) => readFileSync(`samples/journald/${name}`);
const read = (bytes: Uint8Array, step?: number) => parseAll(journald, logOf(artifactOf('j', bytes, step)));

/** What an entry says, wherever it stands. */
const content = (events: readonly Event[]) =>
  events.map(({ artifact: _a, record: _r, ...rest }) => {
    const { 'log.file.line': _l, ...fields } = rest as Record<string, unknown>;
    return fields;
  });

test('one journal is the same events in every layout, packing and export', async () => {
  const names = [
    'regular-xz.journal',
    'regular-lz4.journal',
    'compact-zstd.journal',
    'exported.export',
    'exported.ndjson',
  ];
  const all = await Promise.all(names.map(async name => content((await read(sample(name))).events)));
  expect(all[0]).toHaveLength(11);
  for (const one of all) expect(one).toEqual(all[0]);
});

describe('what entries mean', () => {
  test('message ids tell it, whatever the language of the text', async () => {
    const { events } = await read(sample('regular-xz.journal'));
    const told = events.map(e =>
      [e['event.action'], e['service.name'], e['labels.crash_signal']]
        .filter(x => x !== undefined)
        .flat()
        .join(' '),
    );
    expect(told).toEqual([
      'host_boot',
      'ssh_login ssh',
      'process_crash exim4 SIGSEGV',
      'process_crash exim4 SIGSEGV',
      'service_failed exim4',
      'service_restart exim4',
      'service_start exim4',
      '',
      'crashed-program process_crash SIGSEGV',
      '',
      '',
    ]);
  });

  test('the sender’s clock counts up to ten minutes from the journal’s, and is kept aside beyond', async () => {
    const { events } = await read(sample('exported.export'));
    expect(events[1]).toMatchObject({ time: 1771492204999700, 'event.created': '2026-02-19T09:10:05.000Z' });
    expect(events[10]).toMatchObject({
      time: 1771492209000000,
      'journald.source_realtime_timestamp': '2026-02-18T09:10:00.000Z',
    });
  });

  test('a crash that the journal tells speaks of the process that crashed', async () => {
    const { events } = await read(sample('compact-zstd.journal'));
    expect(events[2]).toMatchObject({
      'process.name': 'exim4',
      'process.pid': 2201,
      'user.id': '105',
      'service.name': 'exim4',
    });
  });

  test('bytes that are no text, and fields that are there twice, are kept', async () => {
    const { events } = await read(sample('exported.ndjson'));
    expect(events[9]).toMatchObject({ message: 'bytes ÿþ that are no text', 'journald.tag': ['one', 'two'] });
  });
});

describe('damage', () => {
  const whole = sample('compact-zstd.journal');

  test('a file cut short gives the entries that are whole, and says that it is cut', async () => {
    const all = content((await read(whole)).events);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 300, max: whole.length - 1 }), async cut => {
        const { events, problems } = await read(whole.subarray(0, cut));
        expect(content(events)).toEqual(all.slice(0, events.length));
        expect(problems[0]?.kind).toBe('truncated');
      }),
      { numRuns: 30 },
    );
  });

  test('a hole in the middle costs what lay in it, and reading goes on behind it', async () => {
    const { events } = await read(whole);
    const holed = Buffer.from(whole);
    holed.fill(0xaa, events[3]!.record, events[3]!.record + 64);
    const { events: left, problems } = await read(holed);
    expect(problems.some(p => p.kind === 'damaged-record')).toBe(true);
    expect(left.map(e => e.record)).toEqual(events.map(e => e.record).filter(record => record !== events[3]!.record));
  });

  test('no flipped bytes bring it down', async () => {
    const flip = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    for (const name of ['compact-zstd.journal', 'regular-lz4.journal', 'exported.export']) {
      const bytes = sample(name);
      await fc.assert(
        fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 30 }), async flips => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, byte] of flips) damaged[at % damaged.length] = byte;
          await read(damaged);
        }),
        { numRuns: 40 },
      );
    }
  });

  test('a feature that nobody knows yet is answered with the export that would help', async () => {
    const future = Buffer.from(whole);
    future.writeUInt32LE(64, 12);
    const { events, problems } = await read(future);
    expect(events).toEqual([]);
    expect(problems).toEqual([
      expect.objectContaining({ kind: 'unsupported-format', message: expect.stringContaining('journalctl') }),
    ]);
  });
});

describe('the export form', () => {
  const binary = (name: string, value: string) => {
    const bytes = Buffer.from(value);
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(bytes.length));
    return Buffer.concat([Buffer.from(`${name}\n`), size, bytes, Buffer.from('\n')]);
  };
  const head = Buffer.from('__REALTIME_TIMESTAMP=1000000\n_HOSTNAME=h\n');

  test('reads bytes that look like fields and line ends, however they are cut', async () => {
    const bytes = Buffer.concat([
      head,
      binary('MESSAGE', 'a\n\nMESSAGE=b\n'),
      Buffer.from('\n'),
      head,
      Buffer.from('MESSAGE=c\n\n'),
    ]);
    const whole = await read(bytes);
    expect(whole.events.map(e => e.message)).toEqual(['a\n\nMESSAGE=b\n', 'c']);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async step => {
        expect(await read(bytes, step)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test('a length that is a lie costs its field, and the next one is read', async () => {
    const lie = binary('MESSAGE', 'x');
    lie.writeBigUInt64LE(0xffffffffffffn, 8);
    const { events, problems } = await read(Buffer.concat([head, lie, Buffer.from('PRIORITY=3\n\n')]));
    expect(problems.map(p => p.kind)).toEqual(['damaged-record', 'damaged-record']);
    expect(events).toEqual([expect.objectContaining({ 'host.name': 'h', 'log.level': 'error' })]);
  });
});

describe('the JSON form', () => {
  test('a torn line is one Problem', async () => {
    const { events, problems, ledger } = await read(
      Buffer.from(
        '{"__REALTIME_TIMESTAMP":"1000000","MESSAGE":"a"}\n{"__REALTIME_TIMESTAMP":"10\n{"__REALTIME_TIMESTAMP":"2000000","MESSAGE":null,"X":{"y":1}}\n',
      ),
    );
    expect(events.map(e => [e.time, e.message])).toEqual([
      [1000000, 'a'],
      [2000000, undefined],
    ]);
    expect(problems).toHaveLength(1);
    expect(ledger.get('j')).toMatchObject({ parsed: 2, failed: 1, variant: 'json' });
  });
});

describe('the verbose form', () => {
  const text = sample('printed.verbose').toString('utf8');

  test('takes both clocks from the cursor, and a value over several lines by its column', async () => {
    const { events, problems } = await read(Buffer.from(text));
    expect(problems).toEqual([]);
    expect(events.map(e => [e.time, e['host.name'], e['process.name'], e.message])).toEqual([
      [1_771_492_205_000_000, 'web01', 'sshd', 'Accepted publickey for ada from 10.20.9.66 port 51234 ssh2'],
      [1_771_492_206_000_001, 'web01', 'smbd', 'two\nlines\n    MESSAGE=of one message'],
      [1_771_492_207_000_001, 'web01', 'systemd', 'smbd.service: Main process exited, code=dumped, status=11/SEGV'],
    ]);
    expect(events[1]!['journald.x']).toEqual(['1', '2']);
    expect(events[2]!['event.action']).toBe('process_crash');
  });

  test('is the same however its lines end and its bytes are cut', async () => {
    const whole = content((await read(Buffer.from(text))).events);
    expect(content((await read(Buffer.from(text), 13)).events)).toEqual(whole);
    const { events } = await read(Buffer.from(text.replaceAll('\n', '\r\n')));
    expect(content(events)).toEqual(whole);
  });

  test('a line that belongs to no entry is one Problem, and cut anywhere it is the entries before the cut', async () => {
    const [head, ...rest] = text.split('\n');
    const { events, problems } = await read(
      Buffer.from([head, ...rest.slice(0, 3), 'garbage', ...rest.slice(3)].join('\n')),
    );
    expect(events).toHaveLength(3);
    expect(problems.map(p => [p.kind, p.record])).toEqual([['damaged-record', 5]]);
    for (let cut = 0; cut < text.length; cut += 17) {
      const begun = text
        .slice(0, cut)
        .split('\n')
        .filter(line => /x=[0-9a-f]{16}\]$/.test(line)).length;
      expect((await read(Buffer.from(text.slice(0, cut)))).events).toHaveLength(begun);
    }
  });
});

test('server-sent events and what stands between objects: the same entries, and a Problem for what is none', async () => {
  const lines = sample('exported.ndjson').toString('utf8').trim().split('\n');
  const plain = await read(Buffer.from(lines.join('\n')));
  const events = await read(Buffer.from(lines.map(line => `data: ${line}\n\n`).join('')), 11);
  expect(content(events.events)).toEqual(content(plain.events));
  expect(events.problems).toEqual([]);
  const mixed = await read(Buffer.from(`${lines[0]}\ngarbage\n-- No entries --\n${lines[1]}\n`));
  expect(mixed.events).toHaveLength(2);
  expect(mixed.problems.map(p => [p.kind, p.record])).toEqual([['damaged-record', 2]]);
});

describe('audit records in a journal', () => {
  const entry = (fields: Readonly<Record<string, string>>) =>
    `${JSON.stringify({ __REALTIME_TIMESTAMP: '1771492205300000', _BOOT_ID: 'b', _HOSTNAME: 'web01', ...fields })}\n`;
  const audit = (type: string, body: string, serial = '902') =>
    entry({
      _TRANSPORT: 'audit',
      _AUDIT_TYPE_NAME: type,
      _AUDIT_ID: serial,
      _SOURCE_REALTIME_TIMESTAMP: '1771492205231000',
      MESSAGE: `${type} ${body}`,
    });
  const call = audit(
    'SYSCALL',
    'arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 uid=33 comm="sh" exe="/bin/sh"',
  );
  const rows = async (text: string) => (await read(Buffer.from(text))).events;

  test('those of one event are told once, at the first; every entry stays an event', async () => {
    const other = audit('SYSCALL', 'arch=c000003e syscall=59 success=yes pid=3 uid=0', '903');
    const events = await rows(call + other + entry({ MESSAGE: 'x' }) + audit('EXECVE', 'argc=2 a0="sh" a1="-i"'));
    expect(events.map(e => e['process.command_line'])).toEqual(['sh -i', undefined, undefined, undefined]);
    expect(events.map(e => e['event.sequence'])).toEqual([902, 903, undefined, 902]);
    expect(events.map(e => e['event.dataset'])).toEqual([
      'linux.auditd',
      'linux.auditd',
      'linux.journald',
      'linux.journald',
    ]);
  });

  test('the kernel’s print of them joins as well, but not with journald’s own copy', async () => {
    const printed = (type: string, body: string) =>
      entry({
        _TRANSPORT: 'kernel',
        SYSLOG_IDENTIFIER: 'kernel',
        MESSAGE: `audit: type=${type} audit(1771492205.231:902): ${body}`,
      });
    const events = await rows(
      printed('1300', 'arch=c000003e syscall=59 success=yes pid=2') + call + printed('1309', 'argc=1 a0="id"'),
    );
    expect(events.map(e => e['process.command_line'])).toEqual(['id', undefined, undefined]);
  });

  test('an entry without a serial number is an event of its own', async () => {
    const bare = entry({ _TRANSPORT: 'audit', MESSAGE: "<audit-1130> pid=1 uid=0 msg='unit=ssh res=success'" });
    const events = await rows(bare + bare);
    expect(events.map(e => e['event.code'])).toEqual(['SERVICE_START', 'SERVICE_START']);
  });
});

test('a value that is too long to keep whole is told, and the rest of the entry is there', async () => {
  const long = Buffer.alloc((1 << 20) + 10, 97);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(long.length));
  const head = '__REALTIME_TIMESTAMP=1771492200000000\nMESSAGE=a\nHUGE\n';
  const { events, problems } = await read(
    Buffer.concat([Buffer.from(head), size, long, Buffer.from('\n_HOSTNAME=h\n\n')]),
  );
  expect(events[0]).toMatchObject({ message: 'a', 'host.name': 'h' });
  expect(String(events[0]!['journald.huge'])).toHaveLength(1 << 20);
  expect(problems.map(p => p.message)).toEqual([expect.stringContaining('the last 10 of it are left out')]);
});
