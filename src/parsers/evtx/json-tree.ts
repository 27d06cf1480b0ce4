import type { Part, XmlElement } from './binxml.ts';
import type { Chunk, Instance } from './chunk.ts';
import { arraySlot, forEachMember, hasMembers, isMember, membersOf, partsText } from './content.ts';
import { ELEMENT_WORK, type JsonValues } from './json-values.ts';
import type { TextSink } from './sink.ts';
import type { ValueOptions } from './values.ts';
import { ARRAY } from './values.ts';

const ATTRIBUTES = '{"#attributes":{';
const NULL = 'null';

/** What stands before the next member of an object that may already be open. */
class Start {
  readonly #sink: TextSink;
  isFirst: boolean;

  constructor(sink: TextSink, isOpen: boolean) {
    this.#sink = sink;
    this.isFirst = !isOpen;
  }

  next(): void {
    this.#sink.ascii(this.isFirst ? '{' : ',');
    this.isFirst = false;
  }
}

/** Writes an element by looking at each of its parts in the record at hand: right for every shape, and slower than a program. */
export class JsonTree {
  readonly #sink: TextSink;
  readonly #options: ValueOptions;
  readonly #values: JsonValues;
  readonly #unique = new WeakMap<XmlElement, boolean>();

  constructor(sink: TextSink, options: ValueOptions, values: JsonValues) {
    this.#sink = sink;
    this.#options = options;
    this.#values = values;
  }

  /** `{…}`, a value, or null. Throws Damage. */
  element(chunk: Chunk, instance: Instance, element: XmlElement): void {
    chunk.enter();
    chunk.spend(ELEMENT_WORK);
    const isOpen = element.attributes.length > 0 && this.#attributes(chunk, instance, element);
    const isContainer = element.name === 'EventData' || element.name === 'UserData';
    if (!hasMembers(chunk, instance, element)) this.#text(chunk, instance, element.content, isOpen);
    else if (isContainer) this.#container(chunk, instance, element, isOpen);
    else this.#members(chunk, instance, element.content, isOpen, this.#isUnique(element) ? undefined : new Map());
    chunk.leave();
  }

  /** Opens the element's object where an attribute has a value; false, and nothing written, where none has. */
  #attributes(chunk: Chunk, instance: Instance, element: XmlElement): boolean {
    const sink = this.#sink;
    const start = sink.length;
    let count = 0;
    for (const attribute of element.attributes) {
      const before = sink.length;
      sink.ascii(count === 0 ? ATTRIBUTES : ',');
      this.#values.key(attribute.name);
      if (this.#values.value(chunk, instance, attribute.parts)) count++;
      else sink.truncate(before);
    }
    if (count === 0) {
      sink.truncate(start);
      return false;
    }
    sink.ascii('}');
    return true;
  }

  #text(chunk: Chunk, instance: Instance, parts: readonly Part[], isOpen: boolean): void {
    const sink = this.#sink;
    if (!isOpen) {
      if (!this.#values.value(chunk, instance, parts)) sink.ascii('null');
      return;
    }
    const before = sink.length;
    sink.ascii(',"#text":');
    if (!this.#values.value(chunk, instance, parts)) sink.truncate(before);
    sink.ascii('}');
  }

  /** `{…}` of what a nested value holds; `none` where it holds nothing. Throws Damage. */
  nested(chunk: Chunk, instance: Instance, index: number, none: string): void {
    const sink = this.#sink;
    const start = sink.length;
    this.#members(chunk, instance, [{ kind: 'slot', index, isOptional: true }], false, new Map());
    if (sink.length - start === NULL.length) {
      sink.truncate(start);
      sink.ascii(none);
    }
  }

  /** Elements by their names, then the text that stands between them. */
  #members(
    chunk: Chunk,
    instance: Instance,
    content: readonly Part[],
    isOpen: boolean,
    keys: Map<string, number> | undefined,
  ): void {
    const start = new Start(this.#sink, isOpen);
    for (const part of content) if (isMember(chunk, instance, part)) this.#member(chunk, instance, part, start, keys);
    this.#between(chunk, instance, content, start);
    this.#sink.ascii(start.isFirst ? NULL : '}');
  }

  /** `"Name":…` of each element that a part stands for: several where a value holds several, or where an array repeats it. */
  #member(
    chunk: Chunk,
    instance: Instance,
    part: Exclude<Part, string>,
    start: Start,
    keys: Map<string, number> | undefined,
  ): void {
    const mark = chunk.mark;
    for (const [child, root] of membersOf(chunk, instance, part)) this.#repeated(chunk, child, root, start, keys);
    chunk.release(mark);
  }

