import { describe, expect, test } from 'vitest';
import { ARRAY, type Spelling, TYPE, typedValue } from '../../../src/parsers/evtx/values.ts';
import { ansiDecoder } from '../../../src/parsers/shared/ansi.ts';

const read = (type: number, hex: string, spelling: Spelling = 'windows', codePage = 1252): unknown => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return typedValue(bytes, type, 0, bytes.length, { spelling, ansi: ansiDecoder(codePage) });
};
const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('hex');

describe('a value', () => {
  test('of no bytes is empty, never 0; NULL is no value', () => {
    for (const type of Object.values(TYPE)) expect(read(type, '')).toBe(type === TYPE.NULL ? undefined : '');
    expect(read(TYPE.UINT32 | ARRAY, '')).toEqual([]);
  });

  test('of a size that its type does not have is read by its size, or shown as its bytes', () => {
    expect(read(TYPE.UINT32, 'ff00')).toBe('255');
    expect(read(TYPE.UINT8, 'ffffffffffffffff')).toBe('18446744073709551615');
    expect(read(TYPE.INT32, 'ff')).toBe('-1');
    expect(read(TYPE.UINT32, '010203')).toBe('010203');
    expect(read(TYPE.FILETIME, '0102')).toBe('0102');
    expect(read(TYPE.GUID, 'abcd')).toBe('ABCD');
    expect(read(0x7a, 'beef')).toBe('BEEF');
  });

  test('bool is true for whatever is not zero, in any size', () => {
    expect(
      ['00000000', '01000000', '00010000', '00', '02', '0000000000000080'].map(hex => read(TYPE.BOOL, hex)),
    ).toEqual(['false', 'true', 'true', 'false', 'true', 'true']);
  });

  test('string loses the NULs at its end and keeps those inside', () => {
    expect(read(TYPE.STRING, utf16('end\0\0'))).toBe('end');
    expect(read(TYPE.STRING, utf16('in\0side\0'))).toBe('in\0side');
    expect(read(TYPE.STRING, `${utf16('odd')}41`)).toBe('odd');
  });

  test('ANSI string is in the code page that the user gave', () => {
    expect(read(TYPE.ANSI, 'e9 80 00')).toBe('é€');
    expect(read(TYPE.ANSI, 'e9', 'windows', 1251)).toBe('й');
    expect(read(TYPE.ANSI, '82 a0', 'windows', 932)).toBe('あ');
    expect(read(TYPE.ANSI, 'e9', 'windows', 99_999)).toBe('é');
  });

  test('hexadecimal is lower case without leading zeroes, pointers by their size', () => {
    expect(read(TYPE.HEX32, '050000c0')).toBe('0xc0000005');
    expect(read(TYPE.HEX64, '0000000000002080')).toBe('0x8020000000000000');
    expect(read(TYPE.HEX64, '0000000001000000')).toBe('0x100000000');
    expect(read(TYPE.SIZE, 'ab000000')).toBe('0xab');
    expect(read(TYPE.SIZE, 'ab00000000000000')).toBe('0xab');
  });

  test('time keeps its 100 ns, from 1601 to 9999, and beyond that its number', () => {
    expect(read(TYPE.FILETIME, '0000000000000000')).toBe('1601-01-01T00:00:00.0000000Z');
    expect(read(TYPE.FILETIME, '01 00 d5 fd 3d 4b d8 01')).toMatch(/^2022-\d\d-\d\dT[\d:]{8}\.\d{7}Z$/);
    expect(read(TYPE.FILETIME, 'ffffffffffffffff')).toBe('18446744073709551615');
    expect(read(TYPE.FILETIME, 'ffffffffffffff7f')).toBe('9223372036854775807');
  });

  test('SYSTEMTIME is shown as its digits, also where there is no such day; one that was never set as Windows shows it', () => {
    const hex = 'e607 0600 0600 1200 0400 1a00 2800 7b00';
    expect(read(TYPE.SYSTEMTIME, hex)).toBe('2022-06-18T04:26:40.1230000Z');
    expect(read(TYPE.SYSTEMTIME, '00'.repeat(16))).toBe('1601-01-01T00:00:00.0000000Z');
    expect(read(TYPE.SYSTEMTIME, 'ff'.repeat(16))).toBe('65535-65535-65535T65535:65535:65535.655350000Z');
  });

  test('float has its shortest digits and a decimal point, or an exponent beyond what its digits reach', () => {
    const bytes = (write: (b: Buffer) => unknown, size: number): string => {
      const buffer = Buffer.alloc(size);
      write(buffer);
      return buffer.toString('hex');
    };
    const double = (n: number): unknown =>
      read(
        TYPE.DOUBLE,
        bytes(b => b.writeDoubleLE(n), 8),
      );
    const float = (n: number): unknown =>
      read(
        TYPE.FLOAT,
        bytes(b => b.writeFloatLE(n), 4),
      );
    expect([0, -0, 1, -2.5, 0.1, 1e15, 1e16, 1.25e-5, 1e-6, 5e-324, 123456.789].map(double)).toEqual([
      ...['0.0', '-0.0', '1.0', '-2.5', '0.1', '1000000000000000.0', '1e+16', '0.0000125', '1e-6', '5e-324'],
      '123456.789',
    ]);
    expect([0, -0, 0.1, 16_777_216, 1e12, 1e13, 1.25e-6, 1e-7, 1e-45].map(float)).toEqual([
      ...['0.0', '-0.0', '0.1', '16777216.0', '1000000000000.0', '1e+13', '0.00000125', '1e-7', '1e-45'],
    ]);
    expect([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN].map(double)).toEqual([
      'inf',
      '-inf',
      'NaN',
    ]);
  });

  test('SID is text where its count fits its bytes, and its bytes where not', () => {
    expect(read(TYPE.SID, '0101 000000000005 12000000')).toBe('S-1-5-18');
    expect(read(TYPE.SID, '0101 000000000005 12000000 ffff')).toBe('S-1-5-18');
    expect(read(TYPE.SID, '01ff 000000000005 12000000')).toBe('01FF00000000000512000000');
    expect(read(TYPE.SID, '01')).toBe('01');
    expect(read(TYPE.SID, '0100 010000000000')).toBe('S-1-0x010000000000');
  });

  test("GUID has the braces of Windows, or evtx_dump's spelling", () => {
    const hex = '33221100 5544 7766 8899aabbccddeeff';
    expect(read(TYPE.GUID, hex)).toBe('{00112233-4455-6677-8899-aabbccddeeff}');
    expect(read(TYPE.GUID, hex, 'evtx_dump')).toBe('00112233-4455-6677-8899-AABBCCDDEEFF');
  });

  test('array is a list of its members, the last one with or without its NUL', () => {
    expect(read(TYPE.STRING | ARRAY, utf16('a\0\0c\0'))).toEqual(['a', '', 'c']);
    expect(read(TYPE.STRING | ARRAY, utf16('a\0b'))).toEqual(['a', 'b']);
    expect(read(TYPE.ANSI | ARRAY, '61 00 62')).toEqual(['a', 'b']);
    expect(read(TYPE.UINT16 | ARRAY, '0100 ffff')).toEqual(['1', '65535']);
    expect(read(TYPE.UINT16 | ARRAY, '0100 ff')).toEqual(['0100FF']);
    expect(read(TYPE.SID | ARRAY, '0101 000000000005 12000000 0101 000000000005 13000000')).toEqual([
      'S-1-5-18',
      'S-1-5-19',
    ]);
  });
});
