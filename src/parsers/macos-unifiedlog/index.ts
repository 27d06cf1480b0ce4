import { type Artifact, BatchBuilder, type EventBatch, epochMicros, type LogSet } from '../../model/index.ts';
import { offsetText } from '../../util/time-zone.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { LocalTime } from '../shared/local-time.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import { entryFields, lostCount, type UnifiedEntry } from './entry.ts';
import { identifyUnified, unifiedForm } from './identify.ts';
import { EARLIEST_MICROS, isUnresolved } from './iterator.ts';
import { exportAdvice } from './native.ts';
import { csvEntries, jsonEntries, type Read, type Report, textEntries } from './readers.ts';

/** Apple's unified log as `log show` prints it in any style, and as the third-party iterator of tracev3 files does. */
export const macosUnifiedlog: Parser = {
  name: 'macos-unifiedlog',
  title: 'macOS unified log (log show ndjson, json, default, compact, syslog; exported tracev3)',
  identify: (head: Uint8Array): Certainty => identifyUnified(head),
  statesZone: true,
  parse,
};

async function* parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  for (const artifact of log.artifacts) yield* parseOne(artifact, context);
}

async function* parseOne(artifact: Artifact, context: ParseContext): AsyncGenerator<EventBatch> {
  const form = unifiedForm(artifact.head) ?? 'json';
  if (form === 'native' || form === 'support') {
    if (form === 'native')
      context.problem({ kind: 'unsupported-format', artifact: artifact.path, message: exportAdvice(artifact.path) });
    context.ledger(artifact.path, { variant: form === 'native' ? 'tracev3' : 'tracev3-support', parsed: 0 });
    return;
  }
  const counts = new Counts(artifact.path, context);
  const local = new LocalTime(context.zone.name);
  let builder = new BatchBuilder(artifact.path, context.fields);
  const readers = { json: jsonEntries, 'iterator-json': jsonEntries, 'iterator-csv': csvEntries, text: textEntries };
  for await (const { entry, hasZone, style, offset, line, original } of readers[form](artifact, counts)) {
    if (builder.isFull) {
      yield builder.finish();
      builder = new BatchBuilder(artifact.path, context.fields);
    }
    counts.see(entry, style, hasZone);
    const micros = hasZone ? entry.micros : local.toUtc(entry.micros);
    const time = micros < EARLIEST_MICROS ? Number.NaN : micros;
    builder.add(epochMicros(time), Number.isNaN(time) ? 0 : entry.nanos, offset, entryFields(entry));
    builder.set('log.offset', offset);
    builder.set('log.file.line', line);
    if (context.withOriginal) builder.set('event.original', original);
  }
  if (builder.length > 0) yield builder.finish();
  counts.finish(form === 'text' ? undefined : VARIANTS[form]);
}

const VARIANTS = { json: undefined, 'iterator-json': 'iterator-jsonl', 'iterator-csv': 'iterator-csv' } as const;

/** What the ledger is told at the end, and what went wrong on the way. */
class Counts implements Report {
  readonly #artifact: string;
  readonly #context: ParseContext;
  #parsed = 0;
  readonly #losses: RecordLosses;
  #unanchored = 0;
  #unresolved = 0;
  #losing = 0;
  #lost = 0;
  #zoneless = 0;
  #offsetMinutes: number | undefined;
  #style: Read['style'] = 'ndjson';
  #announced: number | undefined;

  constructor(artifact: string, context: ParseContext) {
    this.#artifact = artifact;
    this.#context = context;
    this.#losses = new RecordLosses(artifact, context);
  }

  see(entry: UnifiedEntry, style: Read['style'], hasZone: boolean): void {
    this.#parsed++;
    this.#style = style;
    if (entry.micros < EARLIEST_MICROS) this.#unanchored++;
    if (isUnresolved(entry)) this.#unresolved++;
    if (entry.eventType === 'lossEvent') this.#losing++;
    this.#lost += lostCount(entry);
    if (!hasZone) this.#zoneless++;
    this.#offsetMinutes = entry.offsetMinutes ?? this.#offsetMinutes;
  }

  damaged(offset: number, line: number, message: string): void {
    this.#losses.add('damaged-record', offset, message, line);
  }

  truncated(offset: number, message: string): void {
    this.#losses.add('truncated', offset, message);
  }

  trailer(count: number): void {
    this.#announced = (this.#announced ?? 0) + count;
  }

  finish(variant: string | undefined): void {
    const problem = (kind: 'clock' | 'gap', message: string, missing?: number): void => {
      this.#context.problem({ kind, artifact: this.#artifact, message, ...(missing === undefined ? {} : { missing }) });
    };
    if (this.#unanchored > 0)
      problem(
        'clock',
        `${this.#unanchored} of ${this.#parsed} entries carry a time before 2001, which is a count since boot: their times are refused. Export again with the timesync folder beside the tracev3 files`,
      );
    if (this.#unresolved > 0)
      problem(
        'gap',
        `${this.#unresolved} of ${this.#parsed} entries have no text, because the string files (uuidtext) were missing when the log was exported`,
      );
    if (this.#losing > 0)
      problem(
        'gap',
        `the log itself says in ${this.#losing} entries that ${this.#lost} messages or more were lost`,
        this.#lost,
      );
    const short = (this.#announced ?? 0) - this.#parsed - this.#losses.count;
    if (short > 0)
      problem('gap', `the export says that it holds ${this.#announced} entries, ${this.#parsed} are there`, short);
    this.#losses.finish();
    this.#context.ledger(this.#artifact, {
      variant: variant ?? this.#style,
      parsed: this.#parsed,
      failed: this.#losses.count,
      zone: this.#zoneless > 0 ? this.#context.zone.name : 'UTC',
      zoneSource: this.#zoneless > 0 ? this.#context.zone.source : 'log',
      yearSource: null,
      ...(this.#offsetMinutes === undefined ? {} : { statedZone: offsetText(this.#offsetMinutes) }),
    });
  }
}
