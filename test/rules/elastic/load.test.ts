import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkRules, type EventRule, loadElasticRule } from '../../../src/rules/index.ts';

const HEAD = `[metadata]
updated_date = "2026/01/02"

[rule]
author = ["Us"]
description = "What it finds."
license = "Apache-2.0"
name = "A rule"
note = "## What to do"
risk_score = 47
rule_id = "11111111-2222-3333-4444-555555555555"
severity = "medium"
`;
const TAIL = `
[[rule.threat]]
framework = "MITRE ATT&CK"
[[rule.threat.technique]]
id = "T1003"
name = "OS Credential Dumping"
[[rule.threat.technique.subtechnique]]
id = "T1003.006"
name = "DCSync"
reference = "https://attack.mitre.org/techniques/T1003/006/"
[rule.threat.tactic]
id = "TA0006"
name = "Credential Access"
`;

function rule(body: string): EventRule {
  const { rules, problems } = loadElasticRule(HEAD + body + TAIL, 'rule.toml');
  expect(problems.map(problem => problem.error.place)).toEqual([]);
  return rules[0] as EventRule;
}

function problem(body: string): { status: string; place: string } {
  const { problems } = loadElasticRule(HEAD + body + TAIL, 'rule.toml');
  expect(problems).toHaveLength(1);
  return { status: problems[0]!.error.kind, place: problems[0]!.error.place };
}

const KQL = `type = "query"\nlanguage = "kuery"\n`;

describe('an Elastic rule', () => {
  test('keeps its names, guide and threat mapping', () => {
    const read = rule(`${KQL}query = '''process.name: cmd.exe'''\nmax_signals = 7\nbuilding_block_type = "default"\n`);
    expect(read).toMatchObject({
      id: '11111111-2222-3333-4444-555555555555',
      name: 'A rule',
      ruleset: 'elastic',
      level: 'medium',
      riskScore: 47,
      note: '## What to do',
      version: '2026/01/02',
      isBuildingBlock: true,
      maxSignals: 7,
      kind: 'match',
    });
    expect(read.threat[0]!.tactic.id).toBe('TA0006');
    expect(read.threat[0]!.technique.map(t => t.id)).toEqual(['T1003', 'T1003.006']);
  });

  test('of type eql is a match or a sequence', () => {
    expect(rule(`type = "eql"\nlanguage = "eql"\nquery = 'process where true'\n`).kind).toBe('match');
    const sequence = rule(`type = "eql"\nlanguage = "eql"\nquery = '''
sequence by host.id with maxspan=1m
  [process where true]
  [network where true] with runs=2
'''\n`);
    expect(sequence).toMatchObject({ kind: 'sequence', query: { maxspan: 60_000_000 } });
  });

  test('of type threshold has groups, a number and a cardinality', () => {
    const read = rule(`type = "threshold"\nlanguage = "kuery"\nfrom = "now-1h"\nquery = "event.action: logon-failed"
[rule.threshold]
field = ["source.ip", "host.id"]
value = 10
[[rule.threshold.cardinality]]
field = "user.name"
value = 3
`);
    expect(read).toMatchObject({
      kind: 'threshold',
      fields: ['source.ip', 'host.id'],
      least: 10,
      cardinality: { field: 'user.name', least: 3 },
      windowMicros: 3_600_000_000,
    });
  });

  test('of type new_terms has fields and a history', () => {
    const read = rule(`type = "new_terms"\nlanguage = "kuery"\nquery = "event.category: process"
[rule.new_terms]
field = "new_terms_fields"
value = ["host.id", "process.executable"]
[[rule.new_terms.history_window_start]]
field = "history_window_start"
value = "now-7d"
`);
    expect(read).toMatchObject({
      kind: 'new-terms',
      fields: ['host.id', 'process.executable'],
      historyMicros: 604_800_000_000,
    });
  });

  test('of type threat_match maps fields to indicators', () => {
    const read =
      rule(`type = "threat_match"\nlanguage = "kuery"\nquery = "file.hash.*: *"\nthreat_query = "@timestamp >= \\"now-30d/d\\""
[[rule.threat_mapping]]
[[rule.threat_mapping.entries]]
field = "file.hash.md5"
type = "mapping"
value = "threat.indicator.file.hash.md5"
`);
    expect(read).toMatchObject({
      kind: 'indicators',
      mapping: [[{ field: 'file.hash.md5', indicator: 'threat.indicator.file.hash.md5' }]],
    });
  });

  test('carries its suppression and its filters', () => {
    const read = rule(`${KQL}query = "process.name: a"
[rule.alert_suppression]
group_by = ["host.id"]
missing_fields_strategy = "doNotSuppress"
[rule.alert_suppression.duration]
unit = "h"
value = 5
[[rule.filters]]
[rule.filters.meta]
negate = true
[rule.filters.query.wildcard."file.path"]
case_insensitive = true
value = "C:\\\\\\\\Windows\\\\\\\\*"
`);
    expect(read.suppression).toEqual({ fields: ['host.id'], windowMicros: 18_000_000_000, missing: 'keep' });
    if (read.kind !== 'match') throw new Error('a match was written');
    expect(JSON.stringify(read.condition)).toContain('"not"');
    expect(JSON.stringify(read.condition)).toContain('C:\\\\Windows\\\\');
  });
});

