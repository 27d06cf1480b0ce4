import { type Field, foreignField, isWritten } from '../model/index.ts';
import { conditionsOfChain } from './chain/index.ts';
import type { Condition, Expression } from './condition.ts';
import { fieldsOf } from './condition-fields.ts';
import { CAN_BE_NO, CAN_BE_YES, type Holds, isNull, outcomesOf } from './condition-outcomes.ts';
import { EFFECTS, type FieldGap, type GapEffect } from './field-gap.ts';
import type { JoinKey } from './query.ts';
import type { EventRule, Rule, Ruleset } from './rule.ts';
import { type StandIn, standInFor } from './stand-ins.ts';

/** The fields of a rule that no log of ours can hold, each once with its gravest effect, in the order in which the rule asks for them. */
export function fieldGaps(rule: Rule): readonly FieldGap[] {
  const gaps = new Gaps(rule.kind === 'chain' ? 'aftershock' : rule.ruleset);
  if (rule.kind !== 'chain') gaps.ofRule(rule);
  // Each condition of a chain is one mark among several.
  else for (const condition of conditionsOfChain(rule)) gaps.ofCondition(condition, true, 'branch');
  return gaps.rows();
}

/** The time of an event is no column, and always there. */
const TIMESTAMP = foreignField('@timestamp');
const holds: Holds = field => field === TIMESTAMP || isWritten(field);

class Gaps {
  readonly #ruleset: Ruleset;
  readonly #effects = new Map<Field, GapEffect>();

  constructor(ruleset: Ruleset) {
    this.#ruleset = ruleset;
  }

