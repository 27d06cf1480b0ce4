import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchBuilder, epochMicros } from '../../src/model/index.ts';
import { orderEvents } from '../../src/timeline/order.ts';

const row = fc.record({ time: fc.nat(20), nanos: fc.constantFrom(0, 100, 900) });
const artifacts = fc.array(fc.array(row, { maxLength: 30 }), { maxLength: 6 });

test('the merged order is the plain sort by time, path and record, whatever order the batches come in', () => {
  fc.assert(
    fc.property(artifacts, fc.integer({ min: 1, max: 7 }), fc.boolean(), (files, capacity, reverse) => {
      const batches = files.flatMap((rows, f) => {
        const made = [];
        for (let at = 0; at < rows.length; at += capacity) {
          const builder = new BatchBuilder(`file${f}`, 'all', capacity);
          rows.slice(at, at + capacity).forEach(({ time, nanos }, i) => {
            builder.add(epochMicros(time), nanos, at + i, {});
          });
          made.push(builder.finish());
        }
        return made;
      });
      const shift = new Map([['file1', 5]]);
      const timeline = orderEvents(reverse ? batches.toReversed() : batches, shift);
      const merged = Array.from({ length: timeline.length }, (_, i) => {
        const batch = timeline.batches[timeline.batchOf[i]!]!;
        const r = timeline.rowOf[i]!;
        return [timeline.time[i]!, batch.nanos[r]!, batch.artifact, batch.record[r]!] as const;
      });
      const plain = files
        .flatMap((rows, f) =>
          rows.map(({ time, nanos }, i) => [time + (f === 1 ? 5 : 0), nanos, `file${f}`, i] as const),
        )
        .toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0) || a[3] - b[3]);
      expect(merged).toEqual(plain);
    }),
  );
});

test('events without a time come last and are not lost', () => {
  const builder = new BatchBuilder('a');
  builder.begin(Number.NaN, 0, 0);
  builder.begin(5, 0, 1);
  builder.begin(Number.NaN, 0, 2);
  const timeline = orderEvents([builder.finish()]);
  expect([...timeline.rowOf]).toEqual([1, 0, 2]);
  expect(timeline.time[2]).toBe(Number.POSITIVE_INFINITY);
});

test('events of one moment follow a named field where there is one', () => {
  const builder = new BatchBuilder('a');
  for (const [i, sequence] of [3, 1, 2].entries()) builder.add(epochMicros(9), 0, i, { 'event.sequence': sequence });
  const batch = builder.finish();
  expect([...orderEvents([batch], new Map(), 'event.sequence').rowOf]).toEqual([1, 2, 0]);
  expect([...orderEvents([batch]).rowOf]).toEqual([0, 1, 2]);
});
