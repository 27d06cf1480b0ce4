import type { Attribute, Part, XmlElement } from './binxml.ts';
import type { Chunk, Instance } from './chunk.ts';
import { nestedInstance, partsText } from './content.ts';
import type { TextSink } from './sink.ts';
import { trimmedUnits } from './utf16.ts';
import type { ValueOptions } from './values.ts';
import { ARRAY, arrayItems, scalarOf, TYPE, WIDTH } from './values.ts';

const ATTRIBUTES = '{"#attributes":{';
/** Work that one element is charged with. */
const ELEMENT_WORK = 16;

/** A child of `<EventData>`: whether it is a `Data`, and how it is called. */
interface Datum {
  readonly element: XmlElement;
  readonly isData: boolean;
  readonly name: Attribute | undefined;
  /** `"Name":`, where the name is the same in every record. */
  readonly key: Uint8Array | undefined;
}
interface DataShape {
  readonly data: readonly Datum[];
  /** Every child is a `Data` with a name of its own, the same in every record: nothing has to be counted or compared. */
  readonly isPlain: boolean;
}

/**
 * Writes an event as JSON in the shape of evtx_dump: attributes in `#attributes`, `Data` by its name, nameless `Data` as a list,
 * a repeated element as `Name`, `Name_1`, …; numbers and booleans as such, 64-bit ones with all their digits.
 */
export class JsonWriter {
  readonly #sink: TextSink;
  readonly #options: ValueOptions;
  readonly #shapes = new WeakMap<XmlElement, DataShape>();
  readonly #unique = new WeakMap<XmlElement, boolean>();

