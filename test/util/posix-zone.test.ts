import { expect, test } from 'vitest';
import { zoneOfPosix } from '../../src/util/posix-zone.ts';

test.each([
  ['IST-5:30', '+05:30'],
  ['<+0545>-5:45', '+05:45'],
  ['<-03>3', '-03:00'],
  ['UTC0', 'UTC'],
  ['GMT0', 'UTC'],
])('%s never changes: %s', (text, zone) => {
  expect(zoneOfPosix(text)).toBe(zone);
});

test.each([
  ['CET-1CEST,M3.5.0,M10.5.0/3', 'Europe/Berlin'],
  ['EST5EDT,M3.2.0,M11.1.0', 'America/New_York'],
  ['AEST-10AEDT,M10.1.0,M4.1.0/3', 'Australia/Sydney'],
  ['<-02>2<-01>,M3.5.0/-1,M10.5.0/0', 'America/Nuuk'],
  ['IST-1GMT0,M10.5.0,M3.5.0/1', 'Europe/Dublin'],
  ['NST3:30NDT,M3.2.0,M11.1.0', 'America/St_Johns'],
])('%s is the time of %s all year', (text, like) => {
  const zone = zoneOfPosix(text);
  expect(zone).toBeDefined();
  const shown = (timeZone: string, month: number): string =>
    new Date(Date.UTC(2025, month, 15, 12)).toLocaleString('sv', { timeZone });
  for (let month = 0; month < 12; month++) expect(shown(zone!, month)).toBe(shown(like, month));
});

test.each(['', 'Europe/Berlin', 'CET-1CEST', 'CET-1CEST,J60,J300', 'X-1', 'CET-1CEST,M13.9.9,M1.1.1'])(
  'text that is no such rule is no zone: %j',
  text => {
    expect(zoneOfPosix(text)).toBeUndefined();
  },
);
