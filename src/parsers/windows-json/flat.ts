import type { JsonObject } from '../shared/json-objects.ts';
import { isList, isObject } from '../shared/json-objects.ts';
import type { Moment } from '../shared/windows-time.ts';
import { windowsTime } from '../shared/windows-time.ts';
import type { WindowsEvent } from '../shared/windows-xml-event.ts';
import { noData } from './data.ts';
import type { ToUtc } from './event.ts';
import { complete } from './event.ts';
import { dataOfMessage } from './messages.ts';
import { firstText, integer, keywords, level, member, opcode, text } from './read.ts';

// NXLog (im_msvistalog) and exporters that copy it: System and data lie flat side by side in one object.

/** Members that are the carrier's or System's; every other member is a datum. */
const OWN = new Set([
  '@timestamp',
  '@version',
  'ActivityID',
  'Category',
  'Channel',
  'EventID',
  'EventReceivedTime',
  'EventRecordID',
  'EventTime',
  'EventTypeOrignal', // NXLog's spelling
  'ExecutionProcessID',
  'Hostname',
  'Keywords',
  'Level',
  'Message',
  'Opcode',
  'OpcodeValue',
  'ProviderGuid',
  'RecordNumber',
  'RelatedActivityID',
  'Severity',
  'SeverityValue',
  'SourceModuleName',
  'SourceModuleType',
  'SourceName',
  'Task',
  'ThreadID',
  'TimeCreated',
  'UserID',
  'Version',
  'host',
  'port',
  'tags',
]);
/** Whose security context the event was written in: NXLog states these four together. Without AccountType they are the event's data. */
const ACCOUNT = new Set(['AccountName', 'AccountType', 'Domain']);
/** What EventType holds where it is NXLog's and not Sysmon's. */
const EVENT_TYPES = /^(?:INFO|WARNING|ERROR|CRITICAL|VERBOSE|DEBUG|AUDIT_SUCCESS|AUDIT_FAILURE)$/;

/** NXLog's severities, by number, as levels. */
const SEVERITY_LEVELS = [undefined, 5, 4, 3, 2, 1];

export function readFlat(record: JsonObject, toUtc: ToUtc): WindowsEvent | undefined {
  const provider = text(member(record, 'SourceName'));
  const eventId = integer(member(record, 'EventID'));
  if (provider === undefined || eventId === undefined || member(record, 'Channel') === undefined) return undefined;
  const hasAccount = member(record, 'AccountType') !== undefined;
  const data = noData();
  for (const [name, value] of Object.entries(record)) {
    if (OWN.has(name) || (hasAccount && ACCOUNT.has(name)) || isObject(value)) continue;
    // Older modules of NXLog state the writer's process twice.
    if (name === 'ProcessID' && text(value) === text(member(record, 'ExecutionProcessID'))) continue;
    if (name === 'EventType' && typeof value === 'string' && EVENT_TYPES.test(value)) continue;
    data.names.push(name);
    data.values.push(isList(value) ? value.map(one => text(one) ?? '') : text(value));
  }
  const message = text(member(record, 'Message'));
  if (data.names.length === 0 && message !== undefined) {
    for (const [name, value] of dataOfMessage(provider, eventId, message)) {
      data.names.push(name);
      data.values.push(value);
    }
  }
  return complete(
    {
      provider,
      providerGuid: text(member(record, 'ProviderGuid')),
      eventId,
      version: integer(member(record, 'Version')),
      level: levelOf(record),
      task: integer(member(record, 'Task')),
      opcode: opcode(member(record, 'OpcodeValue') ?? member(record, 'Opcode')),
      keywords: keywords(member(record, 'Keywords')),
      recordId: firstText(record, 'RecordNumber', 'EventRecordID'),
      activityId: text(member(record, 'ActivityID')),
      relatedActivityId: text(member(record, 'RelatedActivityID')),
      processId: integer(member(record, 'ExecutionProcessID')),
      threadId: integer(member(record, 'ThreadID')),
      channel: text(member(record, 'Channel')),
      computer: text(member(record, 'Hostname')),
      userId: text(member(record, 'UserID')),
    },
    timeOfFlat(record, toUtc),
    data,
    message,
  );
}

/** NXLog grades audits as INFO, Windows gives them level 0. */
function levelOf(record: JsonObject): number | undefined {
  const stated = level(member(record, 'Level'));
  if (stated !== undefined) return stated;
  if (text(member(record, 'EventType'))?.startsWith('AUDIT_')) return 0;
  return SEVERITY_LEVELS[integer(member(record, 'SeverityValue')) ?? 0];
}

const QUARTER_HOUR = 900_000_000;
const MOST_OFFSET = 14 * 4 * QUARTER_HOUR;
const RECEIPT_MICROS = 120_000_000;

/**
 * `TimeCreated`, or `EventTime`, which is the machine's wall clock. Where the record also says when the collector got it, once by that
 * clock (`EventReceivedTime`) and once in UTC (`@timestamp`), the difference is the zone; else the zone is the user's or the triage's.
 */
function timeOfFlat(record: JsonObject, toUtc: ToUtc): Moment | undefined {
  const created = stampOf(text(member(record, 'TimeCreated')));
  if (created !== undefined) return created.moment;
  const stamp = stampOf(text(member(record, '@timestamp')))?.moment;
  const event = stampOf(text(member(record, 'EventTime')));
  if (event === undefined) return stamp;
  if (event.hasZone) return event.moment;
  const received = stampOf(text(member(record, 'EventReceivedTime')));
  if (stamp !== undefined && received !== undefined && !received.hasZone) {
    const apart = received.moment.micros - stamp.micros;
    const offset = Math.round(apart / QUARTER_HOUR) * QUARTER_HOUR;
    if (Math.abs(apart - offset) <= RECEIPT_MICROS && Math.abs(offset) <= MOST_OFFSET) {
      return { micros: event.moment.micros - offset, nanos: event.moment.nanos };
    }
  }
  return { micros: toUtc(event.moment.micros), nanos: event.moment.nanos };
}

function stampOf(stamp: string | undefined): { readonly moment: Moment; readonly hasZone: boolean } | undefined {
  const moment = stamp === undefined ? undefined : windowsTime(stamp);
  return moment === undefined ? undefined : { moment, hasZone: /(?:Z|[+-]\d{2}:?\d{2})$/.test(stamp!) };
}
