import type { EvtxData, EvtxOptions, EvtxRecord } from '../../src/scenario/encode/evtx.ts';
import { ticksOf } from '../../src/scenario/encode/evtx.ts';

// What samples/evtx/ holds, as records: written with our own encoder, so that nobody else's log is in the project.

const NOON = Date.UTC(2026, 2, 3, 12) * 1000;
const text = (name: string, value: string): EvtxData => ({ name, type: 'string', value });

const sysmonProcess: EvtxRecord = {
  micros: NOON + 325_245,
  nanos: 700,
  writtenMicros: NOON + 325_900,
  provider: 'Microsoft-Windows-Sysmon',
  providerGuid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}',
  eventId: 1,
  version: 5,
  level: 4,
  task: 1,
  opcode: 0,
  keywords: 0x8000_0000_0000_0000n,
  recordId: 144_552n,
  processId: 1144,
  threadId: 1888,
  channel: 'Microsoft-Windows-Sysmon/Operational',
  computer: 'PRINT01.corp.example',
  userId: 'S-1-5-18',
  data: [
    text('RuleName', '-'),
    text('UtcTime', '2026-03-03 12:00:00.293'),
    { name: 'ProcessGuid', type: 'guid', value: '7cf65fc7-a881-617a-0605-000000001300' },
    { name: 'ProcessId', type: 'uint32', value: 3388 },
    text('Image', 'C:\\Windows\\System32\\cmd.exe'),
    text('CommandLine', '"cmd.exe" /c whoami & echo "<Ünïcode> 😀"'),
    text('User', 'NT AUTHORITY\\SYSTEM'),
    { name: 'LogonId', type: 'hex64', value: 0x3e7n },
    { name: 'TerminalSessionId', type: 'uint32', value: 0 },
    text('Hashes', 'MD5=F5AE03DE0AD60F5B17B82F2CD68402FE,IMPHASH=77AED1ADAF24B344F08C8AD1432908C3'),
    { name: 'ParentProcessGuid', type: 'guid', value: '7cf65fc7-7bf9-6176-1a00-000000001300' },
    { name: 'ParentProcessId', type: 'uint32', value: 1048 },
    text('ParentImage', 'C:\\Windows\\System32\\spoolsv.exe'),
    text('ParentCommandLine', 'C:\\Windows\\System32\\spoolsv.exe'),
  ],
};

const serviceCrash: EvtxRecord = {
  micros: NOON - 12_000_000,
  provider: 'Service Control Manager',
  providerGuid: '{555908d1-a6d7-4695-8e1e-26931d2012f4}',
  eventSource: 'Service Control Manager',
  eventId: 7034,
  qualifiers: 49_152,
  version: 0,
  level: 2,
  task: 0,
  opcode: 0,
  keywords: 0x8080_0000_0000_0000n,
  channel: 'System',
  computer: 'PRINT01.corp.example',
  data: [text('param1', 'Print Spooler'), text('param2', '1')],
};

/** A classic event: nameless texts in one array, written flat. */
const classic: EvtxRecord = {
  micros: NOON - 60_000_000,
  provider: 'EventLog',
  eventId: 6009,
  qualifiers: 32_768,
  level: 4,
  task: 0,
  keywords: 0x80_0000_0000_0000n,
  channel: 'System',
  computer: 'PRINT01',
  carrier: 'flat',
  data: [
    {
      name: '',
      type: 'array',
      items: ['10.00.', '20348', '', 'Multiprocessor Free'].map(value => ({ type: 'string', value }) as const),
    },
    { name: 'Binary', type: 'binary', value: new Uint8Array([0xea, 0x07, 0x03, 0x00]) },
  ],
};

