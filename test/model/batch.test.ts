import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchBuilder, epochMicros, eventAt, type Field, valueAt, withColumns } from '../../src/model/index.ts';

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
