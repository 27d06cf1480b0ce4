import { randomUUID } from 'node:crypto';
import {
  type Baseline,
  type DetectInput,
  type DetectResult,
  judge,
  labelled,
  learnBaseline,
  suppress,
} from '../detect/index.ts';
import {
  type EventRef,
  type EvidenceRow,
  LEVELS,
  type Level,
  type ParameterValue,
  type Report,
  UndecodedField,
} from '../model/index.ts';
import { statisticsOf } from '../report/index.ts';
import { printParameter } from '../rules/index.ts';
import { activityOf, hostRows } from '../timeline/index.ts';
import { enriched } from './enriched.ts';
import {
  EVERYTHING,
  type EvidenceOptions,
  type OrderedCase,
  putInOrder,
  readEvidence,
  type Wanted,
} from './evidence.ts';
import { neededFields } from './needs.ts';
import { referenceAt, sourceFacts } from './references.ts';
import { type DetectionOptions, openRuleBook, type RuleBook } from './rule-book.ts';
import { hostFilter, refuseUnknownHosts, type Selection } from './selection.ts';
import { resolveRange } from './time-range.ts';
import { WholeRecords } from './whole-records.ts';

export const SCHEMA_VERSION = '1.0';
const ECS_VERSION = '8.17.0';
const ATTACK_VERSION = '18.1';

export interface AnalyzeOptions extends EvidenceOptions, DetectionOptions, Selection {
  readonly minLevel?: Level | undefined;
  readonly withSignals?: boolean;
  /** Decode every field of every record, wanted or not: slower, the same report. */
  readonly decodeAll?: boolean;
  /** As typed, for the report. */
  readonly argv?: readonly string[];
  readonly version: string;
  readonly timezone?: string;
}

/** A case that detection may be run on, any number of times. */
export interface PreparedCase extends OrderedCase {
  readonly book: RuleBook;
  readonly baseline: Baseline | undefined;
}

/** The main job: read, order, enrich, detect, and say everything in one report. Mistakes of the user throw before anything is read. */
export async function analyze(options: AnalyzeOptions): Promise<Report> {
  const started = new Date();
  const book = openRuleBook(options);
  try {
    return await analyzeWith(options, book, started, options.decodeAll ? EVERYTHING : neededFields(book));
  } catch (error) {
    // Somebody forgot to state a need. That is a bug of ours, and no reason to leave a responder without an answer.
    if (!(error instanceof UndecodedField)) throw error;
    const report = await analyzeWith(options, book, started, EVERYTHING);
    return {
      ...report,
      warnings: [...report.warnings, `everything was decoded (${error.message}); please report this`],
    };
  }
}

async function analyzeWith(options: AnalyzeOptions, book: RuleBook, started: Date, wanted: Wanted): Promise<Report> {
  const prepared = await prepare(options, book, wanted);
  try {
    refuseUnknownHosts(options, prepared.hosts);
    return reportOf(prepared, await detectWhole(prepared), options, started);
  } finally {
    await prepared.collection.close();
  }
}

/** Judges, learns which records a report would cite, and tells with those records whole: holding every field of every record costs more. */
export async function detectWhole(prepared: PreparedCase): Promise<DetectResult> {
  const judgement = judge(detectInput(prepared));
  const plainly = (position: number): EventRef => referenceAt(prepared, position);
  if (prepared.timeline.batches.every(batch => batch.decoded === 'all')) return judgement.tell(plainly);
  const cited = new Set<number>();
  const first = judgement.tell(position => {
    cited.add(position);
    return plainly(position);
  });
  if (cited.size === 0) return first;
  const whole = await WholeRecords.fetch(prepared, cited);
  return judgement.tell(position => referenceAt(prepared, position, whole));
}

/** Everything before detection. */
export async function prepare(
  options: EvidenceOptions & DetectionOptions,
  book: RuleBook,
  wanted: Wanted = EVERYTHING,
): Promise<PreparedCase> {
  const paths = options.baselinePaths ?? [];
  const before = paths.length === 0 ? undefined : await readInOrder({ ...options, paths }, book, wanted);
  await before?.collection.close();
  const ordered = await readInOrder(options, book, wanted);
  return { ...ordered, book, baseline: before === undefined ? undefined : learnBaseline(before.timeline) };
}

const readInOrder = async (options: EvidenceOptions, book: RuleBook, wanted: Wanted): Promise<OrderedCase> =>
  enriched(putInOrder(await readEvidence(options, wanted), options), book.parameters);

/** What detection works on; `tune` asks it again and again. */
export function detectInput(prepared: PreparedCase): DetectInput {
  const { book, baseline } = prepared;
  return {
    timeline: prepared.timeline,
    hosts: prepared.hosts,
    chains: book.chains,
    parameters: book.parameters,
    toleranceMicros: prepared.clocks.toleranceMicros,
    refer: position => referenceAt(prepared, position),
    sources: sourceFacts(prepared),
    rules: book.rules,
    ruleOptions: {
      exceptions: book.exceptions,
      indicators: book.indicators,
      ...(baseline === undefined ? {} : { baseline: baseline.timeline }),
    },
    ...(baseline === undefined ? {} : { baseline }),
  };
}

