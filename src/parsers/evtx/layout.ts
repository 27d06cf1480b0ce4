import type { DataNames } from '../shared/windows-names.ts';
import type { Attribute, Inner, Part, Slot, XmlElement } from './binxml.ts';

// Where the values of a template's records are, worked out once for each template, so that a record's columns need no tree.

/** What stands in `<System>`, by number. */
export const SYSTEM = {
  PROVIDER: 0,
  PROVIDER_GUID: 1,
  EVENT_SOURCE: 2,
  EVENT_ID: 3,
  QUALIFIERS: 4,
  VERSION: 5,
  LEVEL: 6,
  TASK: 7,
  OPCODE: 8,
  KEYWORDS: 9,
  TIME_CREATED: 10,
  RECORD_ID: 11,
  ACTIVITY_ID: 12,
  RELATED_ACTIVITY_ID: 13,
  PROCESS_ID: 14,
  THREAD_ID: 15,
  CHANNEL: 16,
  COMPUTER: 17,
  USER_ID: 18,
} as const;
export const SYSTEM_FIELDS = 19;

/** Element, or element and attribute, of `<System>`. */
const SYSTEM_PATHS: ReadonlyMap<string, number> = new Map([
  ['Provider@Name', SYSTEM.PROVIDER],
  ['Provider@Guid', SYSTEM.PROVIDER_GUID],
  ['Provider@EventSourceName', SYSTEM.EVENT_SOURCE],
  ['EventID', SYSTEM.EVENT_ID],
  ['EventID@Qualifiers', SYSTEM.QUALIFIERS],
  ['Version', SYSTEM.VERSION],
  ['Level', SYSTEM.LEVEL],
  ['Task', SYSTEM.TASK],
  ['Opcode', SYSTEM.OPCODE],
  ['Keywords', SYSTEM.KEYWORDS],
  ['TimeCreated@SystemTime', SYSTEM.TIME_CREATED],
  ['EventRecordID', SYSTEM.RECORD_ID],
  ['Correlation@ActivityID', SYSTEM.ACTIVITY_ID],
  ['Correlation@RelatedActivityID', SYSTEM.RELATED_ACTIVITY_ID],
  ['Execution@ProcessID', SYSTEM.PROCESS_ID],
  ['Execution@ThreadID', SYSTEM.THREAD_ID],
  ['Channel', SYSTEM.CHANNEL],
  ['Computer', SYSTEM.COMPUTER],
  ['Security@UserID', SYSTEM.USER_ID],
]);

/** Where one value comes from: a slot's index, a literal text, several parts put together, or nowhere. */
export interface Sources {
  /** ≥ 0: the slot; {@link LITERAL}, {@link COMPOSED} or {@link NOWHERE}. */
  readonly slots: Int32Array;
  readonly literals: readonly string[];
  readonly parts: readonly (readonly Part[])[];
}
export const NOWHERE = -1;
export const LITERAL = -2;
const COMPOSED = -3;

/** A place where a fragment with more data may stand. */
export type Nested = Slot | Inner;

/** The data of an event in document order. `names` is the same object wherever the same names come together. */
export interface DataLayout extends Sources {
  readonly names: readonly string[];
  readonly nested: readonly Nested[];
}

/** Of an `<Event>`: its system fields, and the data that stand in it or are nested. */
export interface EventLayout {
  readonly system: Sources;
  readonly data: DataLayout;
  /** Parts of `<RenderingInfo><Message>`, which forwarded events may bring. */
  readonly message: readonly Part[] | undefined;
}

class SourceList {
  readonly #slots: number[] = [];
  readonly #literals: string[] = [];
  readonly #parts: (readonly Part[])[] = [];

  put(index: number, parts: readonly Part[]): void {
    while (this.#slots.length <= index) {
      this.#slots.push(NOWHERE);
      this.#literals.push('');
      this.#parts.push([]);
    }
    const [only] = parts;
    if (only === undefined) return;
    if (parts.length === 1 && typeof only !== 'string' && only.kind === 'slot') {
      this.#slots[index] = only.index;
    } else if (parts.every(part => typeof part === 'string')) {
      this.#slots[index] = LITERAL;
      this.#literals[index] = parts.join('');
    } else {
      this.#slots[index] = COMPOSED;
      this.#parts[index] = parts;
    }
  }

