import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import { auditd } from '../../../src/parsers/auditd/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const sample = readFileSync('samples/auditd/enriched.log');

const readAll = (text: string) => parseAll(auditd, logOf(artifactOf('audit.log', Buffer.from(text, 'latin1'))));
/** Without the rows that only repeat, in the way of other readers, what an event says. */
const read = async (text: string) => {
  const parsed = await readAll(text);
  return { ...parsed, events: parsed.events.filter(isOwn) };
};
const isOwn = (event: Event): boolean => event['aftershock.derived'] === undefined;

/** What an event says, wherever it stands. */
const content = (events: readonly Event[]) =>
  events.filter(isOwn).map(({ artifact: _a, record: _r, ...rest }) => {
    const { 'log.file.line': _l, ...fields } = rest as Record<string, unknown>;
    return fields;
  });

const syscall = (stamp: string, pid: number, node = '') =>
  `${node === '' ? '' : `node=${node} `}type=SYSCALL msg=audit(${stamp}): arch=c000003e syscall=59 success=yes exit=0 a0=1 ppid=1 pid=${pid} uid=0 comm="true" exe="/usr/bin/true" key=(null)`;
const cwd = (stamp: string, dir: string, node = '') =>
  `${node === '' ? '' : `node=${node} `}type=CWD msg=audit(${stamp}): cwd="${dir}"`;

describe('records become one event by node, time and serial', () => {
  test('a serial that comes again after a boot is another event', async () => {
    const { events } = await read(
      `${syscall('100.000:7', 1)}\n${syscall('200.000:7', 2)}\n${cwd('100.000:7', '/a')}\n`,
    );
    expect(events.map(e => [e['process.pid'], e['process.working_directory']])).toEqual([
      [1, '/a'],
      [2, undefined],
    ]);
  });

  test('two hosts may have the same time and serial', async () => {
    const { events, ledger } = await read(
      [
        syscall('1.000:7', 1, 'a'),
        syscall('1.000:7', 2, 'b'),
        cwd('1.000:7', '/b', 'b'),
        cwd('1.000:7', '/a', 'a'),
      ].join('\n'),
    );
    expect(events.map(e => [e['host.name'], e['process.working_directory']])).toEqual([
      ['a', '/a'],
      ['b', '/b'],
    ]);
    expect(ledger.get('audit.log')?.hosts).toEqual(['a', 'b']);
  });

  test('records of one event need not stand together, however late, up to ten thousand records', async () => {
    const between = Array.from({ length: 9_000 }, (_, i) =>
      syscall(`500.${String(i % 1000).padStart(3, '0')}:${i}`, i),
    );
    const { events } = await read([syscall('100.000:1', 1), ...between, cwd('100.000:1', '/late')].join('\n'));
    expect(events).toHaveLength(9_001);
    expect(events[0]!['process.working_directory']).toBe('/late');
  });

  test('beyond that a late record is told as an event of its own rather than kept for ever', async () => {
    const between = Array.from({ length: 30_000 }, (_, i) => syscall(`500.000:${i}`, i));
    const { events } = await read([syscall('100.000:1', 1), ...between, cwd('100.000:1', '/late')].join('\n'));
    expect(events).toHaveLength(30_002);
  });

  test('events leave in the order in which they began, and their places ascend', async () => {
    const { events } = await parseAll(auditd, logOf(artifactOf('audit.log', sample)));
    const places = events.map(e => e.record);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('the same events however the log is kept', () => {
  const lines = sample.toString('latin1').split('\n').slice(0, -1);

  test('LF and CRLF mixed', async () => {
    const plain = await read(lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: lines.length, maxLength: lines.length }), async ends => {
        const mixed = await read(lines.map((line, i) => `${line}${ends[i] ? '\r\n' : '\n'}`).join(''));
        expect(content(mixed.events)).toEqual(content(plain.events));
        expect(mixed.problems.length).toBe(plain.problems.length);
      }),
      { numRuns: 10 },
    );
  });

  test('rotated in pieces, oldest first: an event cut by a rotation is one, in the file in which it began', async () => {
    const whole = await read(`${lines.join('\n')}\n`);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(lines.length), { maxLength: 4 }), async cuts => {
        const bounds = [0, ...cuts.toSorted((a, b) => a - b), lines.length];
        const pieces = bounds.slice(1).map((end, i) => `${lines.slice(bounds[i], end).join('\n')}\n`);
        const artifacts = pieces.map((text, i) =>
          artifactOf(`audit.log.${pieces.length - i}`, Buffer.from(text, 'latin1')),
        );
        const { events } = await parseAll(auditd, logOf(...artifacts));
        expect(content(events)).toEqual(content(whole.events));
      }),
      { numRuns: 20 },
    );
  });

  test('records of neighbouring events shuffled', async () => {
    const records = Array.from({ length: 12 }, (_, i) => [
      syscall(`10.000:${i}`, i),
      cwd(`10.000:${i}`, `/${i}`),
      `type=PROCTITLE msg=audit(10.000:${i}): proctitle="true"`,
    ]);
    const byPid = (events: readonly Event[]) =>
      content(events).toSorted((a, b) => Number(a['process.pid']) - Number(b['process.pid']));
    const plain = await read(records.flat().join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(records.flat(), { minLength: 36, maxLength: 36 }), async shuffled => {
        expect(byPid((await read(shuffled.join('\n'))).events)).toEqual(byPid(plain.events));
      }),
      { numRuns: 20 },
    );
  });
});

