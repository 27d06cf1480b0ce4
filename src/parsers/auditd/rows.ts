import { BATCH_ROWS, BatchBuilder, type EventBatch, type LogSet } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { AuditWriter, MOST_ROWS } from '../shared/audit-event.ts';
import type { AuditEvent } from '../shared/audit-parts.ts';

/** Batches and counts of one artifact after another; an event belongs to the artifact in which it began. */
export class AuditRows {
  readonly writer: AuditWriter;
  readonly #log: LogSet;
  readonly #context: ParseContext;
  readonly #nodes = new Map<string, number>();
  #artifact = 0;
  #parsed = 0;
  #builder: BatchBuilder;

  constructor(log: LogSet, context: ParseContext) {
    this.writer = new AuditWriter(log.root.users, context.fields);
    this.#log = log;
    this.#context = context;
    this.#builder = this.#next();
  }

  #next(): BatchBuilder {
    return new BatchBuilder(this.#log.artifacts[this.#artifact]?.path ?? '', this.#context.fields);
  }

  /** Writes one event of the artifact with that index; events come in the order of the artifacts. */
  *write(artifact: number, event: AuditEvent): Iterable<EventBatch> {
    const builder = yield* this.row(artifact, event.node);
    const stop = event.parts.find(part => part.type === 'DAEMON_END' || part.type === 'DAEMON_ABORT');
    if (stop !== undefined) {
      // A daemon that stopped leaves a blind window, which whoever reads the log has to know of.
      this.#context.problem({
        kind: 'gap',
        artifact: this.#log.artifacts[artifact]!.path,
        offset: event.offset,
        record: event.line,
        message: `the audit daemon stopped here (${stop.type}); nothing is audited until its next DAEMON_START`,
      });
    }
    this.writer.write(builder, event);
  }

  /** A builder with room for one event, which the caller writes himself. */
  *row(artifact: number, node: string): Generator<EventBatch, BatchBuilder> {
    if (artifact !== this.#artifact) {
      yield* this.finish();
      this.#artifact = artifact;
      this.#builder = this.#next();
    } else if (this.#builder.length > BATCH_ROWS - MOST_ROWS) {
      yield this.#builder.finish();
      this.#builder = this.#next();
    }
    if (node !== '') this.#nodes.set(node, (this.#nodes.get(node) ?? 0) + 1);
    this.#parsed++;
    return this.#builder;
  }

  /** Ends the artifact: its last batch, its counts. */
  *finish(): Iterable<EventBatch> {
    const path = this.#log.artifacts[this.#artifact]?.path;
    if (path === undefined) return;
    const hosts = [...this.#nodes].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
    this.#context.ledger(path, { parsed: this.#parsed, ...(hosts.length === 0 ? {} : { hosts: hosts.slice(0, 32) }) });
    this.#parsed = 0;
    this.#nodes.clear();
    if (this.#builder.length > 0) yield this.#builder.finish();
    this.#builder = this.#next();
  }
}