  constructor(sink: TextSink, options: ValueOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** `"Event":{…}`. Throws Damage, with half an event in the sink. */
  event(chunk: Chunk, instance: Instance): void {
    const { root } = instance.template;
    this.#key(root);
    this.#element(chunk, instance, root);
  }

  #element(chunk: Chunk, instance: Instance, element: XmlElement): void {
    chunk.enter();
    chunk.spend(ELEMENT_WORK);
    const isOpen = element.attributes.length > 0 && this.#attributes(chunk, instance, element);
    if (element.name === 'EventData' || element.name === 'UserData') this.#container(chunk, instance, element, isOpen);
    else if (hasMembers(chunk, instance, element)) this.#members(chunk, instance, element, isOpen);
    else this.#text(chunk, instance, element.content, isOpen);
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
      sink.raw(attributeKey(attribute));
      if (this.#value(chunk, instance, attribute.parts)) count++;
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
      if (!this.#value(chunk, instance, parts)) sink.ascii('null');
      return;
    }
    const before = sink.length;
    sink.ascii(',"#text":');
    if (!this.#value(chunk, instance, parts)) sink.truncate(before);
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
      this.#element(chunk, child, root);
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
      if (item !== '') this.#quoted(item);
      else if (!isOpen) sink.ascii('null');
      if (isOpen) sink.ascii('}');
    }
  }

  /** EventData and UserData: `Data` by name or by place, anything else as an element. */
  #container(chunk: Chunk, instance: Instance, element: XmlElement, isOpen: boolean): void {
    const shape = this.#shapeOf(element);
    const sink = this.#sink;
    if (!shape.isPlain) {
      if (hasMembers(chunk, instance, element)) this.#mixed(chunk, instance, element, shape, isOpen);
      else this.#text(chunk, instance, element.content, isOpen);
      return;
    }
    let isFirst = !isOpen;
    for (const { key, element: datum } of shape.data) {
      chunk.spend(ELEMENT_WORK);
      sink.ascii(isFirst ? '{' : ',');
      isFirst = false;
      sink.raw(key!);
      if (!this.#value(chunk, instance, datum.content)) sink.ascii('""');
    }
    sink.ascii(isFirst ? 'null' : '}');
  }

  #mixed(chunk: Chunk, instance: Instance, element: XmlElement, shape: DataShape, isOpen: boolean): void {
    const sink = this.#sink;
    const keys = new Map<string, number>();
    let isFirst = !isOpen;
    const next = (): void => {
      sink.ascii(isFirst ? '{' : ',');
      isFirst = false;
    };
    const nameless: Datum[] = [];
    for (const datum of shape.data) {
      if (!datum.isData) continue;
      const name = datum.name === undefined ? undefined : partsText(chunk, instance, datum.name.parts, this.#options);
      if (name === undefined || name === '') {
        nameless.push(datum);
        continue;
      }
      next();
      sink.raw(keyOf(numbered(name, keys)));
      if (!this.#value(chunk, instance, datum.element.content)) sink.ascii('""');
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
      this.#element(chunk, child, root);
      chunk.release(mark);
    }
    sink.ascii(isFirst ? 'null' : '}');
  }

  /** Nameless data: a value, or a list of them with '' where one is empty. */
  #list(chunk: Chunk, instance: Instance, data: readonly Datum[]): void {
    const sink = this.#sink;
    const [only] = data;
    if (data.length === 1 && only !== undefined) {
      if (!this.#value(chunk, instance, only.element.content)) sink.ascii('""');
      return;
    }
    sink.ascii('[');
    let isFirst = true;
    for (const { element } of data) {
      if (!isFirst) sink.ascii(',');
      isFirst = false;
      if (!this.#value(chunk, instance, element.content)) sink.ascii('""');
    }
    sink.ascii(']');
  }

  /** False, and nothing written, where there is no value. */
  #value(chunk: Chunk, instance: Instance, parts: readonly Part[]): boolean {
    const [only] = parts;
    if (only === undefined) return false;
    if (parts.length === 1 && typeof only !== 'string' && only.kind === 'slot') {
      return only.index < instance.count && this.#slot(chunk, instance.base + only.index);
    }
    const text =
      parts.length === 1 && typeof only === 'string' ? only : partsText(chunk, instance, parts, this.#options);
    if (text === undefined || text === '') return false;
    chunk.spend(text.length);
    this.#quoted(text);
    return true;
  }

  #slot(chunk: Chunk, i: number): boolean {
    const { bytes } = chunk;
    const type = chunk.types[i]!;
    const at = chunk.places[i]!;
    const size = chunk.sizes[i]!;
    const sink = this.#sink;
    if (type === TYPE.STRING) {
      const count = trimmedUnits(bytes, at, size);
      if (count === 0) return false;
      chunk.spend(count);
      sink.ascii('"');
      sink.utf16(bytes, at, count);
      sink.ascii('"');
      return true;
    }
    if (size === 0 || type === TYPE.NULL || type === TYPE.BINXML) return false;
    if ((type & ARRAY) !== 0) return this.#array(chunk, type, at, size);
    const text = scalarOf(bytes, type, at, size, this.#options);
    if (text === undefined || text === '') return false;
    this.#scalar(type, size, text);
    return true;
  }

  #array(chunk: Chunk, type: number, at: number, size: number): boolean {
    const items = arrayItems(chunk.bytes, type, at, size, this.#options);
    if (items.length === 0) return false;
    const member = type & ~ARRAY;
    const sink = this.#sink;
    for (const [i, item] of items.entries()) {
      chunk.spend(ELEMENT_WORK + item.length);
      sink.ascii(i === 0 ? '[' : ',');
      this.#scalar(member, WIDTH.get(member) ?? 0, item);
    }
    sink.ascii(']');
    return true;
  }

  #scalar(type: number, size: number, text: string): void {
    const isBare =
      (type >= TYPE.INT8 && type <= TYPE.UINT64) || type === TYPE.FLOAT || type === TYPE.DOUBLE
        ? size === WIDTH.get(type) && text !== 'NaN' && !text.endsWith('Infinity')
        : type === TYPE.BOOL;
    if (isBare) this.#sink.ascii(text);
    else this.#quoted(text);
  }

  #quoted(text: string): void {
    this.#sink.ascii('"');
    this.#sink.text(text);
    this.#sink.ascii('"');
  }

  #key(element: XmlElement): void {
    element.jsonKey ??= keyOf(element.name);
    this.#sink.raw(element.jsonKey);
  }

