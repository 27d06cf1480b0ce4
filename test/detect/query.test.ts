import { describe, expect, test } from 'vitest';
import { compileQuery, type QueryOptions, runQueries } from '../../src/detect/query.ts';
import type { EventFields } from '../../src/model/index.ts';
import { type PlainEvent, timelineOf } from '../support/events.ts';

const SECOND = 1_000_000;

/** `A1 A2 / B3 / C4`: events by stage (letter) and second; `r|A1` has the key r. */
function eventsFrom(text: string): PlainEvent[] {
  return text
    .split(/[\s/]+/)
    .filter(word => word !== '')
    .map(word => {
      const [, key, stage, second] = /^(?:(\w+)\|)?([A-Z])(\d+)$/.exec(word)!;
      const fields: EventFields = { 'event.action': stage!, ...(key === undefined ? {} : { 'user.name': key }) };
      return { ...fields, time: Number(second) * SECOND, 'event.category': 'process' };
    });
}

/** Each match as `A1 B2`, `-` for a stage that asks for no event. */
function run(query: string, events: readonly PlainEvent[], options: QueryOptions = {}): string[] {
  const timeline = timelineOf(events);
  const sorted = [...events].sort((a, b) => Number(a.time) - Number(b.time));
  const [result] = runQueries([compileQuery(query, options)], timeline);
  return result!.matches.map(match =>
    match.positions
      .map(position => {
        const event = position === undefined ? undefined : sorted[position]!;
        return event === undefined ? '-' : `${event['event.action']}${Number(event.time) / SECOND}`;
      })
      .join(' '),
  );
}

const stages = (letters: string): string => [...letters].map(s => `[any where event.action == "${s}"]`).join(' ');

describe('a sequence', () => {
  test('begins with the newest candidate, and each event is used once', () => {
    expect(run(`sequence ${stages('AB')}`, eventsFrom('A1 A2 A4 A5 A6 A8 / B3 B7'))).toEqual(['A2 B3', 'A6 B7']);
  });

  test('drops a newer first stage on the way, but not one that has gone further', () => {
    expect(run(`sequence ${stages('ABC')}`, eventsFrom('A1 A3 / B2 B5 B6 / C4 C7'))).toEqual(['A1 B2 C4', 'A3 B5 C7']);
  });

  test('keeps its keys apart', () => {
    const events = eventsFrom('r|A1 r|A2 u|A6 r|A7 / u|B3 r|B4 r|B5 u|B8 / r|C9 u|C10 r|C11');
    expect(run(`sequence by user.name ${stages('ABC')}`, events)).toEqual(['A2 B4 C9', 'A6 B8 C10']);
  });

  test('never uses one event for two stages', () => {
    expect(run('sequence [any where true] [any where true]', eventsFrom('A1'))).toEqual([]);
    expect(run('sequence [any where true] [any where true]', eventsFrom('A1 A2 A3'))).toEqual(['A1 A2', 'A2 A3']);
  });

  test('holds at exactly its maxspan and not a microsecond beyond', () => {
    const at = (micros: number): PlainEvent[] => [
      ...eventsFrom('A1'),
      { ...eventsFrom('B1')[0]!, time: SECOND + micros },
    ];
    const query = `sequence with maxspan=5s ${stages('AB')}`;
    expect(run(query, at(5 * SECOND))).toHaveLength(1);
    expect(run(query, at(5 * SECOND + 1))).toHaveLength(0);
  });

  test('consumes the candidate even where the event comes too late', () => {
    expect(run(`sequence with maxspan=3s ${stages('AB')}`, eventsFrom('A1 / B9 B10'))).toEqual([]);
  });

  test('is cut by until, under its own key only', () => {
    const query = `sequence by user.name ${stages('AB')} until [any where event.action == "U"]`;
    expect(run(query, eventsFrom('r|A1 u|A2 r|U3 r|B4 u|B5'))).toEqual(['A2 B5']);
    expect(run(query, eventsFrom('r|A1 r|U2 r|A3 r|B4'))).toEqual(['A3 B4']);
  });

  test('with runs asks for the same stage several times', () => {
    const query = 'sequence [any where event.action == "A"] with runs=3 [any where event.action == "B"]';
    expect(run(query, eventsFrom('A1 A2 B3'))).toEqual([]);
    expect(run(query, eventsFrom('A1 A2 A3 B4'))).toEqual(['A1 A2 A3 B4']);
  });

  test('drops events without the key, unless the key is optional', () => {
    const events = eventsFrom('A1 B2');
    expect(run(`sequence by user.name ${stages('AB')}`, events)).toEqual([]);
    expect(run(`sequence by ?user.name ${stages('AB')}`, events)).toEqual(['A1 B2']);
  });

  test('joins different fields of its stages', () => {
    const events: PlainEvent[] = [
      { time: SECOND, 'event.action': 'A', 'process.entity_id': 'x' },
      { time: 2 * SECOND, 'event.action': 'B', 'process.parent.entity_id': 'y' },
      { time: 3 * SECOND, 'event.action': 'B', 'process.parent.entity_id': 'x' },
    ];
    const query =
      'sequence [any where event.action == "A"] by process.entity_id [any where event.action == "B"] by process.parent.entity_id';
    expect(run(query, events)).toEqual(['A1 B3']);
  });

  test('ignores events whose time nobody knows', () => {
    const events: PlainEvent[] = [{ 'event.action': 'A' }, { 'event.action': 'B' }];
    expect(runQueries([compileQuery(`sequence ${stages('AB')}`)], timelineOf(events))[0]!.matches).toEqual([]);
  });

  test('counts what it drops where too many keys are open', async () => {
    const { followSequence } = await import('../../src/detect/sequence/sequence.ts');
    const { TimelineReader } = await import('../../src/detect/match/positions.ts');
    const { base } = compileQuery(`sequence by user.name ${stages('AB')}`).query;
    if (base.kind !== 'sequence') throw new Error('a sequence was asked for');
    const timeline = timelineOf(eventsFrom('a|A1 b|A2 c|A3 a|B4 b|B5 c|B6'));
    const found = [Uint32Array.of(0, 1, 2), Uint32Array.of(3, 4, 5)];
    const { matches, overflow } = followSequence(base, found, undefined, new TimelineReader(timeline), 2);
    expect(overflow).toBe(1);
    expect(matches.map(match => match.keys)).toEqual([['b'], ['c']]);
  });
});

