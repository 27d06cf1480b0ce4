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
const LAYOUTS = {
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
} satisfies Record<string, (sample: Sample) => object>;

const renamed = (object: object, name: (name: string) => string): object =>
  Object.fromEntries(Object.entries(object).map(([own, value]) => [name(own), value]));

/** `{a: {b: 1}}` as `{'a.b': 1}`. */
function flat(object: object, separator: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(flat(value, separator)).map(([inner, deep]) => [`${name}${separator}${inner}`, deep])
        : [[name, value]],
    ),
  );
}

/** What evtx_dump makes of attributes with `--separate-json-attributes`, and Chainsaw always. */
function separated(sample: Sample): object {
  const { Event: event } = LAYOUTS.evtx_dump(sample);
  const system = Object.entries(event.System).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && '#attributes' in value
      ? [[`${name}_attributes`, value['#attributes']]]
      : [[name, value]],
  );
  return { Event: { ...event, System: Object.fromEntries(system) } };
}

const hit = (inner: object): object => ({ _index: 'logs-1', _id: '1', ...inner });
const gelf = { version: '1.1', host: 'relay', short_message: '', timestamp: 1.5, level: 6, facility: 'f' };
const graylog = { _id: '1', source: 'relay', message: '', timestamp: '2001-01-01T00:00:00Z', streams: [], gl2_x: 1 };

/** Layouts, and what collectors and searches put around them. */
export const JSON_CARRIERS: Readonly<Record<string, (sample: Sample) => object>> = {
  ...LAYOUTS,
  'evtx_dump, attributes apart': separated,
  'chainsaw hunt': sample => ({ kind: 'individual', document: { kind: 'evtx', path: 'p', data: separated(sample) } }),
  'a source of Elasticsearch': sample => hit({ _source: LAYOUTS.winlogbeat(sample) }),
  'fields of Elasticsearch': sample =>
    hit({
      fields: Object.fromEntries(
        Object.entries(flat(LAYOUTS.winlogbeat(sample), '.')).map(([name, value]) => [name, [value]]),
      ),
    }),
  'an answer of Elasticsearch': sample => ({ took: 1, hits: { hits: [hit({ _source: LAYOUTS.winlogbeat(sample) })] } }),
  'winlogbeat in Graylog': sample => renamed(flat(LAYOUTS.winlogbeat(sample), '_'), name => `winlogbeat_${name}`),
  'nxlog in GELF': sample => ({ ...gelf, ...renamed(LAYOUTS.nxlog(sample), name => `_${name}`) }),
  'nxlog in Graylog': sample => ({ index: 'i', message: { ...graylog, ...LAYOUTS.nxlog(sample) } }),
  'XML in Splunk': sample => ({ preview: false, result: { _raw: asXml(sample), host: 'relay' } }),
  'XML in Logstash': sample => ({ '@timestamp': '2001-01-01T00:00:00Z', message: asXml(sample, '"') }),
};
