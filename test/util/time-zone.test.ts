import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inZone, isZone } from '../../src/util/time-zone.ts';

test('a moment is shown as clocks in a zone have it, with every digit and the offset of that day', () => {
  expect(inZone('2026-03-01T10:02:11.1234567Z', 'Asia/Tokyo')).toBe('2026-03-01T19:02:11.1234567+09:00');
  expect(inZone('2026-07-01T23:00:00Z', 'Europe/Berlin')).toBe('2026-07-02T01:00:00+02:00');
  expect(inZone('2026-01-01T00:10:00.5Z', '-03:30')).toBe('2025-12-31T20:40:00.5-03:30');
  expect(inZone('2026-01-01T00:10:00Z', '+0200')).toBe('2026-01-01T02:10:00+02:00');
});

test('UTC keeps the text as it is, and so does text that is no moment', () => {
  expect(inZone('2026-03-01T10:02:11.1234567Z', 'UTC')).toBe('2026-03-01T10:02:11.1234567Z');
  expect(inZone('no time', 'Asia/Tokyo')).toBe('no time');
});

test('whatever the zone, it is the same moment', () => {
  const zones = fc.constantFrom('Asia/Tokyo', 'America/St_Johns', 'Europe/Berlin', '+05:45', '-1000', 'UTC');
  const moments = fc.date({ min: new Date('1980-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, zones, (moment, zone) => {
      expect(isZone(zone)).toBe(true);
      expect(Date.parse(inZone(moment.toISOString(), zone))).toBe(moment.getTime());
    }),
  );
});
