import type { Field, Scalar, Value } from '../../model/index.ts';
import type { Scope } from './scope.ts';

/**
 * A list as its document has it, or what lies at a path of it. Columns hold scalars: what a list of objects was is only in the
 * document itself, kept as `event.original`. Where that is not kept, or has no such name, the flattened values are the list.
 */
export function element(field: Field, path: readonly (string | number)[]): (scope: Scope) => Value | null {
  const names = field.split('.');
  let lastText = '';
  let lastDocument: unknown;
  return scope => {
    const original = scope.value('event.original');
    if (typeof original !== 'string' || !original.startsWith('{')) return simplest(walk(scope.value(field), path));
    if (original !== lastText) {
      lastText = original;
      lastDocument = opened(original);
    }
    const document = walk(lastDocument, ['_source']) ?? lastDocument;
    return simplest(walk(walk(document, [field]) ?? walk(document, names) ?? scope.value(field), path));
  };
}

/** What lies at a path of a member. A member that is an object or a list may come as its JSON text. */
export function walk(from: unknown, path: readonly (string | number)[]): unknown {
  let value = from;
  for (const key of path) {
    value = opened(value);
    if (typeof key === 'number') value = Array.isArray(value) ? value[key] : key === 0 ? value : undefined;
    else if (typeof value === 'string') value = value === key;
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function opened(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // a text that only looks like JSON
  }
}

/** A value that conditions can be asked about; members that are objects become their JSON text. Null for objects and nothing. */
export function simplest(value: unknown): Value | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (!Array.isArray(value)) return null;
  return value.map(member => (typeof member === 'object' ? JSON.stringify(member) : (member as Scalar)));
}