  #memberKey(element: XmlElement, keys: Map<string, number> | undefined): void {
    if (keys === undefined) this.#key(element);
    else this.#sink.raw(keyOf(numbered(element.name, keys)));
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

  #shapeOf(element: XmlElement): DataShape {
    const known = this.#shapes.get(element);
    if (known !== undefined) return known;
    const data: Datum[] = [];
    const names = new Set<string>();
    for (const part of element.content) {
      if (typeof part === 'string' || part.kind !== 'element') continue;
      const name = part.attributes.find(attribute => attribute.name === 'Name');
      const literal = name?.parts.every(p => typeof p === 'string') ? name.parts.join('') : '';
      if (literal !== '') names.add(literal);
      const key = literal === '' ? undefined : keyOf(literal);
      data.push({ element: part, isData: part.name === 'Data', name, key });
    }
    const isPlain =
      element.name === 'EventData' &&
      names.size === element.content.length &&
      data.length === element.content.length &&
      data.every(datum => datum.isData && datum.key !== undefined);
    const shape = { data, isPlain };
    this.#shapes.set(element, shape);
    return shape;
  }
}

/** Whether an element has elements in it, its own or nested ones. */
function hasMembers(chunk: Chunk, instance: Instance, element: XmlElement): boolean {
  for (const part of element.content) {
    if (typeof part === 'string') continue;
    if (part.kind !== 'slot') return true;
    const i = instance.base + part.index;
    if (part.index < instance.count && chunk.types[i] === TYPE.BINXML && chunk.sizes[i] !== 0) return true;
  }
  return false;
}

const NOTHING = [undefined, undefined] as const;
/** The element that a part stands for, with the instance that fills it. */
function memberOf(
  chunk: Chunk,
  instance: Instance,
  part: Exclude<Part, string>,
): readonly [Instance | undefined, XmlElement | undefined] {
  switch (part.kind) {
    case 'element':
      return [instance, part];
    case 'inner': {
      const inner = chunk.instance(part.at, part.end, instance.depth + 1);
      return [inner, inner.template.root];
    }
    case 'slot': {
      const i = instance.base + part.index;
      if (part.index >= instance.count || chunk.types[i] !== TYPE.BINXML) return NOTHING;
      const inner = nestedInstance(chunk, instance, i);
      return inner === undefined ? NOTHING : [inner, inner.template.root];
    }
    default:
      return part satisfies never;
  }
}

/** The descriptor of the array that is an element's only content. */
function arraySlot(chunk: Chunk, instance: Instance, element: XmlElement): number | undefined {
  const [only] = element.content;
  if (element.content.length !== 1 || only === undefined || typeof only === 'string') return undefined;
  if (only.kind !== 'slot' || only.index >= instance.count) return undefined;
  const i = instance.base + only.index;
  return (chunk.types[i]! & ARRAY) !== 0 ? i : undefined;
}

const keyOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(`${JSON.stringify(name)}:`, 'utf8'));

const attributeKeys = new WeakMap<Attribute, Uint8Array>();
function attributeKey(attribute: Attribute): Uint8Array {
  let key = attributeKeys.get(attribute);
  if (key === undefined) {
    key = keyOf(attribute.name);
    attributeKeys.set(attribute, key);
  }
  return key;
}

/** The name with the number of times that it was there before. */
function numbered(name: string, seen: Map<string, number>): string {
  const count = seen.get(name) ?? 0;
  seen.set(name, count + 1);
  return count === 0 ? name : `${name}_${count}`;
}
