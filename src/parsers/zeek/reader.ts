import type { Artifact, EventBatch } from '../../model/index.ts';
import { BATCH_ROWS } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import { LogWriter } from './log-writer.ts';

/** What both layouts share: a writer a log, and what the ledger has to know of an artifact. */
export class Reader {
  readonly logOfFile: string;
  readonly #artifact: Artifact;
  readonly #context: ParseContext;
  readonly #observer: string;
  readonly #writers = new Map<string, LogWriter>();
  readonly #losses: RecordLosses;
  readonly #records: { has(line: number): boolean } | undefined;
  #parsed = 0;
  #timeless = 0;
  #variant: string | undefined;
  #statedObserver: string | undefined;
  #nameless:
    | { readonly line: number; readonly offset: number; readonly names: readonly string[]; count: number }
    | undefined;

  constructor(artifact: Artifact, context: ParseContext, logOfFile: string, observer: string) {
    this.#artifact = artifact;
    this.#context = context;
    this.#losses = new RecordLosses(artifact.path, context);
    this.#records =
      context.records === undefined ? undefined : (context.records.get(artifact.path) ?? new Set<number>());
    this.logOfFile = logOfFile;
    this.#observer = observer;
  }

  /** False for a line that nobody asked for. */
  wants(line: number): boolean {
    return this.#records === undefined || this.#records.has(line);
  }

  /** The writer of a log; `path` is what the file itself calls the log. */
  writer(log: string, path: string | undefined): LogWriter {
    const known = safeName(log);
    this.#variant ??= safeName(path ?? log);
    let writer = this.#writers.get(known);
    if (writer === undefined) {
      writer = new LogWriter(known, {
        artifact: this.#artifact.path,
        observer: this.#statedObserver ?? this.#observer,
        wanted: this.#context.fields,
        withOriginal: this.#context.withOriginal,
      });
      this.#writers.set(known, writer);
    }
    return writer;
  }

  /** The sensor's name, where a record states it. */
  observedBy(name: string): void {
    this.#statedObserver ??= name;
  }

  /** True when the rows at hand make a batch: one log full, or many logs in one stream full together. */
  isFull(writer: LogWriter): boolean {
    if (writer.isFull) return true;
    if (this.#writers.size === 1) return false;
    let rows = 0;
    for (const each of this.#writers.values()) rows += each.length;
    return rows >= BATCH_ROWS;
  }

  *take(): Generator<EventBatch> {
    for (const writer of this.#writers.values()) {
      const batch = writer.take();
      if (batch === undefined) continue;
      this.#parsed += batch.length;
      for (const time of batch.time) if (Number.isNaN(time)) this.#timeless++;
      yield batch;
    }
  }

  damaged(line: number, offset: number, why: string): void {
    this.#losses.add('damaged-record', offset, `line ${line}: ${why}; it is skipped`, line);
  }

  /** A row whose columns nobody names; `names` are what they may be called. */
  nameless(line: number, offset: number, names: readonly string[]): void {
    this.#nameless ??= { line, offset, names, count: 0 };
    this.#nameless.count++;
  }

  torn(line: number, offset: number, length: number): void {
    this.#losses.addTorn(offset, length, line);
  }

  finish(): void {
    const artifact = this.#artifact.path;
    if (this.#timeless > 0) {
      const message = `records without a time that can be read: ${this.#timeless}; they are kept without one`;
      this.#context.problem({ kind: 'clock', artifact, message });
    }
    if (this.#nameless !== undefined) {
      const { line, offset, names, count } = this.#nameless;
      const message = `${names.length} columns without names; give them: --zeek-fields ${names.join(',')} (guessed from line ${line}, correct what is wrong; no #fields line names them, as zeek-cut and grep leave a log)`;
      this.#context.problem({ kind: 'unsupported-format', artifact, offset, record: line, message, missing: count });
    }
    this.#losses.finish();
    this.#context.ledger(artifact, {
      ...(this.#variant === undefined ? {} : { variant: this.#variant }),
      parsed: this.#parsed,
      failed: this.#losses.count + (this.#nameless?.count ?? 0),
      observer: this.#statedObserver ?? this.#observer,
      zone: 'UTC',
      zoneSource: 'epoch seconds',
      yearSource: null,
    });
  }
}

/** A log's name becomes part of field names, and a file may claim any name. */
function safeName(name: string): string {
  const safe = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '_')
    .slice(0, 40);
  return safe === '' || safe === '__proto__' || safe === 'constructor' ? 'log' : safe;
}