describe('damage is told and costs itself', () => {
  test.each([
    ['words alone', 'expected (1337845201) more'],
    ['neither date nor text', 'type=SYSCALL msg=audit():'],
    ['garbage', 'type=UNKNOWN[1329] msg=\u0001\u0002'],
    ['torn by a rotation', 'type=SYSCALL msg=audit(13378'],
    ['lost power', '\u0000'.repeat(512)],
  ])('a line with %s is one Problem at its offset, and the next line is read', async (_, bad) => {
    const before = `${syscall('1.000:1', 1)}\n`;
    const { events, problems, ledger } = await read(`${before}${bad}\n${syscall('2.000:2', 2)}\n`);
    expect(events.map(e => e['process.pid'])).toEqual([1, 2]);
    expect(problems.map(p => [p.kind, p.offset, p.record])).toEqual([['damaged-record', before.length, 2]]);
    expect(ledger.get('audit.log')).toMatchObject({ parsed: 2, failed: 1 });
  });

  test.each([
    ['no milliseconds', 'type=CWD msg=audit(1337845201:7): cwd="/a"', 1337845201, 7, 'CWD'],
    ['no serial', 'type=CWD msg=audit(1337845201.5): cwd="/a"', 1337845201.005, undefined, 'CWD'],
    ['a second alone', 'type=CWD msg=audit(1337845201): cwd="/a"', 1337845201, undefined, 'CWD'],
    ['no time', 'type=CWD msg=audit(): cwd="/a"', undefined, undefined, 'CWD'],
    ['letters for a time', 'type=CWD msg=audit(13x7845201.174:7): cwd="/a"', undefined, 7, 'CWD'],
    ['no type', 'type= msg=audit(1337845201.174:7): cwd="/a"', 1337845201.174, 7, 'CWD'],
    ['no word for its type', 'CWD msg=audit(1337845201.174:7): cwd="/a"', 1337845201.174, 7, 'CWD'],
    ['nothing before its stamp', 'audit(1337845201.174:7): cwd="/a"', 1337845201.174, 7, 'CWD'],
    ['a comma', 'type=CWD msg=audit(1337845201,174:7): cwd="/a"', 1337845201.174, 7, 'CWD'],
    ['no bracket', 'type=CWD msg=audit(1337845201.174:7 cwd="/a"', 1337845201.174, 7, 'CWD'],
    ['a blank in its stamp', 'type=CWD msg=audit( 1337845201.174 :7): cwd="/a"', 1337845201.174, 7, 'CWD'],
    ['no bracket before its stamp', 'type=CWD msg=1337845201.174:7): cwd="/a"', 1337845201.174, 7, 'CWD'],
    ['half of its second', 'type msg=audit(13378.174:7): cwd="/a"', undefined, 7, 'CWD'],
    ['another word for msg', 'type=CWD m^g=aud-t(1337845201.174:7): cwd="/a"', 1337845201.174, 7, 'CWD'],
    ['six digits of a second', 'type=CWD msg=audit(1337845201.174500:7): cwd="/a"', 1337845201.1745, 7, 'CWD'],
  ])('a record with %s in its head is kept with what is left of it, and told', async (_, bad, time, serial, code) => {
    const before = `${syscall('1.000:1', 1)}\n`;
    const { events, problems, ledger } = await read(`${before}${bad}\n${syscall('2.000:2', 2)}\n`);
    const event = events[1]!;
    expect([event['event.code'], event['event.sequence'], event['process.working_directory']]).toEqual([
      code,
      serial,
      '/a',
    ]);
    if (time === undefined) expect(event.time).toBeNaN();
    else expect(event.time).toBeCloseTo(time * 1e6, 0);
    expect(problems.map(p => [p.kind, p.offset, p.record])).toEqual([['damaged-record', before.length, 2]]);
    expect(ledger.get('audit.log')).toMatchObject({ parsed: 3, failed: 0 });
  });

  test('a record whose head is broken belongs to the event whose stamp it still has, and to no other', async () => {
    const call = syscall('1337845201.174:7', 1);
    const { events } = await read(
      `${call}\ntpe=CWD msg=audit(1337845201.174:7 cwd="/a"\ntype=CWD msg=audit(1337845201.174): cwd="/b"\n`,
    );
    expect(events.map(e => [e['event.code'], e['process.working_directory']])).toEqual([
      ['SYSCALL', '/a'],
      ['CWD', '/b'],
    ]);
  });

  test('records that lost the line end between them are each read, whole or not, and told', async () => {
    const torn = syscall('1337845201.174:7', 1).slice(0, 120);
    const { events, problems, ledger } = await read(
      `${torn}${cwd('1337845201.175:8', '/b', 'n')}\ntype=CWD msg=audi${cwd('1337845201.175:9', '/c')}\n`,
    );
    expect(events.map(e => [e['event.code'], e['host.name'], e['process.working_directory']])).toEqual([
      ['SYSCALL', undefined, undefined],
      ['CWD', 'n', '/b'],
      ['CWD', undefined, '/c'],
    ]);
    expect(events[1]!.record).toBe(torn.length);
    expect(problems.map(p => p.message)).toEqual([
      expect.stringContaining('2 records in one line'),
      expect.stringContaining('it is not spelled as one'),
    ]);
    expect(ledger.get('audit.log')).toMatchObject({ parsed: 3, failed: 0 });
  });

  test('a number at which the line was torn is not taken for whole', async () => {
    const torn = async (stamp: string) => {
      const { events } = await read(`${syscall('1.000:1', 1)}\ntype=CWD msg=audit(${stamp}`);
      return events.slice(1).map(e => [e.time / 1e6, e['event.sequence']]);
    };
    expect(await torn('1337845201.174:79')).toEqual([[1337845201.174, undefined]]);
    expect(await torn('1337845201.174:')).toEqual([[1337845201.174, undefined]]);
    expect(await torn('1337845201')).toEqual([[1337845201, undefined]]);
    expect(await torn('133784520')).toEqual([]);
  });

  test('a long argument that ausearch prints in pieces, over several records, is one', async () => {
    const head = (type: string) => `type=${type} msg=audit(05/24/12 07:40:01.174:9) :`;
    const { events } = await read(
      [
        `${head('EXECVE')} argc=4 a0=sh a1=-c a2_len=12 a2[0]=ñ x a2[1]=y `,
        `${head('EXECVE')} a2[2]=z a3=the end `,
        `${head('SYSCALL')} arch=x86_64 syscall=execve success=yes exit=0 a0=0x1 ppid=1 pid=2 comm=sh exe=/bin/sh`,
      ].join('\n'),
    );
    expect(events.map(e => [e['process.args'], e['process.args_count']])).toEqual([
      [['sh', '-c', 'ñ xyz', 'the end'], 4],
    ]);
  });

  test('of what ausearch prints in words, too, a record with a broken head is kept', async () => {
    const { events, problems } = await read(
      [
        'type=LOGIN msg=audit(05/24/12 07:40:01.174:94983) : pid=25443 uid=root',
        'type= msg=audit(05/24/12 07:40:02.174:94984) : pid=2 uid=root',
        'type=CWD msg=audit(05/24/12 07:40:03) : cwd=/a',
        'type=CWD msg=audit(45/67/89 07:40:03.000:9) : cwd=/b',
      ].join('\n'),
    );
    expect(events.map(e => [e['event.code'], e['event.sequence']])).toEqual([
      ['LOGIN', 94983],
      [undefined, 94984],
      ['CWD', undefined],
      ['CWD', 9],
    ]);
    expect(events.map(e => e.time / 1e6)).toEqual([1337845201.174, 1337845202.174, 1337845203, Number.NaN]);
    expect(problems.map(p => p.record)).toEqual([2, 3, 4]);
  });

  test('a thousand damaged lines are counted, and two hundred of them told', async () => {
    const { problems, ledger } = await read(`${syscall('1.000:1', 1)}\n${'garbage\n'.repeat(1000)}`);
    expect(problems).toHaveLength(201);
    expect(problems.at(-1)).toMatchObject({ kind: 'limit', missing: 800 });
    expect(ledger.get('audit.log')?.failed).toBe(1000);
  });

  test('NUL bytes before a record cost nothing', async () => {
    const { events, problems } = await read(`\u0000\u0000\u0000${syscall('1.000:1', 1)}\n`);
    expect(events).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  test('a daemon that stops leaves a blind window, which is said', async () => {
    const { problems } = await read('type=DAEMON_END msg=audit(5.000:9): op=terminate auid=0 pid=1 res=success\n');
    expect(problems).toEqual([expect.objectContaining({ kind: 'gap', offset: 0, record: 1 })]);
  });

  test('a line of two megabytes is cut, and said so', async () => {
    const { events, problems } = await read(
      `${syscall('1.000:1', 1)} x=${'A'.repeat(2 << 20)}\n${syscall('2.000:2', 2)}\n`,
    );
    expect(events.map(e => e['process.pid'])).toEqual([1, 2]);
    expect(problems.map(p => p.kind)).toEqual(['limit']);
  });
});

describe('what ausearch tells as an event of its own', () => {
  const told = async (...lines: readonly string[]) =>
    (await readAll(`${lines.join('\n')}\n`)).events.map(
      e => `${e['event.sequence']} ${e['event.code']}${e['aftershock.derived'] === undefined ? '' : ' again'}`,
    );
  const record = (type: string, stamp: string, body = 'x=1') => `type=${type} msg=audit(${stamp}): ${body}`;

  test('a record two seconds late stays with its event, and is told once more by its type', async () => {
    const late = record('PATH', '10.000:1', 'item=0 name="/a"');
    expect(await told(syscall('10.000:1', 2), record('CWD', '11.999:2'), late)).toEqual(['1 SYSCALL', '2 CWD']);
    expect(await told(syscall('10.000:1', 2), record('CWD', '12.000:2'), late)).toEqual([
      '1 SYSCALL',
      '1 PATH again',
      '2 CWD',
    ]);
  });

  test('the call behind a record that stands for itself is told with its meaning', async () => {
    const { events } = await readAll(
      `${record('LOGIN', '10.000:1', 'pid=2 uid=0 old-auid=4294967295 auid=1000 res=1')}\n${syscall('10.000:1', 2)}\n`,
    );
    expect(events.map(e => e['event.code'])).toEqual(['LOGIN', 'SYSCALL']);
    expect(events.map(e => e['event.action'])).toEqual([['changed-login-id-to'], ['executed', 'exec', 'start']]);
  });

  test('an end of event ends, and begins nothing', async () => {
    const end = record('EOE', '10.000:1', '');
    expect(await told(syscall('10.000:1', 2), record('PROCTITLE', '10.000:1'), end)).toEqual(['1 SYSCALL']);
    expect(await told(syscall('10.000:1', 2), end, record('CWD', '10.000:1'))).toEqual(['1 SYSCALL', '1 CWD again']);
  });

  test('is a handful of rows at most, and nothing is told twice of a kill', async () => {
    const kill = `type=SYSCALL msg=audit(10.000:1): arch=c000003e syscall=62 success=yes exit=0 a0=1f a1=9 pid=2 uid=0`;
    const lines = Array.from({ length: 50 }, () => record('USER_CMD', '10.000:1', 'pid=3'));
    const rows = await told(kill, record('OBJ_PID', '10.000:1', 'opid=31 ocomm="a"'), ...lines);
    expect(rows).toEqual(['1 USER_CMD', '1 OBJ_PID again', ...Array.from({ length: 4 }, () => '1 USER_CMD again')]);
  });
});
