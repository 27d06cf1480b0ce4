import { loadChain, looksLikeChain } from './chain/index.ts';
import { loadElasticRule, looksElastic } from './elastic/index.ts';
import type { LoadedRules, RuleFile, RuleLoader, RuleProblem, RuleSurroundings } from './loaded.ts';
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
export function loadRules(files: readonly RuleFile[], around: RuleSurroundings = {}): LoadedRules {
  const loaded = loadFiles(files, around);
  return {
    rules: loaded.flatMap(({ rules }) => rules),
    problems: loaded.flatMap(({ problems }) => problems),
    exceptions: loaded.flatMap(({ exceptions }) => exceptions ?? []),
  };
}

/** The rules of each file, in the order of the files, which may speak of each other. */
export function loadFiles(files: readonly RuleFile[], around: RuleSurroundings = {}): readonly LoadedRules[] {
  const store = around.placeholders === undefined ? around.store : undefined;
  const alone = files.map(file => {
    const known = store?.find(file);
    if (known !== undefined) return known;
    const loaded = loadAlone(file, around);
    store?.keep(file, loaded);
    return loaded;
  });
  const others = [...(around.others ?? []), ...alone.flatMap(({ named }) => named ?? [])];
  const loaded = alone.map((one, i) => {
    const { path, text } = files[i]!;
    return one.isWaiting === true ? (loaderOf(path, text)?.load(text, path, { ...around, others }) ?? one) : one;
  });
  const named = loaded.flatMap(one => one.named ?? []);
  const materials = new Set(loaded.flatMap(one => one.materials ?? []));
  const quiet = new Set<Rule>(
    named.flatMap(({ names, rules }) => (names.some(name => materials.has(name)) ? rules : [])),
  );
  const idsOf = (name: string): readonly string[] =>
    named.find(({ names }) => names.includes(name))?.rules.map(({ id }) => id) ?? [name];
  return loaded.map(one => ({
    ...one,
    rules: one.rules.map(rule =>
      quiet.has(rule) && rule.kind !== 'chain' ? { ...rule, isBuildingBlock: true } : rule,
    ),
    exceptions: (one.exceptions ?? []).map(exception => ({
      ...exception,
      ruleIds: exception.ruleIds.flatMap(idsOf),
    })),
  }));
}

const loadAlone = ({ path, text }: RuleFile, around: RuleSurroundings): LoadedRules =>
  loaderOf(path, text)?.load(text, path, around) ?? { rules: [], problems: [unknownFile(path)] };

export function unknownFile(path: string): RuleProblem {
  const hint = 'rules are chains (kind: chain), Elastic TOML ([rule]) or Sigma YAML (detection:)';
  const error = new RuleError('no rule language that is known here', 1, 1, hint);
  return { id: '', name: path.slice(path.lastIndexOf('/') + 1), type: '', language: '', error };
}
