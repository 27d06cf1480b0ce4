import { describe, expect, test } from 'vitest';
import { type EqlOptions, parseEql, RuleError } from '../../../src/rules/index.ts';

const complaint = (query: string, options: EqlOptions = {}): string => {
  try {
    parseEql(query, options);
    return 'no complaint';
  } catch (error) {
    if (error instanceof RuleError) return `${error.kind} ${error.place}`;
    throw error;
  }
};

describe('an error names the place and the next step', () => {
  const cases: readonly (readonly [query: string, complaint: string])[] = [
    [
      'process.name == "a"',
      'invalid 1:1: expected an event category and where, but found process; write: process where <condition>, or any where <condition>',
    ],
    [
      'process where x == "a" AND y == 1',
      'invalid 1:24: unexpected AND behind the query; keywords are written in lower case: and',
    ],
    ['process where x = 1', 'invalid 1:17: = does not compare; write == (exact) or : (any case, wildcards)'],
    ["process where x == 'a'", 'invalid 1:20: strings stand in double quotes; write "..." in place of \'...\''],
    ['process where x == ?"a"', 'invalid 1:20: strings stand in double quotes; write a raw string as """..."""'],
    [
      'process where x == "a\\q"',
      'invalid 1:22: \\q is no escape; write \\\\ for a backslash, or a raw string """..."""',
    ],
    ['process where x == "a', 'invalid 1:20: the string is never closed on its line; close it with "'],
    ['process where\n  (x == 1', 'invalid 2:10: expected ) but found the end of the query; a bracket is never closed'],
    ['process where x in "a"', 'invalid 1:20: expected ( but found "a"; in takes a list: in ("a", "b")'],
    ['process where x in ()', 'invalid 1:21: the list is empty'],
    ['process where lenght(x) == 1', 'invalid 1:15: unknown function lenght; did you mean length?'],
    ['process where length(x, y) == 1', 'invalid 1:15: length takes at most 1 arguments, not 2'],
    ['process where length(x)', 'invalid 1:15: length returns a value, not true or false; compare it with something'],
    [
      'process where cidrMatch(x, "10.0.0.0/33")',
      'invalid 1:15: "10.0.0.0/33" is no network; write "10.0.0.0/8" or "fd00::/8"',
    ],
    ['process where x regex "(a"', 'invalid 1:17: regular expression: missing closing ): `(a`'],
    [
      'process where x regex "~a"',
      'unsupported 1:17: regular expression: the complement operator ~ is not supported; \\~ is a tilde',
    ],
    [
      'process where x[0] == 1',
      'invalid 1:15: a field has no index; a field with several values matches when any of them does',
    ],
    [
      'process where child of [process where true]',
      'unsupported 1:15: child of belongs to the classic language; use --semantics classic',
    ],
    ['process where x == 1 | hed 5', 'invalid 1:24: unknown pipe hed; did you mean head?'],
    ['process where x == 1 | head 0', 'invalid 1:29: head takes a whole number above 0'],
    [
      'process where and == 1',
      'invalid 1:15: expected a field but found and; and is a keyword; as a field put it into backticks',
    ],
    ['process where /* x', 'invalid 1:15: the comment is never closed; close it with */'],
    ['process where x == #', 'invalid 1:20: unexpected character "#"'],
    ['process where x : y', 'invalid 1:19: expected a constant here; fields are compared with == '],
    [
      'sequence [process where true]',
      'invalid 1:30: a sequence has at least two stages; each stage is [category where condition]',
    ],
    [
      'sequence with maxspan=5 [process where true] [process where true]',
      'invalid 1:25: maxspan has no time unit; units are ms, s, m, h, d',
    ],
    [
      'sequence with maxspan=1.5s [process where true] [process where true]',
      'invalid 1:23: maxspan is a whole number; use a smaller unit',
    ],
    [
      'sequence [process where true] by a [file where true]',
      'invalid 1:36: this stage has 0 keys of its own, the first one 1; every stage has as many keys as the others',
    ],
    [
      'sequence [process where true] ![file where true]',
      'invalid 1:31: missing events need a maxspan; write: sequence with maxspan=5m',
    ],
    [
      'sequence with maxspan=1m ![process where true] ![file where true]',
      'invalid 1:26: a sequence has at least one event that is there',
    ],
    [
      'sequence with maxspan=1m [process where true] ![file where true] with runs=2',
      'invalid 1:66: a missing event has no runs',
    ],
    [
      'sequence [process where true] with runs=101 [file where true]',
      'invalid 1:41: runs is a whole number from 1 to 100',
    ],
    [
      'sample [process where true] [file where true]',
      'invalid 1:8: a sample has a key; write: sample by host.id [...] [...]',
    ],
  ];
  for (const [query, expected] of cases) test(query, () => expect(complaint(query)).toBe(expected));
});

test('nesting has a limit that no person reaches, and the stack is safe beyond it', () => {
  expect(complaint(`process where ${'('.repeat(140)}x == 1${')'.repeat(140)}`)).toBe('no complaint');
  expect(complaint(`process where ${'('.repeat(100_000)}x`)).toMatch(/nested deeper than 150 levels/);
  expect(complaint(`process where ${'length('.repeat(100_000)}x`)).toMatch(/nested deeper than 150 levels/);
  expect(complaint(`process where ${'not '.repeat(10_001)}x == 1`)).toBe('no complaint');
});

test('a rule with thousands of values or branches is read in a moment', () => {
  const values = Array.from({ length: 5000 }, (_, i) => `"value ${i}"`);
  expect(complaint(`process where x in (${values.join(', ')})`)).toBe('no complaint');
  expect(complaint(`process where ${values.map(v => `x : ${v}`).join(' or ')}`)).toBe('no complaint');
});

describe('the whole grammar is read', () => {
  const queries = [
    'sequence by host.id, ?user.id with maxspan=30s [process where true] by process.entity_id [file where true] by process.parent.entity_id until [process where event.type == "end"] by process.entity_id',
    'sequence with maxspan=1h by host.id [process where true] [file where true] with runs=10',
    'sequence by winlog.computer_name [authentication where event.action == "logon-failed"] with runs=5',
    'sample by host.id [process where true] [file where true] | head 5',
    'sequence by a [any where true] fork [any where true] fork=true',
    'process where x == 1 | sort a, b | unique a | tail 3',
    'process where process.args : ("-a", "--all") and not process.parent.args_count >= 3',
    'any where @timestamp >= "2026-01-01" and `my field` != null',
    'sequence where sequence == 1',
    'process where any == 1 and maxspan == 2 and sample == 3 and with.runs == 4',
  ];
  for (const query of queries.filter(q => !q.includes('with.runs')))
    test(query, () => expect(complaint(query)).toBe('no complaint'));

  const classic = [
    "process where name = 'a' and path != ?'b\\c' and x:length() > 3",
    'join by unique_pid [process where true] [file where true] until [process where subtype.terminate]',
    'process where descendant of [process where child of [process where true]]',
    'process where arraySearch(list, item, item.a == "b" and arrayCount(item.c, d, d == 1) > 1)',
    'file where true | unique_count pid file_name | filter count > 3 | sort count | count',
    'process where safe(length(x)) == 3 and match("a.*", name)',
    'process where safe(divide(name, name)) or safe(name == "a")',
    'sequence by pid, [process where true] [file where true] | unique pid, name,',
  ];
  for (const query of classic)
    test(query, () => expect(complaint(query, { semantics: 'classic' })).toBe('no complaint'));
});