describe('a missing event', () => {
  const not = (letter: string): string => `![any where event.action == "${letter}"]`;
  const one = (letter: string): string => `[any where event.action == "${letter}"]`;

  test('in the middle must not lie strictly between its neighbours', () => {
    const query = `sequence with maxspan=10s ${one('A')} ${not('M')} ${one('B')}`;
    expect(run(query, eventsFrom('A1 B3'))).toEqual(['A1 - B3']);
    expect(run(query, eventsFrom('A1 M2 B3'))).toEqual([]);
    expect(run(query, eventsFrom('M1 A1 B3 M3'))).toEqual(['A1 - B3']);
  });

  test('at the end must not come within maxspan of the first event', () => {
    const query = `sequence with maxspan=5s ${one('A')} ${not('M')}`;
    expect(run(query, eventsFrom('A1 M6'))).toEqual([]);
    expect(run(query, eventsFrom('A1 M7'))).toEqual(['A1 -']);
    expect(run(query, eventsFrom('A1'))).toEqual(['A1 -']);
  });

  test('in front must not come within maxspan of the last event', () => {
    const query = `sequence with maxspan=5s ${not('M')} ${one('A')} ${one('B')}`;
    expect(run(query, eventsFrom('M1 A2 B3'))).toEqual([]);
    expect(run(query, eventsFrom('M1 A2 B7'))).toEqual(['- A2 B7']);
  });

  test('counts only under the same key', () => {
    const query = `sequence by user.name with maxspan=10s ${one('A')} ${not('M')} ${one('B')}`;
    expect(run(query, eventsFrom('r|A1 u|M2 r|B3'))).toEqual(['A1 - B3']);
  });
});

describe('a sample', () => {
  test('takes for each key the first free event of each stage, in the order of the keys', () => {
    const events = eventsFrom('u|A1 u|A2 u|B3 r|B4 r|A5 x|A6');
    expect(run(`sample by user.name ${stages('AB')}`, events)).toEqual(['A5 B4', 'A1 B3']);
  });

  test('never takes one event twice', () => {
    const both = '[any where user.name == "r"] [any where event.action == "A"]';
    expect(run(`sample by user.name ${both}`, eventsFrom('r|A1 r|B2'))).toEqual(['B2 A1']);
    expect(run(`sample by user.name ${both}`, eventsFrom('r|A1'))).toEqual([]);
  });
});

