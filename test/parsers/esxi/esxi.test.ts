import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMicros, type Field } from '../../../src/model/index.ts';
import { esxi } from '../../../src/parsers/esxi/index.ts';
import { artifactOf, logOf, NO_ROOT, parseAll } from '../../support/evidence.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const parse = (text: string, path = 'hostd.log') => parseAll(esxi, logOf(artifactOf(path, bytes(text))));

describe('every sample', () => {
  const files = readdirSync('samples/esxi').filter(file => file !== 'README.md');
  const places = new Set(['artifact', 'record', 'log.offset', 'log.file.line']);
  const bare = (events: readonly object[]): object[] =>
    events.map(event => Object.fromEntries(Object.entries(event).filter(([name]) => !places.has(name))));

  test.each(files)('%s says the same with CRLF and LF mixed', async file => {
    const text = readFileSync(`samples/esxi/${file}`, 'utf8');
    const before = await parse(text, file);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), async choices => {
        let line = 0;
        const mixed = text.replace(/\n/g, () => (choices[line++ % choices.length] ? '\r\n' : '\n'));
        expect(bare((await parse(mixed, file)).events)).toEqual(bare(before.events));
      }),
      { numRuns: 5 },
    );
  });

  test.each(files)('%s says the same when it is rotated into pieces, even inside a message', async file => {
    const text = readFileSync(`samples/esxi/${file}`, 'utf8');
    const lines = text.split(/(?<=\n)/);
    const before = await parse(text, file);
    await fc.assert(
      fc.asyncProperty(fc.nat(lines.length), fc.nat(lines.length), async (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const pieces = [lines.slice(0, first), lines.slice(first, second), lines.slice(second)];
        const log = logOf(...pieces.map((piece, i) => artifactOf(file, bytes(piece.join('')), 97 + i)));
        expect(bare((await parseAll(esxi, log)).events)).toEqual(bare(before.events));
      }),
      { numRuns: 8 },
    );
  });
});

test('each line before the first head is one problem, and reading goes on', async () => {
  const { events, problems, ledger } = await parse('rest of a lost message\nand more\n2024-03-11T08:14:09Z SSH: x\n');
  expect(events).toHaveLength(1);
  expect(problems).toMatchObject([
    { kind: 'damaged-record', offset: 0, record: 1 },
    { kind: 'damaged-record', offset: 23, record: 2 },
  ]);
  expect(ledger.get('hostd.log')).toMatchObject({ parsed: 1, failed: 2 });
});

test('a message that outgrows its bound is told once, however many lines come after', async () => {
  const { events, problems } = await parse(`2024-03-11T08:14:09Z SSH: x\n${`${'y'.repeat(1000)}\n`.repeat(1200)}`);
  expect(events).toHaveLength(1);
  expect(problems).toMatchObject([{ kind: 'limit' }]);
});

test('a message that never ends is cut, and says so', async () => {
  const line = `${'x'.repeat(1000)}\n`;
  const { events, problems } = await parse(
    `2024-03-11T08:14:09Z info hostd[1] [Originator@6876 sub=A] begin\n${line.repeat(1100)}`,
  );
  expect(events).toHaveLength(1);
  expect(String(events[0]?.message).length).toBeLessThanOrEqual(1 << 20);
  expect(problems.some(problem => problem.kind === 'limit')).toBe(true);
});

test('further lines of two hosts in one collected log are kept apart', async () => {
  const line = (host: string, text: string): string => `<166>2024-03-11T08:14:09.221Z ${host} Hostd: ${text}\n`;
  const { events } = await parse(
    line('esx1', 'info hostd[1] [Originator@6876 sub=A] one') +
      line('esx2', '--> stray') +
      line('esx1', '--> more of one'),
  );
  expect(events.map(event => [event['host.name'], event.message])).toEqual([
    ['esx1', 'one'],
    ['esx2', 'stray'],
    ['esx1', 'more of one'],
  ]);
});

test('a hostile line of digits is judged in no time', () => {
  const head = Buffer.from(`2024-03-11T08:14:09.221Z x: ${'1'.repeat(4000)}\n`.repeat(16));
  const start = performance.now();
  expect(esxi.identify(head, 'unnamed')).toBe('maybe');
  expect(performance.now() - start).toBeLessThan(2000);
});

test('asked for less, it gives the same of what was asked for and nothing else', async () => {
  const wanted = ['event.action', 'event.category', 'source.ip', 'host.os.type'] as const;
  for (const file of ['hostd-8.log', 'shell.log', 'vmkernel-8.log']) {
    const log = () => logOf(artifactOf(file, readFileSync(`samples/esxi/${file}`)));
    const all = (await parseAll(esxi, log())).events;
    const few = (await parseAll(esxi, log(), { fields: new Set<Field>(wanted) })).events;
    const places = ['time', 'nanos', 'artifact', 'record'] as const;
    const kept = all.map(event =>
      Object.fromEntries(
        [...places, ...wanted].flatMap(name => (event[name] === undefined ? [] : [[name, event[name]]])),
      ),
    );
    expect(few).toEqual(kept);
  }
});

