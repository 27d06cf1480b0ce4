import { parse as csvParser } from 'csv-parse';
import type { Artifact } from '../../model/index.ts';

/** One row of a table, and where it stands. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** Byte at which it begins. */
  readonly offset: number;
  /** 1-based line on which it begins: quoted cells hold line ends. */
  readonly line: number;
}

const MOST_CHARACTERS = 16 << 20;

/** The rows of a CSV by stream, its heading among them; `onBreak` is told where a row cannot be one, or has no end. */
export async function* csvRows(
  artifact: Pick<Artifact, 'chunks'>,
  onBreak: (offset: number, message: string) => void,
): AsyncGenerator<CsvRow> {
  let from = 0;
  let line = 1;
  const parser = csvParser({
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: MOST_CHARACTERS,
    // An error would end the stream, and rows that wait in it would be lost with it.
    skip_records_with_error: true,
    on_skip: error => {
      if (error !== undefined) onBreak(from, `the table breaks off: ${error.message}`);
    },
  });
  const feeding = feed(artifact, parser);
  for await (const { record, info } of parser as AsyncIterable<{
    record: readonly string[];
    info: { readonly bytes: number };
  }>) {
    yield { cells: record, offset: from, line };
    from = info.bytes;
    for (const cell of record) line += cell.split('\n').length - 1;
    line++;
  }
  await feeding;
}

/** Bytes into the CSV parser, no faster than it reads. What it throws is told where its rows are read. */
async function feed(artifact: Pick<Artifact, 'chunks'>, parser: ReturnType<typeof csvParser>): Promise<void> {
  for await (const chunk of artifact.chunks()) {
    if (parser.destroyed) return;
    // A piece may be used again by its source, and the parser keeps what it was given.
    if (!parser.write(Buffer.from(chunk)))
      await new Promise<void>(resolve => {
        const done = (): void => {
          parser.off('drain', done);
          parser.off('close', done);
          resolve();
        };
        parser.once('drain', done);
        parser.once('close', done);
      });
  }
  parser.end();
}