describe('a rule that cannot run says why and where', () => {
  test('by a construct that is not run', () => {
    expect(problem('type = "machine_learning"\nmachine_learning_job_id = "x"\n')).toEqual({
      status: 'unsupported',
      place: expect.stringMatching(/^13:1: machine learning rules are not run/),
    });
    expect(problem(`type = "esql"\nlanguage = "esql"\nquery = "from logs"\n`)).toMatchObject({ status: 'unsupported' });
    expect(problem(`type = "query"\nlanguage = "lucene"\nquery = "a:b"\n`)).toMatchObject({
      status: 'unsupported',
      place: expect.stringMatching(/^14:1/),
    });
  });

  test('by an error in its query, at its place in the file', () => {
    expect(problem(`type = "eql"\nlanguage = "eql"\nquery = '''\nprocess where\n  process.nam = "x"\n'''\n`)).toEqual({
      status: 'invalid',
      place: '17:15: = does not compare; write == (exact) or : (any case, wildcards)',
    });
    expect(problem(`${KQL}query = "process.name: (a or "\n`)).toMatchObject({ place: expect.stringMatching(/^15:/) });
  });

  test('by a missing key, a wrong value or broken TOML', () => {
    expect(problem(`${KQL}`)).toMatchObject({
      status: 'invalid',
      place: expect.stringContaining('the rule has no query'),
    });
    expect(problem(`type = "threshold"\nquery = "a: b"\n`)).toMatchObject({ status: 'invalid' });
    expect(problem(`${KQL}query = "a: b"\nmax_signals = "many"\n`)).toMatchObject({
      place: expect.stringMatching(/^16:1: max_signals/),
    });
    expect(problem('type = query\n')).toMatchObject({
      status: 'invalid',
      place: expect.stringMatching(/^13:\d+: TOML/),
    });
  });

  test('and the others of the folder are checked all the same', () => {
    const good = `${HEAD}${KQL}query = "a: b"\n${TAIL}`;
    const files = [
      { path: 'a.toml', text: good },
      { path: 'b.toml', text: good.replace('a: b', 'a: (') },
      { path: 'c.toml', text: good.replace('"query"', '"esql"') },
      { path: 'notes.txt', text: 'nothing' },
    ];
    const { summary, rules } = checkRules(files);
    expect(summary).toEqual({ files: 4, rules: 4, ok: 1, unsupported: 1, invalid: 2 });
    expect(rules.map(row => [row.file, row.status, row.ruleset])).toEqual([
      ['a.toml', 'ok', 'elastic'],
      ['b.toml', 'invalid', 'elastic'],
      ['c.toml', 'unsupported', 'elastic'],
      ['notes.txt', 'invalid', ''],
    ]);
  });
});

test('keys that an attacker may choose are harmless', () => {
  const { rules } = loadElasticRule(
    `${HEAD}${KQL}query = "__proto__: x and constructor: y"\n[rule.__proto__]\npolluted = 1\n${TAIL}`,
    'r.toml',
  );
  expect(rules).toHaveLength(1);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('the rules that come with the tool can run', () => {
  const folder = new URL('../../../rules/elastic/', import.meta.url);
  const files = readdirSync(folder).map(name => ({ path: name, text: readFileSync(new URL(name, folder), 'utf8') }));
  expect(checkRules(files).summary).toMatchObject({ files: 2, ok: 2 });
});

test('filters say what Kibana saves, and refuse what they cannot', () => {
  const conditionOf = (filter: string): string => {
    const read = rule(`${KQL}query = "process.name: a"\n[[rule.filters]]\n${filter}`);
    return read.kind === 'match' ? JSON.stringify(read.condition) : '';
  };
  expect(conditionOf('[rule.filters.query.match_phrase]\n"host.name" = "h"\n')).toContain('"values":["h"]');
  expect(conditionOf('[rule.filters.query.terms]\n"host.name" = ["h", "i"]\n')).toContain('"values":["h","i"]');
  expect(conditionOf('[rule.filters.query.range."process.pid"]\ngte = 5\nlt = 9\n')).toContain('"op":">="');
  expect(conditionOf('[rule.filters.query.exists]\nfield = "host.name"\n')).toContain('"exists"');
  expect(conditionOf('[rule.filters.query.regexp."host.name"]\nvalue = "a.*"\n')).toContain('"regex"');
  expect(
    conditionOf(
      '[rule.filters.query.bool]\nmust_not = [{ term = { "host.name" = "h" } }]\nshould = [{ prefix = { "host.name" = "x" } }]\n',
    ),
  ).toContain('"not"');
  expect(
    conditionOf('[rule.filters.meta]\ndisabled = true\n[rule.filters.query.exists]\nfield = "host.name"\n'),
  ).not.toContain('exists');
  expect(
    problem(`${KQL}query = "a: b"\n[[rule.filters]]\n[rule.filters.query.query_string]\nquery = "x"\n`),
  ).toMatchObject({
    status: 'unsupported',
    place: expect.stringContaining('query_string is not supported'),
  });
});

test('exceptions of a rule are read from a file beside it', () => {
  const { rules, problems, exceptions } = loadElasticRule(
    `[metadata]
list_name = "ours"
rule_ids = ["11111111-2222-3333-4444-555555555555"]
[[exceptions]]
[[exceptions.items]]
name = "the backup"
[[exceptions.items.entries]]
field = "process.name"
operator = "included"
type = "match_any"
value = ["backup.exe", "copy.exe"]
[[exceptions.items.entries]]
field = "user.name"
operator = "excluded"
type = "wildcard"
value = "adm*"
`,
    'exceptions.toml',
  );
  expect([rules, problems]).toEqual([[], []]);
  expect(exceptions).toMatchObject([
    { name: 'the backup', ruleIds: ['11111111-2222-3333-4444-555555555555'], condition: { kind: 'all' } },
  ]);
});
