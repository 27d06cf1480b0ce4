import { loadChain, looksLikeChain } from './chain/index.ts';
import { loadElasticRule, looksElastic } from './elastic/index.ts';
import type { LoadedRules, RuleException, RuleFile, RuleLoader, RuleProblem } from './loaded.ts';
import type { Rule } from './rule.ts';
import { RuleError } from './rule-error.ts';
import { loadSigma, looksSigma } from './sigma/index.ts';

/** Asked in this order; a new language adds a line. */
export const RULE_LOADERS: readonly RuleLoader[] = [
  {
    ruleset: 'aftershock',
    matches: (path, text) => /\.ya?ml$/i.test(path) && looksLikeChain(text),
    load: (text, path) => {
      const { rule, errors } = loadChain(text, path);
      const id = /^id:\s*(\S+)/m.exec(text)?.[1] ?? '';
      const name = /^name:\s*(.+)$/m.exec(text)?.[1] ?? id;
      const problems = errors.map(error => ({ id, name, type: 'chain', language: 'chain', error }));
      return { rules: rule === undefined ? [] : [rule], problems };
    },
  },
  { ruleset: 'sigma', matches: (path, text) => /\.ya?ml$/i.test(path) && looksSigma(text), load: loadSigma },
  { ruleset: 'elastic', matches: (path, text) => /\.toml$/i.test(path) && looksElastic(text), load: loadElasticRule },
];

/** The loader of a file; undefined where no language knows it. */
export const loaderOf = (path: string, text: string): RuleLoader | undefined =>
  RULE_LOADERS.find(loader => loader.matches(path, text));

/** Reads rule files of any language. A file that no language knows is a problem of its own. */
export function loadRules(files: readonly RuleFile[]): LoadedRules {
  const rules: Rule[] = [];
  const problems: RuleProblem[] = [];
  const exceptions: RuleException[] = [];
  for (const { path, text } of files) {
    const loader = loaderOf(path, text);
    const loaded = loader?.load(text, path) ?? { rules: [], problems: [unknownFile(path)] };
    rules.push(...loaded.rules);
    problems.push(...loaded.problems);
    exceptions.push(...(loaded.exceptions ?? []));
  }
  return { rules, problems, exceptions };
}

export function unknownFile(path: string): RuleProblem {
  const hint = 'rules are chains (kind: chain), Elastic TOML ([rule]) or Sigma YAML (detection:)';
  const error = new RuleError('no rule language that is known here', 1, 1, hint);
  return { id: '', name: path.slice(path.lastIndexOf('/') + 1), type: '', language: '', error };
}
