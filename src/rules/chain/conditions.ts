import type { Condition } from '../condition.ts';
import { resolveParameters } from '../parameters.ts';
import { type ChainRule, chainCondition } from './chain.ts';

/** Every condition of a chain, with its parameters at their defaults, in the order of the document. */
export function conditionsOfChain(rule: ChainRule): readonly Condition[] {
  const { stages, contrast, components, modifiers } = rule.document;
  const texts = [
    ...Object.values(stages).flatMap(stage => [
      stage.where,
      stage.admin,
      stage.scanner,
      ...(stage.scores ?? []).map(({ where }) => where),
      stage.void?.where,
      stage.share?.failed,
      stage.share?.ok,
      stage.share?.unknown,
      stage.share?.apart,
      stage.share?.reset,
      stage.share?.reset_burst?.of,
    ]),
    ...Object.values(contrast).map(({ where }) => where),
    ...components.flatMap(({ seen, partly }) => [seen, partly]),
    ...Object.values(modifiers).map(modifier => modifier?.where),
  ].filter(text => text !== undefined);
  const settings = resolveParameters([rule]).get(rule.id) ?? new Map();
  return texts.map(text => chainCondition(text, settings));
}