describe('the year of lines that state none', () => {
  const lines = [
    'Nov 30 10:00:00 esx vmkernel: 1:00:00:00.000 cpu1:1)a',
    'Dec 31 23:59:59 esx vmkernel: 1:00:00:00.000 cpu1:1)b',
    'Jan  1 00:00:01 esx vmkernel: 1:00:00:00.000 cpu1:1)c',
  ];
  const years = async (over: object) => {
    const log = logOf(artifactOf('messages', bytes(`${lines.join('\n')}\n`)));
    const { events, ledger } = await parseAll(esxi, log, over);
    return {
      years: events.map(event => new Date(event.time / 1000).getUTCFullYear()),
      source: ledger.get('messages')?.yearSource,
    };
  };

  test('ends at the newest moment at which the log can have been written', async () => {
    const newest = { time: epochMicros(Date.UTC(2013, 1, 1) * 1000), source: 'file time' };
    expect(await years({ newest })).toEqual({ years: [2012, 2012, 2013], source: 'file time' });
  });

  test('is the year before where the last line would lie in the future', async () => {
    const newest = { time: epochMicros(Date.UTC(2012, 11, 31, 12) * 1000), source: 'file time' };
    expect((await years({ newest })).years).toEqual([2011, 2011, 2012]);
  });

  test('is what the user says', async () => {
    expect((await years({ assumeYear: 2010 })).years).toEqual([2009, 2009, 2010]);
  });

  test('is marked as inferred', async () => {
    const { events } = await parse(lines.join('\n'));
    expect(events.map(event => event['labels.year_inferred'])).toEqual(['true', 'true', 'true']);
  });
});

test('a process listing of the collection tells which killed process was a virtual machine', async () => {
  const texts = new Map([
    [
      'commands/localcli_vm-process-list.txt',
      'web01\n   World ID: 2103344\n   Process ID: 0\n   VMX Cartel ID: 2103340\n',
    ],
    [
      'live_response/process/ps_-cu.txt',
      '2200001  2200000  vmx   /bin/vmx ++group=host -x a.vmx\n2200009 2200009 hostd /bin/hostd\n',
    ],
  ]);
  const text = ['2103344', '2103340', '2200000', '2200009', '4711']
    .map(pid => `2024-03-11T08:19:30.880Z In(14) shell[21]: [root]: kill -9 ${pid}\n`)
    .join('');
  const { events } = await parseAll(esxi, {
    artifacts: [artifactOf('shell.log', bytes(text))],
    root: { ...NO_ROOT, texts },
  });
  expect(events.filter(event => event['aftershock.derived'] === 'true').map(event => event['process.pid'])).toEqual([
    2103344, 2103340, 2200000,
  ]);
});

test('the events that one line implies have places of their own, inside the line', async () => {
  const { events } = await parse(
    "2024-03-11T08:19:30.880Z shell[21]: [root]: ps | grep vmx | awk '{print $2}' | xargs kill -9\n",
    'shell.log',
  );
  expect(events.map(event => event.record)).toEqual([0, 1, 2, 3, 4]);
  expect(events.map(event => event['log.offset'])).toEqual([0, 0, 0, 0, 0]);
});

describe('a virtual machine that stops', () => {
  const vm = (opId: string, change: string): string =>
    `2024-03-11T08:16:03.100Z In(166) Hostd[1]: [Originator@6876 sub=Vmsvc.vm:/vmfs/volumes/d/a/a.vmx${opId}] State Transition (${change})\n`;
  const task =
    '2024-03-11T08:16:02.500Z In(166) Hostd[1]: [Originator@6876 sub=Vimsvc.TaskManager opID=x] Task Created : haTask-12-vim.VirtualMachine.powerOff-330121\n';
  const tasks = async (text: string) =>
    (await parse(text)).events
      .filter(event => String(event['event.action']) === 'vm_power_off')
      .map(event => event['labels.task']);

  test('after a task was asked to', async () => {
    expect(
      await tasks(
        task + vm(' opID=x', 'VM_STATE_ON -> VM_STATE_POWERING_OFF') + vm('', 'VM_STATE_POWERING_OFF -> VM_STATE_OFF'),
      ),
    ).toEqual(['true']);
  });
  test('without any', async () => {
    expect(await tasks(vm('', 'VM_STATE_ON -> VM_STATE_OFF'))).toEqual(['false']);
  });
  test('after the task of another machine', async () => {
    expect(await tasks(task + vm(' opID=y', 'VM_STATE_ON -> VM_STATE_OFF'))).toEqual(['false']);
  });
  test('is not one that is only registered', async () => {
    expect(await tasks(vm('', 'VM_STATE_INITIALIZING -> VM_STATE_OFF'))).toEqual([]);
  });
});

describe('identification', () => {
  const claim = (text: string, path = 'unnamed') => esxi.identify(bytes(text), path);
  test('knows a daemon by its grammar', () => {
    expect(claim('2024-03-11T08:14:09.221Z In(166) Hostd[1]: x\n')).toBe('yes');
  });
  test('is unsure of a log that many systems could write, unless its path speaks of ESXi', () => {
    const text = '2018-07-05T20:12:46Z sshd[77731]: Connection from 172.31.255.6 port 50311\n';
    expect(claim(text)).toBe('maybe');
    expect(claim(text, 'esx-lab-2024/var/run/log/auth.log')).toBe('yes');
  });
  test.each([
    '',
    'hello\nworld\n',
    'Jan  1 00:00:01 web01 sshd[1]: Connection from 10.0.0.1 port 2\n',
    '2024-03-11T08:14:09+00:00 web01 sshd[1]: x\n',
  ])('leaves other logs alone: %j', text => {
    expect(claim(text, 'esx/var/run/log/auth.log')).toBe('no');
  });
});
