import { describe, expect, test } from 'vitest';
import { gapLines } from '../../src/cli/rule-table.ts';
import { checkRules } from '../../src/rules/index.ts';

const eql = (name: string, query: string): { readonly path: string; readonly text: string } => ({
  path: `${name}.toml`,
  text: `[rule]\nrule_id = "${name}"\nname = "${name}"\nrisk_score = 1\nseverity = "low"\ntype = "eql"\nlanguage = "eql"\nquery = '''${query}'''\n`,
});

describe('the fields that no log can hold, as text', () => {
  test('stand one a line under their rule, whole, with the count of rules that can never fire', () => {
    const files = [
      eql('dead', 'process where process.Ext.effective_parent.name == "a" and not okta.actor == "b"'),
      eql('half', 'process where process.name == "a" or okta.actor == "b"'),
      eql('whole', 'process where process.name == "a"'),
    ];
    expect(gapLines(checkRules(files, {}, true).rules)).toBe(
      [
        'dead (dead.toml)',
        '  process.Ext.effective_parent.name: the rule can never fire; nearest here: process.parent.name; held by documents of an endpoint agent (Elastic Defend)',
        '  okta.actor: this exclusion never excludes anything; nothing here is near it; held by audit logs of the identity provider, as ECS documents',
        'half (half.toml)',
        '  okta.actor: this alternative can never be true; nothing here is near it; held by audit logs of the identity provider, as ECS documents',
        '2 rules ask for a field that no log here can hold; 1 of them can never fire on logs',
        '',
      ].join('\n'),
    );
  });

  test('never carry control characters of a rule to the terminal', () => {
    const [row] = checkRules([eql('x', 'process where okta.actor == "b"')], {}, true).rules;
    expect(gapLines([{ ...row!, name: 'a\u001b[2Jb' }])).not.toContain('\u001b');
  });
});
