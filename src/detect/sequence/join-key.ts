import type { Scalar, Value } from '../../model/index.ts';
import type { JoinKey } from '../../rules/index.ts';
import { fold } from '../../util/fold.ts';
import { evaluateCondition } from '../match/evaluate-condition.ts';
import { evaluateExpression } from '../match/evaluate-expression.ts';
import type { TimelineReader } from '../match/positions.ts';

/** What an event is joined by: `text` is equal where the keys are equal, `values` is what is shown. */
export interface EventKey {
  readonly text: string;
  readonly values: readonly (Scalar | null)[];
}

const NO_KEY: EventKey = { text: '', values: [] };
/** A key of several multi-valued fields has the product of them; no event needs more. */
const MOST_KEYS = 64;

/** The keys of one event. Empty where a required one is absent: the event joins nothing. */
export type KeyReader = (position: number) => readonly EventKey[];

/** `spread`: a field with several values gives a key for each (samples); otherwise its values together are one key. */
export function keyReader(
  keys: readonly JoinKey[],
  reader: TimelineReader,
  foldKeys: boolean,
  spread: boolean,
): KeyReader {
  if (keys.length === 0) return () => [NO_KEY];
  const parts = keys.map(key => ({
    read: evaluateExpression(key.expression, evaluateCondition),
    isOptional: key.isOptional,
  }));
  return position => {
    const scope = reader.scope(position);
    let tuples: (Scalar | null)[][] = [[]];
    for (const { read, isOptional } of parts) {
      const value = read(scope);
      if (value === null && !isOptional) return [];
      const choices = choicesOf(value, spread);
      tuples = tuples.flatMap(tuple => choices.map(choice => [...tuple, choice])).slice(0, MOST_KEYS);
    }
    return tuples.map(values => ({ text: JSON.stringify(foldKeys ? values.map(foldValue) : values), values }));
  };
}

function choicesOf(value: Value | null, spread: boolean): readonly (Scalar | null)[] {
  if (value === null || typeof value !== 'object') return [value];
  return spread ? value : [value.length === 1 ? value[0]! : JSON.stringify(value)];
}

const foldValue = (value: Scalar | null): Scalar | null => (typeof value === 'string' ? fold(value) : value);
