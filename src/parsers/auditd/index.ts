import { BATCH_ROWS, BatchBuilder, type EventBatch, type LogSet } from '../../model/index.ts';
import type { ParseContext, Parser } from '../parser.ts';
import { AuditWriter, MOST_ROWS } from '../shared/audit-event.ts';
import { type AuditEvent, auditParts } from '../shared/audit-parts.ts';
import { auditRecord } from '../shared/audit-record.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { AuditAssembler, type OpenEvent } from './assembler.ts';
import { auditVariant, identifyAudit } from './identify.ts';
import { Losses } from './losses.ts';

/** The Linux audit log in every form in which it is found: raw, enriched, through ausearch, through laurel, inside a syslog. */
export const auditd: Parser = {
  name: 'auditd',
  title: 'Linux audit log (auditd, ausearch, laurel)',
  isRotated: true,
  identify: identifyAudit,
  parse,
};

async function* parse(log: LogSet, context: ParseContext): AsyncIterable<EventBatch> {
  yield* parseRecords(log, context);
}

async function* parseRecords(log: LogSet, context: ParseContext): AsyncIterable<EventBatch> {
  const writer = new AuditWriter(log.root.users, context.fields);
  const assembler = new AuditAssembler();
  const rows = new Rows(log, context, writer);
  for (const [index, artifact] of log.artifacts.entries()) {
    const losses = new Losses(artifact.path, context, 'an audit record (type=… msg=audit(seconds.millis:serial): …)');
    let line = 0;
    for await (const block of lineBlocks(artifact.chunks())) {
      const text = block.text;
      for (let at = 0; at < text.length; ) {
        let end = text.indexOf('\n', at);
        if (end === -1) end = text.length;
        line++;
        const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
        if (stop > at) {
          const raw = text.slice(at, stop);
          const record = auditRecord(raw);
          if (record !== undefined) {
            assembler.add(record, index, block.offset + at, line, context.withOriginal ? raw : undefined);
          } else if (!isFurniture(raw)) losses.add(block.offset + at, line, raw);
        }
        at = end + 1;
      }
      for (let event = assembler.take(false); event !== undefined; event = assembler.take(false)) {
        yield* rows.write(event);
      }
      if (block.skipped > 0) losses.cut(block.offset + text.length, line, block.skipped);
    }
    context.ledger(artifact.path, { variant: auditVariant(artifact.head) ?? 'raw', failed: losses.finish() });
  }
  for (let event = assembler.take(true); event !== undefined; event = assembler.take(true)) yield* rows.write(event);
  yield* rows.finish();
}

/** What ausearch prints between events, and comments that people leave. */
const isFurniture = (line: string): boolean =>
  line.startsWith('----') || line.startsWith('time->') || line.startsWith('#') || line.startsWith('<no matches>');

/** Batches of one artifact after another; an event belongs to the artifact in which it began. */
class Rows {
  readonly #log: LogSet;
  readonly #context: ParseContext;
  readonly #writer: AuditWriter;
  readonly #nodes = new Map<string, number>();
  #artifact = 0;
  #parsed = 0;
  #builder: BatchBuilder;

  constructor(log: LogSet, context: ParseContext, writer: AuditWriter) {
    this.#log = log;
    this.#context = context;
    this.#writer = writer;
    this.#builder = this.#next();
  }

  #next(): BatchBuilder {
    return new BatchBuilder(this.#log.artifacts[this.#artifact]?.path ?? '', this.#context.fields);
  }

  *write(open: OpenEvent): Iterable<EventBatch> {
    if (open.artifact !== this.#artifact) {
      yield* this.finish();
      this.#artifact = open.artifact;
      this.#builder = this.#next();
    }
    if (open.node !== '') this.#nodes.set(open.node, (this.#nodes.get(open.node) ?? 0) + 1);
    this.#parsed++;
    const { event, problem } = closed(open);
    if (problem !== undefined) {
      this.#context.problem({
        kind: 'gap',
        artifact: this.#log.artifacts[open.artifact]!.path,
        offset: open.offset,
        record: open.line,
        message: problem,
      });
    }
    this.#writer.write(this.#builder, event);
    if (this.#builder.length > BATCH_ROWS - MOST_ROWS) {
      yield this.#builder.finish();
      this.#builder = this.#next();
    }
  }

  /** Ends the artifact: its last batch, its counts. */
  *finish(): Iterable<EventBatch> {
    const path = this.#log.artifacts[this.#artifact]?.path;
    if (path === undefined) return;
    const hosts = [...this.#nodes].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
    this.#context.ledger(path, { parsed: this.#parsed, ...(hosts.length === 0 ? {} : { hosts }) });
    this.#parsed = 0;
    this.#nodes.clear();
    if (this.#builder.length > 0) yield this.#builder.finish();
    this.#builder = this.#next();
  }
}

/** Decodes what was collected. A daemon that stopped leaves a blind window, which is worth a Problem of its own. */
function closed(open: OpenEvent): { event: AuditEvent; problem: string | undefined } {
  const stop = open.records.find(record => record.type === 'DAEMON_END' || record.type === 'DAEMON_ABORT');
  return {
    event: {
      node: open.node,
      micros: open.micros,
      serial: open.serial,
      offset: open.offset,
      line: open.line,
      parts: auditParts(open.records),
      ...(open.lines.length === 0 ? {} : { original: open.lines.join('\n') }),
    },
    problem:
      stop === undefined
        ? undefined
        : `the audit daemon stopped here (${stop.type}); nothing is audited until its next DAEMON_START`,
  };
}
