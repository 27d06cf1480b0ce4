import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import { evtx } from '../../../src/parsers/evtx/index.ts';
import { windowsJson } from '../../../src/parsers/windows-json/index.ts';
import { artifactOf, hasShared, logOf, type Parsed, parseAll, sharedPath } from '../../support/evidence.ts';

const read = (text: string | Uint8Array, over: Parameters<typeof parseAll>[2] = {}): Promise<Parsed> =>
  parseAll(windowsJson, logOf(artifactOf('a', typeof text === 'string' ? Buffer.from(text) : text)), over);

const NXLOG = {
  SourceName: 'Service Control Manager',
  EventID: 7034,
  Channel: 'System',
  Hostname: 'HOST-A',
  EventTime: '2026-07-01 12:00:00',
  param1: 'Print Spooler',
};
const NOON = Date.UTC(2026, 6, 1, 12) * 1000;
const HOUR = 3_600_000_000;
const timeOf = async (record: object, over: Parameters<typeof parseAll>[2] = {}): Promise<number> =>
  (await read(JSON.stringify(record), over)).events[0]!.time;

describe('the time of a flat record', () => {
  test('is told by its two receipt times where EventTime is the wall clock of the machine', async () => {
    const received = { EventReceivedTime: '2026-07-01 12:00:05' };
    expect(await timeOf({ ...NXLOG, ...received, '@timestamp': '2026-07-01T16:00:06.500Z' })).toBe(NOON + 4 * HOUR);
    expect(await timeOf({ ...NXLOG, ...received, '@timestamp': '2026-07-01T06:30:05.000Z' })).toBe(NOON - 5.5 * HOUR);
  });

  test('is in the zone of the triage where the receipt times are too far apart to tell it, or missing', async () => {
    const zone = { name: 'Europe/Berlin', source: 'test' };
    const late = { EventReceivedTime: '2026-07-01 12:00:05', '@timestamp': '2026-07-01T10:07:00.000Z' };
    expect(await timeOf({ ...NXLOG, ...late }, { zone })).toBe(NOON - 2 * HOUR);
    expect(await timeOf(NXLOG, { zone })).toBe(NOON - 2 * HOUR);
  });

  test('is EventTime where that states its zone, and TimeCreated before it', async () => {
    expect(await timeOf({ ...NXLOG, EventTime: '2026-07-01T12:00:00+02:00' })).toBe(NOON - 2 * HOUR);
    expect(await timeOf({ ...NXLOG, TimeCreated: '2026-07-01T12:00:01Z' })).toBe(NOON + 1_000_000);
  });
});

describe('an exporter that writes the wall clock and calls it UTC', () => {
  const sysmon = (utc: string, created: string): object => ({
    SourceName: 'Microsoft-Windows-Sysmon',
    EventID: 5,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    TimeCreated: created,
    UtcTime: utc,
  });
  const crash = { ...NXLOG, TimeCreated: '2026-07-01T09:00:02.000Z' };
  const log = (sysmons: readonly object[]): string => [crash, ...sysmons].map(r => JSON.stringify(r)).join('\n');
  const wrong = Array.from({ length: 20 }, () => sysmon('2026-07-02 04:00:01.000', '2026-07-01T09:00:03.000Z'));
  const right = sysmon('2026-07-01 09:00:01.000', '2026-07-01T09:00:03.000Z');

  test('is found out by its Sysmon events, and the others are put where they belong, marked, and told', async () => {
    const { events, problems } = await read(log(wrong));
    expect(events[0]).toMatchObject({ time: Date.UTC(2026, 6, 2, 4, 0, 2) * 1000, 'labels.time_shift': '+19:00' });
    expect(events[1]).toMatchObject({ time: Date.UTC(2026, 6, 2, 4, 0, 1) * 1000, 'labels.clock_anomaly': 'true' });
    expect(events[1]!['labels.time_shift']).toBeUndefined();
    expect(problems).toMatchObject([{ kind: 'clock' }]);
    expect(problems[0]!.message).toContain('-19:00 from UtcTime; +19:00 was added to 1 records');
  });

  test.each([
    ['too few events to tell', wrong.slice(1)],
    ['times that are right', Array.from({ length: 20 }, () => right)],
    ['events that disagree', [...wrong.slice(3), right, right, right]],
  ])('is not assumed from %s', async (_, sysmons) => {
    const { events, problems } = await read(log(sysmons));
    expect(events[0]).toMatchObject({ time: Date.UTC(2026, 6, 1, 9, 0, 2) * 1000 });
    expect(events[0]!['labels.time_shift']).toBeUndefined();
    expect(problems).toEqual([]);
  });
});

