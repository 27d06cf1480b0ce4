import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { macosCrash } from '../../../src/parsers/macos-crash/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const read = (name: string): Buffer => readFileSync(`samples/macos-crash/${name}`);
const parse = async (bytes: Uint8Array, path = 'a.ips') =>
  (await parseAll(macosCrash, logOf(artifactOf(path, bytes)))).events;

describe('a crash report', () => {
  test('in the text form tells who crashed, of what, when, and whose child it was', async () => {
    const name = 'screensharingd_2025-07-27-154145_labmac-7.crash';
    expect(await parse(read(name), name)).toMatchObject([
      {
        time: Date.UTC(2025, 6, 27, 19, 41, 44, 901) * 1000,
        'event.action': ['process_crash'],
        'process.name': 'screensharingd',
        'process.pid': 901,
        'process.parent.name': 'launchd',
        'service.name': 'screensharingd',
        'labels.crash_signal': 'SIGSEGV',
        'macos.crash.exception_type': 'EXC_BAD_ACCESS',
        'host.name': 'labmac-7',
      },
    ]);
  });

  test('in the two documents of an .ips tells the same, at the time of the capture and not of the file', async () => {
    const [event] = await parse(read('bash-2026-03-17-225042.ips'));
    expect(event).toMatchObject({
      time: Date.UTC(2026, 2, 18, 5, 50, 41, 770) * 1000 + 200,
      'process.name': 'bash',
      'process.parent.name': 'sshd-session',
      'macos.crash.frames': ['bash xmalloc', 'dyld +99'],
    });
  });

  test("of a service's child is no crash of the service", async () => {
    const [event] = await parse(read('bash-2026-03-17-225042.ips'));
    expect(event).not.toHaveProperty('service.name');
  });

  test('whose body is torn keeps its heading', async () => {
    const { events, problems } = await parseAll(
      macosCrash,
      logOf(artifactOf('a.ips', read('sshd-2026-03-17-torn.ips'))),
    );
    expect(events).toMatchObject([{ 'process.name': 'sshd', 'event.action': ['process_crash'] }]);
    expect(problems).toMatchObject([{ kind: 'truncated' }]);
  });

  test('of a process that somebody killed is no crash', async () => {
    const text = read('bash-2026-03-17-225042.ips')
      .toString()
      .replace('"EXC_BAD_ACCESS"', '"EXC_CRASH"')
      .replace('"SIGSEGV"', '"SIGKILL"');
    expect(await parse(Buffer.from(text))).toMatchObject([{ 'event.action': ['process_killed'] }]);
  });

  test('has its kind as a number or as a text', async () => {
    const text = read('bash-2026-03-17-225042.ips').toString().replace('"bug_type":"309"', '"bug_type":309');
    expect(await parse(Buffer.from(text))).toMatchObject([{ 'event.code': '309', 'event.action': ['process_crash'] }]);
  });

  test('hides the folders of users: then only the name is true', async () => {
    const name = 'buildtool_2026-05-30-002104_labmac-7.diag';
    const [event] = await parse(read(name), name);
    expect(event).toMatchObject({ 'process.name': 'buildtool', 'macos.crash.path': '/Users/*/buildtool' });
    expect(event).not.toHaveProperty('process.executable');
  });
});

test.each([
  ['buildtool_2026-05-30-002104_labmac-7.diag', 'resource_report'],
  ['JetsamEvent-2026-03-17-230000.ips', 'resource_report'],
  ['panic-full-2026-03-18-010203.0002.ips', 'host_panic'],
])('%s is a %s, and no crash of a process', async (name, action) => {
  expect(await parse(read(name), name)).toMatchObject([{ 'event.action': [action] }]);
});

test('a log of Mac OS X 10.4 holds one report after another, each with its place and the machine’s name', async () => {
  const report = (second: number, pid: number): string =>
    `**********\n\nHost Name:      lab-\u00e9\nDate/Time:      2006-03-17 22:50:${second}.123 -0800\nOS Version:     10.4.8 (Build 8L2127)\nReport Version: 4\n\nCommand: httpd\nPath:    /usr/sbin/httpd\nParent:  launchd [1]\n\nPID:    ${pid}\nThread: 0\n\nException:  EXC_BAD_ACCESS (0x0001)\nCodes:      KERN_INVALID_ADDRESS (0x0001) at 0x00\n\nThread 0 Crashed:\n0   httpd   0x00001000 main + 1\n\n`;
  const bytes = Buffer.from(report(41, 812) + report(42, 813));
  expect(macosCrash.identify(bytes, 'httpd.crash.log')).toBe('yes');
  const events = await parse(bytes, 'httpd.crash.log');
  expect(events).toMatchObject([
    { 'event.action': ['process_crash'], 'process.pid': 812, 'host.name': 'lab-\u00e9', 'service.name': 'httpd' },
    { 'process.pid': 813, 'process.parent.name': 'launchd', 'macos.crash.exception_type': 'EXC_BAD_ACCESS' },
  ]);
  expect(events[0]!.time).toBe(Date.UTC(2006, 2, 18, 6, 50, 41, 123) * 1000);
  expect(bytes.subarray(Number(events[1]!['log.offset'])).toString()).toMatch(/^\s*Host Name/);
});

