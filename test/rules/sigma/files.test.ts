import { describe, expect, test } from 'vitest';
import { checkRules, loadSigma } from '../../../src/rules/index.ts';

/** Names, levels and kinds of what a file holds; problems as line and message. */
function read(text: string): readonly string[] {
  const { rules, problems } = loadSigma(text, 'rules/x.yml');
  return [
    ...rules.map(rule => (rule.kind === 'chain' ? rule.id : `${rule.name} ${rule.level} ${rule.kind}`)),
    ...problems.map(({ error }) => `${error.line}: ${error.message}`),
  ];
}

const SOURCE = 'logsource:\n  product: windows\n  service: system\n';
const detection = (id: number): string => `detection:\n  selection:\n    EventID: ${id}\n`;

describe('old files of several documents', () => {
  const shared = `action: global\ntitle: Both\nid: g\nlevel: high\ndetection:\n  condition: selection\n---\n`;

  test('share what the global one says', () => {
    const text = `${shared}${SOURCE}${detection(1)}---\n${SOURCE}level: low\n${detection(2)}`;
    expect(read(text)).toEqual(['Both high match', 'Both low match']);
  });

  test('share it until it is reset', () => {
    const text = `${shared}${SOURCE}${detection(1)}---\naction: reset\n---\ntitle: Alone\n${SOURCE}${detection(2)}`;
    expect(read(text)).toEqual(['Both high match', '21: a detection has a condition']);
  });

  test('repeat the one before with something else', () => {
    const first = `title: One\nlevel: low\n${SOURCE}${detection(1)}  condition: selection\n`;
    const text = `${first}---\naction: repeat\ntitle: Two\n${detection(2)}`;
    expect(read(text)).toEqual(['One low match', 'Two low match']);
    expect(JSON.stringify(loadSigma(text, 'x.yml').rules[1])).toContain('[2]');
  });

  test('tell an error where it is written, be it in the shared part', () => {
    const wrong = shared.replace('condition: selection', 'condition: selektion');
    expect(read(`${wrong}${SOURCE}${detection(1)}`)[0]).toMatch(/^6: .*selektion/);
    expect(read(`${shared}${SOURCE}${detection(1).replace('EventID', 'EventID|x')}`)[0]).toMatch(/^13: .*no modifier/);
  });

  test('a key called __proto__ is a key', () => {
    const text = `action: global\n__proto__:\n  level: critical\n---\ntitle: T\n${SOURCE}${detection(1)}  condition: selection\n`;
    expect(read(text)).toEqual(['T medium match']);
  });
});

describe('YAML as people write it', () => {
  const rule = (body: string): string => `title: T\nid: 1\n${SOURCE}detection:\n${body}`;
  test.each([
    ['an anchor that is merged in', rule('  a: &a\n    X: 1\n  b:\n    <<: *a\n    Y: 2\n  condition: b\n')],
    ['Windows line ends', rule('  s:\n    X: 1\n  condition: s\n').replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${rule('  s:\n    X: 1\n  condition: s\n')}`],
    ['a byte order mark and a separator', `\uFEFF---\n${rule('  s:\n    X: 1\n  condition: s\n')}...\n`],
    ['a key twice', rule('  s:\n    X: 1\n    X: 2\n  condition: s\n')],
    ['dates, hexadecimal and yes', rule('  s:\n    X: 2023-01-01\n    Y: 0x1F\n    Z: yes\n  condition: s\n')],
    ['a condition of several lines', rule('  s:\n    X: 1\n  condition: |\n    s\n    and (s)\n')],
    ['selections that are numbers', rule('  1:\n    X: 1\n  2:\n    X: 2\n  condition: 1 or 2\n')],
    ['names with dashes and points', rule('  a-b:\n    X: 1\n  c.d:\n    X: 2\n  condition: a-b or 1 of c.*\n')],
    ['empty lists and nothing', rule('  s:\n    X: []\n    Y:\n    Z: [null, ""]\n  condition: s\n')],
  ])('%s is read', (_, text) => {
    expect(read(text)).toEqual(['T medium match']);
  });

  test('merged keys ask what they ask where they are written', () => {
    const { rules } = loadSigma(rule('  a: &a\n    X: 1\n  b:\n    <<: *a\n    Y: 2\n  condition: b\n'), 'x.yml');
    expect(JSON.stringify(rules[0])).toMatch(/event_data\.X.*event_data\.Y/);
  });
});

describe('the old ways to count', () => {
  const counting = (condition: string): string =>
    `title: T\nid: 1\n${SOURCE}${detection(1)}  other:\n    EventID: 2\n  timeframe: 5m\n  condition: ${condition}\n`;

  test.each([
    ['selection | count() by Computer > 5', { kind: 'threshold', least: 6 }],
    ['selection | count(User) >= 2.5', { kind: 'threshold', least: 1, cardinality: { least: 3 } }],
    ['selection | count() < 5', { measure: { kind: 'events' }, bounds: [{ op: '<', value: 5 }] }],
    ['selection | count(User) == 5', { measure: { kind: 'values' }, bounds: [{ op: '==', value: 5 }] }],
    ['selection | min(Size) > 1.5', { measure: { kind: 'percentile', rank: 0 }, bounds: [{ op: '>', value: 1.5 }] }],
    ['selection | max(Size) <= 5', { measure: { kind: 'percentile', rank: 100 } }],
    ['selection | avg(Size) by Computer > 5', { measure: { kind: 'average' } }],
    ['selection | sum(Size) by Computer, User > 5', { measure: { kind: 'sum' } }],
    ['selection | near other', { measure: { kind: 'rules' }, bounds: [{ op: '>=', value: 2 }] }],
  ])('%s', (condition, body) => {
    const { rules, problems } = loadSigma(counting(condition), 'x.yml');
    expect(problems).toEqual([]);
    expect(rules[0]).toMatchObject({ windowMicros: 300e6, ...body });
  });

  test('count within weeks and months too', () => {
    const text = counting('selection | count() > 5').replace('5m', '2w');
    expect(loadSigma(text, 'x.yml').rules[0]).toMatchObject({ windowMicros: 14 * 86_400e6 });
  });

  test('an error in the aggregation is told with its line', () => {
    const [row] = checkRules([{ path: 'x.yml', text: counting('selection | count(') }]).rules;
    expect(row).toMatchObject({ status: 'invalid', line: 12 });
  });
});
