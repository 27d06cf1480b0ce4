import type { Artifact } from '../../model/index.ts';
import { csvRows } from '../shared/csv-rows.ts';
import type { JsonObject } from '../shared/json-objects.ts';

// The tables of EvtxECmd and of a Splunk search: each row is a record whose members are its cells.

/** One row, and where it stands. */
export interface Row {
  readonly record: JsonObject;
  /** Byte at which it begins. */
  readonly offset: number;
  /** 1-based line on which it begins: cells may hold line ends. */
  readonly line: number;
}

export interface RowReport {
  damaged(offset: number, line: number, message: string): void;
  truncated(offset: number, message: string): void;
}

/** Whether a head is the beginning of such a table. */
export function isTable(head: Uint8Array): boolean {
  const [heading = ''] = Buffer.from(head.subarray(0, 4096)).toString('utf8').split('\n', 1);
  const names = heading
    .replace(/^\ufeff/, '')
    .trim()
    .split(',')
    .map(name => name.replace(/^"(.*)"$/, '$1'));
  const has = (...all: readonly string[]): boolean => all.every(name => names.includes(name));
  if (has('EventId', 'Provider', 'Channel', 'Payload')) return true;
  return has('_raw') && Buffer.from(head).toString('latin1').includes('<Event ');
}

/** The rows of a table in the order of its bytes. */
export async function* tableRows(artifact: Artifact, report: RowReport): AsyncGenerator<Row> {
  let names: readonly string[] | undefined;
  for await (const { cells, offset, line } of csvRows(artifact, report.truncated)) {
    if (names === undefined) names = cells;
    else if (cells.length === names.length) yield { record: recordOf(names, cells), offset, line };
    else report.damaged(offset, line, `a row of ${cells.length} cells where the heading has ${names.length}; skipped`);
  }
}

function recordOf(names: readonly string[], cells: readonly string[]): JsonObject {
  const record = Object.create(null) as Record<string, string>;
  for (const [i, name] of names.entries()) record[name] = cells[i]!;
  return record;
}
