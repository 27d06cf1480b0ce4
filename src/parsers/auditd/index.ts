import type { EventBatch, LogSet } from '../../model/index.ts';
import type { ParseContext, Parser } from '../parser.ts';
import { type AuditEvent, auditParts } from '../shared/audit-parts.ts';
import { type AuditFields, auditRecord } from '../shared/audit-record.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { AuditAssembler, type OpenEvent } from './assembler.ts';
import { parseCsv } from './ausearch-csv.ts';
import { dateOrder, interpretedRecord } from './ausearch-text.ts';
import { type AuditVariant, auditVariant, identifyAudit } from './identify.ts';
import { parseLaurel } from './laurel.ts';
import { Losses } from './losses.ts';
import { AuditRows } from './rows.ts';

/** The Linux audit log in every form in which it is found: raw, enriched, through ausearch, through laurel, inside a syslog. */
export const auditd: Parser = {
  name: 'auditd',
  title: 'Linux audit log (auditd, ausearch, laurel)',
  isRotated: true,
  identify: identifyAudit,
  parse,
};

async function* parse(log: LogSet, context: ParseContext): AsyncIterable<EventBatch> {
  const first = log.artifacts[0];
  if (first === undefined) return;
  const variant = auditVariant(first.head) ?? 'raw';
  switch (variant) {
    case 'laurel':
      yield* parseLaurel(log, context);
      return;
    case 'ausearch-csv':
      yield* parseCsv(log, context);
      return;
    case 'raw':
    case 'ausearch-raw':
    case 'ausearch-interpreted':
    case 'forwarded':
      yield* parseRecords(log, context, variant);
      return;
    default:
      variant satisfies never;
  }
}

async function* parseRecords(log: LogSet, context: ParseContext, variant: AuditVariant): AsyncIterable<EventBatch> {
  const rows = new AuditRows(log, context);
  const assembler = new AuditAssembler();
  const order = variant === 'ausearch-interpreted' ? dateOrder(log.artifacts[0]!.head) : undefined;
  const interpreted = order === undefined ? undefined : interpretedRecord(order, context.zone.name);
  for (const [index, artifact] of log.artifacts.entries()) {
    const losses = new Losses(artifact.path, context, 'an audit record (type=… msg=audit(seconds.millis:serial): …)');
    let line = 0;
    for await (const block of lineBlocks(artifact.chunks())) {
      const { text } = block;
      for (let at = 0; at < text.length; ) {
        let end = text.indexOf('\n', at);
        if (end === -1) end = text.length;
        line++;
        const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
        if (stop > at) {
          const raw = text.slice(at, stop);
          const record = interpreted === undefined ? auditRecord(raw) : interpreted(raw);
          if (record !== undefined) {
            assembler.add(record, index, block.offset + at, line, context.withOriginal ? raw : undefined);
          } else if (!isFurniture(raw)) losses.add(block.offset + at, line, raw);
        }
        at = end + 1;
      }
      for (let event = assembler.take(false); event !== undefined; event = assembler.take(false)) {
        yield* rows.write(event.artifact, closed(event, variant === 'raw'));
      }
      if (block.skipped > 0) losses.cut(block.offset + text.length, line, block.skipped);
    }
    context.ledger(artifact.path, {
      variant,
      failed: losses.finish(),
      ...(interpreted === undefined ? {} : { zone: context.zone.name, zoneSource: context.zone.source }),
    });
  }
  for (let event = assembler.take(true); event !== undefined; event = assembler.take(true)) {
    yield* rows.write(event.artifact, closed(event, variant === 'raw'));
  }
  yield* rows.finish();
}

/** What ausearch prints between events, and comments that people leave. */
const isFurniture = (line: string): boolean =>
  line.startsWith('----') || line.startsWith('time->') || line.startsWith('#') || line.startsWith('<no matches>');

/** What ausearch prints is in another order: only the log itself tells what came late. */
function closed(open: OpenEvent, isInOrder: boolean): AuditEvent {
  const { node, micros, serial, offset, line, lines, told } = open;
  const parts = (from: number, to?: number) =>
    auditParts(
      open.types.slice(from, to).map((type, i) => recordOf(type, open.bodies[from + i]!, open.fields[from + i])),
    );
  const again = isInOrder ? told.again.map((from, i) => parts(from, told.again[i + 1])) : [];
  return {
    node,
    micros,
    serial,
    offset,
    line,
    parts: parts(0),
    ...(again.length === 0 ? {} : { again }),
    ...(lines.length === 0 ? {} : { original: lines.join('\n') }),
  };
}

const recordOf = (type: string, body: string, fields: AuditFields | undefined) =>
  fields === undefined ? { type, body } : { type, body, fields };
