import { isAlias, parseDocument, visit } from 'yaml';

/** Thrown by {@link readPlaceholders}: the file, and what is expected in it. */
export class PlaceholderError extends Error {
  override readonly name = 'PlaceholderError';
}

/**
 * Reads the values of placeholders, YAML or JSON: `Administrators: [root, admin]`, or one value. A rule's `%Administrators%` stands for
 * any of them; they may have wildcards. Throws PlaceholderError with the place.
 */
export function readPlaceholders(text: string, path: string): ReadonlyMap<string, readonly string[]> {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new PlaceholderError(`${path}: ${error.message}`);
  visit(document, (_, node) => {
    if (isAlias(node)) throw new PlaceholderError(`${path}: aliases are not read here; write the values out`);
  });
  const content: unknown = document.toJS();
  if (content === null) return new Map();
  if (typeof content !== 'object' || Array.isArray(content))
    throw new PlaceholderError(`${path}: a mapping is expected, such as Administrators: [root, admin]`);
  return new Map(
    Object.entries(content).map(([name, value]: [string, unknown]) => {
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      if (!values.every(one => typeof one === 'string' || typeof one === 'number'))
        throw new PlaceholderError(`${path}: ${name}: a text, a number or a list of them is expected`);
      return [name, values.map(String)];
    }),
  );
}
