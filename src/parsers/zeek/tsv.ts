import type { EventBatch } from '../../model/index.ts';
import { lineBlocks } from '../../util/line-blocks.ts';
import { columnName, logBySignature } from './ecs.ts';
import { fits, headerOf } from './given-header.ts';
import { type Header, headerOfBareLine, NO_HEADER, readingOf, withLine } from './header.ts';
import type { ColumnPlan, LogWriter } from './log-writer.ts';
import type { Reader } from './reader.ts';

/** Reads a TSV log; headers may come again in the middle. `given` are the `#` lines of a log that has none. */
export async function* readTsv(
  chunks: AsyncIterable<Uint8Array>,
  reader: Reader,
  given: readonly string[] | undefined,
): AsyncGenerator<EventBatch> {
  let header: Header = NO_HEADER;
  let isPlanned = false;
  let plans: readonly (ColumnPlan | undefined)[] = [];
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
      return writer!.column(columnName(name, log), type + marks, readingOf(type, header));
    });
    unset = Buffer.from(header.unset);
    isPlanned = true;
  };

  for await (const block of lineBlocks(chunks)) {
    const bytes = block.bytes;
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(10, from);
      let to = end === -1 ? bytes.length : end;
      const next = to + 1;
      if (to > from && bytes[to - 1] === 13) to--;
      const offset = block.offset + from;
      line++;
      if (to === from) {
        from = next;
        continue;
      }
      if (bytes[from] === 35) {
        const before = header;
        header = withLine(header, bytes.toString('utf8', from, to));
        if (header !== before) isPlanned = false;
        from = next;
        continue;
      }
      if (!isPlanned) {
        if (header.fields.length === 0) {
          const text = bytes.toString('utf8', from, to);
          const told = given === undefined ? undefined : headerOf(given);
          const bare = told !== undefined && fits(told, text) ? { header: told, isRow: true } : headerOfBareLine(text);
          if (bare === undefined) {
            reader.damaged(line, offset, 'no #fields line says what the columns are');
            from = next;
            continue;
          }
          header = bare.header;
          if (!bare.isRow) {
            from = next;
            continue;
          }
        }
        plan();
      }
      if (block.isCut) reader.damaged(line, offset, 'the line is longer than 16 MiB');
      else if (row(writer!, plans, bytes, from, to, header.separator, unset)) {
        writer!.commit(line, offset, bytes, from, to);
        if (reader.isFull(writer!)) yield* reader.take();
      } else if (!block.isClosed) reader.torn(line, offset, to - from);
      else reader.damaged(line, offset, `${plans.length} columns were expected`);
      from = next;
    }
  }
}

/** One row into the writer; false, and nothing written, where the number of cells is another. */
function row(
  writer: LogWriter,
  plans: readonly (ColumnPlan | undefined)[],
  bytes: Buffer,
  from: number,
  to: number,
  separator: number,
  unset: Buffer,
): boolean {
  writer.begin();
  const count = plans.length;
  const mark = unset.length === 1 ? unset[0]! : -1;
  let start = from;
  let column = 0;
  for (; start <= to; column++) {
    let end = start;
    while (end < to && bytes[end] !== separator) end++;
    if (column === count) break;
    const plan = plans[column];
    if (plan !== undefined) {
      const isUnset =
        mark === -1
          ? end - start === unset.length && unset.compare(bytes, start, end) === 0
          : end - start === 1 && bytes[start] === mark;
      if (!isUnset) writer.put(plan, bytes, start, end, 0);
    }
    start = end + 1;
  }
  if (column === count && start > to) return true;
  writer.rollback();
  return false;
}
