import { expect, test } from 'vitest';
import { eventsOf, hostTableOf, microsOf, timelineOf } from './events.ts';

test('events come in the one order: time with its offset, then artifact, then record, and those without a time last', () => {
  const timeline = timelineOf(
    [
      { message: 'late' },
      { time: '2026-01-01T00:00:02Z', message: 'second', artifact: 'b' },
      { time: '2026-01-01T00:00:02Z', message: 'first', artifact: 'a' },
      { time: '2026-01-01T00:00:08Z', message: 'shifted', artifact: 'sensor' },
    ],
    { rows: 1, offsets: { sensor: -7_000_000 } },
  );
  expect(eventsOf(timeline).map(event => event.message)).toEqual(['shifted', 'first', 'second', 'late']);
  expect(timeline.time[0]).toBe(microsOf('2026-01-01T00:00:01Z'));
  expect(timeline.time[3]).toBe(Number.POSITIVE_INFINITY);
});

test('a time keeps its microseconds', () => {
  expect(microsOf('2026-01-01T00:00:00.1234567Z') - microsOf('2026-01-01T00:00:00Z')).toBe(123_456);
  expect(() => microsOf('yesterday')).toThrow('no RFC 3339 time');
});

test('an address of two hosts is ambiguous', () => {
  const hosts = hostTableOf({ id: 'a', ips: ['10.0.0.1', '10.0.0.2'] }, { id: 'b', ips: ['10.0.0.2'] });
  expect(hosts.byAddress('10.0.0.1', 0 as never)).toMatchObject({ id: 'a' });
  expect(hosts.byAddress('10.0.0.2', 0 as never)).toBe('ambiguous');
  expect(hosts.byAddress('10.0.0.3', 0 as never)).toBeUndefined();
});
