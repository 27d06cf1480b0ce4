import type { Value } from '../../model/index.ts';
import type { Part, XmlElement } from './binxml.ts';
import type { Chunk, Instance } from './chunk.ts';
import type { Sources } from './layout.ts';
import { LITERAL, NOWHERE } from './layout.ts';
import type { ValueOptions } from './values.ts';
import { ARRAY, TYPE, typedValue } from './values.ts';

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
  return slot === NOWHERE ? undefined : partsText(chunk, instance, sources.parts[i]!, options);
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
  const inner = nestedInstance(chunk, instance, i);
  if (inner === undefined) return undefined;
  const text = partsText(chunk, inner, inner.template.root.content, options);
  chunk.release(mark);
  return text;
}

/** The fragment in descriptor `i`; undefined where it is empty. */
export function nestedInstance(chunk: Chunk, instance: Instance, i: number): Instance | undefined {
  const at = chunk.places[i]!;
  return chunk.fragment(at, at + chunk.sizes[i]!, instance.depth + 1);
}

/** Whether an element has elements in it, its own or nested ones. */
export function hasMembers(chunk: Chunk, instance: Instance, element: XmlElement): boolean {
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
export function memberOf(
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
export function arraySlot(chunk: Chunk, instance: Instance, element: XmlElement): number | undefined {
  const [only] = element.content;
  if (element.content.length !== 1 || only === undefined || typeof only === 'string') return undefined;
  if (only.kind !== 'slot' || only.index >= instance.count) return undefined;
  const i = instance.base + only.index;
  return (chunk.types[i]! & ARRAY) !== 0 ? i : undefined;
}
