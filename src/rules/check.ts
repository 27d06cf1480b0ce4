import { fieldGaps } from './field-gaps.ts';
import type { LoadedRules, RuleCheck, RuleFile, RuleProblem, RuleSurroundings } from './loaded.ts';
import { loaderOf, loadFiles } from './loaders.ts';
import type { Rule, Ruleset } from './rule.ts';

export interface RuleCheckSummary {
  readonly files: number;
  readonly rules: number;
  readonly ok: number;
  readonly unsupported: number;
  readonly invalid: number;
}

/**
 * Says for each rule of each file whether it is ok, unsupported or invalid, with place and reason. In the order of the files.
 *
 * @param explain says of each rule that is ok also which of its fields no log of ours can hold
 */
export function checkRules(
  files: readonly RuleFile[],
  around: RuleSurroundings = {},
  explain = false,
): {
  readonly summary: RuleCheckSummary;
  readonly rules: readonly RuleCheck[];
} {
  const known =
    around.placeholders === undefined && !explain ? files.map(file => around.store?.rows(file)) : [undefined];
  const rules = known.every(rows => rows !== undefined)
    ? known.flat()
    : loadFiles(files, around).flatMap((loaded, i) => rowsOf(loaded, files[i]!, explain));
  const count = (status: RuleCheck['status']): number => rules.filter(rule => rule.status === status).length;
  const summary = {
    files: files.length,
    rules: rules.length,
    ok: count('ok'),
    unsupported: count('unsupported'),
    invalid: count('invalid'),
  };
  return { summary, rules };
}

/** What a list of rules shows of a file. */
export function rowsOf(
  { rules, problems }: LoadedRules,
  { path, text }: RuleFile,
  explain = false,
): readonly RuleCheck[] {
  const ruleset = loaderOf(path, text)?.ruleset ?? '';
  return [
    ...rules.map(rule => ({
      ...rowOfRule(rule, path, ruleset),
      ...(explain ? { explain: fieldGaps(rule) } : {}),
    })),
    ...problems.map(problem => rowOfProblem(problem, path, ruleset)),
  ];
}

function rowOfRule(rule: Rule, file: string, ruleset: Ruleset | ''): RuleCheck {
  const { id, name, type, language } =
    rule.kind === 'chain' ? { id: rule.id, name: rule.document.name, type: 'chain', language: 'chain' } : rule;
  return { id, name, file, ruleset, type, language, status: 'ok' };
}

function rowOfProblem(
  { id, name, type, language, error }: RuleProblem,
  file: string,
  ruleset: Ruleset | '',
): RuleCheck {
  const reason = error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
  const { kind: status, line, column } = error;
  return { id, name, file, ruleset, type, language, status, reason, line, column };
}
