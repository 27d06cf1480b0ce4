import type { Artifact } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { isList, isObject, type Json, jsonObjects, parseJson } from '../shared/json-objects.ts';
import { addField, type JournalEntry } from './entry.ts';

/**
 * `journalctl -o json` (and json-pretty, json-seq): texts; an array of numbers where bytes are no text; an array of texts where a
 * field is there several times; null where it was too long to print.
 */
export async function* jsonEntries(artifact: Artifact, context: ParseContext): AsyncGenerator<JournalEntry> {
  const problem = (offset: number, line: number, message: string): void =>
    context.problem({ kind: 'damaged-record', artifact: artifact.path, offset, record: line, message });
  for await (const { text, offset, line, isClosed } of jsonObjects(artifact.chunks())) {
    const object = isClosed ? read(text) : undefined;
    if (object === undefined || !isObject(object)) {
      problem(offset, line, `expected one JSON object an entry, found ${JSON.stringify(text.slice(0, 60))}`);
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
