import type { EventBatch, LogSet } from '../../model/index.ts';
import type { ParseContext, Parser } from '../parser.ts';
import { type AuditEvent, auditParts } from '../shared/audit-parts.ts';
import { type AuditFields, auditRecord } from '../shared/audit-record.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { AuditAssembler, type OpenEvent } from './assembler.ts';
import { parseCsv } from './ausearch-csv.ts';
import { parseSentences } from './ausearch-sentences.ts';
import { headDates, interpretedRecords } from './ausearch-text.ts';
import { brokenRecord } from './broken-head.ts';
import { type AuditVariant, auditVariant, identifyAudit } from './identify.ts';
import { parseLaurel } from './laurel.ts';
import { Losses } from './losses.ts';
import { dateOrder } from './printed-date.ts';
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
    case 'ausearch-text':
      yield* parseSentences(log, context);
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
  const order = variant === 'ausearch-interpreted' ? dateOrder(headDates(log.artifacts[0]!.head)) : undefined;
  const reader = order === undefined ? RAW : interpretedRecords(order, context.zone.name);
  for (const [index, artifact] of log.artifacts.entries()) {
    const losses = new Losses(artifact.path, context, 'an audit record (type=… msg=audit(seconds.millis:serial): …)');
    /** A text that may be broken, or was glued to another. */
    const keep = (piece: string, offset: number, number: number): void => {
      const record = reader.whole(piece);
      const broken = record === undefined ? reader.broken(piece) : undefined;
      if (broken !== undefined) losses.mended(offset, number, piece, broken.lack);
      const kept = record ?? broken?.record;
      if (kept === undefined) losses.add(offset, number, piece);
      else {
        const original = context.withOriginal ? piece : undefined;
        assembler.add(kept, index, offset, number, original, broken !== undefined);
      }
    };
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
          const record = reader.whole(raw);
          if (record !== undefined && !isGlued(raw)) {
            assembler.add(record, index, block.offset + at, line, context.withOriginal ? raw : undefined);
          } else if (!isFurniture(raw)) {
            const starts = recordStarts(raw);
            if (starts.length > 1) losses.glued(block.offset + at, line, starts.length);
            for (const [i, start] of starts.entries()) {
              keep(raw.slice(start, starts[i + 1] ?? raw.length), block.offset + at + start, line);
            }
          }
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
      ...(order === undefined ? {} : { zone: context.zone.name, zoneSource: context.zone.source }),
    });
  }
  for (let event = assembler.take(true); event !== undefined; event = assembler.take(true)) {
    yield* rows.write(event.artifact, closed(event, variant === 'raw'));
  }
  yield* rows.finish();
}

const RAW = { whole: auditRecord, broken: (line: string) => brokenRecord(line) };

const MARK = 'msg=audit(';
const isGlued = (line: string): boolean => line.indexOf(MARK, line.indexOf(MARK) + MARK.length) !== -1;

/** Where the records of a line begin: a writer that was stopped leaves no line end, and the next one writes on behind it. */
function recordStarts(line: string): readonly number[] {
  const heads = [...line.matchAll(/(?:node=\S{1,255} )?type=\S{0,64} msg=audit\(/g)].slice(1, MOST_GLUED);
  return [0, ...heads.map(head => head.index)];
}
const MOST_GLUED = 1000;

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
