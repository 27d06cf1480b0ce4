import { createHash } from 'node:crypto';
import type { Problem } from '../model/index.ts';
import {
  type ChainRule,
  loadChain,
  looksLikeChain,
  type ParameterAssignment,
  ParameterError,
  type ResolvedParameters,
  readParameterFile,
  resolveParameters,
} from '../rules/index.ts';

/** A text that the user named, and its path for messages. */
export interface NamedText {
  readonly path: string;
  readonly text: string;
}

/** Which rules to run, and how they are tuned. Files come as texts: who reads them is not our business. */
export interface DetectionOptions {
  readonly ruleFiles: readonly NamedText[];
  /** `--set`: later ones win. */
  readonly assignments?: readonly { readonly name: string; readonly value: string }[];
  readonly parameterFile?: NamedText;
  readonly suppressionFile?: NamedText;
  readonly baselinePaths?: readonly string[];
}

/** A rule or a parameter that is wrong: refused before any evidence is read. */
export class RuleBookError extends Error {
  override readonly name = 'RuleBookError';
}

export interface RuleBook {
  readonly chains: readonly ChainRule[];
  readonly parameters: ResolvedParameters;
  readonly problems: readonly Problem[];
  readonly sha256: string;
}

/** Reads the rules and their parameters. Throws RuleBookError for a chain or a parameter that is wrong. */
export function openRuleBook(options: DetectionOptions): RuleBook {
  const chains: ChainRule[] = [];
  const wrong: string[] = [];
  for (const { path, text } of options.ruleFiles) {
    if (!looksLikeChain(text)) continue;
    const { rule, errors } = loadChain(text, path);
    if (rule !== undefined) chains.push(rule);
    for (const error of errors) wrong.push(`${path}:${error.line}:${error.column}: ${error.message}`);
  }
  if (wrong.length > 0) throw new RuleBookError(wrong.join('\n'));
  return { chains, parameters: parametersOf(chains, options), problems: [], sha256: hashOf(options.ruleFiles) };
}

function parametersOf(chains: readonly ChainRule[], options: DetectionOptions): ResolvedParameters {
  try {
    const file = options.parameterFile;
    const fromFile = file === undefined ? [] : readParameterFile(file.text, file.path);
    const flags = (options.assignments ?? []).map((a): ParameterAssignment => ({ ...a, origin: 'flag' }));
    return resolveParameters(chains, [...fromFile, ...flags]);
  } catch (error) {
    if (error instanceof ParameterError) throw new RuleBookError(error.message);
    throw error;
  }
}

/** Of the texts alone, in the order of their hashes: where a rule lies says nothing of what it is. */
function hashOf(files: readonly NamedText[]): string {
  const each = files.map(({ text }) => createHash('sha256').update(text).digest('hex')).toSorted();
  return createHash('sha256').update(each.join('\n')).digest('hex');
}
