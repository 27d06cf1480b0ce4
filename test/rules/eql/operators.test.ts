import { describe, expect, test } from 'vitest';
import type { EventFields } from '../../../src/model/index.ts';
import { parseEqlCondition } from '../../../src/rules/index.ts';
import { hitsAndMisses, holdsFor } from '../../support/conditions.ts';

const name = (text: string): EventFields => ({ 'process.name': text });
const pid = (n: number): EventFields => ({ 'process.pid': n });

const each = hitsAndMisses(query => parseEqlCondition(query));

describe('comparisons: the first event matches, the second just misses', () => {
  each([
    ['process.name == "cmd.exe"', name('cmd.exe'), name('CMD.exe')],
    ['process.name == "c*"', name('c*'), name('cmd')],
    ['process.name != "cmd.exe"', name('CMD.exe'), name('cmd.exe')],
    ['process.name : "cmd.exe"', name('CMD.EXE'), name('cmd.exe ')],
    ['process.name : "c?d*"', name('CMD.exe'), name('cmmd')],
    ['process.name : ("a", "b*")', name('Bc'), name('ac')],
    ['not process.name : ("a", "b*")', name('c'), name('A')],
    ['process.name like "c*.exe"', name('cmd.exe'), name('Cmd.exe')],
    ['process.name like~ ("c*.exe", "x")', name('CMD.EXE'), name('cmd.ex')],
    ['process.name not like "c*"', name('xcmd'), name('cmd')],
    ['process.name in ("a", "b")', name('b'), name('B')],
    ['process.name in~ ("a*", "b")', name('A*'), name('ax')],
    ['process.name not in ("a", "b")', name('c'), name('a')],
    ['process.name not in~ ("a", "b")', name('c'), name('A')],
    ['process.pid in (4, 8)', pid(8), pid(48)],
    ['process.pid < 5', pid(4), pid(5)],
    ['process.pid <= 5', pid(5), pid(6)],
    ['process.pid > 5', pid(6), pid(5)],
    ['5 >= process.pid', pid(5), pid(6)],
    ['process.pid == -1', pid(-1), pid(1)],
    ['process.name >= "b" and process.name < "c"', name('bz'), name('c')],
    ['process.name == null', {}, name('')],
    ['null != process.name', name(''), {}],
    ['process.name in ("a", null)', {}, name('b')],
    ['labels.on', { 'labels.on': true }, { 'labels.on': false }],
    ['labels.on == false', { 'labels.on': 'false' }, {}],
    ['labels.on != false', {}, { 'labels.on': false }],
    ['source.ip in ("10.0.0.0/8", "::1")', { 'source.ip': '10.9.9.9' }, { 'source.ip': '11.0.0.1' }],
    ['source.ip == "FE80:0::1"', { 'source.ip': 'fe80::1' }, { 'source.ip': 'fe80::2' }],
    ['process.name.caseless == "cmd.exe"', name('CMD.exe'), name('cmd')],
    ['process.name == process.parent.name', { 'process.name': 'a', 'process.parent.name': 'a' }, name('a')],
    ['process.name != process.parent.name', { 'process.name': 'a', 'process.parent.name': 'b' }, name('a')],
  ]);
});

describe('logic and precedence', () => {
  each([
    ['process.pid == 1 or process.pid == 2 and process.name == "a"', pid(1), pid(2)],
    ['(process.pid == 1 or process.pid == 2) and process.name == "a"', { ...pid(2), ...name('a') }, pid(1)],
    ['not process.pid == 1 and process.name == "a"', name('a'), { ...pid(1), ...name('a') }],
    ['not (process.pid == 1 and process.name == "a")', pid(1), { ...pid(1), ...name('a') }],
    ['not not process.pid == 1', pid(1), pid(2)],
    ['true and not false and process.pid == 1', pid(1), pid(2)],
    ['process.pid + 1 * 2 == 6', pid(4), pid(2)],
    ['(process.pid + 1) * 2 == 6', pid(2), pid(4)],
    ['process.pid - 1 - 1 == 0', pid(2), pid(0)],
    ['process.pid % 3 == 1', pid(7), pid(6)],
    ['process.pid / 2 == 3', pid(7), pid(5)],
    ['process.pid / 2.0 == 3.5', pid(7), pid(6)],
    ['-process.pid == 0 - 4', pid(4), pid(-4)],
    ['process.pid == 1 // the rest of the line\n or process.pid == 2', pid(2), pid(3)],
    ['process.pid /* in /* between */ */ == 1', pid(1), pid(2)],
    ['(process.pid == 1) == false', pid(2), pid(1)],
  ]);
});

describe('regular expressions span the whole value and are Lucene’s', () => {
  each([
    ['process.name regex "[a-c]+"', name('abc'), name('abcd')],
    ['process.name regex "a.c"', name('axc'), name('xaxc')],
    ['process.name regex~ ("x", "A[0-9]{2}")', name('a12'), name('a1')],
    ['process.name regex "^a$"', name('^a$'), name('a')],
    ['process.name regex "a@"', name('abc'), name('ba')],
    ['process.name regex """a"b.c"d"""', name('ab.cd'), name('abxcd')],
    ['process.name regex """C:\\\\Users\\\\.*"""', name('C:\\Users\\x'), name('C:/Users/x')],
    ['process.name regex "(?:)a|b"', name('b'), name('ab')],
    ['process.name regex ".*a.*&.*b.*"', name('bxa'), name('axc')],
    ['process.name regex ".*a&b.*|c"', name('ba'), name('ab')],
    ['process.name regex ".*(&|;).*"', name('a&b'), name('a|b')],
    ['process.name regex "a\\\\&b"', name('a&b'), name('ab')],
  ]);
});

