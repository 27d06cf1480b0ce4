import type { EventFields } from '../../model/index.ts';
import { isEcsField } from '../../model/index.ts';
import { documentValue } from '../shared/ecs-document.ts';
import type { Json, JsonObject } from '../shared/json-objects.ts';
import { flatten, isObject, parseJson } from '../shared/json-objects.ts';
import type { WindowsSystem } from '../shared/windows-system.ts';
import type { Moment } from '../shared/windows-time.ts';
import type { WindowsEvent } from '../shared/windows-xml-event.ts';
import { readCarriedXml } from './carried-xml.ts';
import { addData, addUserData, noData } from './data.ts';
import type { ToUtc, Unchecked } from './event.ts';
import { complete, timeOf } from './event.ts';
import { asWindowsSpells } from './evtx-dump-data.ts';
import { evtxECmdData } from './evtxecmd-data.ts';
import { readFlat } from './flat.ts';
import { withBracedGuids } from './guids.ts';
import { propertyNames } from './property-names.ts';
import { firstText, integer, isAudit, keywords, level, member, opcode, text } from './read.ts';

// How the tools that turn Windows events into JSON lay them out. Each reader takes a record and gives the event, or undefined where the
// record is not laid out so.

export interface Layout {
  /** The variant that the ledger names. */
  readonly name: string;
  readonly read: (record: JsonObject, toUtc: ToUtc) => WindowsEvent | undefined;
  /** What the record says in ECS's words beside the event: where an ingest pipeline has moved data to ECS fields, they are only there. */
  readonly stated?: (record: JsonObject) => EventFields;
}

export const LAYOUTS: readonly Layout[] = [
  { name: 'xml', read: readCarriedXml },
  { name: 'evtx_dump', read: readEvtxDump },
  { name: 'velociraptor', read: readVelociraptor },
  { name: 'winlogbeat', read: readWinlogbeat, stated: statedFields },
  { name: 'evtxecmd', read: readEvtxECmd },
  { name: 'get-winevent', read: readGetWinEvent },
  { name: 'nxlog', read: readFlat },
];

function readEvtxDump(record: JsonObject): WindowsEvent | undefined {
  const event = member(record, 'Event');
  const system = member(event, 'System');
  if (!isObject(system)) return undefined;
  const attribute = (element: string, name: string): Json | undefined =>
    member(system, element, '#attributes', name) ??
    member(system, `${element}_attributes`, name) ??
    member(system, element, `@${name}`);
  const id = member(system, 'EventID');
  const data = noData();
  addData(data, member(event, 'EventData'));
  addUserData(data, member(event, 'UserData'));
  return complete(
    {
      provider: text(attribute('Provider', 'Name')),
      providerGuid: text(attribute('Provider', 'Guid')),
      eventSource: text(attribute('Provider', 'EventSourceName')),
      eventId: integer(isObject(id) ? member(id, '#text') : id),
      qualifiers: integer(attribute('EventID', 'Qualifiers')),
      ...numbers(system),
      recordId: text(member(system, 'EventRecordID')),
      activityId: text(attribute('Correlation', 'ActivityID')),
      relatedActivityId: text(attribute('Correlation', 'RelatedActivityID')),
      processId: integer(attribute('Execution', 'ProcessID')),
      threadId: integer(attribute('Execution', 'ThreadID')),
      channel: text(member(system, 'Channel')),
      computer: text(member(system, 'Computer')),
      userId: text(attribute('Security', 'UserID')),
    },
    timeOf(attribute('TimeCreated', 'SystemTime')),
    asWindowsSpells(data),
    text(member(event, 'RenderingInfo', 'Message')),
  );
}

