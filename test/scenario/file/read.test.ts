import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openScenario, readScenario } from '../../../src/scenario/file/read.ts';
import { lintScenario, STARTER, scenarioJsonSchema } from '../../../src/scenario/index.ts';

/** What is wrong with the starter where a piece of it is replaced: `line:column: message; hint`. */
const wrong = (piece: string, by: string): string[] => {
  expect(STARTER).toContain(piece);
  return lintScenario(STARTER.replace(piece, by)).problems.map(
    ({ line, column, message, hint }) => `${line}:${column}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
  );
};

/** The line of the starter that holds a piece, and the column of it. */
const placeOf = (piece: string): string => {
  const before = STARTER.slice(0, STARTER.indexOf(piece));
  return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
};

test('the starter passes its own check without a word', () => {
  expect(lintScenario(STARTER).problems).toEqual([]);
});

test('JSON is a scenario file too', () => {
  expect(lintScenario(JSON.stringify(parse(STARTER))).problems).toEqual([]);
});

test.each([
  ['act: service_crash', 'act: service_crush', 'there is no act called service_crush; did you mean service_crash?'],
  ['kind: vuln_scan', 'kind: scan_vuln', 'there is no noise called scan_vuln; give one of http_traffic'],
  ['lineage: e3', 'lineage: e9', 'there is no act called e9; there are: e1, e2'],
  ['lineage: e3', 'lineage: e2', 'e2 starts no process; give the id of a service_shell or a command'],
  ['parent: exim4', 'parent: exim', 'there is no service of mail01 called exim; did you mean exim4?'],
  [
    'from: stranger, to: mail01',
    'from: strangr, to: mail01',
    'no host or external called strangr; did you mean stranger?',
  ],
  ['events: [e1, e2, e3, e4]', 'events: [e1, e7]', 'there is no act called e7; there are: e1, e2'],
  ['type: auditd', 'type: hostd', 'hostd is for esxi; mail01 runs linux'],
  ['at: PT1H6M, stage: D', 'at: PT4H, stage: D', 'PT4H lies after the end of the clock; the exercise lasts PT3H'],
  ['at: PT1H20M, to: players', 'at: PT5H, to: players', 'PT5H lies after the end of the clock'],
  ['expects: q1, text: "Where', 'expects: q9, text: "Where', 'there is no question called q9; there are: q1, q2'],
  ['release: [mail01]', 'release: [mail02]', 'I2 releases mail02, and no file lies there; there are: mail01/'],
  ['id: e2, at', 'id: e1, at', 'e1 is there twice; give each an id of its own'],
  ['user: Debian-exim', 'user: exim', 'there is no account of a daemon called exim'],
  ['ips: [10.20.1.40]', 'ips: [10.20.1.25]', '10.20.1.25 is also the address of mail01'],
  ['duration: PT3H', 'duration: 3 hours', 'clock.duration: a duration is expected: PT2H03M10S, or 2h3m10s'],
  ['seed: 1 ', 'sed: 1 ', 'sed means nothing here; see schema/scenario.schema.json'],
  ['rate: 20/h', 'rate: often', 'noise.0.rate: a rate is expected: 40/h, 3/m or 12/d'],
  ['rate: 20/h', 'rate: 9999/m', '9999/m makes 16198380 records; a noise makes at most 100000'],
  ['duration: PT3H', 'duration: P30D', 'an exercise lasts a week at most; give PT4H'],
  ['ips: [10.20.1.40]', 'ips: ["2001:db8::1"]', 'db01 begins with an IPv6 address; give one of IPv4 first'],
  ['cmd: "id; uname -a"', 'cmd: "id\\nroot"', 'storyline.2.cmd: one line of printable text is expected'],
  ['finding: g1, stages', 'finding: g7, stages', 'there is no finding called g7; there are: g1'],
])('%s → %s is told at its place, with what would be right', (piece, by, message) => {
  const problems = wrong(piece, by);
  const about = problems.find(problem => problem.includes(message));
  expect(about, problems.join('\n')).toBeDefined();
  expect(about!.split(':', 1)[0]).toBe(placeOf(piece).split(':', 1)[0]);
});

test('an act that no collected source records is an error where the ground truth needs it', () => {
  const withoutSensor = STARTER.replace(/^ {2}- \{ host: sensor.*\n/m, '').replace(/^variants:\n.*\n/m, '');
  const problems = lintScenario(withoutSensor).problems;
  expect(problems.map(problem => problem.message)).toEqual(['e1 leaves nothing in the sources of this collection']);
  expect(problems[0]!.severity).toBe('error');
});

test('what players read must not tell the story: in a name it is an error, in a sentence a warning', () => {
  expect(wrong('title_player: Something is slow     #', 'title_player: A case of T1210 #')).toEqual([
    expect.stringMatching(/players would read "T1210"/),
  ]);
  expect(lintScenario(STARTER.replace('title_player: Something is slow ', 'title_player: The attack ')).scenario).toBe(
    undefined,
  );
  const told = lintScenario(STARTER.replace('Here are the logs of mail01.', 'Look for CVE-2020-28018.'));
  expect(told.problems).toMatchObject([{ severity: 'warning', message: 'players would read "CVE-2020-28018"' }]);
  expect(told.scenario).toBeDefined();
});

test.each(['__proto__', 'constructor', 'toString'])(
  'a machine, a parameter or a variant called %s is a name like any other',
  name => {
    const text = STARTER.replace('params: {', `params: { "${name}": x, `).replace('no-zeek:', `"${name}":`);
    expect(() => lintScenario(text)).not.toThrow();
    expect(({} as Record<string, unknown>)['without']).toBeUndefined();
  },
);

test('whatever a file holds, reading it ends with a scenario or with a place', () => {
  const lines = STARTER.split('\n');
  fc.assert(
    fc.property(fc.nat(lines.length - 1), fc.string({ maxLength: 12 }), fc.nat(80), (line, text, column) => {
      const changed = lines.with(line, lines[line]!.slice(0, column) + text + lines[line]!.slice(column));
      const { scenario, problems } = readScenario(changed.join('\n'));
      expect(scenario !== undefined || problems.some(problem => problem.severity === 'error')).toBe(true);
      for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});

test('an alias that multiplies itself, and a file beyond all measure, are refused', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, i) => `${'bcdefghij'[i]!}: &${'bcdefghij'[i]!} [${`*${'abcdefghi'[i]!},`.repeat(10)}]`).join('\n')}\n`;
  expect(readScenario(bomb).scenario).toBeUndefined();
  expect(readScenario(`# ${'x'.repeat(1 << 20)}`).problems[0]!.message).toMatch(/more than 1 MiB/);
});

test('all errors of a file are told at once, each with the file', () => {
  const text = STARTER.replace('lineage: e3', 'lineage: e9').replace('parent: exim4', 'parent: exim');
  expect(() => openScenario(text, 'my.yaml')).toThrow(/^my\.yaml:\d+:\d+: error: .*\nmy\.yaml:\d+:\d+: error: /);
});

test('the schema that is shipped is the one that files are read with', () => {
  expect(JSON.parse(readFileSync('schema/scenario.schema.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(scenarioJsonSchema())),
  );
});