describe('functions: with and without case', () => {
  each([
    ['add(process.pid, 1) == 3', pid(2), pid(3)],
    ['subtract(process.pid, 1) == 3', pid(4), pid(2)],
    ['multiply(process.pid, 2) == 6', pid(3), pid(6)],
    ['divide(process.pid, 2) == 2', pid(5), pid(3)],
    ['modulo(process.pid, 4) == 1', pid(5), pid(4)],
    ['between(process.name, "s", "e") == "yst"', name('systemexe'), name('Systemexe')],
    ['between~(process.name, "S", "E", true) == "ystemex"', name('systemexe'), name('systeme')],
    ['between(process.name, "x", "y") == ""', name('abc'), name('xay')],
    ['cidrMatch(source.ip, "10.0.0.0/8", "fe80::/10")', { 'source.ip': 'fe80::1' }, { 'source.ip': '11.0.0.1' }],
    ['not cidrMatch(source.ip, "10.0.0.0/8")', {}, { 'source.ip': '10.0.0.1' }],
    ['concat(process.name, "-", process.pid) == "a-4"', { ...name('a'), ...pid(4) }, { ...name('a'), ...pid(5) }],
    ['endsWith(process.name, ".exe")', name('a.exe'), name('a.EXE')],
    ['endsWith~(process.name, ".exe")', name('a.EXE'), name('a.ex')],
    ['endswith~(process.name, ".exe")', name('a.EXE'), name('a.ex')],
    ['indexOf(process.name, "b") == 1', name('abab'), name('aB')],
    ['indexOf~(process.name, "B", 2) == 3', name('abab'), name('ab')],
    ['length(process.name) == 3', name('abc'), name('ab')],
    ['match(process.name, "a.", "b.")', name('bx'), name('bxy')],
    ['number(process.name) == 26', name('26'), name('2.6')],
    ['number(process.name, 16) == 26', name('1a'), name('1b')],
    ['number(process.name) == 26', name('0x1a'), name('1a')],
    ['startsWith(process.name, "a")', name('ab'), name('Ab')],
    ['startsWith~(process.name, "A", "b")', name('Bc'), name('ca')],
    ['string(process.pid) : "4*"', pid(42), pid(24)],
    ['stringContains(process.name, "b")', name('abc'), name('aBc')],
    ['stringcontains~(process.name, "B")', name('abc'), name('ac')],
    ['substring(process.name, 1, 3) == "bc"', name('abcd'), name('bcd')],
    ['substring(process.name, -4) == ".exe"', name('cmd.exe'), name('cmd.exex')],
    ['wildcard(process.name, "a*", "b*")', name('Bx'), name('xb')],
    [
      'startsWith(process.name, process.parent.name)',
      { ...name('ab'), 'process.parent.name': 'a' },
      { ...name('ab'), 'process.parent.name': 'b' },
    ],
    ['startsWith(process.name, "a") == true', name('ab'), name('ba')],
    ['startsWith(process.name, "a") != true', name('ba'), name('ab')],
    ['substring(process.name, 1) in ("b", "c")', name('ac'), name('cx')],
    ['length(process.name) > 2 * 2', name('abcde'), name('abcd')],
    ['length(process.name) != 3', name('ab'), {}],
  ]);
});

describe('names and strings', () => {
  each([
    ['`process.name` == "a"', name('a'), name('b')],
    ['labels.`a-b` == 1', { 'labels.a-b': 1 }, { 'labels.a-b': 2 }],
    ['?process.name == "a"', name('a'), {}],
    ['process.name == "a\\tb\\\\c\\"d"', name('a\tb\\c"d'), name('a\\tb')],
    ['process.name == "\\u{e9}"', name('é'), name('e')],
    ['process.name == """C:\\new "x"""""', name('C:\\new "x""'), name('C:\\new "x"')],
    [
      'process where process.name == "a"',
      { ...name('a'), 'event.category': ['file', 'process'] },
      { ...name('a'), 'event.category': 'file' },
    ],
    ['any where process.name == "a"', name('a'), name('b')],
    ['"my kind" where true', { 'event.category': 'my kind' }, { 'event.category': 'my' }],
    ['`any` where true', { 'event.category': 'any' }, { 'event.category': 'process' }],
  ]);
});

test('parameters stand for numbers, texts and lists', () => {
  const parameters = new Map<string, string | number | readonly (string | number)[]>([
    ['Port', 445],
    ['Ports', [445, 135]],
    ['Nets', ['10.0.0.0/8']],
    ['None', []],
    ['Names', ['cmd*', 'sh']],
  ]);
  const holds = (query: string, fields: EventFields): boolean => holdsFor(parseEqlCondition(query, parameters), fields);
  const flow: EventFields = { 'destination.port': 135, 'source.ip': '10.1.1.1', 'process.name': 'CMD.exe' };
  expect(holds('destination.port in $Ports and not destination.port == $Port', flow)).toBe(true);
  expect(holds('destination.port in ($Port, 135)', flow)).toBe(true);
  expect(holds('cidrMatch(source.ip, $Nets)', flow)).toBe(true);
  expect(holds('cidrMatch(source.ip, $None) or destination.port in $None', flow)).toBe(false);
  expect(holds('process.name : $Names', flow)).toBe(true);
  expect(() => parseEqlCondition('x == $Prt', parameters)).toThrow(/unknown parameter \$Prt/);
  expect(() => parseEqlCondition('x == $Ports', parameters)).toThrow(/is a list/);
});
