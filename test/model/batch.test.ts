import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BatchBuilder,
  epochMicros,
  eventAt,
  type Field,
  NO_CODE,
  TextTable,
  valueAt,
  withColumns,
} from '../../src/model/index.ts';

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const value = fc.oneof(scalar, fc.array(scalar, { minLength: 2, maxLength: 3 }));
const rows = fc.array(
  fc.record(
    { 'process.name': value, 'process.pid': value, message: value, 'winlog.event_data.x': value },
    { requiredKeys: [] },
  ),
  { maxLength: 40 },
);

test('what is put into a batch comes out of it: absent, empty, several values, and values that the column’s kind cannot hold', () => {
  fc.assert(
    fc.property(rows, events => {
      const builder = new BatchBuilder('a', 'all', 64);
      events.forEach((fields, i) => {
        builder.add(epochMicros(i), 0, i, fields);
      });
      const batch = builder.finish();
      events.forEach((fields, i) => {
        const { time: _t, nanos: _n, artifact: _a, record: _r, ...out } = eventAt(batch, i) as Record<string, unknown>;
        expect(Object.keys(out).toSorted()).toEqual(Object.keys(fields).toSorted());
        for (const [name, expected] of Object.entries(fields)) {
          // A text or number column gives its own type back; nothing else changes.
          expect(Array.isArray(expected) ? out[name] : String(out[name])).toEqual(
            Array.isArray(expected) ? expected : asKept(name, expected),
          );
        }
      });
    }),
  );
});

const asKept = (name: string, given: unknown): string =>
  name === 'process.pid' && typeof given === 'string' && given.trim() !== '' && Number.isFinite(Number(given))
    ? String(Number(given))
    : String(given);

test('64-bit integers are never rounded: what a double cannot hold stays text', () => {
  const builder = new BatchBuilder('a');
  builder.add(epochMicros(0), 0, 0, { 'process.pid': '9007199254740993' });
  builder.add(epochMicros(0), 0, 1, { 'process.pid': 7 });
  const batch = builder.finish();
  expect([valueAt(batch, 'process.pid', 0), valueAt(batch, 'process.pid', 1)]).toEqual(['9007199254740993', 7]);
});

test('a field that is set twice in one row has its last value', () => {
  const builder = new BatchBuilder('a');
  builder.begin(0, 0, 0);
  for (const field of ['message', 'process.name', 'process.pid'] as const satisfies Field[]) {
    builder.set(field, '1');
    builder.set(field, '22');
  }
  builder.begin(0, 0, 1);
  builder.set('message', 'next');
  const batch = builder.finish();
  expect([valueAt(batch, 'message', 0), valueAt(batch, 'process.name', 0), valueAt(batch, 'process.pid', 0)]).toEqual([
    '22',
    '22',
    22,
  ]);
  expect(valueAt(batch, 'message', 1)).toBe('next');
});

test('a field that nobody asked for throws when it is read; it is never absent', () => {
  const builder = new BatchBuilder('a', new Set<Field>(['process.name']));
  builder.add(epochMicros(0), 0, 0, { 'process.pid': 4 });
  const batch = builder.finish();
  expect(valueAt(batch, 'process.name', 0)).toBeUndefined();
  expect(() => valueAt(batch, 'process.pid', 0)).toThrow(/process\.pid was read but never decoded/);
  const column = { kind: 'keyword', codes: Uint32Array.of(1), values: ['', 'x'] } as const;
  expect(valueAt(withColumns(batch, new Map([['user.name', column]])), 'user.name', 0)).toBe('x');
});

test('batch after batch of one builder is what a builder of its own makes of each, also where texts are shared', () => {
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 4 }), batches => {
      const shared = new BatchBuilder('a', 'all', 64, new TextTable());
      const finished = batches.map(events => {
        events.forEach((fields, i) => {
          shared.add(epochMicros(i), 0, i, fields);
        });
        return shared.finish();
      });
      batches.forEach((events, b) => {
        const own = new BatchBuilder('a', 'all', 64);
        events.forEach((fields, i) => {
          own.add(epochMicros(i), 0, i, fields);
        });
        const expected = own.finish();
        expect([...finished[b]!.columns.keys()]).toEqual([...expected.columns.keys()]);
        expect({ ...finished[b], columns: new Map(finished[b]!.columns) }).toEqual(expected);
      });
    }),
  );
});

test('a value that is written by its code is in each of its rows, and a number has no code', () => {
  const texts = new TextTable();
  const builder = new BatchBuilder('a', new Set<Field>(['process.name', 'process.pid']), 64, texts);
  builder.begin(0, 0, 0);
  const names = builder.column('process.name')!;
  const cmd = names.textCode(texts, texts.of('cmd.exe'));
  expect(names.code('cmd.exe')).toBe(cmd);
  names.putCode(0, cmd);
  for (let row = 1; row < 100; row++) {
    builder.begin(0, 0, row);
    if (row % 2 === 0) names.putCode(row, cmd);
  }
  expect(builder.column('process.pid')!.code(7)).toBe(NO_CODE);
  expect(builder.column('message')).toBeUndefined();
  const batch = builder.finish();
  expect([0, 1, 98, 99].map(row => valueAt(batch, 'process.name', row))).toEqual([
    'cmd.exe',
    undefined,
    'cmd.exe',
    undefined,
  ]);
});
