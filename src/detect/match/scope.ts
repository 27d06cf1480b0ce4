import type { Event, Field, Value } from '../../model/index.ts';
import { foreignField, isoTime } from '../../model/index.ts';

/** Where a condition reads the fields of one event from, and what the lists around it have bound. */
export interface Scope {
  value(field: Field): Value | undefined;
  fields(): Iterable<Field>;
  readonly variables: ReadonlyMap<string, unknown>;
}

export const NO_VARIABLES: ReadonlyMap<string, unknown> = new Map();
const TIMESTAMP = foreignField('@timestamp');
const NO_FIELDS: ReadonlySet<string> = new Set(['time', 'nanos', 'artifact', 'record']);

export function scopeOfEvent(event: Event): Scope {
  return {
    value: field => {
      if (Object.hasOwn(event, field) && !NO_FIELDS.has(field)) return event[field];
      return field === TIMESTAMP && Number.isFinite(event.time) ? isoTime(event.time, event.nanos) : undefined;
    },
    fields: () =>
      Object.keys(event)
        .filter(name => !NO_FIELDS.has(name))
        .map(foreignField),
    variables: NO_VARIABLES,
  };
}
