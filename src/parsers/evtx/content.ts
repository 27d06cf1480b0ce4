import type { Value } from '../../model/index.ts';
import type { Part, XmlElement } from './binxml.ts';
import type { Chunk, Instance } from './chunk.ts';
import type { Sources } from './layout.ts';
import { LITERAL, NOWHERE } from './layout.ts';
import type { ValueOptions } from './values.ts';
import { ARRAY, arrayMembers, TYPE, typedValue } from './values.ts';

// Values of a record as text, wherever a template may have put them.

/** The value of a slot; undefined where it is NULL, where the record has fewer values than its template slots, or where it is nested. */
function slotValue(chunk: Chunk, instance: Instance, index: number, options: ValueOptions): Value | undefined {
  if (index >= instance.count) return undefined;
  const i = instance.base + index;
  const type = chunk.types[i]!;
  if (type === TYPE.BINXML) return nestedText(chunk, instance, i, options);
  return typedValue(chunk.bytes, type, chunk.places[i]!, chunk.sizes[i]!, options);
}

/** What a layout says of its value number `i`. */
export function sourceValue(
  chunk: Chunk,
  instance: Instance,
  sources: Sources,
  i: number,
  options: ValueOptions,
): Value | undefined {
  const slot = sources.slots[i]!;
  if (slot >= 0) return slotValue(chunk, instance, slot, options);
  if (slot === LITERAL) return sources.literals[i];
  return slot === NOWHERE ? undefined : composedValue(chunk, instance, sources.parts[i]!, options);
}

/** The text of several parts; as many texts as an array among them has members. */
export function composedValue(
  chunk: Chunk,
  instance: Instance,
  parts: readonly Part[],
  options: ValueOptions,
): Value | undefined {
  const array = instance.hasArrays ? arrayAmong(chunk, instance, parts) : undefined;
  if (array === undefined) return partsText(chunk, instance, parts, options);
  const texts: string[] = [];
  forEachMember(chunk, array, () => {
    const value = composedValue(chunk, instance, parts, options);
    if (Array.isArray(value)) texts.push(...value);
    else texts.push(String(value ?? ''));
  });
  return texts;
}

/** The text of several parts, elements within them by their own text; undefined where none of them has any. */
export function partsText(
  chunk: Chunk,
  instance: Instance,
  parts: readonly Part[],
  options: ValueOptions,
): string | undefined {
  let text: string | undefined;
  chunk.enter();
  for (const part of parts) {
    const piece = partText(chunk, instance, part, options);
    chunk.spend(16 + (piece?.length ?? 0));
    if (piece !== undefined) text = text === undefined ? piece : text + piece;
  }
  chunk.leave();
  return text;
}

function partText(chunk: Chunk, instance: Instance, part: Part, options: ValueOptions): string | undefined {
  if (typeof part === 'string') return part;
  switch (part.kind) {
    case 'slot': {
      const value = slotValue(chunk, instance, part.index, options);
      return Array.isArray(value) ? value.join(',') : (value as string | undefined);
    }
    case 'element':
      return partsText(chunk, instance, part.content, options);
    case 'inner': {
      const mark = chunk.mark;
      const inner = chunk.instance(part.at, part.end, instance.depth + 1);
      const text = partsText(chunk, inner, inner.template.root.content, options);
      chunk.release(mark);
      return text;
    }
    default:
      return part satisfies never;
  }
}

function nestedText(chunk: Chunk, instance: Instance, i: number, options: ValueOptions): string | undefined {
  const mark = chunk.mark;
  let text: string | undefined;
  for (let inner = nestedInstance(chunk, instance, i); inner !== undefined; inner = chunk.following(inner)) {
    const piece = partsText(chunk, inner, inner.template.root.content, options);
    if (piece !== undefined) text = text === undefined ? piece : text + piece;
  }
  chunk.release(mark);
  return text;
}

/** The first element of the fragment in descriptor `i`; undefined where it has none. `chunk.following` gives the next. */
export function nestedInstance(chunk: Chunk, instance: Instance, i: number): Instance | undefined {
  const at = chunk.places[i]!;
  return chunk.fragment(at, at + chunk.sizes[i]!, instance.depth + 1);
}

/** Whether an element has elements in it, its own or nested ones. */
export function hasMembers(chunk: Chunk, instance: Instance, element: XmlElement): boolean {
  for (const part of element.content) if (isMember(chunk, instance, part)) return true;
  return false;
}

/** Whether a part is an element, or brings some. */
export function isMember(chunk: Chunk, instance: Instance, part: Part): part is Exclude<Part, string> {
  if (typeof part === 'string') return false;
  if (part.kind !== 'slot') return true;
  const i = instance.base + part.index;
  return part.index < instance.count && chunk.types[i] === TYPE.BINXML && chunk.sizes[i] !== 0;
}

/** The elements that a part stands for, each with the instance that fills it. */
export function* membersOf(
  chunk: Chunk,
  instance: Instance,
  part: Exclude<Part, string>,
): Generator<readonly [Instance, XmlElement]> {
  switch (part.kind) {
    case 'element':
      yield [instance, part];
      return;
    case 'inner': {
      const inner = chunk.instance(part.at, part.end, instance.depth + 1);
      yield [inner, inner.template.root];
      return;
    }
    case 'slot': {
      const i = instance.base + part.index;
      if (part.index >= instance.count || chunk.types[i] !== TYPE.BINXML) return;
      for (let inner = nestedInstance(chunk, instance, i); inner !== undefined; inner = chunk.following(inner)) {
        yield [inner, inner.template.root];
      }
      return;
    }
    default:
      part satisfies never;
  }
}

/** The descriptor of the first array that an element's attributes or its own content take a value from: it repeats the element. */
export function arraySlot(chunk: Chunk, instance: Instance, element: XmlElement): number | undefined {
  if (!instance.hasArrays) return undefined;
  for (const { parts } of element.attributes) {
    const array = arrayAmong(chunk, instance, parts);
    if (array !== undefined) return array;
  }
  return arrayAmong(chunk, instance, element.content);
}

function arrayAmong(chunk: Chunk, instance: Instance, parts: readonly Part[]): number | undefined {
  for (const part of parts) {
    if (typeof part === 'string' || part.kind !== 'slot' || part.index >= instance.count) continue;
    const i = instance.base + part.index;
    if ((chunk.types[i]! & ARRAY) !== 0) return i;
  }
  return undefined;
}

/** Lets each member of the array in descriptor `i` stand there by itself in turn; an empty text where it has none. */
export function forEachMember(chunk: Chunk, i: number, write: (isFirst: boolean) => void): void {
  const type = chunk.types[i]!;
  const at = chunk.places[i]!;
  const size = chunk.sizes[i]!;
  const members = arrayMembers(chunk.bytes, type, at, size);
  let isFirst = true;
  for (const member of members.length === 0 ? [{ type: TYPE.STRING, at, size: 0 }] : members) {
    chunk.types[i] = member.type;
    chunk.places[i] = member.at;
    chunk.sizes[i] = member.size;
    write(isFirst);
    isFirst = false;
  }
  chunk.types[i] = type;
  chunk.places[i] = at;
  chunk.sizes[i] = size;
}
