import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AuditFields,
  auditFields,
  auditRecord,
  execveArguments,
} from '../../../src/parsers/shared/audit-record.ts';
import { archName, syscallName } from '../../../src/parsers/shared/audit-syscalls.ts';
import { auditTypeName } from '../../../src/parsers/shared/audit-type-numbers.ts';

const fields = (body: string): Record<string, string> => {
  const map: AuditFields = new Map();
  auditFields(body, map);
  return Object.fromEntries(map);
};
const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex').toUpperCase();

describe('values', () => {
  test('hexadecimal is text where a user may have chosen it, and a number elsewhere', () => {
    expect(fields(`a0=7F45 exe=${hex('/tmp/a b')} capability=21 comm=${hex('x"y')}`)).toEqual({
      a0: '7F45',
      exe: '/tmp/a b',
      capability: '21',
      comm: 'x"y',
    });
  });

  test('a word in lower case, or of odd length, is a word', () => {
    expect(fields('comm=deadbeef name=ABC acct=root')).toEqual({ comm: 'deadbeef', name: 'ABC', acct: 'root' });
  });

  test('what is quoted is taken as it is', () => {
    expect(fields('comm="4142" name="a=b c"')).toEqual({ comm: '4142', name: 'a=b c' });
  });

  test('the list inside msg is read too, quotes in it and all', () => {
    expect(fields(`pid=1 uid=0 msg='op=PAM:x acct="o'brien" exe="/usr/sbin/sshd" res=success'`)).toMatchObject({
      pid: '1',
      op: 'PAM:x',
      acct: "o'brien",
      res: 'success',
    });
  });

  test.each(['\u001d', ''])('the enriched half is read with the separator %j', separator => {
    expect(fields(`pid=1 key=(null)${separator}ARCH=x86_64 SYSCALL=execve UID="www-data"`)).toEqual({
      pid: '1',
      key: '(null)',
      ARCH: 'x86_64',
      SYSCALL: 'execve',
      UID: 'www-data',
    });
    expect(fields(`msg='op=x res=success'${separator}UID="root" AUID="unset"`)).toEqual({
      op: 'x',
      res: 'success',
      UID: 'root',
      AUID: 'unset',
    });
    expect(fields(`saddr=0200${separator}SADDR={ saddr_fam=inet laddr=10.0.0.1 lport=22 }`)).toEqual({
      saddr: '0200',
      SADDR: '{ saddr_fam=inet laddr=10.0.0.1 lport=22 }',
    });
  });

  test('the old way to write a login is read as the new one', () => {
    expect(fields('pid=1 uid=0 old auid=4294967295 new auid=0 old ses=1 new ses=2')).toEqual({
      pid: '1',
      uid: '0',
      'old-auid': '4294967295',
      auid: '0',
      'old-ses': '1',
      ses: '2',
    });
  });

  test('UTF-8 that a tool wrote unescaped is UTF-8', () => {
    expect(fields(Buffer.from('acct="jürgen"').toString('latin1'))).toEqual({ acct: 'jürgen' });
  });

  test('no body is too odd to read', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('=', '"', "'", ' ', '{', '}', 'a', 'msg', '\u001d', '\u0000', 'é') }),
        body => {
          fields(body);
        },
      ),
    );
  });
});

describe('arguments of an execve', () => {
  test.each([
    [
      ['argc=2 a0="a" a1=', 'x y'],
      ['a', 'x y'],
    ],
    [['argc=1 a0=', 'grüße "'], ['grüße "']],
  ])('%j', ([head, text], expected) => {
    expect(execveArguments([`${head}${hex(text!)}`]).args).toEqual(expected);
  });

  test('that are cut over records are one, and a letter cut in two bytes is whole again', () => {
    const bytes = Buffer.from('http://10.0.0.1/ü', 'utf8');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: bytes.length - 1 }), cut => {
        const [first, second] = [bytes.subarray(0, cut), bytes.subarray(cut)].map(b => b.toString('hex').toUpperCase());
        const { args, count } = execveArguments([
          `argc=3 a0="wget" a1_len=36 a1[0]=${first}`,
          ` a1[1]=${second}`,
          ' a1[2]="!" a2="-q"',
        ]);
        expect(args).toEqual(['wget', 'http://10.0.0.1/ü!', '-q']);
        expect(count).toBe(3);
      }),
    );
  });

  test('an argument that looks like a field is an argument', () => {
    expect(execveArguments(['argc=2 a0="x" a1=" a0=evil argc=9"'])).toEqual({
      args: ['x', ' a0=evil argc=9'],
      count: 2,
    });
  });

  test('numbers without measure are not believed', () => {
    expect(execveArguments(['argc=1 a0="x" a999999="y" a1[999999]="z"']).args).toEqual(['x', 'z']);
  });
});

describe('heads', () => {
  test.each([
    ['type=CWD msg=audit(1.5:9): cwd="/"', { type: 'CWD', node: '', stamp: '1.5:9' }],
    ['node=h type=EOE msg=audit(1.005:9): ', { type: 'EOE', node: 'h', stamp: '1.005:9' }],
    ['Feb 19 09:10:05 h audispd: node=h type=EOE msg=audit(1.005:9):', { type: 'EOE', node: 'h', stamp: '1.005:9' }],
    ['type=UNKNOWN[1334] msg=audit(1.005:9): op=LOAD', { type: 'BPF', node: '', stamp: '1.005:9' }],
  ])('%s', (line, expected) => {
    expect(auditRecord(line)).toMatchObject(expected);
  });

  test.each([
    'type=CWD msg=audit(1:9): ',
    'type=CWD msg=audit(1.0001:9): ',
    'type=CWD msg=audit(1.000:): ',
    'type=CWD msg=audit(07/18/21 12:29:23.720:348501) : ',
    'subtype=CWD msg=audit(1.000:9): ',
    'x msg=audit(1.000:9): ',
    `type=CWD msg=audit(${'1'.repeat(100)}.000:9): `,
  ])('%s is no head', line => {
    expect(auditRecord(line)).toBeUndefined();
  });
});

test.each([
  ['c000003e', '59', 'execve'],
  ['c000003e', '322', 'execveat'],
  ['40000003', '11', 'execve'],
  ['40000003', '358', 'execveat'],
  ['c00000b7', '221', 'execve'],
  ['c00000b7', '281', 'execveat'],
  ['40000028', '11', 'execve'],
  ['80000015', '11', 'execve'],
  ['c0000015', '328', 'connect'],
  ['80000016', '11', 'execve'],
  ['80000016', '362', 'connect'],
  ['c00000f3', '203', 'connect'],
  ['c000003e', '1073741883', 'execve'],
  ['c000003e', '99999', undefined],
  ['deadbeef', '59', undefined],
  [undefined, '59', 'execve'],
])('call %s/%s is %s', (arch, number, name) => {
  expect(syscallName(arch, number)).toBe(name);
});

test('architectures and types have names', () => {
  expect(['c000003e', 'c00000b7', '80000016', 'x86_64', 'ffff'].map(archName)).toEqual([
    'x86_64',
    'aarch64',
    's390x',
    'x86_64',
    'ffff',
  ]);
  expect(['1400', '1701', '1130', '1420', '9999'].map(auditTypeName)).toEqual([
    'AVC',
    'ANOM_ABEND',
    'SERVICE_START',
    'MAC_TASK_CONTEXTS',
    'UNKNOWN[9999]',
  ]);
});