  #repeated(
    chunk: Chunk,
    instance: Instance,
    element: XmlElement,
    start: Start,
    keys: Map<string, number> | undefined,
  ): void {
    const array = arraySlot(chunk, instance, element);
    if (array === undefined) {
      start.next();
      this.#memberKey(element, keys);
      this.element(chunk, instance, element);
      return;
    }
    const counts = keys ?? new Map<string, number>();
    forEachMember(chunk, array, () => this.#repeated(chunk, instance, element, start, counts));
  }

  /** `"#text":"…"` of what stands beside elements: texts and values without markup. */
  #between(chunk: Chunk, instance: Instance, content: readonly Part[], start: Start): void {
    const beside = content.filter(part => !isMember(chunk, instance, part));
    const text = partsText(chunk, instance, beside, this.#options) ?? '';
    if (text === '') return;
    start.next();
    this.#sink.ascii('"#text":');
    this.#values.text(chunk, text);
  }

  /** EventData and UserData: `Data` by name or by place, then everything else as an element. */
  #container(chunk: Chunk, instance: Instance, element: XmlElement, isOpen: boolean): void {
    const sink = this.#sink;
    const keys = new Map<string, number>();
    const start = new Start(sink, isOpen);
    const nameless: XmlElement[] = [];
    for (const datum of element.content) {
      if (typeof datum === 'string' || datum.kind !== 'element' || datum.name !== 'Data') continue;
      const attribute = datum.attributes.find(({ name }) => name === 'Name');
      const name = attribute === undefined ? undefined : partsText(chunk, instance, attribute.parts, this.#options);
      if (name === undefined || name === '') {
        nameless.push(datum);
        continue;
      }
      start.next();
      this.#values.key(numbered(name, keys));
      if (hasMembers(chunk, instance, datum)) this.#members(chunk, instance, datum.content, false, new Map());
      else if (!this.#values.value(chunk, instance, datum.content)) sink.ascii('""');
    }
    if (nameless.length > 0) {
      start.next();
      sink.ascii('"Data":{"#text":');
      this.#list(chunk, instance, nameless);
      sink.ascii('}');
      keys.set('Data', 1);
    }
    for (const part of element.content) {
      if (!isMember(chunk, instance, part) || (part.kind === 'element' && part.name === 'Data')) continue;
      this.#member(chunk, instance, part, start, keys);
    }
    this.#between(chunk, instance, element.content, start);
    sink.ascii(start.isFirst ? NULL : '}');
  }

  /** Nameless data: a value, or a list of all their values with '' where one is empty. */
  #list(chunk: Chunk, instance: Instance, data: readonly XmlElement[]): void {
    const sink = this.#sink;
    if (data.length > 1) sink.ascii('[');
    for (const [i, datum] of data.entries()) {
      if (i > 0) sink.ascii(',');
      const array = data.length > 1 ? soleArray(chunk, instance, datum) : undefined;
      if (array !== undefined) this.#values.members(chunk, array);
      else if (hasMembers(chunk, instance, datum)) this.#members(chunk, instance, datum.content, false, new Map());
      else if (!this.#values.value(chunk, instance, datum.content)) sink.ascii('""');
    }
    if (data.length > 1) sink.ascii(']');
  }

  #memberKey(element: XmlElement, keys: Map<string, number> | undefined): void {
    this.#values.key(keys === undefined ? element.name : numbered(element.name, keys));
  }

  /** Whether no two members can have one name, whatever the record holds. */
  #isUnique(element: XmlElement): boolean {
    const known = this.#unique.get(element);
    if (known !== undefined) return known;
    const names = element.content.flatMap(part =>
      typeof part !== 'string' && part.kind === 'element' ? [part.name] : [],
    );
    const isUnique = names.length === element.content.length && new Set(names).size === names.length;
    this.#unique.set(element, isUnique);
    return isUnique;
  }
}

/** The array that is all there is in a datum. */
function soleArray(chunk: Chunk, instance: Instance, { content }: XmlElement): number | undefined {
  const [only] = content;
  if (content.length !== 1 || typeof only !== 'object' || only.kind !== 'slot') return undefined;
  const i = instance.base + only.index;
  return only.index < instance.count && (chunk.types[i]! & ARRAY) !== 0 ? i : undefined;
}

/** The name with the number of times that it was there before. */
function numbered(name: string, seen: Map<string, number>): string {
  const count = seen.get(name) ?? 0;
  seen.set(name, count + 1);
  return count === 0 ? name : `${name}_${count}`;
}
