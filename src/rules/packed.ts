import type { LoadedRules, NamedRules, RuleProblem } from './loaded.ts';
import type { EventRule, Rule } from './rule.ts';
import { RuleError, type RuleErrorKind } from './rule-error.ts';

/** Rules as text: everything of a file but its path, with errors as what they say and references as places in the list. */
interface Packed extends Omit<LoadedRules, 'problems' | 'named'> {
  readonly problems: readonly (Omit<RuleProblem, 'error'> & { readonly error: PackedError })[];
  readonly named?: readonly (Omit<NamedRules, 'rules'> & { readonly rules: readonly number[] })[];
}

interface PackedError {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly hint?: string | undefined;
  readonly kind: RuleErrorKind;
}

/** What was read of a file as a text that {@link unpackRules} reads; undefined for what JSON cannot hold (chains, infinite numbers). */
export function packRules(loaded: LoadedRules): string | undefined {
  if (loaded.rules.some(rule => rule.kind === 'chain')) return undefined;
  const { named, ...others } = loaded;
  const packed: Packed = {
    ...others,
    problems: loaded.problems.map(({ error, ...about }) => {
      const { message, line, column, hint, kind } = error;
      return { ...about, error: { message, line, column, hint, kind } };
    }),
    ...(named === undefined
      ? {}
      : { named: named.map(one => ({ ...one, rules: one.rules.map(rule => loaded.rules.indexOf(rule)) })) }),
  };
  let isWhole = true;
  const text = JSON.stringify(packed, (_, value: unknown) => {
    if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) isWhole = false;
    return typeof value === 'bigint' ? null : value;
  });
  return isWhole ? text : undefined;
}

/** The rules again, as those of the file at `path`. The text must be one that {@link packRules} made. */
export function unpackRules(text: string, path: string): LoadedRules {
  const { named, ...packed } = JSON.parse(text) as Packed;
  const rules = packed.rules.map((rule): Rule => ({ ...(rule as EventRule), file: path }));
  return {
    ...packed,
    rules,
    problems: packed.problems.map(({ error, ...about }) => ({
      ...about,
      error: new RuleError(error.message, error.line, error.column, error.hint, error.kind),
    })),
    ...(named === undefined
      ? {}
      : { named: named.map(one => ({ ...one, rules: one.rules.map(place => rules[place] as EventRule) })) }),
  };
}