describe('pipes', () => {
  const events = eventsFrom('r|A1 r|A2 u|B3 u|A4 r|B5');

  test('head and tail keep the first and the last matches', () => {
    expect(run('any where true | head 2', events)).toEqual(['A1', 'A2']);
    expect(run('any where true | tail 2', events)).toEqual(['A4', 'B5']);
    expect(run('any where true | head 3 | tail 1', events)).toEqual(['B3']);
  });

  test('unique keeps the first of each value, sort orders by value and then by time', () => {
    expect(run('any where true | unique user.name, event.action', events)).toEqual(['A1', 'B3', 'A4', 'B5']);
    expect(run('any where true | sort event.action user.name', events)).toEqual(['A1', 'A2', 'A4', 'B5', 'B3']);
  });

  test('filter sees every event of a match by its number', () => {
    const query = `sequence ${stages('AB')} | filter events[0].user.name == events[1].user.name`;
    expect(run(query, events)).toEqual([]);
    expect(run(`sequence ${stages('AB')} | filter events[1].user.name == "u"`, events)).toEqual(['A2 B3']);
  });

  const extras = (query: string): unknown[] => {
    const [result] = runQueries([compileQuery(query)], timelineOf(events));
    return result!.matches.map(match => Object.fromEntries(match.extra ?? []));
  };

  test('count groups, rarest first, and later pipes see what it worked out', () => {
    expect(extras('any where true | count user.name')).toEqual([
      { count: 2, key: 'u', percent: 0.4 },
      { count: 3, key: 'r', percent: 0.6 },
    ]);
    expect(extras('any where true | count user.name | filter count > 2')).toEqual([
      { count: 3, key: 'r', percent: 0.6 },
    ]);
    expect(extras('any where true | count')).toEqual([{ count: 5, key: 'totals' }]);
  });

  test('unique_count keeps the first event of each value and says how often it came', () => {
    expect(run('any where true | unique_count event.action | filter count == 2', events)).toEqual(['B3']);
  });
});

