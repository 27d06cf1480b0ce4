import { type Json, parseJson } from '../../src/parsers/shared/json-objects.ts';

// What evtx_dump says of a log, and when it says the same as we do.

/** One JSON value a line; no integer is rounded. */
export const linesOf = (text: string): Json[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(parseJson);

/** The agreed normalisation: scalars as text; null, '' and {} are one; a list of one is its member; times to 1 µs. */
export function normal(value: Json): unknown {
  if (value === null || value === '') return undefined;
  if (Array.isArray(value)) {
    const members = value.map(normal);
    return members.length === 1 ? members[0] : members;
  }
  if (typeof value === 'object') {
    const members = Object.entries(value).flatMap(([name, member]) => {
      const kept = normal(member);
      return kept === undefined ? [] : [[name, kept] as const];
    });
    return members.length === 0 ? undefined : Object.fromEntries(members);
  }
  const text = String(value);
  return text.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})\d*Z$/, '$1Z');
}