describe('a record of evtx_dump', () => {
  const dataOf = async (event: object): Promise<object> => {
    const System = { Provider: { '#attributes': { Name: 'P' } }, EventID: 1, Channel: 'C', Computer: 'H' };
    const { events } = await read(JSON.stringify({ Event: { System, ...event } }));
    return Object.fromEntries(
      Object.entries(events[0]!).flatMap(([name, value]) =>
        name.startsWith('winlog.event_data.') ? [[name.slice('winlog.event_data.'.length), value]] : [],
      ),
    );
  };

  test('has its numbered names joined again, and only those', async () => {
    const EventData = { A: '1', A_1: '2', A_2: '3', B_1: '4', C: '5', C_2: '6' };
    expect(await dataOf({ EventData })).toEqual({ A: ['1', '2', '3'], B_1: '4', C: '5', C_2: '6' });
    const UserData = { W: { '#attributes': { x: 'y' }, M: 'a', M_1: { '#attributes': { k: 'v' }, '#text': 'b' } } };
    expect(await dataOf({ UserData })).toEqual({ M: ['a', 'b'] });
  });

  test('has GUIDs and times as Windows spells them, and no text that stood between elements', async () => {
    const EventData = {
      Guid: '0011AABB-2233-4455-6677-8899AABBCCDD',
      Text: '0011aabb-2233-4455-6677-8899aabbccdd',
      Time: '2026-03-01T00:00:00.123456Z',
      '#text': 'between',
    };
    expect(await dataOf({ EventData })).toEqual({
      Guid: '{0011aabb-2233-4455-6677-8899aabbccdd}',
      Text: '0011aabb-2233-4455-6677-8899aabbccdd',
      Time: '2026-03-01T00:00:00.1234560Z',
    });
    expect(await dataOf({ UserData: { W: { M: { '#text': 'x', N: 'y' } } } })).toEqual({ 'M.N': 'y' });
  });
});

describe('a flat record', () => {
  test('keeps a datum apart from the carrier member of the same name', async () => {
    const account = {
      AccountName: 'SYSTEM',
      Domain: 'NT AUTHORITY',
      AccountType: 'User',
      UserID: 'S-1-5-18',
      EventType: 'INFO',
    };
    const [carrier] = (await read(JSON.stringify({ ...NXLOG, ...account }))).events;
    expect(carrier!['winlog.event_data.AccountName']).toBeUndefined();
    expect(carrier!['winlog.event_data.EventType']).toBeUndefined();
    const sysmon = { SourceName: 'Microsoft-Windows-Sysmon', EventID: 12, Channel: 'c', EventType: 'CreateKey' };
    const [datum] = (await read(JSON.stringify({ ...sysmon, AccountName: 'x' }))).events;
    expect(datum).toMatchObject({ 'winlog.event_data.EventType': 'CreateKey', 'winlog.event_data.AccountName': 'x' });
  });

  test('without data is read from its English sentence, where that tells of a crash', async () => {
    const message = [
      'Faulting application name: sqlservr.exe, version: 15.0.1, time stamp: 0x5d8a9215',
      'Faulting module name: ntdll.dll, version: 10.0, time stamp: 0x1',
      'Exception code: 0xc0000374',
      'Fault offset: 0x00000000000f9229',
      'Faulting process id: 0x9a4',
      'Faulting application path: C:\\MSSQL\\sqlservr.exe',
    ].join('\r\n');
    const record = { SourceName: 'Application Error', EventID: 1000, Channel: 'Application', Message: message };
    expect((await read(JSON.stringify(record))).events[0]).toMatchObject({
      'event.action': 'application-crash',
      'process.name': 'sqlservr.exe',
      'process.executable': 'C:\\MSSQL\\sqlservr.exe',
      'process.pid': 2468,
      'error.code': '0xc0000374',
      'dll.name': 'ntdll.dll',
      message,
    });
  });
});

