import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';

/** One YAML document of a rule file: its content, and where its keys stand. */
export interface SigmaDocument {
  readonly content: Readonly<Record<string, unknown>>;
  /** Line and column, from 1, of the key that a path leads to; of the nearest one above where there is none. */
  placeOf(path: readonly (string | number)[]): { readonly line: number; readonly column: number };
}

/** What is wrong with the YAML itself. */
export interface YamlFault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** Cuts a file into its documents. Empty documents and documents that are no mapping are left out. */
export function sigmaDocuments(text: string): {
  readonly documents: readonly SigmaDocument[];
  readonly faults: readonly YamlFault[];
} {
  const counter = new LineCounter();
  const faults: YamlFault[] = [];
  const documents: SigmaDocument[] = [];
  const all = parseAllDocuments(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: false, merge: true });
  for (const yaml of Array.isArray(all) ? all : []) {
    const [error] = yaml.errors;
    if (error !== undefined) {
      faults.push({ message: `YAML: ${error.message}`, ...placeAt(counter, error.pos[0]) });
      continue;
    }
    let content: unknown;
    try {
      // Aliases that would unfold to far more than they take are refused.
      content = yaml.toJS({ maxAliasCount: 100 });
    } catch (reason) {
      faults.push({ message: `YAML: ${(reason as Error).message}`, line: 1, column: 1 });
      continue;
    }
    if (typeof content !== 'object' || content === null || Array.isArray(content)) continue;
    documents.push({
      content: content as Record<string, unknown>,
      placeOf: path => placeAt(counter, offsetOf(yaml, path)),
    });
  }
  return { documents, faults };
}

const placeAt = (counter: LineCounter, offset: number): { line: number; column: number } => {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
};

function offsetOf(yaml: Document.Parsed, path: readonly (string | number)[]): number {
  let node: unknown = yaml.contents;
  let offset = (node as Node | null)?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
