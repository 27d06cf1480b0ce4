import { parse as parseToml, TomlError } from 'smol-toml';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { RuleError } from '../rules/index.ts';
import { type CompiledQuery, compileQuery, type QueryLanguage, type QueryOptions } from './query.ts';

/** One query of a pack: compiled, or what is wrong with it (line and column in the query's own text). */
export type PackedQuery =
  | { readonly name: string; readonly query: CompiledQuery }
  | { readonly name: string; readonly error: RuleError };

export interface QueryPack {
  readonly queries: readonly PackedQuery[];
}

/**
 * Reads a pack of queries: TOML, YAML or JSON by the file's name, with a list `queries` of `name`, `query` and optionally
 * `language` and `case_sensitive`. Other keys are ignored; an unnamed query is called by its place (`q1`). A query that is
 * wrong does not disturb the others. Throws RuleError only where the pack itself cannot be read.
 */
export function readQueryPack(text: string, path: string, defaults: QueryOptions = {}): QueryPack {
  const document = parsePack(text, path);
  const list = Array.isArray(document) ? document : isTable(document) ? document['queries'] : undefined;
  if (!Array.isArray(list))
    throw new RuleError('a query pack has a list named queries', 1, 1, 'each member has a query and perhaps a name');
  return { queries: list.map((entry: unknown, index) => packed(entry, `q${index + 1}`, defaults)) };
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function parsePack(text: string, path: string): unknown {
  try {
    if (/\.toml$/i.test(path)) return parseToml(text, { integersAsBigInt: 'asNeeded' });
    return /\.json$/i.test(path) ? (JSON.parse(text) as unknown) : (parseYaml(text) as unknown);
  } catch (error) {
    if (error instanceof TomlError)
      throw new RuleError(`TOML: ${error.message.split('\n')[0]}`, error.line, error.column);
    if (error instanceof YAMLParseError) {
      const [place] = error.linePos ?? [];
      throw new RuleError(`YAML: ${error.message.split('\n')[0]}`, place?.line ?? 1, place?.col ?? 1);
    }
    if (error instanceof SyntaxError) throw new RuleError(`JSON: ${error.message}`, 1, 1);
    throw error;
  }
}

function packed(entry: unknown, place: string, defaults: QueryOptions): PackedQuery {
  const table = isTable(entry) ? entry : {};
  const name = typeof table['name'] === 'string' ? table['name'] : place;
  const { query: text, language } = table;
  if (typeof text !== 'string') return { name, error: new RuleError('an entry of a query pack has a query', 1, 1) };
  if (language !== undefined && language !== 'eql' && language !== 'kql' && language !== 'kuery') {
    return { name, error: new RuleError(`unknown language ${String(language)}`, 1, 1, 'languages are eql and kql') };
  }
  const options: QueryOptions = {
    ...defaults,
    ...(language === undefined ? {} : { language: (language === 'eql' ? 'eql' : 'kql') satisfies QueryLanguage }),
    ...(typeof table['case_sensitive'] === 'boolean' ? { caseSensitive: table['case_sensitive'] } : {}),
  };
  try {
    return { name, query: compileQuery(text, options) };
  } catch (error) {
    if (error instanceof RuleError) return { name, error };
    throw error;
  }
}
