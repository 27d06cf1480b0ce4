import { type Field, foreignField, type Timeline } from '../model/index.ts';
import { type Condition, fieldsOf, parseEql, parseKql, type Query, type Semantics } from '../rules/index.ts';
import { findPositions, TimelineReader } from './match/positions.ts';
import { compileCondition } from './match.ts';
import { workOutLineages } from './query/lineages.ts';
import { HOST_FIELDS, type QueryMatch, runPipes } from './query/pipes.ts';
import { followJoin } from './sequence/join.ts';
import { takeSamples } from './sequence/sample.ts';
import { followSequence, type Matches } from './sequence/sequence.ts';

export type { QueryMatch } from './query/pipes.ts';

export type QueryLanguage = 'eql' | 'kql';

export interface QueryOptions {
  readonly language?: QueryLanguage;
  readonly semantics?: Semantics;
  /** Classic only: strings are compared with regard to case. */
  readonly caseSensitive?: boolean;
  /** The field behind EQL's `process where`. */
  readonly categoryField?: string | undefined;
}

/** A query, read and ready to run over any timeline that was decoded with its fields. */
export interface CompiledQuery {
  readonly query: Query;
  readonly fields: ReadonlySet<Field>;
  /** It names fields that only the data can name: decode everything. */
  readonly needsEvery: boolean;
  /** Whether a match is several events. */
  readonly isSequence: boolean;
}

export interface QueryResult {
  readonly matches: readonly QueryMatch[];
  /** Candidates of a sequence that were dropped because more keys were open than are followed. */
  readonly overflow: number;
}

/** Reads a search expression. Throws RuleError with line, column and hint. */
export function compileQuery(text: string, options: QueryOptions = {}): CompiledQuery {
  const query =
    options.language === 'kql'
      ? { base: { kind: 'event' as const, condition: parseKql(text) }, pipes: [], foldKeys: false }
      : parseEql(text, options);
  const needs = [...conditionsOf(query), ...expressionsOf(query)].map(fieldsOf);
  const fields = new Set(needs.flatMap(need => [...need.fields].map(ofAnyEvent)));
  if (query.pipes.some(pipe => pipe.kind.endsWith('count'))) for (const field of HOST_FIELDS) fields.add(field);
  return { query, fields, needsEvery: needs.some(need => need.every), isSequence: query.base.kind !== 'event' };
}

/** `events[1].name` is read from the second event of a match: the field itself is `name`. */
const ofAnyEvent = (field: Field): Field => foreignField(field.replace(/^events\[\d+\]\./, ''));

/** Runs queries over one timeline in one pass over its batches; what they share is asked once. Results in the order of the queries. */
export function runQueries(queries: readonly CompiledQuery[], timeline: Timeline): readonly QueryResult[] {
  const bases = queries.map(({ query }) => baseConditions(query));
  const given = workOutLineages(bases.flat(), timeline);
  const found = findPositions(
    timeline,
    bases.flat().map(condition => compileCondition(condition, { given })),
  );
  const reader = new TimelineReader(timeline);
  let next = 0;
  return queries.map(({ query }, index) => {
    const mine = found.slice(next, next + bases[index]!.length);
    next += mine.length;
    const { matches, overflow } = matchesOf(query, mine, reader);
    return { matches: runPipes(matches, query.pipes, reader, query.foldKeys), overflow };
  });
}

function matchesOf(query: Query, found: readonly Uint32Array[], reader: TimelineReader): QueryResult {
  const { base } = query;
  switch (base.kind) {
    case 'event': {
      const matches = Array.from(found[0]!, position => ({
        positions: [position],
        joinKeys: undefined,
        extra: undefined,
      }));
      return { matches, overflow: 0 };
    }
    case 'sequence':
      return joined(followSequence(base, found, found[base.stages.length], reader));
    case 'join':
      return joined(followJoin(base, found.slice(0, base.stages.length), found[base.stages.length], reader));
    case 'sample':
      return joined(takeSamples(base, found, reader));
    default:
      return base satisfies never;
  }
}

function joined({ matches, overflow }: Matches): QueryResult {
  return { matches: matches.map(({ positions, keys }) => ({ positions, joinKeys: keys, extra: undefined })), overflow };
}

/** The conditions that events are matched against: one a stage, then that of `until`. */
function baseConditions({ base }: Query): readonly Condition[] {
  if (base.kind === 'event') return [base.condition];
  const stages = base.stages.map(stage => stage.condition);
  return base.kind === 'sample' || base.until === undefined ? stages : [...stages, base.until.condition];
}

function conditionsOf(query: Query): readonly Condition[] {
  return [...baseConditions(query), ...query.pipes.flatMap(pipe => (pipe.kind === 'filter' ? [pipe.condition] : []))];
}

/** Keys and arguments of pipes, as conditions, for the sake of their fields. */
function expressionsOf({ base, pipes }: Query): readonly Condition[] {
  const stages =
    base.kind === 'event' ? [] : [...base.stages, ...('until' in base && base.until !== undefined ? [base.until] : [])];
  const expressions = [
    ...stages.flatMap(stage => stage.keys.map(key => key.expression)),
    ...pipes.flatMap(pipe => ('keys' in pipe ? pipe.keys : [])),
  ];
  return expressions.map(of => ({ kind: 'null', of }));
}
