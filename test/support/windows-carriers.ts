import { isoTime } from '../../src/model/index.ts';
import type { WindowsSystem } from '../../src/parsers/shared/windows-event.ts';

// One event in the layouts of several carriers, written independently of the readers: the other half of "the same event is the same document".

export interface Sample {
  readonly system: WindowsSystem;
  readonly data: readonly (readonly [string, string])[];
}

const escaped = (text: string): string =>
  text
    .replace(/[&<>'"]/g, c => `&#${c.charCodeAt(0)};`)
    .replace(/[\r\n\t]/g, c => `&#x${c.charCodeAt(0).toString(16)};`);

export function asXml({ system: s, data }: Sample, quote: "'" | '"' = "'"): string {
  const attribute = (name: string, value: string | number | undefined): string =>
    value === undefined ? '' : ` ${name}=${quote}${escaped(String(value))}${quote}`;
  const element = (name: string, value: string | number | undefined): string =>
    value === undefined ? '' : `<${name}>${escaped(String(value))}</${name}>`;
  return [
    `<Event xmlns=${quote}http://schemas.microsoft.com/win/2004/08/events/event${quote}><System>`,
    `<Provider${attribute('Name', s.provider)}${attribute('Guid', s.providerGuid)}/>`,
    element('EventID', s.eventId),
    element('Version', s.version) + element('Level', s.level) + element('Task', s.task) + element('Opcode', s.opcode),
    element('Keywords', s.keywords),
    `<TimeCreated${attribute('SystemTime', isoTime(s.micros, s.nanos))}/>`,
    element('EventRecordID', s.recordId),
    `<Execution${attribute('ProcessID', s.processId)}${attribute('ThreadID', s.threadId)}/>`,
    element('Channel', s.channel) + element('Computer', s.computer),
    `<Security${attribute('UserID', s.userId)}/></System><EventData>`,
    ...data.map(([name, value]) => `<Data${attribute('Name', name)}>${escaped(value)}</Data>`),
    '</EventData></Event>',
  ].join('');
}

const time = (s: WindowsSystem): string => isoTime(s.micros, s.nanos);
const fields = (data: Sample['data']): object => Object.fromEntries(data);

/** The layouts that state all of System. */
export const JSON_CARRIERS: Readonly<Record<string, (sample: Sample) => object>> = {
  evtx_dump: ({ system: s, data }) => ({
    Event: {
      System: {
        Provider: { '#attributes': { Name: s.provider, Guid: s.providerGuid } },
        EventID: s.eventId,
        Version: s.version,
        Level: s.level,
        Task: s.task,
        Opcode: s.opcode,
        Keywords: s.keywords,
        TimeCreated: { '#attributes': { SystemTime: time(s) } },
        EventRecordID: s.recordId,
        Correlation: null,
        Execution: { '#attributes': { ProcessID: s.processId, ThreadID: s.threadId } },
        Channel: s.channel,
        Computer: s.computer,
        Security: { '#attributes': { UserID: s.userId } },
      },
      EventData: fields(data),
    },
  }),
  velociraptor: ({ system: s, data }) => ({
    System: {
      Provider: { Name: s.provider, Guid: s.providerGuid },
      EventID: { Value: s.eventId },
      Version: s.version,
      Level: s.level,
      Task: s.task,
      Opcode: s.opcode,
      Keywords: s.keywords,
      TimeCreated: { SystemTime: time(s) },
      EventRecordID: s.recordId,
      Correlation: {},
      Execution: { ProcessID: s.processId, ThreadID: s.threadId },
      Channel: s.channel,
      Computer: s.computer,
      Security: { UserID: s.userId },
    },
    EventData: fields(data),
  }),
  winlogbeat: ({ system: s, data }) => ({
    '@timestamp': time(s),
    ecs: { version: '8.0.0' },
    winlog: {
      provider_name: s.provider,
      provider_guid: s.providerGuid,
      event_id: String(s.eventId),
      version: s.version,
      level: s.level,
      task: s.task,
      opcode: s.opcode,
      keywords: s.keywords,
      record_id: s.recordId,
      process: { pid: s.processId, thread: { id: s.threadId } },
      channel: s.channel,
      computer_name: s.computer,
      user: { identifier: s.userId },
      event_data: fields(data),
    },
  }),
  nxlog: ({ system: s, data }) => ({
    SourceName: s.provider,
    ProviderGuid: s.providerGuid,
    EventID: s.eventId,
    Version: s.version,
    Level: s.level,
    Task: s.task,
    OpcodeValue: s.opcode,
    Keywords: String(BigInt.asIntN(64, BigInt(s.keywords ?? '0'))),
    TimeCreated: time(s),
    RecordNumber: s.recordId,
    ExecutionProcessID: s.processId,
    ThreadID: s.threadId,
    Channel: s.channel,
    Hostname: s.computer,
    UserID: s.userId,
    ...fields(data),
  }),
};
