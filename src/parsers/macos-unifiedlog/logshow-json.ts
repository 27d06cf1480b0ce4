import type { EventFields, Field } from '../../model/index.ts';
import { isoTimeAt } from '../shared/iso-time.ts';
import { flatten, type JsonObject } from '../shared/json-objects.ts';
import type { UnifiedEntry } from './entry.ts';

/** Keys of `log show --style ndjson|json` that have a place of their own; every other key stays as `macos.<key>`. */
const PLACED = new Set(
  'eventMessage composedMessage messageType processImagePath process processID threadID subsystem category eventType userID bootUUID machTimestamp timezoneName timestamp'.split(
    ' ',
  ),
);

/** An entry as Apple's own tool writes it; undefined where it has no time. */
export function logShowEntry(object: JsonObject): UnifiedEntry | undefined {
  const time = isoTimeAt(textOf(object, 'timestamp') ?? '');
  if (time === undefined) return undefined;
  const others: EventFields = {};
  for (const [key, value] of flatten(object)) {
    if (!PLACED.has(key) && value !== '') others[`macos.${key}` as Field] = value;
  }
  return {
    micros: time.micros,
    nanos: time.nanos,
    offsetMinutes: time.offsetMinutes,
    // 10.12 called it composedMessage.
    message: textOf(object, 'eventMessage') ?? textOf(object, 'composedMessage') ?? '',
    level: textOf(object, 'messageType'),
    process: textOf(object, 'processImagePath') || textOf(object, 'process'),
    pid: numberOf(object, 'processID'),
    thread: numberOf(object, 'threadID'),
    subsystem: textOf(object, 'subsystem'),
    category: textOf(object, 'category'),
    eventType: textOf(object, 'eventType'),
    userId: textOf(object, 'userID'),
    bootId: textOf(object, 'bootUUID'),
    sequence: scalarOf(object, 'machTimestamp'),
    timezone: textOf(object, 'timezoneName'),
    others,
  };
}

/** `{"count":150,"finished":1}`: what `log show` writes behind the last entry. */
export function trailerCount(object: JsonObject): number | undefined {
  if (!Object.hasOwn(object, 'count') || !Object.hasOwn(object, 'finished')) return undefined;
  return numberOf(object, 'count');
}

export function textOf(object: JsonObject, key: string): string | undefined {
  const value = scalarOf(object, key);
  return value === undefined ? undefined : String(value);
}

export function numberOf(object: JsonObject, key: string): number | undefined {
  const value = scalarOf(object, key);
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function scalarOf(object: JsonObject, key: string): string | number | boolean | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return value === null || typeof value === 'object' ? undefined : value;
}
