import type { Part, XmlElement } from './binxml.ts';
import type { Chunk, Instance } from './chunk.ts';
import { arraySlot, hasMembers, memberOf, partsText } from './content.ts';
import { ELEMENT_WORK, type JsonValues } from './json-values.ts';
import type { TextSink } from './sink.ts';
import type { ValueOptions } from './values.ts';
import { arrayItems } from './values.ts';

const ATTRIBUTES = '{"#attributes":{';

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
    else this.#members(chunk, instance, element, isOpen);
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

  #members(chunk: Chunk, instance: Instance, element: XmlElement, isOpen: boolean): void {
    const sink = this.#sink;
    const keys = this.#isUnique(element) ? undefined : new Map<string, number>();
    let isFirst = !isOpen;
    for (const part of element.content) {
      if (typeof part === 'string') continue;
      const slot = part.kind === 'element' ? arraySlot(chunk, instance, part) : undefined;
      if (part.kind === 'element' && slot !== undefined) {
        this.#repeat(chunk, instance, part, slot, isFirst, keys);
        isFirst = false;
        continue;
      }
      const mark = chunk.mark;
      const [child, root] = memberOf(chunk, instance, part);
      if (child === undefined || root === undefined) continue;
      sink.ascii(isFirst ? '{' : ',');
      isFirst = false;
      this.#memberKey(root, keys);
      this.element(chunk, child, root);
      chunk.release(mark);
    }
    sink.ascii(isFirst ? 'null' : '}');
  }

  /** An element whose only content is an array: once for each of its values, once and empty for none. */
  #repeat(
    chunk: Chunk,
    instance: Instance,
    element: XmlElement,
    slot: number,
    isFirst: boolean,
    keys: Map<string, number> | undefined,
  ): void {
    const sink = this.#sink;
    const items = arrayItems(chunk.bytes, chunk.types[slot]!, chunk.places[slot]!, chunk.sizes[slot]!, this.#options);
    const all = items.length === 0 ? [''] : items;
    const counts = keys ?? new Map<string, number>();
    for (const [i, item] of all.entries()) {
      chunk.spend(ELEMENT_WORK + item.length);
      sink.ascii(isFirst && i === 0 ? '{' : ',');
      this.#memberKey(element, counts);
      const isOpen = element.attributes.length > 0 && this.#attributes(chunk, instance, element);
      if (isOpen && item !== '') sink.ascii(',"#text":');
      if (item !== '') this.#values.quoted(item);
      else if (!isOpen) sink.ascii('null');
      if (isOpen) sink.ascii('}');
    }
  }

  /** EventData and UserData: `Data` by name or by place, then everything else as an element. */
  #container(chunk: Chunk, instance: Instance, element: XmlElement, isOpen: boolean): void {
    const sink = this.#sink;
    const keys = new Map<string, number>();
    let isFirst = !isOpen;
    const next = (): void => {
      sink.ascii(isFirst ? '{' : ',');
      isFirst = false;
    };
    const nameless: XmlElement[] = [];
    for (const datum of element.content) {
      if (typeof datum === 'string' || datum.kind !== 'element' || datum.name !== 'Data') continue;
      const attribute = datum.attributes.find(({ name }) => name === 'Name');
      const name = attribute === undefined ? undefined : partsText(chunk, instance, attribute.parts, this.#options);
      if (name === undefined || name === '') {
        nameless.push(datum);
        continue;
      }
      next();
      this.#values.key(numbered(name, keys));
      if (!this.#values.value(chunk, instance, datum.content)) sink.ascii('""');
    }
    if (nameless.length > 0) {
      next();
      sink.ascii('"Data":{"#text":');
      this.#list(chunk, instance, nameless);
      sink.ascii('}');
      keys.set('Data', 1);
    }
    for (const part of element.content) {
      if (typeof part === 'string' || (part.kind === 'element' && part.name === 'Data')) continue;
      const mark = chunk.mark;
      const [child, root] = memberOf(chunk, instance, part);
      if (child === undefined || root === undefined) continue;
      next();
      this.#memberKey(root, keys);
      this.element(chunk, child, root);
      chunk.release(mark);
    }
    sink.ascii(isFirst ? 'null' : '}');
  }

  /** Nameless data: a value, or a list of all their values with '' where one is empty. */
  #list(chunk: Chunk, instance: Instance, data: readonly XmlElement[]): void {
    const sink = this.#sink;
    if (data.length > 1) sink.ascii('[');
    for (const [i, datum] of data.entries()) {
      if (i > 0) sink.ascii(',');
      const array = data.length > 1 ? arraySlot(chunk, instance, datum) : undefined;
      if (array !== undefined) this.#values.members(chunk, array);
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

/** The name with the number of times that it was there before. */
function numbered(name: string, seen: Map<string, number>): string {
  const count = seen.get(name) ?? 0;
  seen.set(name, count + 1);
  return count === 0 ? name : `${name}_${count}`;
}
