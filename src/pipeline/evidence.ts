import { type Collection, type FoundEvidence, Ledger, openCollection } from '../collection/index.ts';
import {
  DAY,
  type Event,
  type EventBatch,
  type EvidenceRoot,
  epochMicros,
  eventAt,
  type HostTable,
  type LogSet,
  narrowed,
  type Timeline,
  textAt,
} from '../model/index.ts';
import { PARSERS, type ParseContext, type Parser } from '../parsers/index.ts';
import type { EventPlace } from '../report/index.ts';
import {
  buildHosts,
  type Calibration,
  calibrate,
  type GivenHost,
  type GivenOffset,
  orderEvents,
  resolveHosts,
} from '../timeline/index.ts';
import { stableId } from '../util/stable-hash.ts';
import { ReadingPool } from '../workers/index.ts';

// The first half of every run: read the evidence, say whose it is, put it in order.

/** What a run may be told about its evidence. Times in microseconds, zones as IANA names or ±HH:MM. */
export interface EvidenceOptions {
  readonly paths: readonly string[];
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly password?: string | undefined;
  readonly givenHosts?: readonly GivenHost[];
  readonly givenOffsets?: readonly GivenOffset[];
  /** Host name in lower case → zone; '' for all. */
  readonly assumedZones?: ReadonlyMap<string, string>;
  readonly assumedYear?: number | undefined;
  readonly codePage?: number;
  /** The `#` lines of Zeek logs that lost theirs: what `parseZeekFields` returns. */
  readonly zeekHeader?: readonly string[] | undefined;
  readonly recover?: boolean;
  readonly withOriginal?: boolean;
  /** Threads that read logs, a log each; this one alone where it is 1 or absent. The result is the same. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal;
  /** Bytes read so far, and which file is read. */
  onProgress?(bytes: number, path: string): void;
}

/** What is wanted of the evidence: which fields, and which Windows records. */
export interface Wanted {
  readonly fields: ParseContext['fields'];
  readonly wantsWindows?: ParseContext['wantsWindows'];
  /** What is kept of a batch in place of what was read. */
  readonly condense?: (batch: EventBatch) => EventBatch;
}

export const EVERYTHING: Wanted = { fields: 'all' };

/** The evidence as it was read: batches in no order, and the ledger. */
export interface Case {
  readonly collection: Collection;
  readonly ledger: Ledger;
  readonly batches: readonly EventBatch[];
  /** Every log with its parser and what the parser was told, so that records can be fetched again by their place. */
  readonly logs: readonly ReadLog[];
  readonly warnings: readonly string[];
  readonly isInterrupted: boolean;
}

export interface ReadLog {
  readonly parser: Parser;
  readonly log: LogSet;
  readonly context: ParseContext;
}

/** The evidence in order, with its machines and their clocks. */
export interface OrderedCase extends Case {
  readonly timeline: Timeline;
  readonly hosts: HostTable;
  readonly clocks: Calibration;
  readonly hostOfArtifact: ReadonlyMap<string, string>;
  readonly found: ReadonlyMap<string, FoundEvidence>;
}

/** Step 1: discover, identify, parse. Never throws for what a file holds; a missing path is the user's mistake and throws. */
export async function readEvidence(options: EvidenceOptions, wanted: Wanted): Promise<Case> {
  let bytes = 0;
  let reading = '';
  const collection = await openCollection(options.paths, {
    password: options.password,
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    judge: (head, path) => identify(head, path, options.zeekHeader)?.name,
    onBytes: count => {
      bytes += count;
      options.onProgress?.(bytes, reading);
    },
  });
  const ledger = new Ledger();
  const batches: EventBatch[] = [];
  const newest = new Map<string, number>();
  const logs: ReadLog[] = [];
  const zones = new Map<string, ParseContext['zone']>();
  const stages = stagesOf(collection);
  const most = Math.max(1, ...stages.map(({ length }) => length));
  const threads = Math.min(options.threads ?? 1, most);
  const pool = threads > 1 ? new ReadingPool(threads) : undefined;
  const isOver = (): boolean => options.signal?.aborted ?? false;
  const finish = async ({ parser, log, context }: ReadLog, read: AsyncIterable<EventBatch>): Promise<void> => {
    reading = log.artifacts[0]!.path;
    logs.push({ parser, log, context });
    for await (const batch of kept(read, parser, log, ledger)) {
      if (batch.length === 0) continue;
      ledger.keep(batch);
      batches.push(narrowed(wanted.condense?.(batch) ?? batch));
      options.onProgress?.(bytes, batch.artifact);
      if (!parser.needsAnchor) {
        const last = newestOf(batch);
        for (const key of [log.root.path, '']) newest.set(key, Math.max(newest.get(key) ?? 0, last));
      }
      if (isOver()) break;
    }
    if (parser.statesZone !== true) return;
    for (const { path } of log.artifacts) {
      const { statedZone } = ledger.entryOf(path);
      if (statedZone !== undefined) zones.set(log.root.path, { name: statedZone, source: `times of ${path}` });
    }
  };
  try {
    for (const stage of stages) {
      // What a reader is told depends on the stages before, never on its neighbours: they may be read side by side.
      const begun = stage.map(({ parser, log }) => {
        const context = contextOf(parser, log, options, wanted, ledger, { newest, zones });
        return { parser, log, context, read: pool?.read(parser, log, context) ?? parser.parse(log, context) };
      });
      for (const { read, ...log } of begun) {
        if (isOver()) break;
        await finish(log, read);
      }
    }
  } finally {
    await pool?.close();
  }
  const warnings = collection.problems.map(p => `${p.artifact}: ${p.message}`);
  return { collection, ledger, batches, logs, warnings, isInterrupted: isOver() };
}

