import type { EventBatch } from '../../model/index.ts';
import { lineBlocks } from '../../util/line-blocks.ts';
import type { ParseContext } from '../parser.ts';
import { fits, guessedFields, headerOf } from './given-header.ts';
import { type Header, headerOfBareLine, NO_HEADER, readingOf, withLine } from './header.ts';
import { columnName, logBySignature } from './log-names.ts';
import { type ColumnPlan, type LogWriter, SHAPE } from './log-writer.ts';
import { decimal, momentOf } from './numerals.ts';
import type { Reader } from './reader.ts';

/** Reads a TSV log; headers may come again in the middle. */
export async function* readTsv(
  chunks: AsyncIterable<Uint8Array>,
  reader: Reader,
  { zeekHeader: given }: ParseContext,
): AsyncGenerator<EventBatch> {
  let header: Header = NO_HEADER;
  let isPlanned = false;
  let plans: readonly ColumnPlan[] = [];
  let writer: LogWriter | undefined;
  let unset: Buffer = Buffer.from('-');
  let line = 0;

  const plan = (): void => {
    const names = new Set(header.fields.map(name => columnName(name, '')));
    const log = names.has('conn_state') ? 'conn' : (header.path ?? logBySignature(names) ?? reader.logOfFile);
    writer = reader.writer(log, header.path);
    const marks = JSON.stringify([header.setSeparator, header.empty, header.unset]);
    plans = header.fields.map((name, i) => {
      const type = header.types[i] ?? 'string';
      return writer!.column(
        columnName(name, log),
        type + marks,
        type === 'string' ? 'plain' : 'typed',
        readingOf(type, header),
      );
    });
    unset = Buffer.from(header.unset);
    isPlanned = true;
  };

  for await (const block of lineBlocks(chunks)) {
    const bytes = block.bytes;
    for (let from = 0, next = 0; from < bytes.length; from = next) {
      const end = bytes.indexOf(10, from);
      let to = end === -1 ? bytes.length : end;
      next = to + 1;
      if (to > from && bytes[to - 1] === 13) to--;
      const offset = block.offset + from;
      line++;
      if (to === from) continue;
      if (bytes[from] === HASH) {
        const before = header;
        header = withLine(header, bytes.toString('utf8', from, to));
        if (header !== before) isPlanned = false;
        continue;
      }
      if (header.fields.length === 0) {
        const text = bytes.toString('utf8', from, to);
        const bare = headerOfRow(text, given);
        if (bare === undefined) {
          const names = guessedFields(text);
          if (names !== undefined) reader.nameless(line, offset, names);
          else reader.damaged(line, offset, 'no #fields line says what the columns are');
          continue;
        }
        header = bare.header;
        if (!bare.isRow) continue;
      }
      if (!reader.wants(line)) continue;
      if (!isPlanned) plan();
      if (block.isCut) reader.damaged(line, offset, 'the line is longer than 16 MiB');
      else if (row(writer!, plans, bytes, from, to, header.separator, unset)) {
        writer!.commit(line, offset, bytes, from, to);
        if (reader.isFull(writer!)) yield* reader.take();
      } else if (!block.isClosed) reader.torn(line, offset, to - from);
      else reader.damaged(line, offset, `${plans.length} columns were expected`);
    }
  }
}

const HASH = 35;

/** What the user says of the columns of a row that no `#` line came before, or else the row itself. */
function headerOfRow(text: string, given: readonly string[] | undefined): ReturnType<typeof headerOfBareLine> {
  const told = given === undefined ? undefined : headerOf(given);
  return told !== undefined && fits(told, text) ? { header: told, isRow: true } : headerOfBareLine(text);
}

/**
 * One row into the writer; false, and nothing written, where the number of cells is another. What a cell has to be read for (its number, its
 * hash, its end) is found in one go over its bytes.
 */
function row(
  writer: LogWriter,
  plans: readonly ColumnPlan[],
  bytes: Buffer,
  from: number,
  to: number,
  separator: number,
  unset: Buffer,
): boolean {
  writer.begin();
  const count = plans.length;
  const mark = unset.length === 1 ? unset[0]! : -1;
  // A mark of several bytes is looked for at the end of a cell.
  const keyword = mark === -1 ? -1 : SHAPE.keyword;
  let start = from;
  let column = 0;
  for (; start <= to && column < count; column++) {
    const plan = plans[column]!;
    let end = start;
    switch (plan.shape) {
      case SHAPE.number: {
        let n = 0;
        let c = separator;
        for (; end < to; end++) {
          c = bytes[end]!;
          if (c < 48 || c > 57 || c === separator) break;
          n = n * 10 + c - 48;
        }
        const isDigits = (end === to || c === separator) && end > start && end - start < 16;
        while (end < to && bytes[end] !== separator) end++;
        if (is(unset, mark, bytes, start, end)) break;
        writer.putNumber(plan, isDigits ? n : decimal(bytes, start, end));
        break;
      }
      case keyword:
        end = plan.cells!.putUntil(bytes, start, to, writer.row, separator, mark);
        break;
      default:
        while (end < to && bytes[end] !== separator) end++;
        if (plan.shape === SHAPE.skipped || is(unset, mark, bytes, start, end)) break;
        if (plan.shape === SHAPE.time) writer.setTime(momentOf(bytes, start, end));
        else writer.put(plan, bytes, start, end, 0);
    }
    start = end + 1;
  }
  if (column === count && start > to) return true;
  writer.rollback();
  return false;
}

/** Whether the bytes are the mark of a cell that says nothing; `mark` is its byte where it is only one. */
function is(unset: Buffer, mark: number, bytes: Buffer, from: number, to: number): boolean {
  return mark !== -1
    ? to - from === 1 && bytes[from] === mark
    : to - from === unset.length && unset.compare(bytes, from, to) === 0;
}
