import { expect, test } from 'vitest';
import type { FoundEvidence } from '../../src/collection/index.ts';
import { Ledger } from '../../src/collection/index.ts';
import { BatchBuilder, epochMicros } from '../../src/model/index.ts';

const found = (over: Partial<FoundEvidence>): FoundEvidence => ({
  path: 'a.log',
  modified: undefined,
  size: 10,
  sha256: 'ab',
  format: 'syslog',
  artifact: undefined,
  unsupported: undefined,
  collector: undefined,
  text: undefined,
  problems: [],
  ...over,
});
const statusOf = (ledger: Ledger, evidence: FoundEvidence, duplicates = new Map<string, string>()): string =>
  ledger.rows(
    [evidence],
    duplicates,
    () => undefined,
    () => 0,
  )[0]!.status;

test('a row has counts, first and last, the basis of its times, and the clock offset', () => {
  const ledger = new Ledger();
  ledger.enter('a.log', { parsed: 2, zone: 'UTC', zoneSource: 'default', yearSource: 'file time', variant: 'bsd' });
  ledger.enter('a.log', { parsed: 1, failed: 1 });
  const batch = new BatchBuilder('a.log');
  batch.add(epochMicros(2_000_000), 0, 0, {});
  batch.add(epochMicros(1_000_000), 0, 1, {});
  ledger.keep(batch.finish());
  expect(
    ledger.rows(
      [found({})],
      new Map(),
      () => 'web01',
      () => 1_500_000,
    )[0],
  ).toEqual({
    path: 'a.log',
    sha256: 'ab',
    size: 10,
    format: 'syslog:bsd',
    host: 'web01',
    events: { parsed: 3, kept: 2, duplicate: 0, failed: 1, recovered: 0 },
    first: '1970-01-01T00:00:01.000Z',
    last: '1970-01-01T00:00:02.000Z',
    time_basis: { zone: 'UTC', zone_source: 'default', year_source: 'file time', offset_s: -1.5 },
    status: 'ok',
    problems: [],
  });
});

test('what could be carved is counted whether or not it was, and where a format knows of none, nothing is said', () => {
  const ledger = new Ledger();
  ledger.enter('a.log', { parsed: 3, recovered: 0, candidates: 7 });
  ledger.enter('b.log', { parsed: 1 });
  const rows = ledger.rows(
    [found({}), found({ path: 'b.log' })],
    new Map(),
    () => undefined,
    () => 0,
  );
  expect(rows.map(row => row.events.candidates)).toEqual([7, undefined]);
});

test('the status tells lost evidence from odd evidence', () => {
  const ledger = new Ledger();
  ledger.enter('a.log', { parsed: 3 });
  ledger.problem({ kind: 'bad-checksum', artifact: 'a.log', message: 'chunk 1' });
  expect(statusOf(ledger, found({}))).toBe('ok');
  ledger.problem({ kind: 'damaged-record', artifact: 'a.log', message: 'line 7' });
  expect(statusOf(ledger, found({}))).toBe('partial');
  expect(statusOf(new Ledger(), found({ size: 0 }))).toBe('empty');
  expect(statusOf(new Ledger(), found({}))).toBe('empty');
  expect(statusOf(new Ledger(), found({ format: undefined }))).toBe('unsupported');
  expect(statusOf(new Ledger(), found({ size: undefined, format: undefined }))).toBe('error');
  expect(statusOf(new Ledger(), found({}), new Map([['a.log', 'b.log']]))).toBe('duplicate');
});

test('ten thousand problems are counted, not listed', () => {
  const ledger = new Ledger();
  for (let i = 0; i < 10_000; i++)
    ledger.problem({ kind: 'damaged-record', artifact: 'a.log', record: i, message: 'torn' });
  const { problems } = ledger.rows(
    [found({})],
    new Map(),
    () => undefined,
    () => 0,
  )[0]!;
  expect(problems).toHaveLength(51);
  expect(problems.at(-1)?.message).toBe('9950 more problems of this file are not listed');
});
