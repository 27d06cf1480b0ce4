import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { macosUnifiedlog } from '../../../src/parsers/macos-unifiedlog/index.ts';
import { exportAdvice } from '../../../src/parsers/macos-unifiedlog/native.ts';
import { textEntry } from '../../../src/parsers/macos-unifiedlog/text-styles.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const parse = (text: string, step = 65_536) =>
  parseAll(macosUnifiedlog, logOf(artifactOf('a', Buffer.from(text), step)));
const claim = (text: string) => macosUnifiedlog.identify(Buffer.from(text), 'unnamed');
const sample = (name: string): string => readFileSync(`samples/macos-unifiedlog/${name}`, 'utf8');
const places = new Set(['record', 'log.offset', 'log.file.line']);
const bare = (events: readonly object[]): object[] =>
  events.map(event => Object.fromEntries(Object.entries(event).filter(([name]) => !places.has(name))));

describe('the JSON styles', () => {
  test('say the same of the same entries, line by line or as one pretty array behind a heading', async () => {
    const lines = sample('export.ndjson').split('\n').slice(2, 6);
    const pretty = await parse(sample('export.json'));
    expect(bare(pretty.events)).toEqual(bare((await parse(lines.join('\n'))).events));
    expect(pretty.problems).toEqual([]);
  });

  test('do not round what a double cannot hold', async () => {
    const { events } = await parse(sample('export.ndjson'));
    expect(events[0]?.['macos.traceID']).toBe('611508566008070148');
  });

  test('keep every key of an entry', async () => {
    const line = sample('export.ndjson').split('\n')[0]!;
    const { events } = await parse(line);
    const text = JSON.stringify(events[0]).toLowerCase();
    for (const [key, value] of Object.entries(JSON.parse(line) as Record<string, unknown>)) {
      if (typeof value === 'string' && value !== '' && key !== 'timestamp') expect(text).toContain(value.toLowerCase());
    }
  });

  test('read the offset of a time as it is written', async () => {
    const { events } = await parse(sample('export.ndjson'));
    expect(events[0]?.time).toBe(Date.UTC(2025, 6, 27, 19, 41, 33) * 1000 + 57_177);
  });

  test('name no host: the word localhost is none', async () => {
    for (const name of ['export.ndjson', 'syslog.log', 'default.log'])
      for (const event of (await parse(sample(name))).events) expect(event).not.toHaveProperty('host.name');
  });

  test('an entry torn in the middle costs itself alone', async () => {
    const lines = sample('export.ndjson').split('\n');
    const torn = [lines[0], lines[1]!.slice(0, 200), lines[2], lines[3]].join('\n');
    const { events, problems } = await parse(torn);
    expect(events).toHaveLength(3);
    expect(problems).toHaveLength(1);
  });

  test('a trailer that announces more entries than there are is a gap', async () => {
    const { problems } = await parse(sample('short.ndjson'));
    expect(problems).toMatchObject([{ kind: 'gap', missing: 7 }]);
  });

  test('say the same with CRLF and LF mixed', async () => {
    const text = sample('export.ndjson');
    const before = bare((await parse(text)).events);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), async choices => {
        let line = 0;
        const mixed = text.replace(/\n/g, () => (choices[line++ % choices.length] ? '\r\n' : '\n'));
        expect(bare((await parse(mixed)).events)).toEqual(before);
      }),
      { numRuns: 10 },
    );
  });

  test('a message about another process carries that process and not the path of the speaker', async () => {
    const { events } = await parse(sample('export.ndjson'));
    const hearsay = events.find(event => event['process.name'] === 'httpd');
    expect(hearsay).toMatchObject({ 'event.action': ['process_crash'], 'process.pid': 377 });
    expect(hearsay).not.toHaveProperty('process.executable');
  });

  test('launchd names the job that it speaks of in the subsystem, where the text styles have it in the line', async () => {
    const record = (subsystem: string, eventMessage: string): string =>
      JSON.stringify({
        timestamp: '2026-03-17 22:50:42.000000-0400',
        eventType: 'logEvent',
        messageType: 'Default',
        processImagePath: '/sbin/launchd',
        processID: 1,
        subsystem,
        category: '',
        eventMessage,
      });
    const job = 'system/com.apple.screensharing [600]';
    const { events } = await parse(
      [
        record(job, 'exited due to SIGSEGV | sent by exc handler[600], ran for 81234ms'),
        record(job, 'Successfully spawned screensharingd[609] because ipc (socket)'),
        record('system/com.apple.smbd', '[system/com.apple.smbd [415]:] exited due to SIGBUS'),
        record('com.apple.other', 'exited due to SIGSEGV'),
      ].join('\n'),
    );
    expect(events.map(event => [event['event.action'], event['service.name'], event['process.pid']])).toEqual([
      [['process_crash'], 'screensharingd', 600],
      [['service_start'], 'screensharingd', 609],
      [['process_crash'], 'smbd', 415],
      [undefined, undefined, 1],
    ]);
  });

  test('an unknown user is nobody', async () => {
    const { events } = await parse(sample('export.ndjson'));
    expect(events.some(event => event['user.id'] === '2863311530')).toBe(false);
  });
});

