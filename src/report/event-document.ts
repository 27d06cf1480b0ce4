import { type Event, isoTime } from '../model/index.ts';

/** Where an event lies and whose it is: what the run knows and the record does not. */
export interface EventPlace {
  readonly eventId: string;
  /** Name and id of the machine that wrote it, or of the sensor that saw it. */
  readonly host: { readonly id: string; readonly name: string } | undefined;
  readonly observer: string | undefined;
  readonly format: string;
  /** Microseconds that a clock correction added. */
  readonly offsetMicros: number;
}

/** Fields that are lists in ECS, whatever a record has. */
const LISTS: ReadonlySet<string> = new Set([
  'event.category',
  'event.type',
  'event.action',
  'host.ip',
  'process.args',
  'process.parent.args',
  'related.hosts',
  'related.ip',
  'related.user',
  'tags',
]);

type Nested = { [name: string]: unknown };

/** One ECS document: nested objects, `@timestamp` first; whatever ECS cannot name stays under its format's own prefix. */
export function eventDocument(event: Event, place: EventPlace): Nested {
  const { time, nanos, artifact, record: _, ...fields } = event;
  const document: Nested = Object.create(null);
  document['@timestamp'] = Number.isNaN(time) ? null : isoTime(time + place.offsetMicros, nanos);
  const put = (path: string, value: unknown): void => {
    setNested(document, path, LISTS.has(path) && !Array.isArray(value) ? [value] : value);
  };
  put('event.kind', 'event');
  put('event.id', place.eventId);
  put('event.module', place.format.split(':')[0]);
  put('event.dataset', place.format.replace(':', '.'));
  put('event.category', []);
  put('event.type', []);
  for (const [name, value] of Object.entries(fields)) put(name, value);
  put('log.file.path', artifact);
  if (place.host !== undefined) {
    if (fields['host.name'] === undefined) put('host.name', place.host.name);
    if (fields['host.id'] === undefined) put('host.id', place.host.id);
  } else if (fields['host.name'] === undefined)
    put('observer.name', fields['observer.name'] ?? place.observer ?? 'unknown');
  if (place.offsetMicros !== 0) {
    put('event.created', fields['event.created'] ?? isoTime(time, nanos));
    put('labels.clock_offset_s', String(place.offsetMicros / 1e6));
  }
  return document;
}

/** `a.b.c` → nested objects. Where a name is both a value and the beginning of a longer name, the longer one keeps its dots. */
function setNested(target: Nested, path: string, value: unknown): void {
  const names = path.split('.');
  let at = target;
  for (const [i, name] of names.entries()) {
    if (i === names.length - 1) {
      const there = at[name];
      if (isNested(there)) at[`${name}.value`] = value;
      else at[name] = value;
      return;
    }
    const next = at[name];
    if (next === undefined) {
      const made: Nested = Object.create(null);
      at[name] = made;
      at = made;
    } else if (isNested(next)) at = next;
    else {
      at[names.slice(i).join('.')] = value;
      return;
    }
  }
}

const isNested = (value: unknown): value is Nested =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A document of somebody else's as it was written, where its text was kept; else what was read of it. */
export function sourceDocument(event: Event): object {
  const original = event['event.original'];
  if (typeof original === 'string') return JSON.parse(original) as object;
  const { time: _time, nanos: _nanos, artifact: _artifact, record: _record, ...fields } = event;
  return fields;
}
