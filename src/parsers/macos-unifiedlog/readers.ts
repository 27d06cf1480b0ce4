import type { Artifact } from '../../model/index.ts';
import { lines } from '../../util/lines.ts';
import { csvRows } from '../shared/csv-rows.ts';
import { isObject, type JsonObject, type JsonText, jsonObjects, parseJson } from '../shared/json-objects.ts';
import type { UnifiedEntry } from './entry.ts';
import { iteratorEntry } from './iterator.ts';
import { logShowEntry, trailerCount } from './logshow-json.ts';
import { completed, isFrame, type TextEntry, textEntry } from './text-styles.ts';

/** One entry as read, and where it stands. */
export interface Read {
  readonly entry: UnifiedEntry;
  readonly hasZone: boolean;
  readonly style: 'ndjson' | 'json' | 'iterator' | 'default' | 'compact' | 'syslog';
  readonly offset: number;
  readonly line: number;
  readonly original: string | undefined;
}

export interface Report {
  damaged(offset: number, line: number, message: string): void;
  truncated(offset: number, message: string): void;
  trailer(count: number): void;
}

/** Both JSON styles of `log show`, however large, and the iterator's JSON lines. */
export async function* jsonEntries(artifact: Artifact, report: Report): AsyncGenerator<Read> {
  const isArray = /^\s*(?:[^{[\n]*\n\s*)*\[/.test(Buffer.from(artifact.head.subarray(0, 4096)).toString('latin1'));
  const objects = jsonObjects(artifact.chunks(), ({ text, offset, line }) => {
    if (!isFrame(text)) report.damaged(offset, line, `a line is no JSON object: ${shortened(text)}; it is left out`);
  });
  for await (const found of objects) {
    const object = objectOf(found, report);
    if (object === undefined) continue;
    const count = trailerCount(object);
    if (count !== undefined) {
      report.trailer(count);
      continue;
    }
    const isIterator = Object.hasOwn(object, 'log_type');
    const entry = isIterator ? iteratorEntry(object) : logShowEntry(object);
    if (entry === undefined) {
      report.damaged(found.offset, found.line, 'an object without a time that can be read; it is left out');
      continue;
    }
    const { offset, line, text } = found;
    yield {
      entry,
      hasZone: true,
      style: isIterator ? 'iterator' : isArray ? 'json' : 'ndjson',
      offset,
      line,
      original: text,
    };
  }
}

function objectOf(found: JsonText, report: Report): JsonObject | undefined {
  if (!found.isClosed) {
    report.truncated(found.offset, 'an object begins here and does not end; what it held is left out');
    return undefined;
  }
  try {
    const value = parseJson(found.text);
    if (isObject(value)) return value;
    report.damaged(found.offset, found.line, 'a value that is no object; it is left out');
  } catch (error) {
    report.damaged(found.offset, found.line, `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}

/** The iterator's CSV: quoted cells hold line ends. */
export async function* csvEntries(artifact: Artifact, report: Report): AsyncGenerator<Read> {
  let columns: readonly string[] | undefined;
  const onBreak = (offset: number, message: string): void => {
    report.truncated(offset, message);
  };
  for await (const { cells, offset, line } of csvRows(artifact, onBreak)) {
    if (columns === undefined) {
      columns = cells;
      continue;
    }
    if (cells.length !== columns.length) {
      report.damaged(
        offset,
        line,
        `a row of ${cells.length} cells where the heading has ${columns.length}; it is left out`,
      );
      continue;
    }
    const entry = iteratorEntry(Object.fromEntries(columns.map((name, i) => [name, cells[i]!])));
    if (entry === undefined) {
      report.damaged(offset, line, 'a row without a time that can be read; it is left out');
      continue;
    }
    yield { entry, hasZone: true, style: 'iterator', offset, line, original: cells.join(',') };
  }
}

interface Open {
  readonly first: TextEntry;
  readonly offset: number;
  readonly line: number;
  readonly further: string[];
  readonly originals: string[];
  size: number;
}

const TEXT_LIMIT = 1 << 20;

/** The three text styles. A message goes on over lines that have no time of their own. */
export async function* textEntries(artifact: Artifact, report: Report): AsyncGenerator<Read> {
  let open: Open | undefined;
  for await (const { bytes, offset, number } of lines(artifact.chunks(), TEXT_LIMIT)) {
    const line = bytes.toString('utf8');
    const first = textEntry(line);
    if (first !== undefined) {
      if (open !== undefined) yield closed(open);
      open = { first, offset, line: number, further: [], originals: [line], size: line.length };
    } else if (isFrame(line)) {
      if (open !== undefined) yield closed(open);
      open = undefined;
    } else if (open !== undefined) {
      if (open.size + line.length > TEXT_LIMIT) continue;
      open.further.push(line);
      open.originals.push(line);
      open.size += line.length + 1;
    } else if (line.trim() !== '')
      report.damaged(
        offset,
        number,
        'a line without a time, and no entry before it that it could belong to; it is left out',
      );
  }
  if (open !== undefined) yield closed(open);
}

const closed = ({ first, offset, line, further, originals }: Open): Read => ({
  entry: completed(first.entry, further),
  hasZone: first.hasZone,
  style: first.style,
  offset,
  line,
  original: originals.join('\n').trimEnd(),
});

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