/** Velociraptor's parse_evtx (`System`, with epoch seconds), and the rows of its event log artifacts (`EventTime`, `Provider`, …). */
function readVelociraptor(record: JsonObject): WindowsEvent | undefined {
  const system = member(record, 'System');
  const data = member(record, 'EventData');
  const userData = member(record, 'UserData');
  const message = text(member(record, 'Message'));
  if (isObject(system)) {
    const id = member(system, 'EventID');
    return systemEvent(
      {
        provider: text(member(system, 'Provider', 'Name')),
        providerGuid: text(member(system, 'Provider', 'Guid')),
        eventSource: text(member(system, 'Provider', 'EventSourceName')),
        eventId: integer(isObject(id) ? member(id, 'Value') : id),
        qualifiers: integer(member(id, 'Qualifiers')),
        ...numbers(system),
        recordId: text(member(system, 'EventRecordID')),
        activityId: text(member(system, 'Correlation', 'ActivityID')),
        relatedActivityId: text(member(system, 'Correlation', 'RelatedActivityID')),
        processId: integer(member(system, 'Execution', 'ProcessID')),
        threadId: integer(member(system, 'Execution', 'ThreadID')),
        channel: text(member(system, 'Channel')),
        computer: text(member(system, 'Computer')),
        userId: text(member(system, 'Security', 'UserID')),
      },
      timeOf(member(system, 'TimeCreated', 'SystemTime')),
      data,
      userData,
      message,
    );
  }
  if (!isObject(data) && !isObject(userData)) return undefined;
  return systemEvent(
    {
      provider: firstText(record, 'Provider', 'ProviderName', 'SourceName'),
      eventId: integer(member(record, 'EventID') ?? member(record, 'EventId')),
      recordId: firstText(record, 'EventRecordID', 'RecordID'),
      channel: text(member(record, 'Channel')),
      computer: text(member(record, 'Computer')),
      level: level(member(record, 'Level')),
      userId: firstText(record, 'UserSID', 'UserID'),
    },
    timeOf(member(record, 'EventTime') ?? member(record, 'TimeCreated')),
    data,
    userData,
    message,
  );
}

/** Winlogbeat 7 and later (`winlog.*`), and 6 (the same members without the prefix). */
function readWinlogbeat(record: JsonObject): WindowsEvent | undefined {
  const log = member(record, 'winlog') ?? (member(record, 'source_name') === undefined ? undefined : record);
  if (!isObject(log)) return undefined;
  const userData = member(log, 'user_data');
  const stated = keywords(member(log, 'keywords'));
  const graded = member(record, 'log', 'level') ?? member(log, 'level');
  const data = noData();
  addData(data, member(log, 'event_data'));
  if (isObject(userData))
    addData(data, Object.fromEntries(Object.entries(userData).filter(([name]) => name !== 'xml_name')));
  return complete(
    {
      provider: firstText(log, 'provider_name', 'source_name'),
      providerGuid: text(member(log, 'provider_guid')),
      eventId: integer(member(log, 'event_id') ?? member(record, 'event', 'code')),
      // Winlogbeat leaves out what is 0.
      version: integer(member(log, 'version')) ?? 0,
      // An audit has level 0, for which Winlogbeat has no word of its own.
      level: graded === 'information' && isAudit(stated) ? 0 : level(graded),
      task: integer(member(log, 'task')),
      opcode: opcode(member(log, 'opcode')),
      keywords: stated,
      recordId: firstText(log, 'record_id', 'record_number'),
      activityId: text(member(log, 'activity_id')),
      relatedActivityId: text(member(log, 'related_activity_id')),
      processId: integer(member(log, 'process', 'pid') ?? member(log, 'process_id')),
      threadId: integer(member(log, 'process', 'thread', 'id') ?? member(log, 'thread_id')),
      channel: firstText(log, 'channel', 'log_name'),
      computer: text(member(log, 'computer_name')),
      userId: text(member(log, 'user', 'identifier')),
    },
    timeOf(member(record, '@timestamp')),
    data,
    text(member(record, 'message')),
  );
}

/** The ECS field sets that tell what happened; the others are about the collector. */
const STATED =
  /^(?:destination|dll|dns|file|group|network|powershell|process|registry|rule|service|source|url|user)\.|^event\.(?:action|category|outcome|reason|type)$/;