describe('the text styles', () => {
  const T = '2025-07-27 15:43:14.280885-0400';
  test.each([
    [
      `${T} 0x94a97    Default     0x0                  812    0    sshd: (lib) [sub.sys:cat] text`,
      {
        process: 'sshd',
        pid: 812,
        thread: 0x94a97,
        level: 'Default',
        subsystem: 'sub.sys',
        category: 'cat',
        message: 'text',
      },
    ],
    [
      `${T} 0x94a97    Error       0x80000000000ab54b   388  Ur App: text: more`,
      { process: 'Ur App', pid: 388, message: 'text: more' },
    ],
    ['2025-07-27 15:43:14.280 E  sshd[812:94a98] text', { process: 'sshd', pid: 812, thread: 0x94a98, level: 'Error' }],
    [
      '2025-07-27 15:43:14.280 Df My App[1:2] (lib) [a.b:c] [d] text',
      { process: 'My App', subsystem: 'a.b', message: '[d] text' },
    ],
    [`${T}  localhost sshd[812]: (lib) text`, { process: 'sshd', pid: 812, message: 'text' }],
    [
      `${T}  localhost launchd[1]: (com.apple.smbd[377]) Service exited`,
      { process: 'launchd', message: '(com.apple.smbd[377]) Service exited' },
    ],
  ])('%s', (line, expected) => {
    expect(textEntry(line)?.entry).toMatchObject(expected);
  });

  test('compact states no zone, the others do', () => {
    expect(textEntry('2025-07-27 15:43:14.280 E  sshd[812:94a98] x')?.hasZone).toBe(false);
    expect(textEntry(`${T}  localhost sshd[812]: x`)?.hasZone).toBe(true);
  });

  test('local times are read in the zone of the collection', async () => {
    const { events, ledger } = await parseAll(
      macosUnifiedlog,
      logOf(artifactOf('a', Buffer.from(sample('compact.log')))),
      {
        zone: { name: 'America/New_York', source: 'etc/localtime' },
      },
    );
    expect(events[0]?.time).toBe(Date.UTC(2025, 6, 27, 19, 43, 14, 280) * 1000);
    expect(ledger.get('a')).toMatchObject({ zone: 'America/New_York', zoneSource: 'etc/localtime' });
  });

  test('marks of the log itself are entries of their own, of no process', async () => {
    const mark = '=== system boot: D3CEA9B4-F045-434D-8D12-C6E794A02F14';
    const line = 'sshd: (libsystem) hello';
    for (const [before, entry] of [
      [
        '2025-10-26 02:59:59.000000+0200 0x0        Timesync    0x0                  0      0    ',
        `2025-10-26 02:00:00.5+0100 0x1 Default 0x0 1 0 ${line}`,
      ],
      ['2025-10-26 02:59:59.000000+0200  ', `2025-10-26 02:00:00.5+0100 0x1 Default 0x0 1 0 ${line}`],
      [
        '2025-10-26 02:59:59.000000+0200  localhost ',
        '2025-10-26 02:00:00.5+0100  localhost sshd[1]: (libsystem) hello',
      ],
    ] as const) {
      // The clock is set back between the lines: each has its own offset.
      const { events } = await parse(`${entry}\n${before}${mark}\n${entry}\n`);
      expect(events.map(event => [event.time / 1e6, event.message, event['process.name']])).toEqual([
        [Date.UTC(2025, 9, 26, 1) / 1e3 + 0.5, 'hello', 'sshd'],
        [Date.UTC(2025, 9, 26, 0, 59, 59) / 1e3, mark, undefined],
        [Date.UTC(2025, 9, 26, 1) / 1e3 + 0.5, 'hello', 'sshd'],
      ]);
      expect(events[1]).toMatchObject({ 'event.action': ['host_boot'], 'macos.event_type': 'timesyncEvent' });
    }
  });

  test('a loss says how many messages are gone', async () => {
    const { problems } = await parse(
      '2025-10-26 02:00:02.000000+0100 0x0        Loss        0x0                  99     0    logd: lost >=63 unreliable messages from 1-2\n',
    );
    expect(problems).toMatchObject([{ kind: 'gap', missing: 63 }]);
  });

  test('a message of several lines is one event, and the summary at the end is none', async () => {
    const { events, problems } = await parse(sample('default.log'));
    expect(events.map(event => event.message)).toContain('first line\nsecond line of the same message');
    expect(events).toHaveLength(3);
    expect(problems).toEqual([]);
  });
});

