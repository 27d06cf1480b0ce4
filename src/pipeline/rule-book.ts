import { createHash } from 'node:crypto';
import { readSuppressions, type Suppression } from '../detect/index.ts';
import type { EventFields } from '../model/index.ts';
import {
  type ChainRule,
  type EventRule,
  loadRules,
  type ParameterAssignment,
  ParameterError,
  PlaceholderError,
  type ResolvedParameters,
  RuleError,
  type RuleException,
  type RuleSurroundings,
  readIndicators,
  readParameterFile,
  readPlaceholders,
  resolveParameters,
} from '../rules/index.ts';
import type { RuleStore } from './rule-store.ts';

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
  /** Values of the placeholders in Sigma rules. */
  readonly placeholderFile?: NamedText;
  /** What indicator match rules compare with. */
  readonly indicatorFile?: NamedText;
  /** Rule files that were read before. */
  readonly ruleStore?: RuleStore;
  /** Collections of normal days: contacts seen there are not new, shares of failures usual. */
  readonly baselinePaths?: readonly string[];
}

/** A rule or a parameter that is wrong: refused before any evidence is read. */
export class RuleBookError extends Error {
  override readonly name = 'RuleBookError';
}

/** Every rule of a run, ready to run, with its parameters. */
export interface RuleBook {
  readonly chains: readonly ChainRule[];
  readonly rules: readonly EventRule[];
  readonly exceptions: readonly RuleException[];
  readonly assignments: readonly ParameterAssignment[];
  readonly parameters: ResolvedParameters;
  readonly suppressions: readonly Suppression[];
  readonly indicators: readonly EventFields[];
  /** Rules that do not run, a line each. */
  readonly warnings: readonly string[];
  readonly sha256: string;
}

const MOST_WARNINGS = 10;

/**
 * Reads the rules and their parameters. A chain, a parameter or a suppression that is wrong is the user's mistake and throws
 * RuleBookError; a rule of a public base that is wrong or unsupported is named, and the others run.
 */
export function openRuleBook(options: DetectionOptions): RuleBook {
  const { rules, problems, exceptions } = loadRules(options.ruleFiles, surroundings(options));
  options.ruleStore?.save();
  const chains = rules.filter((rule): rule is ChainRule => rule.kind === 'chain');
  const textOf = ({ name, error }: (typeof problems)[number]): string => `rule ${name}: ${error.place}`;
  const fatal = problems.filter(({ language }) => language === 'chain');
  if (fatal.length > 0) throw new RuleBookError(fatal.map(textOf).join('\n'));
  const assignments = assignmentsOf(options);
  const warnings = problems.map(textOf);
  return {
    chains,
    rules: rules.filter((rule): rule is EventRule => rule.kind !== 'chain'),
    exceptions: exceptions ?? [],
    assignments,
    parameters: refusing(() => resolveParameters(chains, assignments)),
    suppressions: placed(options.suppressionFile, ({ text, path }) => readSuppressions(text, path)) ?? [],
    indicators: placed(options.indicatorFile, ({ text }) => readIndicators(text)) ?? [],
    warnings:
      warnings.length > MOST_WARNINGS
        ? [
            ...warnings.slice(0, MOST_WARNINGS),
            `${warnings.length - MOST_WARNINGS} more rules do not run: rules check lists them`,
          ]
        : warnings,
    sha256: hashOf(options.ruleFiles),
  };
}

function assignmentsOf(options: DetectionOptions): readonly ParameterAssignment[] {
  const file = options.parameterFile;
  const fromFile = file === undefined ? [] : refusing(() => readParameterFile(file.text, file.path));
  return [...fromFile, ...(options.assignments ?? []).map((a): ParameterAssignment => ({ ...a, origin: 'flag' }))];
}

/** Reads a file that the user named; what is wrong with it is told with its place. */
function placed<T>(file: NamedText | undefined, read: (file: NamedText) => T): T | undefined {
  if (file === undefined) return undefined;
  try {
    return read(file);
  } catch (error) {
    if (error instanceof RuleError) throw new RuleBookError(`${file.path}:${error.place}`);
    throw error;
  }
}

/** What rules need beside their own text. */
export function surroundings({
  placeholderFile,
  ruleStore,
}: Pick<DetectionOptions, 'placeholderFile' | 'ruleStore'>): RuleSurroundings {
  if (placeholderFile === undefined) return ruleStore === undefined ? {} : { store: ruleStore };
  return { placeholders: refusing(() => readPlaceholders(placeholderFile.text, placeholderFile.path)) };
}

function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParameterError || error instanceof PlaceholderError) throw new RuleBookError(error.message);
    throw error;
  }
}

/** Of the texts alone, in the order of their hashes: where a rule lies says nothing of what it is. */
function hashOf(files: readonly NamedText[]): string {
  const each = files.map(({ text }) => createHash('sha256').update(text).digest('hex')).toSorted();
  return createHash('sha256').update(each.join('\n')).digest('hex');
}