function statedFields(record: JsonObject): EventFields {
  const fields: EventFields = {};
  for (const [name, value] of flatten(record)) {
    if (isEcsField(name) && STATED.test(name)) fields[name] = documentValue(name, value);
  }
  return fields;
}

/** EvtxECmd's JSON: the event's own XML, as JSON text in `Payload`. */
function readEvtxECmd(record: JsonObject): WindowsEvent | undefined {
  const payload = text(member(record, 'Payload'));
  const provider = text(member(record, 'Provider'));
  if (payload === undefined || provider === undefined) return undefined;
  const content = parseJson(payload);
  const eventId = integer(member(record, 'EventId'));
  return systemEvent(
    {
      provider,
      eventId,
      level: level(member(record, 'Level')),
      keywords: keywords(member(record, 'Keywords')),
      recordId: firstText(record, 'EventRecordId', 'RecordNumber'),
      processId: integer(member(record, 'ProcessId')),
      threadId: integer(member(record, 'ThreadId')),
      channel: text(member(record, 'Channel')),
      computer: text(member(record, 'Computer')),
      userId: text(member(record, 'UserId')),
    },
    timeOf(member(record, 'TimeCreated')),
    evtxECmdData(provider, eventId, member(content, 'EventData')),
    member(content, 'UserData'),
    undefined,
  );
}

/** `Get-WinEvent | ConvertTo-Json`: the record's object, whose `Properties` hold the data without their names. */
function readGetWinEvent(record: JsonObject): WindowsEvent | undefined {
  const channel = text(member(record, 'LogName'));
  if (channel === undefined || member(record, 'MachineName') === undefined) return undefined;
  const provider = text(member(record, 'ProviderName'));
  const eventId = integer(member(record, 'Id'));
  const values = noData();
  addData(values, { Data: member(record, 'Properties') ?? null });
  const names = propertyNames(provider ?? '', eventId ?? 0, values.names.length);
  const data = names === undefined ? values : withBracedGuids({ names: [...names], values: values.values });
  const user = member(record, 'UserId');
  return complete(
    {
      provider,
      providerGuid: text(member(record, 'ProviderId')),
      eventId,
      qualifiers: integer(member(record, 'Qualifiers')),
      ...numbers(record),
      recordId: text(member(record, 'RecordId')),
      activityId: text(member(record, 'ActivityId')),
      relatedActivityId: text(member(record, 'RelatedActivityId')),
      processId: integer(member(record, 'ProcessId')),
      threadId: integer(member(record, 'ThreadId')),
      channel,
      computer: text(member(record, 'MachineName')),
      userId: isObject(user) ? text(member(user, 'Value')) : text(user),
    },
    dotNetTime(text(member(record, 'TimeCreated'))),
    data,
    text(member(record, 'Message')),
  );
}

/** `/Date(1773223457904)/`, as Windows PowerShell writes a time; PowerShell 7 writes RFC 3339. */
function dotNetTime(value: string | undefined): Moment | undefined {
  const millis = value === undefined ? undefined : /^\/Date\((-?\d{1,15})\)\/$/.exec(value)?.[1];
  return millis === undefined ? timeOf(value) : { micros: Number(millis) * 1000, nanos: 0 };
}

const numbers = (system: JsonObject): Partial<WindowsSystem> => ({
  version: integer(member(system, 'Version')),
  level: level(member(system, 'Level')),
  task: integer(member(system, 'Task')),
  opcode: integer(member(system, 'Opcode')),
  keywords: keywords(member(system, 'Keywords')),
});

function systemEvent(
  system: Unchecked,
  time: Moment | undefined,
  eventData: Json | undefined,
  userData: Json | undefined,
  message: string | undefined,
): WindowsEvent | undefined {
  const data = noData();
  addData(data, eventData);
  addUserData(data, userData);
  return complete(system, time, withBracedGuids(data), message);
}
