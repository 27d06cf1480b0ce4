import { expect, test } from 'vitest';
import { DerivedColumns } from '../../src/enrich/derived-columns.ts';
import { eventAt } from '../../src/model/index.ts';
import { batchesOf } from '../support/events.ts';

test('fills what the log leaves empty, in any order, and overwrites nothing', () => {
  const batches = batchesOf([
    { 'process.parent.name': 'own', 'process.parent.command_line': 'own line' },
    {},
    { message: 'third' },
  ]);
  const columns = new DerivedColumns(batches);
  for (const row of [2, 0, 1]) {
    columns.set(0, row, 'process.parent.name', 'ours');
    columns.set(0, row, 'process.parent.command_line', `line ${row}`);
    columns.set(0, row, 'process.parent.pid', row);
  }
  columns.set(0, 1, 'aftershock.service.ports', ['135', '445']);
  columns.set(0, 1, 'aftershock.service.name', undefined);
  const [batch] = columns.finish();
  const events = [0, 1, 2].map(row => eventAt(batch!, row));
  expect(events.map(e => e['process.parent.name'])).toEqual(['own', 'ours', 'ours']);
  expect(events.map(e => e['process.parent.command_line'])).toEqual(['own line', 'line 1', 'line 2']);
  expect(events.map(e => e['process.parent.pid'])).toEqual([0, 1, 2]);
  expect(events[1]!['aftershock.service.ports']).toEqual(['135', '445']);
  expect(batch!.columns.has('aftershock.service.name')).toBe(false);
});

test('a batch that gains nothing is the same batch', () => {
  const batches = batchesOf([{ message: 'a' }]);
  expect(new DerivedColumns(batches).finish()[0]).toBe(batches[0]);
});