  finish(): Sources {
    return { slots: Int32Array.from(this.#slots), literals: this.#literals, parts: this.#parts };
  }
}

/** Undefined where the root is no `<Event>` with a `<System>`: the data of a nested fragment are {@link dataLayout}'s. */
export function eventLayout(root: XmlElement, lists: DataNames): EventLayout | undefined {
  if (root.name !== 'Event') return undefined;
  const system = elementsOf(root).find(child => child.name === 'System');
  if (system === undefined) return undefined;
  const sources = new SourceList();
  for (let i = 0; i < SYSTEM_FIELDS; i++) sources.put(i, []);
  for (const child of elementsOf(system)) {
    const place = SYSTEM_PATHS.get(child.name);
    if (place !== undefined) sources.put(place, child.content);
    for (const attribute of child.attributes) {
      const of = SYSTEM_PATHS.get(`${child.name}@${attribute.name}`);
      if (of !== undefined) sources.put(of, attribute.parts);
    }
  }
  const data = new DataList();
  data.nestedIn(root);
  let message: readonly Part[] | undefined;
  for (const child of elementsOf(root)) {
    if (child === system) continue;
    if (child.name === RENDERING) message = messageOf(child);
    else data.add(child);
  }
  return {
    system: sources.finish(),
    data: data.finish(lists),
    message,
  };
}

const RENDERING = 'RenderingInfo';
const messageOf = (rendering: XmlElement): readonly Part[] | undefined =>
  elementsOf(rendering).find(child => child.name === 'Message')?.content;

/** The sentence of a `<RenderingInfo>` that stands in a fragment of its own. */
export const renderedMessage = (root: XmlElement): readonly Part[] | undefined =>
  root.name === RENDERING ? messageOf(root) : undefined;

/** The data of one `<EventData>`, `<UserData>` or other child of an event; what it says in words is none of them. */
export function dataLayout(element: XmlElement, lists: DataNames): DataLayout {
  const data = new DataList();
  if (element.name !== RENDERING) data.add(element);
  return data.finish(lists);
}

const NONE: readonly string[] = [];

class DataList {
  readonly #names: string[] = [];
  readonly #sources = new SourceList();
  readonly #nested: Nested[] = [];

  /** Notes the fragments that may stand among the children of an element. */
  nestedIn(element: XmlElement): void {
    for (const part of element.content) {
      if (typeof part !== 'string' && part.kind !== 'element') this.#nested.push(part);
    }
  }

  add(element: XmlElement): void {
    switch (element.name) {
      case 'EventData':
        this.nestedIn(element);
        for (const child of elementsOf(element)) this.#datum(child);
        return;
      case 'Data':
        this.#datum(element);
        return;
      case 'UserData':
        // One wrapper, named by the provider; its members are the data.
        this.nestedIn(element);
        for (const wrapper of elementsOf(element)) this.#members(wrapper, '');
        return;
      default:
        this.#members(element, '');
    }
  }

  finish(lists: DataNames): DataLayout {
    // An empty list and a list of one empty name would be the same list to `same`.
    const names = this.#names.length === 0 ? NONE : lists.same(this.#names);
    return { ...this.#sources.finish(), names, nested: this.#nested };
  }

  /** `Data` by its Name attribute, '' where it has none; `Binary` and its like by their own name. */
  #datum(element: XmlElement): void {
    const name = attributeOf(element, 'Name');
    const literal = name?.parts.every(part => typeof part === 'string') ? name.parts.join('') : '';
    this.#put(element.name === 'Data' ? literal : literal || element.name, element.content);
  }

  #members(element: XmlElement, prefix: string): void {
    const members = elementsOf(element);
    for (const member of members) {
      if (elementsOf(member).length > 0) this.#members(member, `${prefix}${member.name}.`);
      else this.#put(`${prefix}${member.name}`, member.content);
    }
    if (members.length === 0 && element.content.length > 0) this.#put(element.name, element.content);
  }

  #put(name: string, parts: readonly Part[]): void {
    this.#sources.put(this.#names.length, parts);
    this.#names.push(name);
  }
}

const elementsOf = (element: XmlElement): readonly XmlElement[] =>
  element.content.filter((part): part is XmlElement => typeof part !== 'string' && part.kind === 'element');

const attributeOf = (element: XmlElement, name: string): Attribute | undefined =>
  element.attributes.find(attribute => attribute.name === name);
