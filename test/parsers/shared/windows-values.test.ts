import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isoTime } from '../../../src/model/index.ts';
import { jsonTime } from '../../../src/parsers/shared/json-time.ts';
import { processName } from '../../../src/parsers/shared/process-name.ts';
import { windowsArguments } from '../../../src/parsers/shared/windows-command-line.ts';
import type { Convert } from '../../../src/parsers/shared/windows-mapping.ts';
import {
  registryHive,
  registryKernelPath,
  registryKey,
  registryParent,
  registryStrings,
  registryType,
  registryValue,
} from '../../../src/parsers/shared/windows-registry.ts';
import { mappingFor } from '../../../src/parsers/shared/windows-tables.ts';
import { windowsTime } from '../../../src/parsers/shared/windows-time.ts';
import {
  accountDomain,
  accountName,
  conversionFor,
  dnsAddresses,
  dnsAnswers,
  guid,
  hashes,
  ip,
  logonType,
  notIp,
  serviceAccountSid,
} from '../../../src/parsers/shared/windows-values.ts';

describe('the time of a Windows event', () => {
  test('is read back from what we write, to the nanosecond', () => {
    const micros = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2250, 0, 1) }).map(n => n * 1000 + (n % 1000));
    fc.assert(
      fc.property(micros, fc.nat(999), (time, nanos) => {
        expect(windowsTime(isoTime(time, nanos))).toEqual({ micros: time, nanos });
      }),
    );
  });

  test.each([
    ['2025-06-08T07:15:09.2216228Z', Date.UTC(2025, 5, 8, 7, 15, 9) * 1000 + 221_622, 800],
    ['2023-02-06 22:07:30.404066', Date.UTC(2023, 1, 6, 22, 7, 30) * 1000 + 404_066, 0],
    ['2026-03-11T12:00:00+02:00', Date.UTC(2026, 2, 11, 10) * 1000, 0],
    ['2026-03-11T12:00:00-0530', Date.UTC(2026, 2, 11, 17, 30) * 1000, 0],
    ['2024-02-29 00:00:00', Date.UTC(2024, 1, 29) * 1000, 0],
  ])('%s', (text, micros, nanos) => {
    expect(windowsTime(text)).toEqual({ micros, nanos });
  });

  test.each([
    '',
    '2026-03-11',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-11T24:00:00Z',
    '2026-03-11T10:00:00.Z',
    '2026-03-11T10:00:00.1234567890Z',
    '2026-03-11T10:00:00X',
    '2026-03-11T10:00:00+99:00',
    '2O26-03-11T10:00:00Z',
    '2026-03-11T10:00:00Zjunk',
  ])('is absent where %j is no time', text => {
    expect(windowsTime(text)).toBeUndefined();
  });

  test('in JSON may be before 1970, and nothing but a time is one', () => {
    expect(jsonTime(-1.5)).toEqual({ micros: -1_500_000, nanos: 0 });
    for (const value of [true, null, undefined, {}, 'soon', Number.NaN, 1e300, ''])
      expect(jsonTime(value)).toBeUndefined();
  });
});

