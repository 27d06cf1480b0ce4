import { expect, test } from 'vitest';
import { officeHours } from '../../../src/scenario/world/office-hours.ts';

const at = (time: string): number => Date.parse(time) * 1000;

test.each([
  ['Europe/Berlin', '2026-01-13T07:00:00Z', true], // eight in the morning
  ['Europe/Berlin', '2026-01-13T06:59:59Z', false],
  ['Europe/Berlin', '2026-07-13T06:00:00Z', true], // summer time
  ['Europe/Berlin', '2026-01-13T16:59:59Z', true],
  ['Europe/Berlin', '2026-01-13T17:00:00Z', false],
  ['Europe/Berlin', '2026-01-17T10:00:00Z', false], // a Saturday
  ['Asia/Kathmandu', '2026-01-13T02:15:00Z', true], // three quarters off
  ['Asia/Kathmandu', '2026-01-13T02:14:59Z', false],
  ['UTC', '2026-01-13T08:00:00Z', true],
])('in %s at %s people are at work: %s', (zone, time, expected) => {
  expect(officeHours(zone)(at(time))).toBe(expected);
});
