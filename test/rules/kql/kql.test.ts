import { describe, expect, test } from 'vitest';
import type { EventFields } from '../../../src/model/index.ts';
import { parseKql, RuleError } from '../../../src/rules/index.ts';
import { hitsAndMisses, holdsFor } from '../../support/conditions.ts';

const asks = (query: string, fields: EventFields): boolean => holdsFor(parseKql(query), fields);
const complaint = (query: string): string => {
  try {
    parseKql(query);
    return 'no complaint';
  } catch (error) {
    if (error instanceof RuleError) return error.place;
    throw error;
  }
};
const name = (text: string): EventFields => ({ 'process.name': text });

const each = hitsAndMisses(query => parseKql(query));

describe('a field and its values: the first event matches, the second just misses', () => {
  each([
    ['process.name: cmd.exe', name('cmd.exe'), name('CMD.exe')],
    ['process.name : "cmd.exe"', name('cmd.exe'), name('cmd')],
    ['process.name:c*d', name('command'), name('Cmd')],
    ['process.name: "c*d"', name('c*d'), name('cmd')],
    ['process.name: c\\*d', name('c*d'), name('cmd')],
    [
      'process.executable: C\\:\\\\Windows\\\\*.exe',
      { 'process.executable': 'C:\\Windows\\a.exe' },
      { 'process.executable': 'C:/Windows/a.exe' },
    ],
    ['process.name: (a or "b" or c*)', name('cd'), name('ba')],
    ['process.name: (a* and *b)', name('a-b'), name('a-c')],
    ['process.name: (* and not a)', name('b'), name('a')],
    ['not process.name: (a or b)', name('c'), name('a')],
    ['process.name: a b', name('a b'), name('a')],
    ['process.name: *', name(''), {}],
    ['not process.name: *', {}, name('a')],
    ['process.*.name: a', { 'process.parent.name': 'a' }, name('a')],
    ['process.parent*: *', { 'process.parent.pid': 1 }, { 'process.pid': 1 }],
    ['process.pid: 4', { 'process.pid': 4 }, { 'process.pid': 44 }],
    ['process.pid >= 4 and process.pid < 6', { 'process.pid': 5 }, { 'process.pid': 6 }],
    ['process.name > b', name('c'), name('a')],
    ['source.ip: 10.0.0.0/8', { 'source.ip': '10.1.1.1' }, { 'source.ip': '11.1.1.1' }],
    ['source.ip: ("127.0.0.1" or "fe80::/10")', { 'source.ip': 'fe80::1' }, { 'source.ip': '127.0.0.2' }],
    ['source.ip: "0:0:0:0:0:0:0:1"', { 'source.ip': '::1' }, { 'source.ip': '::2' }],
    ['event.action: exec', { 'event.action': ['executed', 'exec'] }, { 'event.action': ['executed'] }],
    ['process.name.caseless: cmd.exe', name('CMD.EXE'), name('cmd')],
    ['labels.on: true', { 'labels.on': true }, { 'labels.on': false }],
    [
      'process: { parent: { name: a and pid > 3 } }',
      { 'process.parent.name': 'a', 'process.parent.pid': 4 },
      { 'process.parent.name': 'a' },
    ],
    ['process.name: \\and', name('and'), name('or')],
    ['process.name: a\\u0062', name('ab'), name('a')],
    ['"process.name": x', name('x'), name('y')],
  ]);
});

describe('full text is searched by words', () => {
  each([
    ['message: "Access denied"', { message: 'ERROR access DENIED for bob' }, { message: 'access was denied' }],
    ['message: access denied', { message: 'access was granted' }, { message: 'accessed' }],
    ['message: deni*', { message: 'access denied' }, { message: 'access granted' }],
    [
      'powershell.file.script_block_text: ("Get-Mic" and system.io)',
      { 'powershell.file.script_block_text': 'x Get-Mic; [System.IO]' },
      { 'powershell.file.script_block_text': 'Get-Mic system io' },
    ],
    ['"access denied"', { 'labels.note': 'access denied' }, { 'labels.note': 'access, is denied' }],
    ['denied', { 'user.name': 'bob', message: 'denied' }, { 'user.name': 'bob' }],
  ]);
});

describe('logic and precedence', () => {
  each([
    ['process.name: a or process.name: b and user.name: x', name('a'), name('b')],
    ['(process.name: a or process.name: b) and user.name: x', { ...name('b'), 'user.name': 'x' }, name('a')],
    ['not process.name: a and user.name: x', { 'user.name': 'x' }, { ...name('a'), 'user.name': 'x' }],
    ['process.name: a AND NOT user.name: x', name('a'), { ...name('a'), 'user.name': 'x' }],
    ['not (process.name: a or user.name: x)', {}, { 'user.name': 'x' }],
    ['process.name: android or process.name: nota', name('nota'), name('and')],
  ]);
  test('nothing asked is everything matched', () => {
    expect(asks('  ', {})).toBe(true);
    expect(asks('*', {})).toBe(true);
    expect(asks('*:*', {})).toBe(true);
  });
});

test('an error names the place and the next step', () => {
  expect(complaint('process.name: (a or b')).toBe(
    '1:22: expected ) but found the end of the query; a list of values is never closed; join them with or',
  );
  expect(complaint('process.name: "a')).toBe('1:15: the quoted text is never closed; close it with "');
  expect(complaint('a: b\nand c:')).toBe('2:7: expected a field or a value but found the end of the query');
  expect(complaint('a: b)')).toBe('1:5: unexpected ) behind the condition; a bracket is closed that was never opened');
  expect(complaint('a: "b" c: d')).toBe('1:8: unexpected c: behind the condition; join conditions with and, or');
  expect(complaint('a > b*')).toBe('1:5: a range has no wildcards');
  expect(complaint('a: b\\')).toBe('1:5: the query ends in a lone backslash');
  expect(complaint('('.repeat(100_000))).toMatch(/nested deeper than 150 levels/);
});
