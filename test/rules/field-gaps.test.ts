import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWritten } from '../../src/model/index.ts';
import { checkRules, type FieldGap } from '../../src/rules/index.ts';
import { STAND_IN_FIELDS, standInFor } from '../../src/rules/stand-ins.ts';

function gapsOf(path: string, text: string): readonly FieldGap[] {
  const { rules } = checkRules([{ path, text }], {}, true);
  expect(rules.map(({ status, reason }) => ({ status, reason }))).toEqual([{ status: 'ok', reason: undefined }]);
  return rules[0]!.explain!;
}

const elastic = (query: string, language = 'eql', more = ''): readonly FieldGap[] =>
  gapsOf(
    'own.toml',
    `[rule]\nrule_id = "own"\nname = "Own"\nrisk_score = 1\nseverity = "low"\ntype = "${language === 'eql' ? 'eql' : 'query'}"
language = "${language}"\n${more}query = '''${query}'''\n`,
  );

const sigma = (source: string, detection: string): readonly FieldGap[] =>
  gapsOf('own.yml', `title: Own\nid: own\nlogsource:\n${source}detection:\n${detection}`);

const effects = (gaps: readonly FieldGap[]): readonly (readonly [string, string])[] =>
  gaps.map(({ field, effect }) => [field, effect]);

const EXT = 'process.Ext.token.integrity_level_name';

