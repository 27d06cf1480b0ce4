import { describe, expect, test } from 'vitest';
import { compileQuery, runQueries } from '../../src/detect/query.ts';
import type { EventFields } from '../../src/model/index.ts';
import { foreignField } from '../../src/model/index.ts';
import { RuleError } from '../../src/rules/index.ts';
import { timelineOf } from '../support/events.ts';

type Document = Readonly<Record<string, unknown>>;

/** An event of the classic schema: its scalars and lists as columns, and the document itself beside them. */
function eventOf(document: Document, second: number): EventFields & { time: number } {
  const fields = Object.entries(document).filter(([, v]) => !Array.isArray(v) || v.length > 0);
  const plain = Object.fromEntries(fields.map(([name, value]) => [foreignField(name), value])) as EventFields;
  return { ...plain, 'event.original': JSON.stringify(document), time: second * 1_000_000 };
}

/** What the pipes worked out, or the places (from 1) of the events that match. */
function run(query: string, ...documents: readonly Document[]): unknown[] {
  const timeline = timelineOf(documents.map((document, i) => eventOf(document, i + 1)));
  const [result] = runQueries([compileQuery(query, { semantics: 'classic' })], timeline);
  return result!.matches.map(({ positions, extra }) =>
    positions.length === 0 ? Object.fromEntries(extra ?? []) : positions.map(position => position! + 1).join(' '),
  );
}

describe('the classic language', () => {
  test('compares like with like: what differs in kind is neither equal nor unequal', () => {
    const events = [{ x: 3 }, { x: '3' }, { x: true }, {}];
    expect(run('any where x == 3', ...events)).toEqual(['1']);
    expect(run('any where x != 4', ...events)).toEqual(['1']);
    expect(run('any where not x == "4"', ...events)).toEqual(['2']);
    expect(run('any where x <= "it"', ...events)).toEqual(['2']);
    expect(run('any where not x : "4"', ...events)).toEqual(['2']);
    expect(run('any where x == y', { x: 1, y: '1' }, { x: 'A', y: 'a' })).toEqual(['2']);
  });

  test('a value of another kind is not in a list of constants, and nothing is in one because of null', () => {
    const events = [{ x: 3 }, { x: 'a' }, {}];
    expect(run('any where not x in ("a", "b")', ...events)).toEqual(['1']);
    expect(run('any where not x in ("b", null)', ...events)).toEqual(['1', '2']);
    expect(run('any where x in (null, "a")', ...events)).toEqual(['2']);
    expect(run('any where x in (null)', ...events)).toEqual([]);
    expect(run('any where not x in (null, y)', ...events)).toEqual([]);
    expect(run('any where not l[0] in (true, "7")', { l: [5] }, { l: [] })).toEqual(['1']);
  });

  test('one value in brackets is a comparison, several in a row with fields are comparisons too', () => {
    expect(run('any where not x in ("a")', { x: 3 }, { x: 'b' })).toEqual(['2']);
    expect(run('any where not x in (3, y, "t")', { x: 1, y: 2 })).toEqual([]);
  });

  test('an empty list is not null', () => {
    expect(run('any where l == null', { l: [] }, { l: ['a'] }, {})).toEqual(['3']);
    expect(run('any where l != null', { l: [] }, { l: ['a'] }, {})).toEqual(['1', '2']);
  });

  test('a bare field is true where it is not empty', () => {
    const events = [{ x: 'p' }, { x: '' }, { x: 0 }, { x: 2 }, { x: false }, { x: true }, {}];
    expect(run('any where x', ...events)).toEqual(['1', '4', '6']);
    expect(run('any where not x', ...events)).toEqual(['2', '3', '5']);
    expect(run('any where not safe(subtype.create)', { subtype: 'create' }, { subtype: 'fork' })).toEqual(['2']);
  });

  test('the same on both sides is equal, also where it is null', () => {
    expect(run('any where x == x and y >= y', {})).toEqual(['1']);
    expect(run('any where x != x', { x: 1 })).toEqual([]);
  });

  test('a pattern begins where the text begins and may end before it; a question mark is a character', () => {
    expect(run('any where x regex "cmd"', { x: 'cmd.exe' }, { x: 'a cmd' })).toEqual(['1']);
    expect(run('any where x like "c?d*"', { x: 'cmd' }, { x: 'c?d.exe' })).toEqual(['2']);
  });

  test('functions: no text contains nothing, and only texts become numbers', () => {
    expect(run('any where not stringContains("abc", x)', { x: 'd' }, { x: 4 }, {})).toEqual(['1', '2', '3']);
    expect(run('any where number(x) == 4', { x: '4' }, { x: 4 })).toEqual(['1']);
  });

  test('count takes each match as one; unique_count takes over what was counted', () => {
    const events = [{ x: 'a', hostname: 'h1' }, { x: 'A' }, { x: 'b', hostname: 'h2' }];
    expect(run('any where true | unique_count x | count', ...events)).toEqual([{ count: 2, key: 'totals' }]);
    const twice = 'any where true | unique_count x | unique_count length(x) | filter total_hosts == 2 and count == 3';
    expect(run(twice, ...events)).toEqual(['1']);
  });

  test('null sorts and counts as the empty one among its like', () => {
    const events = [{ x: 1 }, {}, { x: -1 }, { x: 0 }];
    expect(run('any where true | sort x', ...events)).toEqual(['3', '2', '4', '1']);
    expect(run('any where true | count y', { y: 'a' }, { y: 'a' }, {})).toMatchObject([
      { key: '', count: 1 },
      { key: 'a', count: 2 },
    ]);
  });

  test('a member of a list can be asked for behind a pipe, by the number of the event', () => {
    const query = 'sequence [any where x == 1] [any where x == 2] | unique events[1].l[0]';
    expect(run(query, { x: 1 }, { x: 2, l: ['a'] }, { x: 1 }, { x: 2, l: ['a', 'b'] })).toEqual(['1 2']);
  });

  test.each([
    'any where true | filter child of [process where true]',
    'any where length(child of [any where true]) > 0',
  ])('a lineage where no events are followed is refused: %s', query => {
    expect(() => compileQuery(query, { semantics: 'classic' })).toThrow(RuleError);
  });
});