describe('a log of Windows events as JSON', () => {
  test('may be an export of a search, with wrapped records and dotted names', async () => {
    const dotted = {
      '@timestamp': '2026-07-01T12:00:00Z',
      'winlog.provider_name': 'Service Control Manager',
      'winlog.event_id': 7034,
      'winlog.channel': 'System',
      'winlog.event_data.param1': 'X',
    };
    const { events } = await read(JSON.stringify([{ _id: '1', _source: dotted }]));
    expect(events[0]).toMatchObject({ time: NOON, 'event.action': 'service-crashed', 'service.name': 'X' });
  });

  test('keeps the ECS fields that an ingest pipeline made of the data and removed from them', async () => {
    const winlog = {
      provider_name: 'Microsoft-Windows-Sysmon',
      event_id: '1',
      channel: 'c',
      event_data: { Image: 'C:\\a\\b.exe' },
    };
    const document = {
      '@timestamp': '2026-07-01T12:00:00Z',
      winlog,
      event: { action: 'Process Create (rule: ProcessCreate)', category: ['process'] },
      process: { executable: 'other', command_line: 'b.exe -x', pid: 7, parent: { name: 'spoolsv.exe' } },
      agent: { type: 'winlogbeat' },
    };
    const [event] = (await read(JSON.stringify(document))).events;
    expect(event).toMatchObject({
      'process.executable': 'C:\\a\\b.exe',
      'process.command_line': 'b.exe -x',
      'process.pid': 7,
      'process.parent.name': 'spoolsv.exe',
    });
    expect(event!['event.action']).toContain('start');
    expect(event!['agent.type']).toBeUndefined();
  });

  test('tells of each record that is no Windows event, and keeps one that is an ECS document', async () => {
    const other = { '@timestamp': '2026-07-01T12:00:00Z', event: { category: 'process' }, process: { name: 'x' } };
    const { events, problems, ledger } = await read(
      `${JSON.stringify(NXLOG)}\n{"a":1}\n{"a":01}\nsome text\n${JSON.stringify(other)}\n`,
    );
    expect(events.map(e => e['event.code'] ?? e['process.name'])).toEqual(['7034', 'x']);
    expect(problems.map(p => [p.kind, p.record])).toEqual([
      ['damaged-record', 2],
      ['damaged-record', 3],
      ['damaged-record', 4],
    ]);
    expect(ledger.get('a')).toMatchObject({ parsed: 2, failed: 3, variant: 'nxlog' });
  });

  test('skips what nobody wants, and counts it', async () => {
    const { events, ledger } = await read(JSON.stringify(NXLOG), { wantsWindows: () => false });
    expect(events).toEqual([]);
    expect(ledger.get('a')).toMatchObject({ parsed: 1 });
  });

  test('gives the line where the original is asked for', async () => {
    const line = JSON.stringify(NXLOG);
    expect((await read(line, { withOriginal: true })).events[0]!['event.original']).toBe(line);
  });
});

