import { parse as parseToml, TomlError } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';
import { RuleError } from './rule-error.ts';

/** One query of a pack. */
export interface QueryPackEntry {
  readonly name: string;
  readonly query: string;
  readonly language: 'eql' | 'kql' | undefined;
  readonly caseSensitive: boolean | undefined;
}

/**
 * Reads a query pack, TOML, YAML or JSON by its content: a list `queries` of `name`, `query`, and optionally `language` and
 * `case_sensitive`; other keys are ignored, so that public suites are packs as they are. An unnamed query is called by its place, q1.
 * Throws RuleError with the place in the file.
 */
export function readQueryPack(text: string, path: string): readonly QueryPackEntry[] {
  const content = /\.toml$/i.test(path) ? readToml(text) : readYaml(text);
  const list = Array.isArray(content) ? content : isMapping(content) ? content['queries'] : undefined;
  if (!Array.isArray(list))
    throw new RuleError(
      'a list called queries is expected',
      1,
      1,
      'write queries: and below it a list of name and query',
    );
  return list.map((entry: unknown, i) => {
    if (!isMapping(entry) || typeof entry['query'] !== 'string') {
      throw new RuleError(`query ${i + 1} has no text called query`, 1, 1);
    }
    const { name, query, language } = entry;
    const caseSensitive = entry['case_sensitive'];
    return {
      name: typeof name === 'string' && name !== '' ? name : `q${i + 1}`,
      query,
      language: language === 'kql' || language === 'kuery' ? 'kql' : language === 'eql' ? 'eql' : undefined,
      caseSensitive: typeof caseSensitive === 'boolean' ? caseSensitive : undefined,
    };
  });
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readToml(text: string): unknown {
  try {
    return parseToml(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    if (error instanceof TomlError) throw new RuleError(error.message.split('\n')[0]!, error.line, error.column);
    throw error;
  }
}

function readYaml(text: string): unknown {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  const { line, col } = counter.linePos(error.pos[0]);
  throw new RuleError(error.message, line, col);
}
