import type { Field, Scalar } from '../../model/index.ts';
import type { TimelineReader } from '../match/positions.ts';

/** A combination of values, one a field. `text` is equal where the values are. */
export interface Term {
  readonly text: string;
  readonly values: readonly Scalar[];
}

/** Combinations that one event can give, where several fields have several values. */
const MOST_TERMS = 100;

/** The combinations of values of some fields of an event; none where it lacks one of them. */
export function termsAt(reader: TimelineReader, position: number, fields: readonly Field[]): readonly Term[] {
  let tuples: Scalar[][] = [[]];
  for (const field of fields) {
    const value = reader.value(position, field);
    if (value === undefined) return [];
    const choices = typeof value === 'object' ? value : [value];
    tuples = tuples.flatMap(tuple => choices.map(choice => [...tuple, choice])).slice(0, MOST_TERMS);
  }
  return tuples.map(values => ({ text: JSON.stringify(values), values }));
}
