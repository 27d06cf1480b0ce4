import type { Condition } from './condition.ts';
import type { Rule, Ruleset } from './rule.ts';
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

export interface LoadedRules {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
  readonly exceptions?: readonly RuleException[];
}

/** One rule language: tells its texts from others', and reads them. Never throws: what is wrong is a problem. */
export interface RuleLoader {
  readonly ruleset: Ruleset;
  matches(path: string, text: string): boolean;
  load(text: string, path: string): LoadedRules;
}

export interface RuleFile {
  readonly path: string;
  readonly text: string;
}
