import type { Json, JsonObject } from '../shared/json-objects.ts';
import { isList, isObject, unwrapped } from '../shared/json-objects.ts';
import { member } from './read.ts';

// What collectors and searches put around a record, taken off again: the record is then as its writer meant it.

/** The records in one object of a log: most are one themselves, the answer of a search holds many. */
export function recordsIn(object: JsonObject): readonly JsonObject[] {
  const hits = member(object, 'hits', 'hits');
  return hits !== undefined && isList(hits) ? hits.filter(isObject).map(bare) : [bare(object)];
}

function bare(object: JsonObject): JsonObject {
  const inner = chainsawHit(object) ?? splunkResult(object) ?? searchFields(object) ?? graylog(object) ?? gelf(object);
  return unwrapped(inner ?? object);
}

/** `chainsaw hunt --json`: the record in the words of `chainsaw dump`, below the rule that it matched. */
function chainsawHit(object: JsonObject): JsonObject | undefined {
  const data = member(object, 'document', 'data');
  return isObject(data) ? data : undefined;
}

/** A row of a Splunk search, which has a time and the event's own text. */
function splunkResult(object: JsonObject): JsonObject | undefined {
  const result = member(object, 'result');
  return isObject(result) && member(result, '_raw') !== undefined ? result : undefined;
}

/** A hit of Elasticsearch that has no source: each field is a list, mostly of one. */
function searchFields(object: JsonObject): JsonObject | undefined {
  const fields = member(object, '_source') === undefined ? member(object, 'fields') : undefined;
  if (!isObject(fields) || member(object, '_index') === undefined) return undefined;
  return objectOf(
    Object.entries(fields).map(([name, value]) => [name, isList(value) && value.length === 1 ? value[0]! : value]),
  );
}

const BEAT = 'winlogbeat_';

/** A message of Graylog, as its search exports it: Winlogbeat's names with `_` for `.`, or NXLog's names. */
function graylog(object: JsonObject): JsonObject | undefined {
  const inner = member(object, 'message');
  const message = isObject(inner) ? inner : object;
  const names = Object.keys(message);
  if (names.some(name => name.startsWith(`${BEAT}winlog_`))) return beatNames(message);
  return message === object ? undefined : nxlogNames(message, '');
}

/** NXLog's records as GELF: its own names behind an underscore. */
function gelf(object: JsonObject): JsonObject | undefined {
  return typeof member(object, 'short_message') === 'string' ? nxlogNames(object, '_') : undefined;
}

/** What GELF and Graylog themselves say of a message. */
const TRANSPORT =
  /^(?:_?id|facility|file|full_message|gl2_.*|host|level|line|message|short_message|source|streams|timestamp|version)$/s;

/** The names that NXLog gave: behind the prefix, or all that the transport does not use. */
function nxlogNames(object: JsonObject, prefix: string): JsonObject {
  const pairs: (readonly [string, Json])[] = [];
  for (const [name, value] of Object.entries(object)) {
    if (name.startsWith(prefix) && !TRANSPORT.test(name)) pairs.push([name.slice(prefix.length), value]);
  }
  const message = member(object, 'full_message') ?? member(object, 'short_message') ?? member(object, 'message');
  const stamp = member(object, 'timestamp');
  return objectOf([
    ['Message', message ?? null],
    ['@timestamp', typeof stamp === 'number' && stamp > 0 && stamp < 1e11 ? isoOf(stamp) : (stamp ?? null)],
    ...pairs,
  ]);
}

const isoOf = (seconds: number): string => new Date(Math.round(seconds * 1000)).toISOString();

/** Objects whose members have names of the event's own, behind which an underscore is part of the name. */
const BEAT_OBJECT =
  /^winlog_(event_data|user_data)_(.+)$|^winlog_(process_thread|process|user)_(id|pid|identifier|domain|name|type)$/s;

function beatNames(message: JsonObject): JsonObject {
  const pairs: (readonly [string, Json])[] = [];
  for (const [name, value] of Object.entries(message)) {
    if (!name.startsWith(BEAT)) continue;
    const own = name.slice(BEAT.length);
    const [, data, datum, object, field] = BEAT_OBJECT.exec(own) ?? [];
    if (data !== undefined) pairs.push([`winlog.${data}.${datum}`, value]);
    else if (object !== undefined) pairs.push([`winlog.${object.replace('_', '.')}.${field}`, value]);
    else pairs.push([own.replace('_', '.'), value]);
  }
  return objectOf([['@timestamp', member(message, 'timestamp') ?? null], ...pairs]);
}

/** `__proto__` is a name like any other. */
function objectOf(pairs: Iterable<readonly [string, Json]>): JsonObject {
  const object = Object.create(null) as Record<string, Json>;
  for (const [name, value] of pairs) object[name] = value;
  return object;
}