describe('a log in UTF-16, as Windows PowerShell writes what it redirects', () => {
  const event = (n: number): object => ({ ...NXLOG, EventID: n, param1: `ä€😀 ${n}`.repeat(1 + (n % 7)) });
  const lines = Array.from({ length: 40 }, (_, n) => JSON.stringify(event(n)));
  const text = `\ufeff${lines.slice(0, 20).join('\r\n')}\r\n{"torn":\r\n${lines.slice(20).join('\r\n')}\r\n`;
  const starts = lines.map(line => 2 * text.indexOf(line));
  const little = Buffer.from(text, 'utf16le');

  test.each([
    ['little-endian', little],
    ['big-endian', Buffer.from(little).swap16()],
    ['without a mark', little.subarray(2)],
  ])('is the same log, %s, each record at its byte in the file, however the bytes are cut', async (name, bytes) => {
    expect(windowsJson.identify(bytes.subarray(0, 4096), 'a')).toBe('yes');
    const shift = name === 'without a mark' ? 2 : 0;
    for (const step of [1, 7, 4096, bytes.length]) {
      const parsed = await parseAll(windowsJson, logOf(artifactOf('a', bytes, step)));
      expect(parsed.events.map(e => e['log.offset'])).toEqual(starts.map(start => start - shift));
      expect(parsed.events.map(e => e['winlog.event_data.param1'])).toEqual(
        lines.map(line => (JSON.parse(line) as { param1: string }).param1),
      );
      expect(parsed.problems.map(p => [p.kind, p.offset])).toEqual([
        ['truncated', 2 * text.indexOf('{"torn"') - shift],
      ]);
    }
  });
});

describe('a table', () => {
  const HEAD = 'RecordNumber,TimeCreated,EventId,Level,Provider,Channel,Computer,Keywords,Payload';
  const row = (id: number, payload: object, provider = 'P'): string =>
    `1,2026-07-01 12:00:00.0000000,${id},Info,${provider},C,H,Classic,"${JSON.stringify(payload).replaceAll('"', '""')}"`;
  const datum = (value: string): object => ({ EventData: { Data: [{ '@Name': 'A', '#text': value }] } });

  test('of EvtxECmd is its JSON in rows, each with its place', async () => {
    const first = row(1, datum('x\n"y"'));
    const { events, problems } = await read(`\ufeff${HEAD}\r\n${first}\r\n${row(2, datum('z'))}\r\n`);
    expect(problems).toEqual([]);
    expect(events.map(e => [e.time, e['event.code'], e['winlog.event_data.A'], e['log.file.line']])).toEqual([
      [NOON, '1', 'x\n"y"', 2],
      [NOON, '2', 'z', 3],
    ]);
    expect(events.map(e => e['log.offset'])).toEqual([HEAD.length + 5, HEAD.length + 5 + first.length + 2]);
  });

  test('keeps joined values together, unless they are those of a crash', async () => {
    const joined = Array.from({ length: 12 }, (_, i) => `v${i}`).join(', ');
    const payload = { EventData: { Data: joined, Binary: '0A-FF' } };
    const { events } = await read(`${HEAD}\n${row(1000, payload)}\n${row(1000, payload, 'Application Error')}\n`);
    expect(events.map(e => [e['winlog.event_data.param1'], e['winlog.event_data.param12']])).toEqual([
      [joined, undefined],
      ['v0', 'v11'],
    ]);
    expect(events[0]!['winlog.event_data.Binary']).toBe('0AFF');
  });

  test('of a Splunk search holds the XML of each event', async () => {
    const xml =
      "<Event xmlns='x'><System><Provider Name='P'/><EventID>7</EventID><Channel>C</Channel></System><EventData><Data Name='A'>1</Data></EventData></Event>";
    const { events, ledger } = await read(`"_raw","_time",host\r\n"${xml.replaceAll('"', '""')}",t,h\r\n`);
    expect(events.map(e => [e['event.code'], e['winlog.event_data.A']])).toEqual([['7', '1']]);
    expect(ledger.get('a')).toMatchObject({ parsed: 1, failed: 0, variant: 'xml' });
  });

  test('tells of a row that is cut off, and of one that never ends', async () => {
    const cut = await read(`${HEAD}\n${row(1, datum('x'))}\n2,2026-07-01`);
    expect([cut.events.length, cut.problems.map(p => [p.kind, p.record])]).toEqual([1, [['damaged-record', 3]]]);
    const open = await read(`${HEAD}\n${row(1, datum('x'))}\n2,"2026-07-01`);
    expect([open.events.length, open.problems.map(p => p.kind)]).toEqual([1, ['truncated']]);
  });
});

