import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isoTimeAt } from '../../../src/parsers/shared/iso-time.ts';
import { LocalTime } from '../../../src/parsers/shared/local-time.ts';

describe('a time in text', () => {
  test('is what Date reads, whatever the day and the offset', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1972-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (date, offset) => {
          const wall = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
          const sign = offset < 0 ? '-' : '+';
          const two = (n: number): string => String(Math.abs(n)).padStart(2, '0');
          const zone = `${sign}${two(Math.trunc(offset / 60))}${two(offset % 60)}`;
          for (const text of [
            `${wall}${zone}`,
            `${wall.replace('T', ' ')} ${zone}`,
            `${wall}${zone.slice(0, 3)}:${zone.slice(3)}`,
          ])
            expect(isoTimeAt(text)).toMatchObject({
              micros: date.getTime() * 1000,
              offsetMinutes: offset === 0 ? 0 : offset,
              end: text.length,
            });
        },
      ),
    );
  });

  test('keeps nanoseconds, and says where it ends', () => {
    expect(isoTimeAt('x 2025-07-27T19:41:33.057362042Z rest', 2)).toEqual({
      micros: Date.UTC(2025, 6, 27, 19, 41, 33, 57) * 1000 + 362,
      nanos: 42,
      end: 32,
      offsetMinutes: 0,
    });
  });

  test('without a zone is the wall clock, and says so', () => {
    expect(isoTimeAt('2024-03-24 20:10:51.817224 (system)')).toMatchObject({ offsetMinutes: undefined, end: 26 });
  });

  test.each([
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01',
    '',
    '2024/01/01T00:00:00Z',
  ])('that no calendar has is none: %s', text => {
    expect(isoTimeAt(text)).toBeUndefined();
  });
});

describe('local time', () => {
  const wall = (text: string): number => Date.parse(`${text}Z`) * 1000;
  test('follows the zone through the year', () => {
    const berlin = new LocalTime('Europe/Berlin');
    expect(berlin.toUtc(wall('2024-01-15T12:00:00'))).toBe(wall('2024-01-15T11:00:00'));
    expect(berlin.toUtc(wall('2024-07-15T12:00:00'))).toBe(wall('2024-07-15T10:00:00'));
  });
  test('reads an hour that comes twice by the order of the lines', () => {
    const berlin = new LocalTime('Europe/Berlin');
    expect(berlin.toUtc(wall('2024-10-27T02:10:00'))).toBe(wall('2024-10-27T00:10:00'));
    expect(berlin.toUtc(wall('2024-10-27T02:50:00'))).toBe(wall('2024-10-27T00:50:00'));
    expect(berlin.toUtc(wall('2024-10-27T02:10:00'))).toBe(wall('2024-10-27T01:10:00'));
    expect(berlin.toUtc(wall('2024-10-27T03:00:00'))).toBe(wall('2024-10-27T02:00:00'));
  });
  test('knows fixed offsets, and takes what nobody knows for UTC', () => {
    expect(new LocalTime('-07:00').toUtc(wall('2024-01-01T00:00:00'))).toBe(wall('2024-01-01T07:00:00'));
    expect(new LocalTime('Nowhere/Else').toUtc(wall('2024-01-01T00:00:00'))).toBe(wall('2024-01-01T00:00:00'));
  });
});
