import type { Condition } from './condition.ts';
import type { FieldGap } from './field-gap.ts';
import type { EventRule, Rule, Ruleset } from './rule.ts';
import type { RuleError } from './rule-error.ts';

/** A rule that cannot run, as far as it could be read. */
export interface RuleProblem {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly language: string;
  readonly error: RuleError;
}

/** Events that rules must leave alone, written down beside them. */
export interface RuleException {
  /** Which rules, by id; none: all. */
  readonly ruleIds: readonly string[];
  readonly condition: Condition;
  readonly name: string;
}

/** Rules by the names that other rules have for them: the rules of one document. */
export interface NamedRules {
  readonly names: readonly string[];
  readonly rules: readonly EventRule[];
}

export interface LoadedRules {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
  readonly exceptions?: readonly RuleException[];
  /** What rules of other files may speak of. */
  readonly named?: readonly NamedRules[];
  /** Names of rules that are only material for others: they make no findings of their own. */
  readonly materials?: readonly string[];
  /** A rule speaks of rules that this file does not have: it may be read again, beside what other files have named. */
  readonly isWaiting?: boolean;
}

/** What rules may need beside their own text. */
export interface RuleSurroundings {
  /** Rules of other files. */
  readonly others?: readonly NamedRules[];
  /** Values of Sigma's `%name%`; a rule whose placeholder has none is right, and finds nothing. */
  readonly placeholders?: ReadonlyMap<string, readonly string[]>;
  /** Files that were read before. Not asked where placeholders have values: what a file says then is more than its text. */
  readonly store?: KnownRules;
}

/** What came of rule files before, by what they say. */
export interface KnownRules {
  find(file: RuleFile): LoadedRules | undefined;
  /** What a list of rules shows of a file; undefined where it is not known, or depends on other files. */
  rows(file: RuleFile): readonly RuleCheck[] | undefined;
  keep(file: RuleFile, loaded: LoadedRules): void;
}

/** One rule of a file and whether it can run, as `rules check` prints it. Line and column count in the file. */
export interface RuleCheck {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly ruleset: Ruleset | '';
  readonly type: string;
  readonly language: string;
  readonly status: 'ok' | 'unsupported' | 'invalid';
  readonly reason?: string;
  readonly line?: number;
  readonly column?: number;
  /** Fields that no log of ours can hold; only of rules that can run, and where it was asked for. */
  readonly explain?: readonly FieldGap[];
}

/** One rule language: tells its texts from others', and reads them. Never throws: what is wrong is a problem. */
export interface RuleLoader {
  readonly ruleset: Ruleset;
  matches(path: string, text: string): boolean;
  load(text: string, path: string, around?: RuleSurroundings): LoadedRules;
}

export interface RuleFile {
  readonly path: string;
  readonly text: string;
}
