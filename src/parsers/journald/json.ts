import type { Artifact } from '../../model/index.ts';
import { lineBlocks } from '../../util/line-blocks.ts';
import type { ParseContext } from '../parser.ts';
import { type ForeignText, isList, isObject, type Json, jsonObjects, parseJson } from '../shared/json-objects.ts';
import { addField, type JournalEntry } from './entry.ts';

/**
 * `journalctl -o json` (and json-pretty, json-seq): texts; an array of numbers where bytes are no text; an array of texts where a
 * field is there several times; null where it was too long to print.
 */
export async function* jsonEntries(artifact: Artifact, context: ParseContext): AsyncGenerator<JournalEntry> {
  const problem = (offset: number, line: number, message: string): void =>
    context.problem({ kind: 'damaged-record', artifact: artifact.path, offset, record: line, message });
  const foreign: ForeignText[] = [];
  const expected = (found: string): string =>
    `expected one JSON object an entry, found ${JSON.stringify(found.slice(0, 60))}`;
  const chunks = isNamed(artifact.head) ? unnamed(artifact.chunks()) : artifact.chunks();
  for await (const { text, offset, line, isClosed } of jsonObjects(chunks, found => foreign.push(found))) {
    tellForeign(foreign, found => problem(found.offset, found.line, expected(found.text)));
    const object = isClosed ? read(text) : undefined;
    if (object === undefined || !isObject(object)) {
      problem(offset, line, expected(text));
      continue;
    }
    const fields = new Map<string, string | readonly string[]>();
    for (const [name, value] of Object.entries(object)) add(fields, name, value);
    const realtime = fields.get('__REALTIME_TIMESTAMP');
    yield {
      realtime: typeof realtime === 'string' ? Number(realtime) : Number.NaN,
      offset,
      number: line,
      fields,
      ...(context.withOriginal ? { original: text } : {}),
    };
  }
  tellForeign(foreign, found => problem(found.offset, found.line, expected(found.text)));
}

/** What stands between objects; journalctl itself says things such as `-- No entries --`. */
function tellForeign(foreign: ForeignText[], tell: (found: ForeignText) => void): void {
  for (const found of foreign.splice(0)) if (!found.text.startsWith('-- ')) tell(found);
}

const EVENT = 'data: ';

/** True for server-sent events (`-o json-sse`), which put a name before each object. */
const isNamed = (head: Uint8Array): boolean =>
  Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 64)).toString('latin1').trimStart().startsWith(EVENT);

/** The same bytes, with blanks for the names. */
async function* unnamed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const block of lineBlocks(chunks)) {
    const bytes = Buffer.from(block.bytes);
    for (let at = 0; at < bytes.length; ) {
      if (bytes.toString('latin1', at, at + EVENT.length) === EVENT) bytes.fill(' ', at, at + EVENT.length);
      const end = bytes.indexOf(10, at);
      at = end === -1 ? bytes.length : end + 1;
    }
    yield bytes;
  }
}

function read(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    // Told as a damaged record by the caller.
    return undefined;
  }
}

function add(fields: Map<string, string | readonly string[]>, name: string, value: Json): void {
  if (value === null || isObject(value)) return;
  if (!isList(value)) addField(fields, name, String(value));
  else if (value.length > 0 && value.every(item => typeof item === 'number'))
    addField(fields, name, textOfNumbers(value));
  else {
    for (const item of value) {
      if (typeof item === 'string' || typeof item === 'number') addField(fields, name, String(item));
      else if (isList(item) && item.every(byte => typeof byte === 'number'))
        addField(fields, name, textOfNumbers(item));
    }
  }
}

function textOfNumbers(values: readonly Json[]): string {
  const bytes = Buffer.from(values as readonly number[]);
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}
