import type { EvtxData, EvtxRecord, EvtxScalar, EvtxValue } from './record.ts';
import { ticksOf } from './record.ts';
import { renderScalar, renderTicks } from './values.ts';

/** An element as a template defines it: slots stand where the values of a record go. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, part: XmlPart])[];
  readonly content: readonly (XmlPart | XmlElement)[];
}
export type XmlPart =
  | { readonly text: string }
  | { readonly slot: number; readonly value: EvtxValue | 'nested'; readonly isOptional: boolean };

/** A definition and the values of its slots in their order; `nested` is a definition inside a value. */
export interface XmlTemplate {
  readonly root: XmlElement;
  readonly values: readonly (EvtxValue | XmlTemplate)[];
}

const EVENT_NAMESPACE = 'http://schemas.microsoft.com/win/2004/08/events/event';
const text = (value: string): XmlPart => ({ text: value });
const element = (
  name: string,
  content: XmlElement['content'] = [],
  attributes: XmlElement['attributes'] = [],
): XmlElement => ({ name, attributes, content });

/** Turns values into slots and remembers them; a direct fragment gets their text instead. */
class Slots {
  readonly values: (EvtxValue | XmlTemplate)[] = [];
  readonly #asText: boolean;

  constructor(asText: boolean) {
    this.#asText = asText;
  }

  part(value: EvtxScalar, isOptional = true): XmlPart {
    return this.#asText ? text(renderScalar(value)) : this.slot(value, isOptional);
  }

  slot(value: EvtxValue, isOptional: boolean): XmlPart {
    this.values.push(value);
    return { slot: this.values.length - 1, value, isOptional };
  }

  nested(template: XmlTemplate): XmlPart {
    this.values.push(template);
    return { slot: this.values.length - 1, value: 'nested', isOptional: true };
  }

  /** One element a value; an array is one element whose slot the reader repeats. A direct fragment repeats it itself. */
  elements(name: string, value: EvtxValue, attributes: XmlElement['attributes']): XmlElement[] {
    if (!this.#asText) return [element(name, [this.slot(value, false)], attributes)];
    const items = value.type === 'array' ? value.items : [value];
    return items.map(item => element(name, item.type === 'null' ? [] : [text(renderScalar(item))], attributes));
  }
}

/** The event of a record as one template (`flat`, `nested`) or as an element full of text (`direct`: no values). */
export function eventTemplate(record: EvtxRecord, recordId: bigint): XmlTemplate {
  const carrier = record.carrier ?? 'nested';
  const slots = new Slots(carrier === 'direct');
  const system = systemElement(record, recordId, slots);
  const content: (XmlElement | XmlPart)[] = [system];
  if (record.data !== undefined || record.userData !== undefined) {
    if (carrier === 'nested') {
      const inner = new Slots(false);
      content.push(slots.nested({ root: dataElement(record, inner), values: inner.values }));
    } else {
      content.push(dataElement(record, slots));
    }
  }
  return { root: element('Event', content, [['xmlns', text(EVENT_NAMESPACE)]]), values: slots.values };
}

function systemElement(record: EvtxRecord, recordId: bigint, slots: Slots): XmlElement {
  const some = (name: string, value: EvtxScalar | undefined): XmlElement[] =>
    value === undefined ? [] : [element(name, [slots.part(value)])];
  const attributesOf = (...pairs: readonly (readonly [string, EvtxScalar | undefined])[]): [string, XmlPart][] =>
    pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, slots.part(value)] as [string, XmlPart]]));
  const uint8 = (value: number | undefined): EvtxScalar | undefined =>
    value === undefined ? undefined : { type: 'uint8', value };
  const uint16 = (value: number | undefined): EvtxScalar | undefined =>
    value === undefined ? undefined : { type: 'uint16', value };
  const uint32 = (value: number | undefined): EvtxScalar | undefined =>
    value === undefined ? undefined : { type: 'uint32', value };
  const guid = (value: string | undefined): EvtxScalar | undefined =>
    value === undefined ? undefined : { type: 'guid', value };
  const ticks = ticksOf(record.micros, record.nanos);
  const provider: [string, XmlPart][] = [['Name', text(record.provider)]];
  if (record.providerGuid !== undefined) provider.push(['Guid', text(`{${record.providerGuid.replace(/[{}]/g, '')}}`)]);
  if (record.eventSource !== undefined) provider.push(['EventSourceName', text(record.eventSource)]);
  const time =
    record.carrier === 'direct' ? text(renderTicks(ticks)) : slots.slot({ type: 'filetime', value: ticks }, true);
  return element('System', [
    element('Provider', [], provider),
    element(
      'EventID',
      [slots.part({ type: 'uint16', value: record.eventId })],
      attributesOf(['Qualifiers', uint16(record.qualifiers)]),
    ),
    ...some('Version', uint8(record.version)),
    ...some('Level', uint8(record.level)),
    ...some('Task', uint16(record.task)),
    ...some('Opcode', uint8(record.opcode)),
    ...some('Keywords', record.keywords === undefined ? undefined : { type: 'hex64', value: record.keywords }),
    element('TimeCreated', [], [['SystemTime', time]]),
    element('EventRecordID', [slots.part({ type: 'uint64', value: recordId })]),
    element(
      'Correlation',
      [],
      attributesOf(['ActivityID', guid(record.activityId)], ['RelatedActivityID', guid(record.relatedActivityId)]),
    ),
    element(
      'Execution',
      [],
      attributesOf(['ProcessID', uint32(record.processId)], ['ThreadID', uint32(record.threadId)]),
    ),
    element('Channel', [text(record.channel)]),
    element('Computer', [text(record.computer)]),
    element(
      'Security',
      [],
      attributesOf(['UserID', record.userId === undefined ? undefined : { type: 'sid', value: record.userId }]),
    ),
  ]);
}

function dataElement(record: EvtxRecord, slots: Slots): XmlElement {
  const data = record.data ?? [];
  if (record.userData !== undefined) {
    const { name, namespace } = record.userData;
    const members = data.flatMap(member => slots.elements(member.name, member, []));
    return element('UserData', [element(name, members, namespace === undefined ? [] : [['xmlns', text(namespace)]])]);
  }
  const named = (one: EvtxData): XmlElement['attributes'] => (one.name === '' ? [] : [['Name', text(one.name)]]);
  return element(
    'EventData',
    data.flatMap(one => slots.elements('Data', one, named(one))),
  );
}
