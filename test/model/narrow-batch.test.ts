import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchBuilder, epochMicros, eventAt, isShared, narrowed } from '../../src/model/index.ts';

const row = fc.record(
  {
    'user.name': fc.constantFrom('', 'root', 'www-data'),
    'event.dataset': fc.constant('zeek.conn'),
    'process.command_line': fc.string(),
    'source.port': fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.double()),
    'event.type': fc.constantFrom(['start'], ['start', 'end'], []),
  },
  { requiredKeys: [] },
);

test('a narrow batch holds what the wide one held', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(row, fc.integer({ min: 0, max: 999 }), fc.nat(2 ** 40)), { maxLength: 40 }), rows => {
      const builder = new BatchBuilder('a.log');
      for (const [at, [fields, nanos, record]] of rows.entries()) builder.add(epochMicros(at), nanos, record, fields);
      const batch = builder.finish();
      const narrow = narrowed(narrowed(batch));
      for (const at of rows.keys()) expect(eventAt(narrow, at)).toEqual(eventAt(batch, at));
      expect([...narrow.columns.keys()]).toEqual([...batch.columns.keys()]);
    }),
    { numRuns: 200 },
  );
});

test.each([
  [1, Uint8Array],
  [255, Uint8Array],
  [256, Uint16Array],
  [4096, Uint16Array],
])('codes of %d values are no wider than they need be', (values, width) => {
  const builder = new BatchBuilder('a.log');
  for (let at = 0; at < 4096; at++) builder.add(epochMicros(at), 0, at, { 'user.name': `u${at % values}` });
  const column = narrowed(builder.finish()).columns.get('user.name')!;
  if (column.kind !== 'keyword') throw new Error('a user name is a keyword');
  expect(column.codes).toBeInstanceOf(width);
  expect(isShared(column.codes)).toBe(values === 1);
});
