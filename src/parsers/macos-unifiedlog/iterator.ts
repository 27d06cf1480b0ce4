import type { EventFields } from '../../model/index.ts';
import { isoTimeAt } from '../shared/iso-time.ts';
import type { JsonObject } from '../shared/json-objects.ts';
import type { UnifiedEntry } from './entry.ts';
import { numberOf, textOf } from './logshow-json.ts';

/** The unified log began in 2016, and the first Mac with it had its clock set: an earlier time is a count since boot, not a time. */
export const EARLIEST_MICROS = Date.UTC(2001, 0, 1) * 1000;

const COLUMNS = {
  timestamp: ['timestamp', 'Timestamp'],
  message: ['message', 'Message'],
  level: ['log_type', 'Log Type'],
  process: ['process', 'Process'],
  pid: ['pid', 'PID'],
  thread: ['thread_id', 'Thread ID'],
  subsystem: ['subsystem', 'Subsystem'],
  category: ['category', 'Category'],
  eventType: ['event_type', 'Event Type'],
  userId: ['euid', 'EUID'],
  bootId: ['boot_uuid', 'Boot UUID'],
  timezone: ['timezone_name', 'System Timezone Name'],
  library: ['library', 'Library'],
  libraryUuid: ['library_uuid', 'Library UUID'],
  processUuid: ['process_uuid', 'Process UUID'],
  activityId: ['activity_id', 'Activity ID'],
  parentActivityId: ['parent_activity_id', 'Parent Activity ID'],
  rawMessage: ['raw_message', 'Raw Message'],
} as const;

/** An entry as the third-party iterator of tracev3 files writes it, as a JSON object or as a row of its CSV turned into one. */
export function iteratorEntry(object: JsonObject): UnifiedEntry | undefined {
  const read = ([json, csv]: readonly [string, string]): string | undefined =>
    textOf(object, json) ?? textOf(object, csv);
  const count = ([json, csv]: readonly [string, string]): number | undefined =>
    numberOf(object, json) ?? numberOf(object, csv);
  const time = isoTimeAt(read(COLUMNS.timestamp) ?? '');
  if (time === undefined) return undefined;
  const others: EventFields = {
    'macos.senderImagePath': filled(read(COLUMNS.library)),
    'macos.senderImageUUID': filled(read(COLUMNS.libraryUuid)),
    'macos.processImageUUID': filled(read(COLUMNS.processUuid)),
    'macos.activityIdentifier': filled(read(COLUMNS.activityId)),
    'macos.parentActivityIdentifier': filled(read(COLUMNS.parentActivityId)),
    'macos.formatString': filled(read(COLUMNS.rawMessage)),
  };
  return {
    micros: time.micros,
    nanos: time.nanos,
    message: read(COLUMNS.message) ?? '',
    level: read(COLUMNS.level),
    process: read(COLUMNS.process),
    pid: count(COLUMNS.pid),
    thread: count(COLUMNS.thread),
    subsystem: read(COLUMNS.subsystem),
    category: read(COLUMNS.category),
    eventType: read(COLUMNS.eventType),
    userId: read(COLUMNS.userId),
    bootId: read(COLUMNS.bootId),
    sequence: undefined,
    timezone: read(COLUMNS.timezone),
    others,
  };
}

const filled = (text: string | undefined): string | undefined => (text === '' || text === '0' ? undefined : text);

/** The iterator found no string for the entry: the uuidtext files were not beside the tracev3 file. */
export const isUnresolved = (entry: UnifiedEntry): boolean =>
  entry.message.startsWith('Failed to get string message from UUIDText file');