  rows(): readonly FieldGap[] {
    return Array.from(this.#effects, ([field, effect]) => {
      const { nearest, heldBy }: StandIn = standInFor(field);
      return { field, effect, says: EFFECTS[effect], nearest, held_by: heldBy };
    });
  }

  ofRule(rule: EventRule): void {
    switch (rule.kind) {
      case 'match':
        this.ofCondition(rule.condition, true, 'rule');
        break;
      case 'sequence':
        for (const { condition, isMissing, keys } of rule.query.stages) {
          this.ofCondition(condition, true, isMissing ? 'exclusion' : 'rule');
          for (const key of keys) this.#ofKey(key, isMissing || rule.query.semantics === 'classic');
        }
        if (rule.query.kind === 'sequence' && rule.query.until !== undefined)
          this.ofCondition(rule.query.until.condition, true, 'exclusion');
        break;
      case 'threshold':
        this.ofCondition(rule.condition, true, 'rule');
        this.#add([...rule.fields, ...(rule.cardinality === undefined ? [] : [rule.cardinality.field])], 'rule');
        break;
      case 'new-terms':
        this.ofCondition(rule.condition, true, 'rule');
        this.#add(rule.fields, 'rule');
        break;
      case 'indicators': {
        this.ofCondition(rule.condition, true, 'rule');
        const lines = rule.mapping.map(line => line.map(({ field }) => field));
        const effect = lines.every(line => line.some(field => !holds(field))) ? 'rule' : 'branch';
        this.#add(lines.flat(), effect);
        break;
      }
      case 'correlation':
        this.#ofCorrelation(rule);
        break;
      default:
        rule satisfies never;
    }
    this.#add(rule.suppression?.fields ?? [], 'grouping');
  }

  #ofCorrelation({ parts, measure }: Extract<EventRule, { kind: 'correlation' }>): void {
    const conditions = parts.map(({ condition }) => condition);
    // Only where the rules must come together is each of them needed.
    if (measure.kind === 'rules') for (const condition of conditions) this.ofCondition(condition, true, 'rule');
    else this.ofCondition({ kind: 'any', of: conditions }, true, 'rule');
    const isLacking = (choice: readonly Field[]): boolean => choice.length > 0 && !choice.some(holds);
    const lackedBy = parts.map(({ keys, value }) => [...keys, ...value].filter(isLacking));
    const isFatal = measure.kind === 'rules' || lackedBy.every(choices => choices.length > 0);
    // Of the names for one thing the first is what the rule's author would look for.
    for (const choice of lackedBy.flat()) this.#add(choice.slice(0, 1), isFatal ? 'rule' : 'branch');
  }

  /** A key that is null joins nothing, unless the query says that it may. */
  #ofKey({ expression, isOptional }: JoinKey, isSpared: boolean): void {
    if (isNull(expression, holds)) this.#add(namesIn(expression), isOptional || isSpared ? 'grouping' : 'rule');
  }

  /**
   * @param wanted the answer that lets the rule go on: true, or false under a negation
   * @param effect what it does when that answer is impossible
   */
  ofCondition(condition: Condition, wanted: boolean, effect: GapEffect): void {
    switch (condition.kind) {
      case 'not':
        this.ofCondition(condition.of, !wanted, effect);
        break;
      case 'all':
      case 'any':
      case 'some':
        this.#ofParts(condition, wanted, effect);
        break;
      case 'lineage':
        this.ofCondition(condition.of, wanted, effect);
        break;
      case 'truth':
        if (condition.of.kind === 'condition') this.ofCondition(condition.of.of, wanted, effect);
        else this.#ofLeaf(condition, wanted, effect);
        break;
      case 'always':
      case 'never':
      case 'some-field':
        break;
      case 'exists':
      case 'test':
      case 'compare':
      case 'null':
        this.#ofLeaf(condition, wanted, effect);
        break;
      default:
        condition satisfies never;
    }
  }

  #ofParts(condition: Extract<Condition, { of: readonly Condition[] }>, wanted: boolean, effect: GapEffect): void {
    const isImpossible = (outcomesOf(condition, holds) & (wanted ? CAN_BE_YES : CAN_BE_NO)) === 0;
    // The negation of an `all` is an `any` of negations, and the other way round: which of them is asked decides whether a part is needed.
    const isConjunction = condition.kind === (wanted ? 'all' : 'any');
    const ofPart: GapEffect = isConjunction || isImpossible || effect !== 'rule' ? effect : 'branch';
    for (const part of this.#withoutSynonyms(condition.of)) this.ofCondition(part, wanted, ofPart);
  }

  /**
   * Sigma's fields are asked for under every name that a source may have for them. Where one of them is held nothing is lacking;
   * where none is, the first says it for all.
   */
  #withoutSynonyms(parts: readonly Condition[]): readonly Condition[] {
    if (this.#ruleset !== 'sigma') return parts;
    const groups = new Map<Condition | string, Condition[]>();
    for (const part of parts) {
      const question = questionOf(part) ?? part;
      const group = groups.get(question);
      if (group === undefined) groups.set(question, [part]);
      else group.push(part);
    }
    return Array.from(groups.values()).flatMap(group => {
      const isHeld = (part: Condition): boolean => [...fieldsOf(part).fields].every(holds);
      return group.length > 1 ? (group.some(isHeld) ? [] : group.slice(0, 1)) : group;
    });
  }

  #ofLeaf(leaf: Condition, wanted: boolean, effect: GapEffect): void {
    const outcomes = outcomesOf(leaf, holds);
    const fields = fieldsOf(leaf).fields;
    if ((outcomes & (wanted ? CAN_BE_YES : CAN_BE_NO)) === 0) this.#add(fields, effect);
    else if (outcomes === (wanted ? CAN_BE_YES : CAN_BE_NO))
      this.#add(fields, wanted || leaf.kind === 'exists' ? 'always' : 'exclusion');
    else this.#add(fields, 'value');
  }

  #add(fields: Iterable<Field>, effect: GapEffect): void {
    const gravity = Object.keys(EFFECTS);
    for (const field of fields) {
      if (holds(field)) continue;
      const known = this.#effects.get(field);
      if (known === undefined || gravity.indexOf(effect) < gravity.indexOf(known)) this.#effects.set(field, effect);
    }
  }
}

const namesIn = (expression: Expression): ReadonlySet<Field> => fieldsOf({ kind: 'null', of: expression }).fields;

/** What a leaf, or the negation of one, asks of its field, whatever the field; undefined for other conditions. */
function questionOf(condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'exists':
      return 'exists';
    case 'test':
      return JSON.stringify([condition.test, condition.missing], (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
    case 'not': {
      const inner = questionOf(condition.of);
      return inner === undefined ? undefined : `not ${inner}`;
    }
    default:
      return undefined;
  }
}