describe('the third-party iterator', () => {
  test('writes counts since boot where it had no clock anchors: such times are refused and counted, the entries kept', async () => {
    const { events, problems } = await parse(sample('iterator.csv'));
    expect(events.map(event => Number.isNaN(event.time))).toEqual([true, false]);
    expect(problems).toMatchObject([{ kind: 'clock' }, { kind: 'gap' }]);
  });

  test('has cells with commas, quotes and line ends, however the bytes are cut', async () => {
    for (const step of [1, 7, 4096]) {
      const { events } = await parse(sample('iterator.csv'), step);
      expect(events[1]?.message).toBe('two lines, a comma\nand "quotes"');
    }
  });

  test('a quote that nothing closes costs what stands behind it, and is told', async () => {
    const rows = sample('iterator.csv').trimEnd().split('\n');
    const { events, problems } = await parse(`${rows[0]}\n${rows[1]}\n"never closed,${rows[1]}\n`);
    expect(events).toHaveLength(1);
    expect(problems.some(({ kind }) => kind === 'truncated')).toBe(true);
  });

  test('a row of the wrong width is one problem', async () => {
    const rows = sample('iterator.csv').trimEnd().split('\n');
    const { events, problems } = await parse(`${rows[0]}\nonly,three,cells\n${rows[1]}\n`);
    expect(events).toHaveLength(1);
    expect(problems.filter(problem => problem.kind === 'damaged-record')).toHaveLength(1);
  });
});

describe('what is not read natively', () => {
  test('is answered with the command that exports the archive in which it lies', () => {
    expect(exportAdvice('mac1/system_logs.logarchive/Persist/0000000000000030.tracev3')).toContain(
      'log show --archive system_logs.logarchive --info --debug --style ndjson > system_logs.ndjson',
    );
  });
  test('a name out of evidence is quoted for the shell', () => {
    expect(exportAdvice("a/x; rm -rf '.logarchive/b.tracev3")).toContain(
      `--archive 'x; rm -rf '\\''.logarchive' --info`,
    );
  });
  test('a file of /var/db/diagnostics must first be put into an archive', () => {
    expect(exportAdvice('private/var/db/diagnostics/Persist/1.tracev3')).toContain('collected.logarchive');
  });
  test('gives no event and one problem', async () => {
    const { events, problems } = await parseAll(
      macosUnifiedlog,
      logOf(artifactOf('a.tracev3', readFileSync('samples/macos-unifiedlog/0000000000000001.tracev3'))),
    );
    expect(events).toEqual([]);
    expect(problems).toMatchObject([{ kind: 'unsupported-format' }]);
  });
});

test.each([
  ['{"a":1}\n', 'no'],
  ['{"eventMessage":"x"}\n', 'no'],
  ['hello\n', 'no'],
  ['', 'no'],
  ['2025-07-27 15:43:14.280 something else\n', 'no'],
  ['2025-07-27 15:43:14.280885-0400  web01 sshd[812]: a syslog server wrote this\n', 'no'],
])('other logs are left alone: %j', (text, certainty) => {
  expect(claim(text)).toBe(certainty);
});