interface Reading {
  readonly parser: Parser;
  readonly log: LogSet;
}

/**
 * Every log with its parser, in the order of reading, cut where a log may depend on what others told. Logs that state no zone come late,
 * those that state no year last: by then the zone and the newest time of their machine are known.
 */
function stagesOf(collection: Collection): readonly (readonly Reading[])[] {
  const lateness = ({ needsAnchor, needsZone }: Parser): number => (needsAnchor ? 2 : needsZone ? 1 : 0);
  const order = [...PARSERS].sort((a, b) => lateness(a) - lateness(b));
  const stages: Reading[][] = [];
  let last: Parser | undefined;
  for (const parser of order) {
    for (const log of collection.logs(parser.name, parser.isRotated ?? false)) {
      const isNext =
        last === undefined ||
        last.statesZone === true ||
        lateness(last) !== lateness(parser) ||
        parser.statesZone === true;
      if (isNext) stages.push([{ parser, log }]);
      else stages.at(-1)!.push({ parser, log });
      last = parser;
    }
  }
  return stages;
}

/** Records without a time are NaN, which no comparison takes for newer. */
function newestOf(batch: EventBatch): number {
  let newest = 0;
  for (const time of batch.time) if (time > newest) newest = time;
  return newest;
}

/** The parser that takes a file with this head: the first that says yes, else the first that says maybe. */
export function identify(head: Uint8Array, path: string, zeekHeader?: readonly string[]): Parser | undefined {
  let maybe: Parser | undefined;
  for (const parser of PARSERS) {
    const certainty = parser.identify(head, path, zeekHeader);
    if (certainty === 'yes') return parser;
    if (certainty === 'maybe') maybe ??= parser;
  }
  return maybe;
}

/** A parser that fails is a bug of ours; the evidence of the others must not be lost with it. */
async function* kept(
  read: AsyncIterable<EventBatch>,
  parser: Parser,
  log: LogSet,
  ledger: Ledger,
): AsyncGenerator<EventBatch> {
  try {
    yield* read;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    for (const { path } of log.artifacts) {
      const message = `the ${parser.name} reader failed (${why}): what it read before is kept; please report this`;
      ledger.problem({ kind: 'damaged-file', artifact: path, message });
    }
  }
}

/** What logs that were read before tell of the clock of their machine, by evidence root. */
interface KnownTimes {
  readonly newest: ReadonlyMap<string, number>;
  readonly zones: ReadonlyMap<string, ParseContext['zone']>;
}

/** An anchor from events only says which half year a log belongs to; the time of a file is the latest moment of its last line. */
const HALF_YEAR = 182 * DAY;

function contextOf(
  parser: Parser,
  log: LogSet,
  options: EvidenceOptions,
  wanted: Wanted,
  ledger: Ledger,
  known: KnownTimes,
): ParseContext {
  return {
    fields: wanted.fields,
    ...(wanted.wantsWindows === undefined ? {} : { wantsWindows: wanted.wantsWindows }),
    withOriginal: options.withOriginal ?? false,
    zone: zoneOf(log.root, options, known.zones),
    assumeYear: options.assumedYear,
    newest: parser.needsAnchor ? anchorOf(log, known.newest) : undefined,
    codePage: options.codePage ?? 1252,
    ...(options.zeekHeader === undefined ? {} : { zeekHeader: options.zeekHeader }),
    recover: options.recover ?? false,
    problem: p => {
      ledger.problem(p);
    },
    ledger: (artifact, entry) => {
      ledger.enter(artifact, entry);
    },
  };
}