describe('what a rule asks for and no log can hold', () => {
  test('is nothing where every field is one that a log can give', () => {
    expect(elastic('process where process.name == "a" and winlog.event_data.Anything : "b*"')).toEqual([]);
    expect(elastic('any where @timestamp > "2026-01-01"')).toEqual([]);
  });

  test('stops the rule where it must hold, whether by test, by function or by one of two fields that are compared', () => {
    expect(elastic(`process where process.name == "a" and ${EXT} == "system"`)).toEqual([
      {
        field: EXT,
        effect: 'rule',
        says: 'the rule can never fire',
        nearest: ['winlog.event_data.IntegrityLevel', 'winlog.event_data.MandatoryLabel'],
        held_by: 'documents of an endpoint agent (Elastic Defend)',
      },
    ]);
    expect(effects(elastic(`process where length(${EXT}) > 3`))).toEqual([[EXT, 'rule']]);
    expect(effects(elastic(`process where process.name == ${EXT}`))).toEqual([[EXT, 'rule']]);
    expect(effects(elastic(`process where ${EXT} != null`))).toEqual([[EXT, 'rule']]);
  });

  test('closes an alternative where another one is left, and the rule where none is', () => {
    expect(effects(elastic(`process where process.name == "a" or ${EXT} == "b"`))).toEqual([[EXT, 'branch']]);
    expect(effects(elastic(`process where process.pid == 1 and (${EXT} == "a" or aws.x == "b")`))).toEqual([
      [EXT, 'rule'],
      ['aws.x', 'rule'],
    ]);
    expect(effects(elastic(`process where process.pid == 1 or (process.name == "a" and ${EXT} == "b")`))).toEqual([
      [EXT, 'branch'],
    ]);
  });

  test('leaves an exclusion without effect, and a test for absence always true', () => {
    expect(effects(elastic(`process where process.name == "a" and not ${EXT} == "b"`))).toEqual([[EXT, 'exclusion']]);
    expect(effects(elastic(`process where not (process.name == "a" and ${EXT} == "b")`))).toEqual([[EXT, 'exclusion']]);
    expect(effects(elastic(`process where ${EXT} == null and process.name == "a"`))).toEqual([[EXT, 'always']]);
  });

  test('is told once a field, with its gravest effect', () => {
    expect(effects(elastic(`process where ${EXT} == "a" and not ${EXT} == "b"`))).toEqual([[EXT, 'rule']]);
  });

  test('counts in the stages and keys of a sequence, in `until` and in missing events by what each is for', () => {
    const query = (first: string, second: string, by: string): string =>
      `sequence by ${by} [process where ${first}] [file where ${second}] until [process where aws.end == "x"]`;
    expect(effects(elastic(query('true', `${EXT} == "a"`, 'host.id')))).toEqual([
      [EXT, 'rule'],
      ['aws.end', 'exclusion'],
    ]);
    expect(effects(elastic(query('true', 'true', EXT)))).toEqual([
      [EXT, 'rule'],
      ['aws.end', 'exclusion'],
    ]);
    expect(effects(elastic(query('true', 'true', `?${EXT}`)))[0]).toEqual([EXT, 'grouping']);
    expect(
      effects(
        elastic(
          `sequence by host.id with maxspan=1m [process where true] ![file where aws.x == "a"] [file where true]`,
        ),
      ),
    ).toEqual([['aws.x', 'exclusion']]);
  });

  test('is found in KQL as in EQL, and in what suppression merges by', () => {
    expect(effects(elastic(`process.name: a and (${EXT}: b or okta.x: c)`, 'kuery'))).toEqual([
      [EXT, 'rule'],
      ['okta.x', 'rule'],
    ]);
    const suppression = '[rule.alert_suppression]\ngroup_by = ["agent.type"]\n';
    const text = `[rule]\nrule_id = "o"\nname = "O"\nrisk_score = 1\nseverity = "low"\ntype = "query"\nlanguage = "kuery"\nquery = "process.name: a"\n${suppression}`;
    expect(effects(gapsOf('o.toml', text))).toEqual([['agent.type', 'grouping']]);
  });

  test('stops a threshold or new-terms rule that groups by it', () => {
    const threshold = '[rule.threshold]\nfield = ["aws.user"]\nvalue = 3\n';
    const text = `[rule]\nrule_id = "o"\nname = "O"\nrisk_score = 1\nseverity = "low"\ntype = "threshold"\nlanguage = "kuery"\nquery = "process.name: a"\n${threshold}`;
    expect(effects(gapsOf('o.toml', text))).toEqual([['aws.user', 'rule']]);
    const terms =
      '[rule.new_terms]\nfield = "new_terms_fields"\nvalue = ["host.id", "okta.actor"]\n[[rule.new_terms.history_window_start]]\nfield = "history_window_start"\nvalue = "now-7d"\n';
    const newTerms = text.replace('"threshold"', '"new_terms"').replace(threshold, terms);
    expect(effects(gapsOf('o.toml', newTerms))).toEqual([['okta.actor', 'rule']]);
  });

  test('is no synonym of Sigma that another name for the same datum makes up for', () => {
    const windows = '  product: windows\n  category: process_creation\n';
    expect(
      sigma(
        windows,
        '  s:\n    Image|endswith: \\a.exe\n    Description: b\n  f:\n    User: null\n  condition: s and not f\n',
      ),
    ).toEqual([]);
    expect(
      effects(sigma('  product: aws\n  service: cloudtrail\n', '  s:\n    eventName: a\n  condition: s\n')),
    ).toEqual([['eventName', 'rule']]);
  });

  test('is not asked of rules that cannot run, nor told unless it was asked for', () => {
    const broken = {
      path: 'own.toml',
      text: '[rule]\nname = "x"\ntype = "eql"\nlanguage = "eql"\nquery = "process where"\n',
    };
    expect(checkRules([broken], {}, true).rules.map(({ explain }) => explain)).toEqual([undefined]);
    const fine = {
      path: 'own.yml',
      text: 'title: t\nlogsource: {product: aws}\ndetection:\n  s: {a: b}\n  condition: s\n',
    };
    expect(checkRules([fine]).rules.map(rule => Object.hasOwn(rule, 'explain'))).toEqual([false]);
  });

  test('has a stand-in that a log can give, and a holder, whatever the field is called', () => {
    expect(STAND_IN_FIELDS.filter(field => !isWritten(field))).toEqual([]);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'process.', '.')), field => {
        expect(standInFor(field).heldBy).not.toBe('');
      }),
    );
  });
});
