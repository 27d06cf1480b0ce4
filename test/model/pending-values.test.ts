import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Conversion, EventBatch, Field, Value } from '../../src/model/index.ts';
import { BatchBuilder, eventAt, TextRows, TextTable, valueAt, withColumns } from '../../src/model/index.ts';

/** One field of each kind of column. */
const FIELDS = ['user.name', 'source.port', 'message'] as const satisfies readonly Field[];

const number: Conversion = text => (/^\d+$/.test(text) ? Number(text) : undefined);
const letters: Conversion = text => (/^[a-z]+$/.test(text) ? text.toUpperCase() : undefined);
const halves: Conversion = text => (text.length > 2 ? [text.slice(0, 1), text.slice(1)] : undefined);
const CONVERSIONS: readonly (Conversion | undefined)[] = [undefined, number, letters, halves];

/** Two kinds of events, each with texts of its own; some rows are given a value by hand as well. */
const kind = fc.record({
  conversions: fc.tuple(...FIELDS.map(() => fc.constantFrom(...CONVERSIONS))),
  constant: fc.option(fc.constantFrom<Value>('always', 7), { nil: undefined }),
});
const row = fc.record({
  kind: fc.nat({ max: 1 }),
  texts: fc.array(fc.constantFrom('', '80', '443', 'abc', 'x', 'Long text'), {
    minLength: FIELDS.length,
    maxLength: FIELDS.length,
  }),
  byHand: fc.option(fc.tuple(fc.constantFrom(...FIELDS), fc.constantFrom<Value>('hand', 1, ['two', 'values'])), {
    nil: undefined,
  }),
});

const documents = (batch: EventBatch): readonly unknown[] =>
  Array.from({ length: batch.length }, (_, i) => eventAt(batch, i));

test('what was said beforehand of many rows is what it would be if it were put into each, and a value put by hand takes its place', () => {
  const kinds = fc.tuple(kind, kind);
  const wanted = fc.constantFrom<'all' | ReadonlySet<Field>>(
    'all',
    new Set<Field>(FIELDS),
    new Set<Field>(['message']),
  );
  fc.assert(
    fc.property(kinds, fc.array(row, { maxLength: 50 }), wanted, (plans, events, fields) => {
      const texts = new TextTable();
      const waiting = new BatchBuilder('a', fields, 64, texts);
      const plain = new BatchBuilder('a', fields, 64);
      const blocks = plans.map(({ conversions, constant }) => {
        const rows = new TextRows(FIELDS.length);
        FIELDS.forEach((field, f) => {
          const pending = waiting.column(field)?.pending(texts);
          if (f === 0 && constant !== undefined) pending?.constant(rows, constant);
          else pending?.text(rows, f, conversions[f]);
        });
        return rows;
      });
      events.forEach((event, i) => {
        waiting.begin(i, 0, i);
        plain.begin(i, 0, i);
        const { conversions, constant } = plans[event.kind]!;
        const block = blocks[event.kind]!;
        const at = block.add(i);
        event.texts.forEach((text, f) => {
          block.ids[at + f] = texts.of(text);
          const convert = conversions[f];
          if (f === 0 && constant !== undefined) plain.set(FIELDS[f], constant);
          else if (text !== '') plain.set(FIELDS[f]!, convert === undefined ? text : convert(text));
        });
        if (event.byHand !== undefined) {
          waiting.set(...event.byHand);
          plain.set(...event.byHand);
        }
      });
      const [batch, expected] = [waiting.finish(), plain.finish()];
      expect(documents(batch).map(comparable)).toEqual(documents(expected).map(comparable));
      expect([...batch.columns.keys()].toSorted()).toEqual([...expected.columns.keys()].toSorted());
    }),
  );
});

/** A column of numbers that met a text holds its numbers as they came, before or after: 80 and '80' are one value to every reader. */
const comparable = (event: unknown): unknown =>
  JSON.parse(JSON.stringify(event, (_, value: unknown) => (typeof value === 'number' ? String(value) : value)));

test('a column that nobody read yet is finished once, whoever asks, also in a batch with further columns', () => {
  const texts = new TextTable();
  const builder = new BatchBuilder('a', 'all', 64, texts);
  const rows = new TextRows(1);
  let converted = 0;
  builder
    .column('user.name')
    ?.pending(texts)
    ?.text(rows, 0, text => {
      converted++;
      return text.toUpperCase();
    });
  builder
    .column('host.name')
    ?.pending(texts)
    ?.text(rows, 0, () => undefined);
  for (let i = 0; i < 3; i++) {
    builder.begin(i, 0, i);
    rows.ids[rows.add(i)] = texts.of(i === 1 ? 'mallory' : 'alice');
  }
  const batch = builder.finish(new TextTable());
  const port = { kind: 'number', numbers: Float64Array.of(1, 2, 3) } as const;
  const more = withColumns(batch, new Map([['source.port' as const, port]]));
  expect(converted).toBe(0);
  expect([0, 1, 2].map(i => valueAt(more, 'user.name', i))).toEqual(['ALICE', 'MALLORY', 'ALICE']);
  expect(converted).toBe(2);
  expect(more.columns.get('user.name')).toBe(more.columns.get('user.name'));
  expect([...more.columns.keys()]).toEqual(['user.name', 'source.port']);
  expect([more.columns.has('host.name'), more.columns.size, [...more.columns.values()].length]).toEqual([false, 2, 2]);
  expect(valueAt(batch, 'user.name', 1)).toBe('MALLORY');
  expect(batch.columns.has('source.port')).toBe(false);
  const seen: Field[] = [];
  batch.columns.forEach((_, field) => {
    seen.push(field);
  });
  expect(seen).toEqual(['user.name']);
});
