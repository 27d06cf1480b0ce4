import { expect, test } from 'vitest';
import { readQueryPack } from '../../src/detect/query-pack.ts';

const errorOf = (text: string, path: string): string => {
  try {
    readQueryPack(text, path);
    return '';
  } catch (error) {
    return (error as { place?: string }).place ?? String(error);
  }
};

test('TOML, YAML and JSON packs say the same', () => {
  const toml = `[[queries]]\nname = "one"\nquery = 'process where true'\nexpected_event_ids = [1]\n[[queries]]\nquery = "a: b"\nlanguage = "kql"\n`;
  const yaml = 'queries:\n- {name: one, query: process where true}\n- {query: "a: b", language: kql}\n';
  const json = JSON.stringify({
    queries: [
      { name: 'one', query: 'process where true' },
      { query: 'a: b', language: 'kql' },
    ],
  });
  for (const [text, path] of [
    [toml, 'p.toml'],
    [yaml, 'p.yml'],
    [json, 'p.json'],
  ] as const) {
    expect(readQueryPack(text, path).queries.map(entry => [entry.name, 'query' in entry])).toEqual([
      ['one', true],
      ['q2', true],
    ]);
  }
});

test('a wrong query is an error of its own, with its place, and the others are read', () => {
  const { queries } = readQueryPack(
    'queries:\n- query: "process where x =="\n- query: any where true\n- name: none\n- {query: x, language: sql}\n',
    'p.yaml',
  );
  expect(queries.map(entry => ('error' in entry ? entry.error.place.split(';')[0] : 'ok'))).toEqual([
    '1:19: the query ends where a value is expected',
    'ok',
    '1:1: an entry of a query pack has a query',
    '1:1: unknown language sql',
  ]);
});

test('case_sensitive is heard per query, and the semantics of the whole pack', () => {
  const pack = `queries:\n- {query: 'process where x == "A"', case_sensitive: true}\n- query: 'process where x == "A"'\n`;
  const folds = readQueryPack(pack, 'p.yml', { semantics: 'classic' }).queries.map(entry =>
    JSON.stringify(entry).includes('"fold":true'),
  );
  expect(folds).toEqual([false, true]);
});

test('a pack that cannot be read says where', () => {
  expect(errorOf('x = [', 'p.toml')).toMatch(/^\d+:\d+: TOML/);
  expect(errorOf('a: [b', 'p.yml')).toMatch(/^\d+:\d+: YAML/);
  expect(errorOf('{', 'p.json')).toMatch(/JSON/);
  expect(errorOf('name: x', 'p.yml')).toContain('a list named queries');
});