/** One row of the ledger a file, with its machine and its clock. */
export function evidenceRows(ordered: OrderedCase): EvidenceRow[] {
  return [
    ...ordered.ledger.rows(
      ordered.collection.evidence,
      ordered.collection.duplicates,
      path => hostNameOf(ordered, path),
      path => ordered.timeline.offsetOf(path),
    ),
  ];
}

function hostNameOf(ordered: OrderedCase, path: string): string | undefined {
  const id = ordered.hostOfArtifact.get(path);
  return id === undefined ? undefined : ordered.hosts.byId(id)?.name;
}

/** What the evidence itself warns of: assumed zones, inferred years. */
export function evidenceWarnings(rows: readonly EvidenceRow[]): readonly string[] {
  const assumed = rows.filter(row => row.time_basis?.zone_source === 'default');
  const inferred = rows.filter(row => (row.time_basis?.year_source ?? null) !== null);
  const files = (list: readonly EvidenceRow[]): string =>
    list.length === 1 ? list[0]!.path : `${list.length} files (${list[0]!.path}, …)`;
  return [
    ...(assumed.length === 0 ? [] : [`UTC assumed, no zone stated (--assume-tz): ${files(assumed)}`]),
    ...(inferred.length === 0
      ? []
      : [`year inferred from ${inferred[0]!.time_basis!.year_source} (--assume-year): ${files(inferred)}`]),
  ];
}

function reportOf(prepared: PreparedCase, result: DetectResult, options: AnalyzeOptions, started: Date): Report {
  const { timeline, hosts, clocks, book } = prepared;
  const evidence = evidenceRows(prepared);
  const judged = suppress(result.findings, book.suppressions, started.toISOString().slice(0, 10));
  const isAsked = isSelected(prepared, options);
  const levels = LEVELS.slice(0, options.minLevel === undefined ? LEVELS.length : LEVELS.indexOf(options.minLevel) + 1);
  const findings = labelled(
    judged.findings.filter(
      ({ aftershock, host, event }) => levels.includes(aftershock.level) && isAsked(host, event.start, event.end),
    ),
  );
  return {
    schema_version: SCHEMA_VERSION,
    tool: { name: 'aftershock', version: options.version },
    ecs: { version: ECS_VERSION },
    attack: { version: ATTACK_VERSION },
    run: {
      id: randomUUID(),
      argv: [...(options.argv ?? [])],
      started: started.toISOString(),
      finished: new Date().toISOString(),
      rules_sha256: book.sha256,
      parameters: parameterValues(book),
      timezone: options.timezone ?? 'UTC',
      exit_code: 0,
      ...(prepared.isInterrupted ? { interrupted: true } : {}),
    },
    evidence,
    hosts: [...hostRows(hosts, clocks.offsets)],
    coverage: [...result.coverage],
    findings,
    ...(options.withSignals
      ? { signals: result.signals.filter(({ host, '@timestamp': time }) => isAsked(host, time, time)) }
      : {}),
    statistics: statisticsOf(findings, timeline.length, activityOf(timeline)),
    warnings: [
      ...(prepared.isInterrupted ? ['interrupted: only what was read until then is in this report'] : []),
      ...book.warnings,
      ...prepared.warnings,
      ...evidenceWarnings(evidence),
      ...result.warnings,
      ...judged.warnings,
    ],
  };
}

/** Of the machines and the stretch of time that are asked for. */
function isSelected(
  prepared: PreparedCase,
  options: AnalyzeOptions,
): (host: { readonly name: string; readonly id: string } | undefined, start: string, end: string) => boolean {
  const { from, to } = resolveRange(options.range, endOf(prepared));
  const isHost = hostFilter(options, prepared.hosts);
  const micros = (time: string): number => Date.parse(time) * 1000;
  return (host, start, end) =>
    (host === undefined ? isHost() : isHost(host.name, host.id)) && micros(end) >= from && micros(start) <= to;
}

/** The last moment of the collection, epoch microseconds. */
export function endOf({ timeline }: OrderedCase): number {
  for (let i = timeline.length - 1; i >= 0; i--) if (Number.isFinite(timeline.time[i]!)) return timeline.time[i]!;
  return 0;
}

/** `windows.TimeWindow` where platforms differ in a value, `TimeWindow` where they do not. */
function parameterValues(book: RuleBook): Record<string, ParameterValue> {
  const values: Record<string, ParameterValue> = {};
  const platforms = new Map(book.chains.map(chain => [chain.id, chain.platform]));
  const names = new Set([...book.parameters.values()].flatMap(settings => [...settings.keys()]));
  for (const name of [...names].toSorted()) {
    const each = [...book.parameters.entries()].flatMap(([id, settings]) => {
      const setting = settings.get(name);
      return setting === undefined
        ? []
        : [{ platform: platforms.get(id)!, value: { value: printParameter(setting.content), origin: setting.origin } }];
    });
    const isOne = new Set(each.map(({ value }) => JSON.stringify(value))).size === 1;
    if (isOne) values[name] = each[0]!.value;
    else for (const { platform, value } of each) values[`${platform}.${name}`] = value;
  }
  return values;
}
