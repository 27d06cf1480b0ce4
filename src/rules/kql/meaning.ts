import type { Field } from '../../model/index.ts';
import { parseCidr } from '../../util/cidr.ts';
import { ANY, isLiteral, literalOf, type WildcardToken } from '../../util/wildcard.ts';
import { wordsOf } from '../../util/words.ts';
import type { Condition, ValueTest } from '../condition.ts';
import { ALWAYS, anyOf } from '../condition-logic.ts';
import { resolveField, spelledFor } from '../field-alias.ts';
import type { Literal } from './reader.ts';

/** One field, or every field that a pattern names. */
export type KqlField =
  | { readonly kind: 'one'; readonly name: Field; readonly fold: boolean; readonly isFullText: boolean }
  | { readonly kind: 'pattern'; readonly names: readonly WildcardToken[] };

export function fieldNamed(tokens: readonly WildcardToken[]): KqlField {
  return isLiteral(tokens) ? { kind: 'one', ...resolveField(literalOf(tokens)) } : { kind: 'pattern', names: tokens };
}

export function existsIn(field: KqlField): Condition {
  if (field.kind === 'one') return { kind: 'exists', field: field.name };
  // `*: *` is how Kibana says: everything.
  return field.names.length === 1 ? ALWAYS : { kind: 'some-field', names: field.names, test: 'exists' };
}

/** Keyword fields are compared whole and with regard to case, full-text fields by words, addresses also with networks. */
export function valueIn(field: KqlField, value: Literal): Condition {
  if (field.kind === 'pattern') return { kind: 'some-field', names: field.names, test: keywordTest(value, false) };
  const ask = (test: ValueTest): Condition => ({ kind: 'test', field: field.name, test, missing: 'no' });
  if (field.isFullText) return anyOf(wordTests(value).map(ask));
  const text = isLiteral(value.tokens) ? literalOf(value.tokens) : undefined;
  const whole = ask(
    text === undefined
      ? keywordTest(value, field.fold)
      : { kind: 'equals', values: [spelledFor(field.name, text)], fold: field.fold },
  );
  const isNetwork = text?.includes('/') === true && parseCidr(text) !== undefined;
  return isNetwork ? anyOf([whole, ask({ kind: 'cidr', networks: [text] })]) : whole;
}

/** A value without a field is looked for in all of them, as words. */
export function searchEverywhere(value: Literal): Condition {
  if (!value.isQuoted && value.tokens.length === 1 && value.tokens[0] === ANY) return ALWAYS;
  return anyOf(wordTests(value).map(test => ({ kind: 'some-field', names: [ANY], test })));
}

function keywordTest({ tokens }: Literal, fold: boolean): ValueTest {
  return isLiteral(tokens)
    ? { kind: 'equals', values: [literalOf(tokens)], fold }
    : { kind: 'wildcard', patterns: [tokens], fold };
}

/** Quoted: the words one after another. Bare: any of them. With wildcards: the pattern anywhere. */
function wordTests(value: Literal): readonly ValueTest[] {
  if (!isLiteral(value.tokens)) return [{ kind: 'wildcard', patterns: [[ANY, ...value.tokens, ANY]], fold: true }];
  const text = literalOf(value.tokens);
  const words = wordsOf(text);
  if (words.length === 0) return [{ kind: 'contains', texts: [text], fold: true }];
  return value.isQuoted ? [{ kind: 'phrase', words }] : words.map(word => ({ kind: 'phrase', words: [word] }));
}