describe('identification', () => {
  test('leaves the AppleDouble twin of a report alone', () => {
    expect(macosCrash.identify(Buffer.from([0, 5, 0x16, 7, 0, 2, 0, 0, 0x4d, 0x61, 0x63]), '._sshd.crash')).toBe('no');
  });
  test.each(['', 'Process: x\n', '{"bug_type":"309"}', 'Process:   a [1]\nnothing else'])(
    'is not lured by a part of the shape: %j',
    text => {
      expect(macosCrash.identify(Buffer.from(text), 'a.crash')).toBe('no');
    },
  );
});

describe('a kernel panic', () => {
  const panic = `Anonymous UUID:       7C6C2A4F-0000-4000-8000-000000000001

Sat Jul 26 10:02:03 2025

*** Panic Report ***
panic(cpu 2 caller 0xffffff801a2b3c4d): Kernel trap at 0xffffff801a000000, type 14=page fault
Backtrace (CPU 2), Frame : Return Address

BSD process name corresponding to current thread: kernel_task

Mac OS version:
18G103
`;
  test('of text is told by its heading, at the machine’s time', async () => {
    expect(macosCrash.identify(Buffer.from(panic), 'x')).toBe('yes');
    const { events, problems, ledger } = await parseAll(macosCrash, logOf(artifactOf('k.panic', Buffer.from(panic))), {
      zone: { name: 'Europe/Berlin', source: 'etc/localtime' },
    });
    expect(problems).toEqual([]);
    expect(events).toMatchObject([
      {
        time: Date.UTC(2025, 6, 26, 8, 2, 3) * 1000,
        'event.action': ['host_panic'],
        'event.reason': expect.stringContaining('panic(cpu 2'),
        'macos.crash.os_version': '18G103',
      },
    ]);
    expect(ledger.get('k.panic')).toMatchObject({ variant: 'panic', zone: 'Europe/Berlin' });
  });

  test('of a Mac with a security chip says its words under another name', async () => {
    const [heading, body] = [
      { bug_type: '210', timestamp: '2025-07-26 10:02:03.00 +0200' },
      { macOSPanicString: 'panic(cpu 0): x\ny' },
    ];
    const events = await parse(Buffer.from(`${JSON.stringify(heading)}\n${JSON.stringify(body)}`));
    expect(events).toMatchObject([{ 'event.action': ['host_panic'], 'event.reason': 'panic(cpu 0): x' }]);
  });
});

test('what a library left to be told in a report is told', async () => {
  const heading = { bug_type: '309', app_name: 'smbd', timestamp: '2025-07-26 10:02:03.00 +0200', incident_id: 'i' };
  const body = {
    procName: 'smbd',
    exception: { type: 'EXC_CRASH', signal: 'SIGABRT' },
    asi: { 'libsystem_c.dylib': ['abort() called'] },
  };
  const events = await parse(Buffer.from(`${JSON.stringify(heading)}\n${JSON.stringify(body)}`));
  expect(events).toMatchObject([{ 'event.action': ['process_crash'], 'event.reason': 'abort() called' }]);
});

test.each([{ isNonFatal: 1 }, { isNonFatal: true }, { isSimulated: 1 }])(
  'a report %j is of a process that lives on',
  async mark => {
    const heading = { bug_type: '309', app_name: 'smbd', timestamp: '2025-07-26 10:02:03.00 +0200', incident_id: 'i' };
    const body = { procName: 'smbd', exception: { type: 'EXC_GUARD', signal: 'SIGKILL' }, ...mark };
    const events = await parse(Buffer.from(`${JSON.stringify(heading)}\n${JSON.stringify(body)}`));
    expect(events).toMatchObject([{ 'event.action': ['diagnostic_report'] }]);
  },
);
