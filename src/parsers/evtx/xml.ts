import type { Part, XmlElement } from './binxml.ts';
import type { Chunk, Instance } from './chunk.ts';
import { arraySlot, forEachMember, isMember, nestedInstance, partsText } from './content.ts';
import type { TextSink } from './sink.ts';
import { trimmedUnits } from './utf16.ts';
import type { ValueOptions } from './values.ts';
import { scalarOf, TYPE } from './values.ts';
import { XmlNames } from './xml-names.ts';

/** Work that one element is charged with. */
const ELEMENT_WORK = 16;

/** Writes an event as XML in the shape that Windows exports: attributes in single quotes, no white space between elements. */
export class XmlWriter {
  readonly #sink: TextSink;
  readonly #options: ValueOptions;
  readonly #names = new XmlNames();
  /** Declared by the elements around. */
  readonly #prefixes: string[] = ['xml'];

  constructor(sink: TextSink, options: ValueOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Throws Damage, with half an event in the sink. */
  event(chunk: Chunk, instance: Instance): void {
    this.#prefixes.length = 1;
    this.#element(chunk, instance, instance.template.root);
  }

  #element(chunk: Chunk, instance: Instance, element: XmlElement): void {
    const array = arraySlot(chunk, instance, element);
    if (array !== undefined) forEachMember(chunk, array, () => this.#element(chunk, instance, element));
    else if (!isElementLeftOut(chunk, instance, element)) this.#whole(chunk, instance, element);
  }

  #whole(chunk: Chunk, instance: Instance, element: XmlElement): void {
    const sink = this.#sink;
    const names = this.#names.of(element);
    const outer = this.#prefixes.length;
    if (names.prefixes.length > 0) this.#prefixes.push(...names.prefixes);
    const name = this.#bound(names.element);
    chunk.enter();
    chunk.spend(ELEMENT_WORK);
    sink.ascii('<');
    sink.text(name);
    for (const [i, { parts }] of element.attributes.entries()) {
      if (!isLeftOut(chunk, instance, parts)) this.#attribute(chunk, instance, names.attributes[i]!, parts);
    }
    const start = sink.length;
    sink.ascii('>');
    this.#content(chunk, instance, element.content);
    if (element.content.length === 0) {
      sink.truncate(start);
      sink.ascii('/>');
    } else {
      sink.ascii('</');
      sink.text(name);
      sink.ascii('>');
    }
    this.#prefixes.length = outer;
    chunk.leave();
  }

  /** A name whose prefix nobody has declared is a name without one. */
  #bound(name: string): string {
    const colon = name.indexOf(':');
    if (colon === -1 || this.#prefixes.includes(name.slice(0, colon))) return name;
    return name.replace(':', '_');
  }

  /** No markup stands in an attribute: of a nested value, only its text. A declared prefix has to stand for something. */
  #attribute(chunk: Chunk, instance: Instance, name: string, parts: readonly Part[]): void {
    const sink = this.#sink;
    const isPrefix = name.startsWith('xmlns:');
    sink.ascii(' ');
    sink.text(isPrefix ? name : this.#bound(name));
    sink.ascii("='");
    const start = sink.length;
    const isPlain = !parts.some(part => isMember(chunk, instance, part));
    if (isPlain) this.#content(chunk, instance, parts);
    else sink.text(partsText(chunk, instance, parts, this.#options) ?? '');
    if (isPrefix && sink.length === start) sink.ascii('_');
    sink.refer(start);
    sink.ascii("'");
  }

  #content(chunk: Chunk, instance: Instance, parts: readonly Part[]): void {
    for (const part of parts) {
      if (typeof part === 'string') {
        chunk.spend(part.length);
        this.#sink.text(part);
        continue;
      }
      switch (part.kind) {
        case 'element':
          this.#element(chunk, instance, part);
          break;
        case 'inner': {
          const mark = chunk.mark;
          const inner = chunk.instance(part.at, part.end, instance.depth + 1);
          this.#element(chunk, inner, inner.template.root);
          chunk.release(mark);
          break;
        }
        case 'slot':
          this.#slot(chunk, instance, part.index);
          break;
        default:
          part satisfies never;
      }
    }
  }

  #slot(chunk: Chunk, instance: Instance, index: number): void {
    if (index >= instance.count) return;
    const i = instance.base + index;
    const type = chunk.types[i]!;
    const at = chunk.places[i]!;
    const size = chunk.sizes[i]!;
    const { bytes } = chunk;
    if (type === TYPE.BINXML) {
      const mark = chunk.mark;
      for (let inner = nestedInstance(chunk, instance, i); inner !== undefined; inner = chunk.following(inner)) {
        this.#element(chunk, inner, inner.template.root);
      }
      chunk.release(mark);
    } else if (type === TYPE.STRING) {
      const count = trimmedUnits(bytes, at, size);
      chunk.spend(count);
      this.#sink.utf16(bytes, at, count);
    } else {
      this.#sink.text(scalarOf(bytes, type, at, size, this.#options) ?? '');
    }
    chunk.spend(size);
  }
}

/** An element that depends on a value which is NULL, whatever else it holds, or whose only content is an optional slot without one. */
function isElementLeftOut(chunk: Chunk, instance: Instance, { dependsOn, content }: XmlElement): boolean {
  if (dependsOn !== undefined && isNull(chunk, instance, dependsOn)) return true;
  return isLeftOut(chunk, instance, content);
}

const isNull = (chunk: Chunk, instance: Instance, index: number): boolean =>
  index >= instance.count || chunk.types[instance.base + index] === TYPE.NULL;

/** An element or attribute whose only content is an optional slot without a value. */
function isLeftOut(chunk: Chunk, instance: Instance, parts: readonly Part[]): boolean {
  const [only] = parts;
  if (parts.length !== 1 || only === undefined || typeof only === 'string') return false;
  return only.kind === 'slot' && only.isOptional && isNull(chunk, instance, only.index);
}