/** A forwarded event: no template, every value as text, times with nine digits. */
const forwarded: EvtxRecord = {
  micros: NOON + 30_000_000,
  nanos: 500,
  writtenMicros: NOON + 95_000_000,
  provider: 'Microsoft-Windows-TerminalServices-RemoteConnectionManager',
  providerGuid: '{c76baa63-ae81-421c-b425-340b4b24157f}',
  eventId: 1149,
  version: 0,
  level: 4,
  task: 0,
  opcode: 0,
  keywords: 0x1000_0000_0000_0000n,
  recordId: 99_456n,
  activityId: '{f4203d99-dca9-4f6f-850d-622b67830000}',
  processId: 1788,
  threadId: 2392,
  channel: 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational',
  computer: 'fs03.corp.example',
  userId: 'S-1-5-20',
  carrier: 'direct',
  userData: { name: 'EventXML', namespace: 'Event_NS' },
  data: [text('Param1', 'admmig'), text('Param2', ''), text('Param3', '10.23.123.11')],
};

/** One of every value type, as no single provider writes them. */
const everyType: EvtxRecord = {
  micros: NOON + 1,
  provider: 'Aftershock-Sample',
  providerGuid: '{00112233-4455-6677-8899-aabbccddeeff}',
  eventId: 65_535,
  channel: 'Aftershock-Sample/Debug',
  computer: 'PRINT01.corp.example',
  data: [
    text('Text', 'line one\r\nline two\ttab'),
    text('InnerNul', 'before\u0000after'),
    text('LoneSurrogate', 'a\ud800b'),
    text('constructor', 'a name, nothing more'),
    { name: 'Null', type: 'null' },
    { name: 'Ansi', type: 'ansi', value: 'caf\u00e9' },
    { name: 'Int8', type: 'int8', value: -128 },
    { name: 'UInt8', type: 'uint8', value: 255 },
    { name: 'Int16', type: 'int16', value: -32_768 },
    { name: 'Int32', type: 'int32', value: -2_147_483_648 },
    { name: 'UInt32', type: 'uint32', value: 4_294_967_295 },
    { name: 'Int64', type: 'int64', value: -9_223_372_036_854_775_808n },
    { name: 'UInt64', type: 'uint64', value: 18_446_744_073_709_551_615n },
    { name: 'Float', type: 'float', value: 0.1 },
    { name: 'Double', type: 'double', value: 0.1 },
    { name: 'Bool', type: 'bool', value: true },
    { name: 'Size32', type: 'size32', value: 0xff_ff00n },
    { name: 'Size64', type: 'size64', value: 0x7ff8_0000_1000n },
    { name: 'FileTime', type: 'filetime', value: ticksOf(NOON, 100) },
    { name: 'SystemTime', type: 'systemtime', value: ticksOf(NOON) },
    { name: 'Sid', type: 'sid', value: 'S-1-5-21-1004336348-1177238915-682003330-512' },
    { name: 'Hex32', type: 'hex32', value: 0xc000_0005 },
    { name: 'Hex64', type: 'hex64', value: 0x8020_0000_0000_0000n },
    { name: 'Numbers', type: 'array', items: [1, 2, 65_535].map(value => ({ type: 'uint16', value }) as const) },
    text('Twice', 'first'),
    text('Twice', 'second'),
  ],
};

const numbered = (count: number, from: number): EvtxRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    ...serviceCrash,
    micros: NOON + (from + i) * 1_000_000,
    data: [text('param1', 'Print Spooler'), text('param2', String(from + i))],
  }));

export const SAMPLES: Readonly<
  Record<string, { readonly records: readonly EvtxRecord[]; readonly options: EvtxOptions }>
> = {
  'every-carrier.evtx': {
    records: [classic, serviceCrash, sysmonProcess, forwarded, everyType],
    options: { minorVersion: 2 },
  },
  // Chunk 0: sound, with two leftovers behind its free space; 1: zeroed; 2: bad checksum; 3: cut off by the end of the file.
  'damaged.evtx': {
    records: numbered(12, 0),
    options: {
      firstRecord: 101n,
      recordsPerChunk: 3,
      damage: [
        { kind: 'dirty' },
        { kind: 'slack', chunk: 0, records: [numbered(1, 900)[0]!, numbered(1, 0)[0]!] },
        { kind: 'zeroed-chunk', chunk: 1 },
        { kind: 'bad-records-crc', chunk: 2 },
        { kind: 'torn', bytes: 4096 + 3 * 65_536 + 2200 },
      ],
    },
  },
};