function zoneOf(
  root: EvidenceRoot,
  { assumedZones }: EvidenceOptions,
  stated: KnownTimes['zones'],
): ParseContext['zone'] {
  const named = root.hostname === undefined ? undefined : assumedZones?.get(root.hostname.toLowerCase());
  const folder = assumedZones?.get(root.path.split('/').at(-1)?.toLowerCase() ?? '');
  const given = named ?? (root.path === '' ? undefined : folder) ?? assumedZones?.get('');
  if (given !== undefined) return { name: given, source: '--assume-tz' };
  return root.zone ?? stated.get(root.path) ?? { name: 'UTC', source: 'default' };
}

function anchorOf(log: LogSet, newest: ReadonlyMap<string, number>): ParseContext['newest'] {
  const { root } = log;
  if (root.collected !== undefined)
    return { time: epochMicros(root.collected + DAY), source: 'time of the collection' };
  const own = newest.get(root.path);
  if (own !== undefined) return { time: epochMicros(own + HALF_YEAR), source: 'newest event of the same machine' };
  const any = newest.get('');
  if (any !== undefined) return { time: epochMicros(any + HALF_YEAR), source: 'newest event of the collection' };
  const { modified } = log.artifacts.at(-1)!;
  return modified === undefined ? undefined : { time: epochMicros(modified + DAY), source: 'time of the file' };
}

const NO_OFFSETS: ReadonlyMap<string, number> = new Map();

/** Step 2: whose events they are, what their clocks say, and the one order. */
export function putInOrder(read: Case, options: EvidenceOptions): OrderedCase {
  const artifacts = new Map(
    read.collection.evidence.map(({ path, format }) => {
      const { observer, variant } = read.ledger.entryOf(path);
      const named = format === undefined ? '' : variant === undefined ? format : `${format}:${variant}`;
      const root = read.collection.rootOf(path);
      return [path, { format: named, root, ...(observer === undefined ? {} : { observer }) }] as const;
    }),
  );
  const input = { batches: read.batches, artifacts, given: options.givenHosts ?? [] };
  const isZoneAssumed = (path: string): boolean => read.ledger.entryOf(path).zoneSource === 'default';
  let built = buildHosts(input);
  let resolved = resolveHosts(read.batches, built.table, built.hostOfArtifact, { ...built, microsToAdd: NO_OFFSETS });
  const clocks = calibrate(resolved, built.table, options.givenOffsets ?? [], isZoneAssumed);
  if (clocks.microsToAdd.size > 0) {
    // When a machine had an address is said by one clock and asked by another: both are corrected first.
    built = buildHosts({ ...input, microsToAdd: clocks.microsToAdd });
    resolved = resolveHosts(read.batches, built.table, built.hostOfArtifact, { ...built, ...clocks });
  }
  const { table, warnings, hostOfArtifact } = built;
  const timeline = orderEvents(resolved, clocks.microsToAdd);
  return {
    ...read,
    batches: resolved,
    timeline,
    hosts: table,
    clocks,
    hostOfArtifact,
    found: new Map(read.collection.evidence.map(found => [found.path, found])),
    warnings: [...read.warnings, ...warnings, ...clocks.warnings],
  };
}

/** The event at a position, with everything that its record said. */
export function eventAtPosition({ timeline }: Pick<OrderedCase, 'timeline'>, position: number): Event {
  return eventAt(timeline.batches[timeline.batchOf[position]!]!, timeline.rowOf[position]!);
}

/** Where the event at a position lies, and whose it is. */
export function placeOf(ordered: OrderedCase, position: number): EventPlace {
  const { timeline, hosts, ledger, hostOfArtifact, found } = ordered;
  const batch = timeline.batches[timeline.batchOf[position]!]!;
  const row = timeline.rowOf[position]!;
  const { artifact } = batch;
  const { format = 'unknown', sha256 = artifact } = found.get(artifact) ?? {};
  const { observer, variant } = ledger.entryOf(artifact);
  const id = textAt(batch, 'aftershock.host', row) ?? hostOfArtifact.get(artifact);
  const host = id === undefined ? undefined : hosts.byId(id);
  return {
    eventId: stableId(sha256, batch.record[row]!),
    host: host === undefined ? undefined : { id: host.id, name: host.name },
    observer,
    format: variant === undefined ? format : `${format}:${variant}`,
    offsetMicros: timeline.offsetOf(artifact),
  };
}
