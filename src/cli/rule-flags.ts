import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DetectionOptions, type NamedText, type RuleStore, readRuleFiles } from '../index.ts';
import { UsageError } from './exit.ts';
import { type Argv, flag, list, readText } from './flags.ts';
import { openRuleStore } from './rule-store-file.ts';

const BUILTIN = fileURLToPath(new URL('../../rules', import.meta.url));

/** The texts of the built-in rules, of `--rules`, and of the paths that a command names itself (those alone, where there are any). */
export async function ruleTexts(argv: Argv, paths: readonly string[]): Promise<readonly NamedText[]> {
  const wantsBuiltin = argv['builtin'] !== false && paths.length === 0;
  const builtin = wantsBuiltin
    ? (await readRuleFiles(BUILTIN)).map(file => ({ ...file, path: builtinName(file.path) }))
    : [];
  const own: NamedText[] = [];
  for (const path of [...paths, ...list(argv, 'rules')]) {
    try {
      own.push(...(await readRuleFiles(path)));
    } catch (error) {
      throw new UsageError(
        `rules ${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
      );
    }
  }
  return [...builtin, ...own];
}

/** The store of rules that were read before, in the user's cache folder; undefined where it is switched off. */
export function ruleStoreOf(argv: Argv): RuleStore | undefined {
  if (argv['rule-cache'] === false) return undefined;
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  const folder = process.platform === 'win32' && local !== undefined ? local : join(homedir(), '.cache');
  return openRuleStore(join(xdg === undefined || xdg === '' ? folder : xdg, 'aftershock'));
}

/** Rules, parameters, baselines and suppressions as the flags name them; files are read here, understood in the library. */
export async function detectionOptions(argv: Argv): Promise<DetectionOptions> {
  const named = (name: string): NamedText | undefined => {
    const path = flag(argv, name);
    return path === undefined ? undefined : { path, text: readText(path, `--${name}`) };
  };
  const [parameterFile, suppressionFile] = [named('params'), named('suppress')];
  const [placeholderFile, indicatorFile] = [named('placeholders'), named('indicators')];
  const ruleStore = ruleStoreOf(argv);
  return {
    ruleFiles: await ruleTexts(argv, []),
    ...(ruleStore === undefined ? {} : { ruleStore }),
    assignments: list(argv, 'set').map(text => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`--set ${text}: give Name=Value, such as TimeWindow=5m`);
      return { name: name.trim(), value: value.trim() };
    }),
    ...(parameterFile === undefined ? {} : { parameterFile }),
    ...(suppressionFile === undefined ? {} : { suppressionFile }),
    ...(placeholderFile === undefined ? {} : { placeholderFile }),
    ...(indicatorFile === undefined ? {} : { indicatorFile }),
    baselinePaths: list(argv, 'baseline'),
  };
}

/** The place of a built-in rule says nothing of where the tool is installed. */
const builtinName = (path: string): string => `rules${path.slice(BUILTIN.length).replaceAll('\\', '/')}`;
