import type { SigmaDocument } from './document.ts';

type Content = SigmaDocument['content'];

/**
 * The documents of a file with what the old `action` key makes of them: `global` is part of every document behind it until `reset`,
 * `repeat` is the document before it with what it says itself. Documents without such a key come out as they are.
 */
export function withActions(documents: readonly SigmaDocument[]): readonly SigmaDocument[] {
  const rules: SigmaDocument[] = [];
  let shared: SigmaDocument | undefined;
  let before: SigmaDocument | undefined;
  for (const document of documents) {
    const action = document.content['action'];
    if (action === 'reset') shared = undefined;
    else if (action === 'global') shared = merged(shared, document);
    else {
      before = merged(action === 'repeat' ? before : shared, document);
      rules.push(before);
    }
  }
  return rules;
}

/** One document over another: mappings are joined, everything else is replaced. An error is placed where its key is written. */
function merged(under: SigmaDocument | undefined, over: SigmaDocument): SigmaDocument {
  if (under === undefined) return over;
  return {
    content: joined(under.content, over.content),
    placeOf: path => (has(over.content, path) || !has(under.content, path) ? over : under).placeOf(path),
  };
}

const isMapping = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function joined(under: Content, over: Content): Content {
  const entries = Object.entries(over).map(([key, value]): [string, unknown] => {
    const below = Object.hasOwn(under, key) ? under[key] : undefined;
    return [key, isMapping(below) && isMapping(value) ? joined(below, value) : value];
  });
  return Object.fromEntries([...Object.entries(under), ...entries]);
}

function has(content: Content, path: readonly (string | number)[]): boolean {
  let at: unknown = content;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return false;
    at = (at as Record<string | number, unknown>)[step];
  }
  return true;
}
