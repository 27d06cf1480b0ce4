import type { Field, Scalar } from '../../model/index.ts';
import type { Condition, Expression, Missing, ValueTest } from '../condition.ts';
import { allOf, anyOf, notOf } from '../condition-logic.ts';
import { spelledFor } from '../field-alias.ts';
import { networksAmong } from './reading.ts';

/** Neither yes nor no, whatever the event. */
export const OPEN: Condition = { kind: 'truth', of: { kind: 'literal', value: null }, missing: 'unknown' };

/** What is asked of one field, or of one worked-out value: the leaves that conditions are made of. */
export class Leaves {
  readonly #isClassic: boolean;
  readonly #missing: Missing;

  constructor(isClassic: boolean) {
    this.#isClassic = isClassic;
    this.#missing = isClassic ? 'unknown' : 'no';
  }

  test(field: Field, test: ValueTest, missing = this.#missing): Condition {
    return { kind: 'test', field, test, missing };
  }

  onText(of: Expression, test: ValueTest): Condition {
    if (of.kind === 'field') return this.test(of.name, of.caseless && 'fold' in test ? { ...test, fold: true } : test);
    return { kind: 'truth', of: { kind: 'tested', of, test }, missing: this.#missing };
  }

  /** The classic language answers some questions with no, not with unknown, where the text is missing. */
  sure(of: Expression, test: ValueTest): Condition {
    if (of.kind === 'field') return this.test(of.name, test, 'no');
    return { kind: 'truth', of: { kind: 'tested', of, test }, missing: 'no' };
  }

  regex(of: Expression, alternatives: readonly (readonly ValueTest[])[]): Condition {
    return anyOf(alternatives.map(tests => allOf(tests.map(test => this.onText(of, test)))));
  }

  isNull(of: Expression): Condition {
    // Classic: an empty list is not null. Columns have no empty lists, the document has.
    if (this.#isClassic && of.kind === 'field')
      return { kind: 'null', of: { kind: 'element', name: of.name, path: [] } };
    return of.kind === 'field' ? notOf({ kind: 'exists', field: of.name }) : { kind: 'null', of };
  }

  /** Classic: one of several constants. */
  member(of: Expression, values: readonly Scalar[], fold: boolean): Condition {
    return this.onText(of, { kind: 'equals', values, fold, isMember: true });
  }

  equals(of: Expression, values: readonly Scalar[], fold: boolean): Condition {
    if (of.kind === 'field') return this.#fieldEquals(of, values, fold);
    return anyOf(
      values.map(value => ({
        kind: 'compare',
        op: '==',
        left: of,
        right: { kind: 'literal', value },
        fold,
        missing: this.#missing,
      })),
    );
  }

  /** A network in place of an address asks whether the address lies in it, as Elasticsearch's ip fields do. */
  #fieldEquals(of: Extract<Expression, { kind: 'field' }>, values: readonly Scalar[], fold: boolean): Condition {
    const spelled = this.#isClassic ? values : values.map(value => spelledFor(of.name, value));
    const equal = this.test(of.name, { kind: 'equals', values: spelled, fold: fold || of.caseless });
    const networks = this.#isClassic ? [] : networksAmong(values);
    return networks.length === 0 ? equal : anyOf([equal, this.test(of.name, { kind: 'cidr', networks })]);
  }
}
