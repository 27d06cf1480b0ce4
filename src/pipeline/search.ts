import { openCollection } from '../collection/index.ts';
import {
  type CompiledQuery,
  compileQuery,
  type QueryMatch,
  type QueryOptions,
  type QueryPack,
  readQueryPack,
  runQueries,
} from '../detect/index.ts';
import { type EventBatch, type EvidenceRow, isoTime, type Timeline } from '../model/index.ts';
import { jsonDocuments, type ParseContext } from '../parsers/index.ts';
import { eventDocument, sourceDocument } from '../report/index.ts';
import { RuleError } from '../rules/index.ts';
import { orderEvents } from '../timeline/index.ts';
import { endOf, evidenceRows } from './analyze.ts';
import { enriched } from './enriched.ts';
import {
  EVERYTHING,
  type EvidenceOptions,
  eventAtPosition,
  type OrderedCase,
  placeOf,
  putInOrder,
  readEvidence,
} from './evidence.ts';
import { type DetectionOptions, type NamedText, openRuleBook, RuleBookError } from './rule-book.ts';
import { refuseUnknownHosts, type Selection, selectedTimeline } from './selection.ts';

/** Rules matter here only for their parameters: what is derived from the logs depends on them. */
export interface SearchOptions extends EvidenceOptions, QueryOptions, Partial<DetectionOptions>, Selection {
  /** An EQL or KQL expression; undefined where a pack is given. */
  readonly expression: string | undefined;
  readonly pack?: NamedText;
  readonly limit?: number | undefined;
  /** The evidence is any JSON objects: which of their fields are the time, the tiebreaker and the category. */
  readonly documents?: {
    readonly timestampField?: string;
    readonly tiebreakerField?: string;
    readonly categoryField?: string;
  };
}

export interface SearchResult {
  /** A line each: an event, a sequence, or what a query of a pack gave. */
  readonly lines: Iterable<object>;
  readonly evidence: readonly EvidenceRow[];
  readonly warnings: readonly string[];
}

/** What expressions match: in one pass, however many there are. */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const entries = options.pack === undefined ? undefined : packOrRefused(options.pack, options);
  const single = entries === undefined ? compiledOrRefused(options) : undefined;
  const { timeline, documentAt, evidence, warnings } = await readTimeline(options);
  if (entries !== undefined) {
    return { lines: packLines(entries, timeline, documentAt), evidence, warnings };
  }
  const [result] = runQueries([single!], timeline);
  const overflow =
    result!.overflow === 0 ? [] : [`${result!.overflow} open sequences were given up: too many join keys`];
  return {
    lines: searchLines(single!, result!.matches, documentAt, options.limit ?? Number.POSITIVE_INFINITY),
    evidence,
    warnings: [...warnings, ...overflow],
  };
}

type DocumentAt = (position: number) => object;

function compiledOrRefused(options: SearchOptions): CompiledQuery {
  try {
    return compileQuery(options.expression ?? '', options);
  } catch (error) {
    if (error instanceof RuleError) throw new RuleBookError(`expression:${error.place}`);
    throw error;
  }
}

function packOrRefused(pack: NamedText, options: SearchOptions): QueryPack {
  try {
    return readQueryPack(pack.text, pack.path, options);
  } catch (error) {
    if (error instanceof RuleError) throw new RuleBookError(`${pack.path}:${error.place}`);
    throw error;
  }
}

function* searchLines(
  query: CompiledQuery,
  matches: readonly QueryMatch[],
  documentAt: DocumentAt,
  limit: number,
): Generator<object> {
  for (const match of matches.slice(0, limit)) {
    const events = eventsOf(match, documentAt);
    yield isOfEvents(query, match)
      ? { sequence: { join_keys: match.joinKeys ?? [], events, ...extraOf(match) } }
      : { ...(events[0] ?? {}), ...extraOf(match) };
  }
}