describe('the arguments of a Windows command line', () => {
  test.each([
    ['cmd.exe  /c\t"a b"', ['cmd.exe', '/c', 'a b']],
    ['"C:\\Program Files\\x.exe" -k', ['C:\\Program Files\\x.exe', '-k']],
    ['x a\\\\b "c\\\\" d', ['x', 'a\\\\b', 'c\\', 'd']],
    ['x a\\"b', ['x', 'a"b']],
    ['x "a""b" c', ['x', 'a"b', 'c']],
    ['x "" y', ['x', '', 'y']],
    ['x "never closed', ['x', 'never closed']],
    ['', []],
  ])('%s', (line, args) => {
    expect(windowsArguments(line)).toEqual(args);
  });

  test('are those that were quoted by the documented rule, whatever they hold', () => {
    const quoted = (argument: string): string =>
      `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
    const argument = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\t', 'ä') });
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), args => {
        expect(windowsArguments(['x.exe', ...args.map(quoted)].join(' '))).toEqual(['x.exe', ...args]);
      }),
    );
  });
});

test.each([
  ['C:\\Windows\\System32\\cmd.exe', 'cmd.exe'],
  ['C:/Windows/System32/cmd.exe', 'cmd.exe'],
  ['\\Device\\HarddiskVolume2\\x.exe', 'x.exe'],
  ['\\\\server\\share\\y.exe', 'y.exe'],
  ['%SystemRoot%\\z.exe', 'z.exe'],
  ['cmd.exe', 'cmd.exe'],
  ['System', 'System'],
  ['/usr/sbin/exim4', 'exim4'],
  ['/tmp/a\\b', 'a\\b'],
  ['/', ''],
])('the process of %s is %s', (path, name) => {
  expect(processName(path)).toBe(name);
});

describe('a datum', () => {
  const cases: readonly (readonly [string, Convert, string, unknown])[] = [
    ['an address', ip, '::ffff:10.0.0.9', '10.0.0.9'],
    ['an address that is none', ip, 'LOCAL', undefined],
    ['a name in an address column', notIp, 'WS-042', 'WS-042'],
    ['an address in an address column', notIp, '10.0.0.9', undefined],
    ['a pid in hexadecimal', conversionFor('process.pid'), '0x1f4', 500],
    ['the pid of nobody', conversionFor('process.pid'), '0x0', undefined],
    ['a pid that is no number', conversionFor('process.pid'), '12 34', undefined],
    ['an exit code', conversionFor('process.exit_code'), '0xc0000005', 3_221_225_477],
    ['a port', conversionFor('source.port'), '445', 445],
    ['a port that nobody has', conversionFor('source.port'), '65536', undefined],
    ['a GUID without braces', guid, '747F3D96-9288-5F53-1902-00000000E501', '{747f3d96-9288-5f53-1902-00000000e501}'],
    ['a GUID that is nobody', guid, '{00000000-0000-0000-0000-000000000000}', undefined],
    ['a GUID that is none', guid, 'abc', 'abc'],
    ['an account', accountName, 'CORP\\adm', 'adm'],
    ['the domain of an account', accountDomain, 'CORP\\adm', 'CORP'],
    ['an account without domain', accountDomain, 'adm', undefined],
    ['the SID of nobody', conversionFor('user.id'), 'S-1-0-0', undefined],
    ['a logon id counted in decimal', conversionFor('winlog.logon.id'), '999', '0x3e7'],
    ['a logon id', conversionFor('winlog.logon.id'), '0x3E7', '0x3e7'],
    ['a session that every Windows has', serviceAccountSid, '0x3e4', 'S-1-5-20'],
    ['a session like any other', serviceAccountSid, '0x1a2b3c', undefined],
    ['a logon type', logonType, '10', 'RemoteInteractive'],
    ['a logon type of the future', logonType, '99', '99'],
    ['answers', dnsAnswers, 'type:  5 a.example;::ffff:192.0.2.7;', ['a.example', '192.0.2.7']],
    ['addresses among answers', dnsAddresses, 'type:  5 a.example;::ffff:192.0.2.7;', '192.0.2.7'],
    ['no answers', dnsAnswers, '-', undefined],
    ['a hive', registryHive, 'HKEY_LOCAL_MACHINE\\System\\X', 'HKLM'],
    ['no hive', registryHive, 'System\\X', undefined],
    ['a key', registryKey, 'HKLM\\System\\X', 'System\\X'],
    ['the key of a value', registryParent, 'HKLM\\System\\X\\Start', 'System\\X'],
    ['a value', registryValue, 'HKLM\\System\\X\\Start', 'Start'],
    ['a kernel path', registryKernelPath, '\\REGISTRY\\MACHINE\\SYSTEM\\X', 'HKLM\\SYSTEM\\X'],
    ['a DWORD', registryStrings, 'DWORD (0x0000000a)', ['10', '0x0000000a']],
    ['a QWORD', registryStrings, 'QWORD (0x00000001-0x00000002)', ['4294967298', '0x0000000100000002']],
    ['a text', registryStrings, 'C:\\x.exe', 'C:\\x.exe'],
    ['binary data', registryStrings, 'Binary Data', undefined],
    ['the type of binary data', registryType, 'Binary Data', 'REG_BINARY'],
  ];
  test.each(cases)('%s', (_, convert, text, value) => {
    expect(convert(text)).toEqual(value);
  });

  test('of hashes fills the fields of whose they are, in lower case', () => {
    const text = 'SHA1=AA,MD5=BB,SHA256=CC,IMPHASH=DD';
    expect(hashes('process').map(({ field, convert }) => [field, convert(text)])).toEqual([
      ['process.hash.md5', 'bb'],
      ['process.hash.sha1', 'aa'],
      ['process.hash.sha256', 'cc'],
      ['process.pe.imphash', 'dd'],
    ]);
    expect(hashes('file').map(({ convert }) => convert('XMD5=1'))).toEqual([undefined, undefined, undefined]);
  });
});

test('an event is found by provider and number together, and a name of the object prototype finds nothing', () => {
  expect(mappingFor('SERVICE CONTROL MANAGER', 7031)?.action).toBe('service-crashed');
  expect(mappingFor('MSSQL$ANY', 18456)?.action).toBe('logon-failed');
  for (const provider of ['constructor', '__proto__', 'LoadPerf', ''])
    expect(mappingFor(provider, 1000)).toBeUndefined();
  expect(mappingFor('Service Control Manager', 1000)).toBeUndefined();
});