describe('a record of Get-WinEvent', () => {
  const record = (id: number, values: readonly unknown[]): string =>
    JSON.stringify({
      Id: id,
      ProviderName: 'Microsoft-Windows-Security-Auditing',
      LogName: 'Security',
      MachineName: 'H',
      TimeCreated: '/Date(1782907200000)/',
      Properties: values.map(Value => ({ Value })),
    });

  test('has the names that its template gives to so many values', async () => {
    const sid = { BinaryLength: 12, AccountDomainSid: null, Value: 'S-1-5-18' };
    const values = [sid, 'H$', 'CORP', 999, 4660, 'C:\\w\\cmd.exe', '%%1936', 256, 'cmd.exe /c x'];
    const [event] = (await read(record(4688, values))).events;
    expect(event).toMatchObject({
      time: NOON,
      'winlog.event_data.SubjectUserSid': 'S-1-5-18',
      'winlog.logon.id': '0x3e7',
      'process.pid': 4660,
      'process.parent.pid': 256,
      'process.command_line': 'cmd.exe /c x',
    });
  });

  test('keeps its values by place where no version of the event has so many', async () => {
    const [event] = (await read(record(4688, ['a', 'b']))).events;
    expect([event!['winlog.event_data.param1'], event!['winlog.event_data.param2']]).toEqual(['a', 'b']);
  });
});

test('the answer of a search is known by its first hit, however long it is, and each hit has a place of its own', async () => {
  const hit = (n: number): object => ({
    _index: 'i',
    _source: { winlog: { provider_name: 'P', event_id: n, channel: 'C', event_data: { A: 'x'.repeat(2000) } } },
  });
  const text = JSON.stringify({ took: 1, hits: { total: 40, hits: Array.from({ length: 40 }, (_, n) => hit(n)) } });
  expect(windowsJson.identify(Buffer.from(text).subarray(0, 65_536), 'a')).toBe('yes');
  const { events } = await read(text);
  expect(events.map(e => e['event.code'])).toEqual(Array.from({ length: 40 }, (_, n) => String(n)));
  expect(new Set(events.map(e => e.record)).size).toBe(40);
});

describe.skipIf(!hasShared('evtx'))('evtx_dump and the binary log (needs the shared data)', () => {
  /** What the two spell differently: GUIDs, digits of a second, the case of hexadecimal digits. What only the binary log has is left out. */
  const OWN_PLACE = /^(?:artifact|record|nanos|log\.|event\.sequence$|winlog\.time_written$|labels\.)/;
  const spelled = (value: unknown): string =>
    String(JSON.stringify(value))
      .toLowerCase()
      .replace(/[{}]/g, '')
      .replace(/(\.\d{6})\d*z/g, '$1z');
  const document = (event: Event): object =>
    Object.fromEntries(
      Object.entries(event)
        .filter(([name]) => !OWN_PLACE.test(name))
        .map(([name, value]) => [name, spelled(value)])
        .toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
    );

  test.each([
    'DE_EventLog_Service_Crashed.evtx',
    'ID1149-RDP_success_logins_to_multiple_hosts.evtx',
    'ID7045-7036_PSexec_service_installation.evtx',
    'LM_wmiexec_impacket_sysmon_whoami.evtx',
    'MSExchange_Management_wec.evtx',
    'MSSQL_15281_xp_cmdshell_exec_failed_attempt.evtx',
    'new-user-security.evtx',
  ])('%s: the same documents from both', async file => {
    const binary = await parseAll(evtx, logOf(artifactOf('a', readFileSync(sharedPath('evtx', file)))));
    const json = await read(readFileSync(sharedPath('evtx', `${file}.evtx_dump.jsonl`)));
    expect(json.problems).toEqual([]);
    expect(json.events.map(document)).toEqual(binary.events.map(document));
  });
});
