import type { BatchBuilder, EventFields, Field, Scalar, Value } from '../../model/index.ts';
import { foreignField, isEcsField, kindOf } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import type { JsonObject } from './json-objects.ts';
import { flatten } from './json-objects.ts';
import { jsonTime } from './json-time.ts';

/** Where a document keeps what the engine needs of it; the names are Elasticsearch's for an EQL search. */
export interface DocumentFields {
  readonly timestampField?: string | undefined;
  readonly tiebreakerField?: string | undefined;
  readonly categoryField?: string | undefined;
}

/** Beyond this many distinct names in one batch, those that are no ECS field are left out and said so: a hostile log could name millions. */
const MOST_BATCH_FIELDS = 4096;
const LEFT_OUT: Field = 'labels.data_left_out';

/** Says of a document whether it is ECS: it has a time, and at least one of the names by which ECS says what an event is. */
export function isEcsDocument(document: JsonObject): boolean {
  const has = (name: string): boolean => {
    const dot = name.indexOf('.');
    const outer = document[name.slice(0, dot)];
    const inner = name.slice(dot + 1);
    return (
      Object.hasOwn(document, name) ||
      (Object.hasOwn(document, name.slice(0, dot)) &&
        typeof outer === 'object' &&
        outer !== null &&
        Object.hasOwn(outer, inner))
    );
  };
  return Object.hasOwn(document, '@timestamp') && ECS_MARKS.some(has);
}

const ECS_MARKS = [
  'ecs.version',
  'event.action',
  'event.category',
  'event.code',
  'event.dataset',
  'event.kind',
  'event.module',
  'event.type',
  'data_stream.dataset',
];

/** Writes documents whose fields are named already: nested, dotted or mixed. */
export class EcsDocumentWriter {
  readonly #wanted: 'all' | ReadonlySet<Field>;
  readonly #timestamp: string;
  readonly #tiebreaker: string | undefined;
  readonly #category: string | undefined;
  #batch: BatchBuilder | undefined;
  readonly #fields = new Set<string>();

  constructor(wanted: 'all' | ReadonlySet<Field>, fields: DocumentFields = {}) {
    this.#wanted = wanted;
    this.#timestamp = fields.timestampField ?? '@timestamp';
    this.#tiebreaker = fields.tiebreakerField;
    this.#category = fields.categoryField;
  }

  /** Writes one row and tells the machine that the document names. The time is NaN where the document has none that can be read. */
  write(batch: BatchBuilder, record: number, document: JsonObject, extra: EventFields): string | undefined {
    const entries = flatten(document);
    const time = jsonTime(single(entries.get(this.#timestamp)));
    batch.begin(time?.micros ?? Number.NaN, time?.nanos ?? 0, record);
    if (batch !== this.#batch) {
      this.#batch = batch;
      this.#fields.clear();
    }
    for (const [name, value] of entries) {
      if (name === '@timestamp' || Object.hasOwn(extra, name)) continue;
      const field = foreignField(name);
      if (this.#wanted !== 'all' && !this.#wanted.has(field)) continue;
      if (!isEcsField(name) && !this.#admit(name)) batch.set(LEFT_OUT, 'true');
      else batch.set(field, documentValue(field, value));
    }
    for (const name in extra) batch.set(name as Field, extra[name as Field]);
    this.#alias(batch, entries, this.#category, 'event.category');
    this.#alias(batch, entries, this.#tiebreaker, 'event.sequence');
    const host = entries.get('host.name') ?? entries.get('host.hostname');
    return host === undefined ? undefined : String(single(host));
  }

  /** What the user says holds the category or the order of the events is also found under the name that rules ask for. */
  #alias(batch: BatchBuilder, entries: ReadonlyMap<string, Value>, from: string | undefined, to: Field): void {
    const value = from === undefined || from === to ? undefined : entries.get(from);
    if (value !== undefined && !entries.has(to)) batch.set(to, documentValue(to, value));
  }

  #admit(name: string): boolean {
    if (this.#fields.has(name)) return true;
    if (this.#fields.size >= MOST_BATCH_FIELDS) return false;
    this.#fields.add(name);
    return true;
  }
}

const single = (value: Value | undefined): Scalar | undefined => (typeof value === 'object' ? value[0] : value);

/** A keyword is text, as Elasticsearch holds it, also where the document writes a number or a truth value; an address has one spelling. */
export function documentValue(field: Field, value: Value): Value {
  if (!isEcsField(field) || kindOf(field) !== 'keyword') return value;
  const one = field.endsWith('.ip') ? (v: Scalar): string => canonicalIp(String(v)) ?? String(v) : String;
  return typeof value === 'object' ? value.map(one) : one(value);
}
