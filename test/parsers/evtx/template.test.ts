import { expect, test } from 'vitest';
import { XmlElement } from '../../../src/parsers/evtx/binxml.ts';
import { Template, TemplateStore } from '../../../src/parsers/evtx/template.ts';
import { DataNames } from '../../../src/parsers/shared/windows-names.ts';

/** A chunk that holds nothing but a definition of so many bytes, whose GUID begins with `id`. */
function chunkWith(id: number, size: number) {
  const bytes = Buffer.alloc(24 + size, 0x41);
  bytes.writeUInt32LE(id, 4);
  return { bytes, length: bytes.length, names: new Map<number, string>() };
}
const SIZE = 50_000;

test('a definition is known again in another chunk, and those of a hostile log are forgotten before they fill the memory', () => {
  const store = new TemplateStore();
  const template = new Template(new XmlElement('Event', [], []), store.lists);
  const keep = (id: number): void => store.keep(chunkWith(id, SIZE), 0, SIZE, template, { names: [], hasInner: false });
  const isKnown = (id: number): boolean => store.find(chunkWith(id, SIZE), 0, SIZE) === template;
  keep(0);
  expect([isKnown(0), isKnown(1)]).toEqual([true, false]);
  for (let id = 1; id < 100; id++) keep(id);
  const known = Array.from({ length: 100 }, (_, id) => isKnown(id)).filter(is => is).length;
  expect(known).toBeGreaterThan(0);
  expect(known * SIZE).toBeLessThanOrEqual(1 << 20);
});

test('a list of names is one object wherever it comes again, until all lists together are too long', () => {
  const lists = new DataNames();
  const first = lists.same(['a', 'b']);
  expect(lists.same(['a', 'b'])).toBe(first);
  for (let i = 0; i < 20; i++) lists.same([`${i}`.padEnd(60_000, 'x')]);
  expect(lists.same(['a', 'b'])).not.toBe(first);
  expect(lists.same(['a', 'b'])).toEqual(first);
});
