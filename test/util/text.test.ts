import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutEnd, cutMiddle, cutPath, table, widthOf } from '../../src/util/columns.ts';
import { formatDuration, parseDuration } from '../../src/util/duration.ts';
import { csvCell, escapeHtml, visible } from '../../src/util/escape.ts';
import { isZone } from '../../src/util/time-zone.ts';

test('visible text has nothing that a terminal obeys or that hides, and leaves the rest alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(visible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
  expect(visible('a\u001b[31mb\u202ec\ud800d')).toBe('a\\e[31mb\\u202ec\\ud800d');
  expect(visible('Zoë 日本 😀 C:\\x')).toBe('Zoë 日本 😀 C:\\x');
});

test('what is cut fits, and keeps the ends that matter', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 5, max: 40 }), (text, width) => {
      for (const cut of [cutEnd, cutMiddle, cutPath])
        expect(widthOf(cut(visible(text), width))).toBeLessThanOrEqual(width);
    }),
  );
  expect(cutPath('/a/long/way/to/System.evtx', 12)).toBe('…System.evtx');
  expect(cutMiddle('cmd.exe /c whoami', 9)).toBe('cmd.…oami');
});

test('a table never exceeds its width while a column may shrink', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string(), fc.string()), { maxLength: 8 }), rows => {
      const columns = [
        { title: 'a', least: 4 },
        { title: 'b', least: 4, cut: 'middle' },
        { title: 'c', least: 4, align: 'right' },
      ] as const;
      for (const line of table(columns, rows, 40)) expect(widthOf(line)).toBeLessThanOrEqual(40);
    }),
  );
});

test('a CSV cell is never a formula and always comes back whole', () => {
  expect(['=1+1', '+1', '-1', '@x'].map(csvCell)).toEqual([`"'=1+1"`, `"'+1"`, `"'-1"`, `"'@x"`]);
  expect(csvCell('a"b,c')).toBe('"a""b,c"');
  expect(csvCell(-5)).toBe('-5');
  expect(escapeHtml(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
});

test('a duration has a unit, and is written as it is read', () => {
  expect(['90s', '5m', '1h30m', '2d', '250ms', 'PT10M', 'PT1H30M', 'P1DT2H'].map(parseDuration)).toEqual([
    90e6, 300e6, 5400e6, 172_800e6, 250_000, 600e6, 5400e6, 93_600e6,
  ]);
  for (const wrong of ['90', '', 'm', '5 m', '-5m', '1h30', 'PT', 'P', '5x', 'now-1d'])
    expect(parseDuration(wrong), wrong).toBeUndefined();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), millis => {
      expect(parseDuration(formatDuration(millis * 1000))).toBe(millis * 1000);
    }),
  );
});

test('a zone is an IANA name or a fixed offset', () => {
  expect(['Europe/Berlin', 'UTC', '+02:00', '-0500'].map(isZone)).toEqual([true, true, true, true]);
  expect(['Mars/Olympus', '', 'CEST+'].map(isZone)).toEqual([false, false, false]);
});
