import type { Scalar } from '../../model/index.ts';
import { parseWildcard } from '../../util/wildcard.ts';
import type { Condition, ValueTest } from '../condition.ts';
import { ALWAYS, allOf, anyOf, notOf } from '../condition-logic.ts';
import { resolveField } from '../field-alias.ts';
import { parseKql } from '../kql/index.ts';
import { fromLucene } from '../lucene-regex.ts';
import type { ExceptionEntry } from './document.ts';

/** A filter or an exception that asks for something we do not run; the loader gives it its place. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);

/** Kibana's saved filters: `meta` says whether one is disabled or negated, `query` is a piece of Elasticsearch's query language. */
export function filterCondition(filters: readonly Json[]): Condition {
  return allOf(
    filters.map(filter => {
      const meta = isObject(filter['meta']) ? filter['meta'] : {};
      if (meta['disabled'] === true) return ALWAYS;
      const condition = filter['query'] === undefined ? legacy(filter) : queryCondition(filter['query']);
      return meta['negate'] === true ? notOf(condition) : condition;
    }),
  );
}

/** Before `query` there were `exists` and `range` at the top. */
function legacy(filter: Json): Condition {
  const { exists, range } = filter;
  if (exists !== undefined) return queryCondition({ exists });
  if (range !== undefined) return queryCondition({ range });
  throw new FilterError('a filter without a query');
}

/** Elasticsearch's query language, the part that filters of rules are made of. */
export function queryCondition(query: unknown): Condition {
  if (!isObject(query)) throw new FilterError('a filter whose query is no table');
  return allOf(Object.entries(query).map(([kind, body]) => clause(kind, body)));
}

function clause(kind: string, body: unknown): Condition {
  switch (kind) {
    case 'match_all':
      return ALWAYS;
    case 'bool':
      return bool(body);
    case 'exists':
      if (isObject(body) && typeof body['field'] === 'string')
        return { kind: 'exists', field: resolveField(body['field']).name };
      throw new FilterError('exists without a field');
    case 'query_string':
    case 'simple_query_string':
      throw new FilterError(`the query ${kind} is not supported`);
    case 'kuery':
      return parseKql(String(isObject(body) ? body['query'] : body));
    default:
      if (!isObject(body)) throw new FilterError(`the query ${kind} is not supported`);
      return allOf(
        Object.entries(body).flatMap(([field, value]) => (isOption(field) ? [] : [ofField(kind, field, value)])),
      );
  }
}

const isOption = (name: string): boolean => name === 'boost' || name === '_name';

function bool(body: unknown): Condition {
  if (!isObject(body)) throw new FilterError('bool is no table');
  const of = (part: string): readonly Condition[] => listOf(body[part]).map(queryCondition);
  const should = of('should');
  const must = [...of('must'), ...of('filter')];
  const least =
    typeof body['minimum_should_match'] === 'number' ? body['minimum_should_match'] : must.length > 0 ? 0 : 1;
  const some: Condition =
    should.length === 0 || least === 0 ? ALWAYS : least === 1 ? anyOf(should) : { kind: 'some', least, of: should };
  return allOf([...must, some, ...of('must_not').map(notOf)]);
}

function ofField(kind: string, name: string, value: unknown): Condition {
  const { name: field, fold } = resolveField(name);
  const ask = (test: ValueTest): Condition => ({ kind: 'test', field, test, missing: 'no' });
  const body = isObject(value) ? value : { value };
  const folds = fold || body['case_insensitive'] === true;
  const plain = body['value'] ?? body['query'] ?? body['wildcard'];
  switch (kind) {
    case 'term':
    case 'match':
    case 'match_phrase':
      return ask({ kind: 'equals', values: listOf(plain).filter(isScalar), fold: folds });
    case 'terms':
      return ask({ kind: 'equals', values: listOf(value).filter(isScalar), fold });
    case 'prefix':
      return ask({ kind: 'prefix', texts: [String(plain)], fold: folds });
    case 'wildcard':
      return ask({
        kind: 'wildcard',
        patterns: [parseWildcard(String(plain), { one: true, escape: true })],
        fold: folds,
      });
    case 'regexp': {
      const flags = { fold: folds, multiline: false, dotAll: false };
      const one = (pattern: string): Condition => ask({ kind: 'regex', pattern, flags, anchor: 'whole' });
      return anyOf(fromLucene(String(plain)).map(alternative => allOf(alternative.map(one))));
    }
    case 'range':
      return allOf(rangeTests(body).map(ask));
    default:
      throw new FilterError(`the query ${kind} is not supported`);
  }
}

const ORDERS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function rangeTests(body: Json): readonly ValueTest[] {
  return Object.entries(ORDERS).flatMap(([name, op]) => {
    const limit = body[name];
    if (limit === undefined || limit === null) return [];
    return [{ kind: 'order' as const, op, value: typeof limit === 'number' ? limit : String(limit), fold: false }];
  });
}

/** One item of an exception list: all of its entries. */
export function exceptionCondition(entries: readonly ExceptionEntry[]): Condition {
  return allOf(
    entries.map(entry => {
      const condition = entryCondition(entry);
      return entry.operator === 'excluded' ? notOf(condition) : condition;
    }),
  );
}

function entryCondition(entry: ExceptionEntry): Condition {
  const { name: field, fold } = resolveField(entry.field);
  const values = listOf(entry.value).map(String);
  switch (entry.type) {
    case 'exists':
      return { kind: 'exists', field };
    case 'nested':
      return exceptionCondition(
        (entry.entries ?? []).map(inner => ({ ...inner, field: `${entry.field}.${inner.field}` })),
      );
    case 'match':
    case 'match_any':
      return { kind: 'test', field, test: { kind: 'equals', values, fold }, missing: 'no' };
    case 'wildcard': {
      const patterns = values.map(value => parseWildcard(value, { one: true, escape: true }));
      return { kind: 'test', field, test: { kind: 'wildcard', patterns, fold }, missing: 'no' };
    }
    default:
      throw new FilterError(`an exception of type ${entry.type} is not supported`);
  }
}