describe('classic semantics', () => {
  const classic: QueryOptions = { semantics: 'classic' };
  const strict: QueryOptions = { semantics: 'classic', caseSensitive: true };
  const event = (fields: Record<string, unknown>): PlainEvent => ({
    time: SECOND,
    'event.action': 'A',
    ...({ event_type: 'process', ...fields } as EventFields),
  });
  const holds = (where: string, fields: Record<string, unknown>, options = classic): boolean =>
    run(`process where ${where}`, [event(fields)], options).length === 1;

  test('an absent field makes neither a question nor its opposite true', () => {
    for (const where of [
      'x == "a"',
      'x != "a"',
      'not x == "a"',
      'not x != "*"',
      'not (x == "*" and y == 1)',
      'length(x) > 0',
    ]) {
      expect(holds(where, { y: 1 })).toBe(false);
    }
    expect(holds('x == "a" or y == 1', { y: 1 })).toBe(true);
    expect(holds('x == null and y != null', { y: 1 })).toBe(true);
  });

  test('texts are compared without case unless the query says otherwise', () => {
    expect(holds('name == "CMD.exe"', { name: 'cmd.EXE' })).toBe(true);
    expect(holds('name == "CMD.exe"', { name: 'cmd.EXE' }, strict)).toBe(false);
    expect(holds('name in ("a", "CMD")', { name: 'cmd' })).toBe(true);
    expect(holds('startsWith(name, "C")', { name: 'cmd' }, strict)).toBe(false);
    expect(holds('name >= "CM"', { name: 'cmd' })).toBe(true);
  });

  test('an asterisk in a compared text is a wildcard', () => {
    expect(holds('name == "c*.exe"', { name: 'CMD.exe' })).toBe(true);
    expect(holds('name != "c*.exe"', { name: 'CMD.exe' })).toBe(false);
    expect(holds('name == "c?d"', { name: 'cmd' })).toBe(false);
  });

  test('the kind of an event is its event_type, else its event_type_full, else its ECS category', () => {
    const kinds = [{ event_type: 'process' }, { event_type_full: 'process_event' }, { 'event.category': 'process' }];
    const others = [{ event_type: 'file', 'event.category': 'process' }, { event_type_full: 'file_event' }, {}];
    const all = [...kinds, ...others].map(fields => ({ time: SECOND, 'event.action': 'A', ...fields }));
    expect(run('process where true', all, classic)).toHaveLength(3);
    expect(run('any where true', all, classic)).toHaveLength(6);
  });

  test('old strings, method calls and single equals signs are read', () => {
    expect(holds("path == 'C:\\\\a' and path = ?'C:\\a'", { path: 'C:\\a' })).toBe(true);
    expect(holds('name:length() == 3 and name:substring(1):length() == 2', { name: 'cmd' })).toBe(true);
  });

  test('subtype.create says that the subtype is create', () => {
    expect(holds('subtype.create', { subtype: 'create' })).toBe(true);
    expect(holds('not subtype.create', { subtype: 'modify' })).toBe(true);
    expect(holds('not subtype.create', {})).toBe(false);
  });

  test('lists are searched by their members, objects too', () => {
    const fields = { langs: ['en-US', 'hi'], items: ['{"n":1,"deep":[{"x":2}]}', '{"n":5,"deep":[]}'] };
    expect(holds('arrayContains(langs, "EN-us")', fields)).toBe(true);
    expect(holds('arraySearch(langs, l, startsWith(l, "h"))', fields)).toBe(true);
    expect(holds('arrayCount(items, i, i.n > 0) == 2', fields)).toBe(true);
    expect(holds('arraySearch(items, i, arraySearch(i.deep, d, d.x == 2) and i.n == 1)', fields)).toBe(true);
    expect(holds('items[1].n == 5 and langs[0] == "en-us"', fields)).toBe(true);
    expect(holds('arraySearch(items, i, i.n == 2)', fields)).toBe(false);
  });

  test('lists keep their shape where the document itself is kept', () => {
    const document = { event_type: 'process', tags: ['one'], name: 'abc', deep: { items: [{ n: 1 }, { n: [2, 3] }] } };
    const flat = { tags: 'one', name: 'abc', 'deep.items.n': [1, 2, 3], 'event.original': JSON.stringify(document) };
    expect(holds('length(tags) == 1 and length(name) == 3', flat)).toBe(true);
    expect(holds('arrayCount(deep.items, i, true) == 2', flat)).toBe(true);
    expect(holds('arraySearch(deep.items, i, i.n[1] == 3)', flat)).toBe(true);
    expect(holds('deep.items[0].n == 1 and not deep.items[0].n == 2', flat)).toBe(true);
  });

  test('a missing join key joins missing ones, and keys have no case', () => {
    const events = [event({ 'user.name': 'Bob' }), { ...event({ 'user.name': 'bob' }), time: 2 * SECOND }];
    expect(run('sequence by user.name [process where true] [process where true]', events, classic)).toEqual(['A1 A2']);
    expect(run('sequence by nobody [process where true] [process where true]', events, classic)).toEqual(['A1 A2']);
  });

  test('a join takes one event a stage in any order, and begins anew', () => {
    const query = `join by user.name ${stages('AB')}`;
    expect(run(query, eventsFrom('r|B1 u|A2 r|A3 r|A4 r|B5'), classic)).toEqual(['A3 B1', 'A4 B5']);
    expect(run(`${query} until [any where event.action == "U"]`, eventsFrom('r|B1 r|U2 r|A3'), classic)).toEqual([]);
  });

  test('lineage follows a process to its children and theirs, and forgets the dead', () => {
    const process = (second: number, opcode: number, id: string, parent: string, name: string): PlainEvent => ({
      time: second * SECOND,
      'event.action': name,
      ...({ event_type: 'process', opcode, pid: second, unique_pid: id, unique_ppid: parent } as EventFields),
    });
    const events = [
      process(1, 1, 'a', '-', 'A'),
      process(2, 1, 'b', 'a', 'B'),
      process(3, 1, 'c', 'b', 'C'),
      process(4, 2, 'c', 'b', 'D'),
      process(5, 2, 'a', '-', 'E'),
      process(6, 1, 'f', 'a', 'F'),
    ];
    const of = (relation: string): string[] =>
      run(`process where ${relation} of [process where event.action == "A"]`, events, classic);
    expect(of('child')).toEqual(['B2']);
    expect(of('descendant')).toEqual(['B2', 'C3', 'D4']);
    expect(of('event')).toEqual(['A1', 'E5']);
    expect(
      run('process where child of [process where child of [process where event.action == "A"]]', events, classic),
    ).toEqual(['C3', 'D4']);
  });
});

test('queries of one pack see the same events and do not disturb one another', () => {
  const timeline = timelineOf(eventsFrom('A1 B2'));
  const texts = [
    `sequence ${stages('AB')}`,
    'any where event.action == "B"',
    'process where child of [any where true]',
  ];
  const queries = texts.map((text, index) => compileQuery(text, index === 2 ? { semantics: 'classic' } : {}));
  const results = runQueries([...queries, compileQuery('event.action: (A or B)', { language: 'kql' })], timeline);
  expect(results.map(r => r.matches.map(m => m.positions))).toEqual([[[0, 1]], [[1]], [], [[0], [1]]]);
});