/** One line a query, in the pack's order; a query that cannot be read is told, and the others run. */
function* packLines({ queries }: QueryPack, timeline: Timeline, documentAt: DocumentAt): Generator<object> {
  const readable = queries.flatMap(entry => ('query' in entry ? [entry.query] : []));
  const results = runQueries(readable, timeline);
  let next = 0;
  for (const entry of queries) {
    if ('error' in entry) {
      const { message, line, column } = entry.error;
      yield { name: entry.name, error: message, line, column };
      continue;
    }
    const { query } = entry;
    const matches = results[next++]!.matches.map(match => {
      const events = eventsOf(match, documentAt);
      return isOfEvents(query, match)
        ? { join_keys: match.joinKeys ?? [], events, ...extraOf(match) }
        : { ...events[0], ...extraOf(match) };
    });
    yield { name: entry.name, matches };
  }
}

const eventsOf = (match: QueryMatch, documentAt: DocumentAt): (object | null)[] =>
  match.positions.map(position => (position === undefined ? null : documentAt(position)));

/** A match of several events; what `count` worked out is none. */
const isOfEvents = ({ isSequence }: CompiledQuery, { positions }: QueryMatch): boolean =>
  isSequence && positions.length > 0;

const extraOf = (match: QueryMatch): object => (match.extra === undefined ? {} : Object.fromEntries(match.extra));

interface Searched {
  readonly timeline: Timeline;
  readonly documentAt: DocumentAt;
  readonly evidence: readonly EvidenceRow[];
  readonly warnings: readonly string[];
}

async function readTimeline(options: SearchOptions): Promise<Searched> {
  if (options.documents !== undefined) return readDocuments(options);
  const { parameters } = openRuleBook({ ruleFiles: [], ...options });
  const whole: OrderedCase = enriched(putInOrder(await readEvidence(options, EVERYTHING), options), parameters);
  refuseUnknownHosts(options, whole.hosts);
  const ordered = { ...whole, timeline: selectedTimeline(whole, options, endOf(whole)) };
  return {
    timeline: ordered.timeline,
    documentAt: position => eventDocument(eventAtPosition(ordered, position), placeOf(ordered, position)),
    evidence: evidenceRows(ordered),
    warnings: ordered.warnings,
  };
}

/** Somebody else's documents: taken as they are, and given back as they were. */
async function readDocuments(options: SearchOptions): Promise<Searched> {
  const fields = options.documents ?? {};
  const collection = await openCollection(options.paths, {
    password: options.password,
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    judge: () => 'documents',
  });
  const batches: EventBatch[] = [];
  const warnings: string[] = [];
  const parsed = new Map<string, number>();
  const context: ParseContext = {
    fields: 'all',
    withOriginal: true,
    zone: { name: 'UTC', source: 'default' },
    assumeYear: undefined,
    newest: undefined,
    codePage: 1252,
    recover: false,
    problem: p => {
      warnings.push(`${p.artifact}: ${p.message}`);
    },
    ledger: (path, entry) => {
      parsed.set(path, (parsed.get(path) ?? 0) + (entry.parsed ?? 0));
    },
  };
  for (const log of collection.logs('documents', false)) {
    for await (const batch of jsonDocuments(log, context, fields)) batches.push(batch);
  }
  await collection.close();
  const timeline = orderEvents(batches, new Map(), fields.tiebreakerField === undefined ? undefined : 'event.sequence');
  return {
    timeline,
    documentAt: position => sourceDocument(eventAtPosition({ timeline }, position)),
    evidence: collection.evidence.map(({ path, size }) => documentRow(path, size, parsed.get(path) ?? 0, batches)),
    warnings,
  };
}

function documentRow(
  path: string,
  size: number | undefined,
  parsed: number,
  batches: readonly EventBatch[],
): EvidenceRow {
  const own = batches.filter(batch => batch.artifact === path);
  const times = own.flatMap(batch => [...batch.time]).filter(time => !Number.isNaN(time));
  return {
    path,
    ...(size === undefined ? {} : { size }),
    format: 'documents',
    events: { parsed, kept: parsed, duplicate: 0, failed: 0, recovered: 0 },
    ...(times.length === 0 ? {} : { first: isoTime(Math.min(...times)), last: isoTime(Math.max(...times)) }),
    status: parsed > 0 ? 'ok' : 'empty',
    problems: [],
  };
}
