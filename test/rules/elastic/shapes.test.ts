import { describe, expect, test } from 'vitest';
import { loadElasticRule } from '../../../src/rules/index.ts';

// Shapes that published rules have, beside the plain one: tables in other spellings, and keys that say nothing about events.

/** A rule of a type, with more keys before its query and more tables behind it. */
const file = (type: string, keys: string, tables = '', metadata = ''): string => `[metadata]
creation_date = "2023/01/01"
integration = ["endpoint"]
maturity = "production"
min_stack_comments = "a reason"
min_stack_version = "8.13.0"
updated_date = "2024/05/21"
${metadata}
[rule]
author = ["Us"]
description = """
A text with "quotes", \u00e9 and \u2192.
"""
from = "now-9m"
license = "Apache-2.0"
name = "A rule"
risk_score = 47
rule_id = "11111111-2222-3333-4444-555555555555"
severity = "medium"
type = "${type}"
${keys}
${tables}`;
const KQL = 'language = "kuery"\nindex = ["logs-*"]\nquery = "process.name:a"\n';
const EQL = 'language = "eql"\nquery = """\nprocess where true\n"""\n';

/** What became of the rule: its kind, or its status and why. */
function outcome(text: string): string {
  const { rules, problems } = loadElasticRule(text, 'rule.toml');
  const [rule] = rules;
  const [problem] = problems;
  return rule?.kind ?? `${problem?.error.kind} ${problem?.error.line}: ${problem?.error.message}`;
}

describe('a rule as it is published is read', () => {
  const MAPPING =
    '[[rule.threat_mapping]]\n[[rule.threat_mapping.entries]]\nfield = "source.ip"\ntype = "mapping"\nvalue = "threat.indicator.ip"\n';
  test.each([
    ['a threshold over everything', file('threshold', KQL, '[rule.threshold]\nfield = []\nvalue = 5\n'), 'threshold'],
    [
      'a threshold of one field',
      file('threshold', KQL, '[rule.threshold]\nfield = "host.id"\nvalue = 5\n'),
      'threshold',
    ],
    [
      'a threshold that is suppressed',
      file(
        'threshold',
        KQL,
        '[rule.alert_suppression.duration]\nunit = "h"\nvalue = 1\n[rule.threshold]\nfield = ["a"]\nvalue = 1\n',
      ),
      'threshold',
    ],
    [
      'new terms',
      file(
        'new_terms',
        KQL,
        '[rule.new_terms]\nfield = "new_terms_fields"\nvalue = ["host.id", "user.id"]\n[[rule.new_terms.history_window_start]]\nfield = "history_window_start"\nvalue = "now-14d"\n',
      ),
      'new-terms',
    ],
    [
      'indicators',
      file('threat_match', `${KQL}threat_index = ["x"]\nthreat_query = '@timestamp >= "now-30d/d"'\n`, MAPPING),
      'indicators',
    ],
    ['indicators by their other name', file('indicator_match', KQL, MAPPING), 'indicators'],
    ['a saved query that is written out', file('saved_query', `${KQL}saved_id = "x"\n`), 'match'],
    [
      'filters as tables',
      file(
        'eql',
        EQL,
        '[[rule.filters]]\n[rule.filters."$state"]\nstore = "appState"\n[rule.filters.meta]\nnegate = true\n[rule.filters.query.wildcard."process.parent.executable"]\ncase_insensitive = true\nvalue = "C:\\\\\\\\x*"\n',
      ),
      'match',
    ],
    [
      'filters in one line',
      file(
        'query',
        `${KQL}filters = [{meta = {negate = true}, query = {range = {"destination.port" = {gte = 1, lt = "1024"}}}}]\n`,
      ),
      'match',
    ],
    [
      'a guide with plugins, a setup in raw quotes, mappings and required fields',
      file(
        'query',
        `${KQL}note = """## Triage\n!{osquery{"query":"SELECT \\\\"a\\\\"","label":"x"}}\n"""\nsetup = '''a "b" \\ c'''\nbuilding_block_type = "default"\ninterval = "60m"\n`,
        '[[rule.required_fields]]\necs = true\nname = "a"\ntype = "keyword"\n[[rule.severity_mapping]]\nfield = "a"\noperator = "equals"\nseverity = "low"\nvalue = ""\n[[rule.related_integrations]]\npackage = "x"\nversion = "^1"\n[[rule.actions]]\naction_type_id = ".email"\n[rule.actions.params]\nmessage = "m"\n',
      ),
      'match',
    ],
    [
      'a table of transforms',
      file('query', KQL, '[transform]\n[[transform.osquery]]\nlabel = "x"\nquery = "q"\n'),
      'match',
    ],
    ['a deprecated one', file('query', KQL, '', 'deprecation_date = "2023/01/01"\nbypass_bbr_timing = true'), 'match'],
  ])('%s', (_, text, kind) => {
    expect(outcome(text)).toBe(kind);
  });

  test('with Windows line ends and a byte order mark', () => {
    expect(outcome(`\uFEFF${file('query', KQL).replaceAll('\n', '\r\n')}`)).toBe('match');
  });
});

describe('what is not run is told by name', () => {
  test.each([
    [
      'machine_learning',
      'anomaly_threshold = 50\nmachine_learning_job_id = ["a"]\n',
      /^unsupported \d+: machine learning/,
    ],
    ['esql', 'language = "esql"\nquery = """\nFROM logs-*\n"""\n', /^unsupported \d+: ES\|QL/],
    ['saved_query', 'saved_id = "x"\n', /^unsupported \d+: the rule asks a saved query/],
    ['query', 'language = "lucene"\nquery = "a:b"\n', /^unsupported \d+: the query language lucene/],
    ['quary', KQL, /^invalid \d+: unknown rule type quary/],
  ])('%s', (type, keys, message) => {
    expect(outcome(file(type, keys))).toMatch(message);
  });

  test('an indicator that must not match', () => {
    const table = '[[rule.threat_mapping]]\n[[rule.threat_mapping.entries]]\nfield = "a"\nnegate = true\nvalue = "b"\n';
    expect(outcome(file('threat_match', KQL, table))).toMatch(/^unsupported 28: entries of a mapping/);
  });
});

test('a nested exception asks below its own name', () => {
  const entry =
    '[[exceptions.items.entries]]\nfield = "file.signature"\ntype = "nested"\n[[exceptions.items.entries.entries]]\nfield = "trusted"\noperator = "included"\ntype = "match"\nvalue = "true"\n';
  const { exceptions, problems } = loadElasticRule(
    `[[exceptions]]\n[[exceptions.items]]\nname = "n"\n${entry}`,
    'e.toml',
  );
  expect(problems).toEqual([]);
  expect(exceptions![0]!.condition).toMatchObject({ kind: 'test', field: 'file.signature.trusted' });
});
