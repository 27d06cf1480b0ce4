import { XMLParser } from 'fast-xml-parser';
import type { Value } from '../../model/index.ts';
import type { WindowsSystem } from './windows-system.ts';
import { windowsTime } from './windows-time.ts';

/** One event read: what the mapping is asked about, and the sentence that a rendering export adds. */
export interface WindowsEvent {
  readonly system: WindowsSystem;
  readonly names: readonly string[];
  readonly values: readonly (Value | undefined)[];
  readonly message: string | undefined;
}

/** What fast-xml-parser makes of an element: its text, or its attributes (`@Name`), text (`#text`) and children by name. */
type Node = string | NodeObject | readonly Node[];
interface NodeObject {
  readonly [name: string]: Node;
}

// Nothing is guessed, rounded, trimmed or fetched: values stay texts, numeric references are decoded, a document type is never read.
const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  isArray: name => name === 'Data',
});

/** Ten times the deepest and longest that Windows writes. */
const MOST_NESTING = 16;
const MOST_TEXT = 4 << 20;

/**
 * Reads the text of one `<Event>…</Event>`. Undefined where it is no Windows event: no System, no provider, no event id.
 * Throws what the XML parser throws on text that is no XML.
 */
export function readWindowsXml(text: string): WindowsEvent | undefined {
  if (text.length > MOST_TEXT) return undefined;
  const document = PARSER.parse(withReturns(text)) as Node;
  const event = child(document, 'Event');
  const system = readSystem(child(event, 'System'));
  if (system === undefined) return undefined;
  const names: string[] = [];
  const values: (Value | undefined)[] = [];
  const add = (name: string, value: Value | undefined): void => {
    names.push(name);
    values.push(value);
  };
  readEventData(child(event, 'EventData'), add);
  const userData = child(event, 'UserData');
  if (isObject(userData)) {
    for (const [name, wrapper] of Object.entries(userData)) {
      if (!isMarkup(name)) for (const one of listOf(wrapper)) readWrapper(name, one, add);
    }
  }
  return { system, names, values, message: textOf(child(child(event, 'RenderingInfo'), 'Message')) || undefined };
}

/**
 * XML takes a carriage return and a line feed for a line feed; Windows writes the former as a reference, other exporters as it is in the
 * log. In text, as a reference, it stays.
 */
function withReturns(text: string): string {
  if (!text.includes('\r') || text.includes('<![CDATA[')) return text;
  return text.replace(/>[^<]+/g, run => run.replaceAll('\r', '&#13;'));
}

function readSystem(system: Node | undefined): WindowsSystem | undefined {
  const provider = attribute(system, 'Provider', 'Name') ?? attribute(system, 'Provider', 'EventSourceName');
  const id = child(system, 'EventID');
  const eventId = integer(textOf(id)?.trim());
  if (provider === undefined || eventId === undefined) return undefined;
  const created = attribute(system, 'TimeCreated', 'SystemTime');
  const time = created === undefined ? undefined : windowsTime(created.trim());
  const one = (name: string): string | undefined => textOf(child(system, name))?.trim();
  return {
    provider,
    providerGuid: attribute(system, 'Provider', 'Guid'),
    eventSource: attribute(system, 'Provider', 'EventSourceName'),
    eventId,
    qualifiers: integer(attributeOf(id, 'Qualifiers')),
    version: integer(one('Version')),
    level: integer(one('Level')),
    task: integer(one('Task')),
    opcode: integer(one('Opcode')),
    keywords: one('Keywords') || undefined,
    micros: time?.micros ?? Number.NaN,
    nanos: time?.nanos ?? 0,
    recordId: one('EventRecordID') ?? '',
    activityId: attribute(system, 'Correlation', 'ActivityID'),
    relatedActivityId: attribute(system, 'Correlation', 'RelatedActivityID'),
    processId: integer(attribute(system, 'Execution', 'ProcessID')),
    threadId: integer(attribute(system, 'Execution', 'ThreadID')),
    channel: one('Channel') ?? '',
    computer: one('Computer') ?? '',
    userId: attribute(system, 'Security', 'UserID'),
  };
}

/** `<Data Name='x'>` by name, `<Data>` by place, anything else (Binary, ComplexData) by its element's name. */
function readEventData(data: Node | undefined, add: (name: string, value: Value | undefined) => void): void {
  if (!isObject(data)) return;
  for (const [name, value] of Object.entries(data)) {
    if (isMarkup(name)) continue;
    for (const one of listOf(value)) {
      if (name === 'Data') add(attributeOf(one, 'Name') ?? '', textOf(one));
      else readMembers(one, name, add, 1);
    }
  }
}

/** A wrapper of UserData: its members are the data; where it has none, its text is. */
function readWrapper(name: string, node: Node, add: (name: string, value: Value | undefined) => void): void {
  const hasMembers = isObject(node) && Object.keys(node).some(member => !isMarkup(member));
  const text = hasMembers ? undefined : textOf(node);
  if (text === undefined || text === '') readMembers(node, '', add, 1);
  else add(name, text);
}

/** The members of a UserData wrapper; deeper ones by their dotted path. */
function readMembers(
  node: Node,
  path: string,
  add: (name: string, value: Value | undefined) => void,
  depth: number,
): void {
  if (depth > MOST_NESTING) return;
  const members = isObject(node) ? Object.entries(node).filter(([name]) => !isMarkup(name)) : [];
  if (members.length === 0) {
    if (path !== '') add(path, textOf(node));
    return;
  }
  for (const [name, member] of members) {
    for (const one of listOf(member)) readMembers(one, path === '' ? name : `${path}.${name}`, add, depth + 1);
  }
}

const isMarkup = (name: string): boolean => name.startsWith('@') || name === '#text';

const isObject = (node: Node | undefined): node is NodeObject =>
  typeof node === 'object' && !Array.isArray(node) && node !== null;

const listOf = (node: Node): readonly Node[] => (Array.isArray(node) ? node : [node]);

/** A child by name; of several, the first. */
function child(node: Node | undefined, name: string): Node | undefined {
  if (!isObject(node) || !Object.hasOwn(node, name)) return undefined;
  const found = node[name];
  return Array.isArray(found) ? found[0] : found;
}

/** An element that an exporter has opened and closed on two lines, indented, holds nothing. */
const INDENTATION = /^\r?\n[ \t]+$/;

function textOf(node: Node | undefined): string | undefined {
  const text = isObject(node) ? node['#text'] : node;
  return typeof text === 'string' && !INDENTATION.test(text) ? text : undefined;
}

function attributeOf(node: Node | undefined, name: string): string | undefined {
  const value = isObject(node) && Object.hasOwn(node, `@${name}`) ? node[`@${name}`] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const attribute = (node: Node | undefined, name: string, attributeName: string): string | undefined =>
  attributeOf(child(node, name), attributeName);

const integer = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
};
