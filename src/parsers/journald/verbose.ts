import type { Artifact } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { addField, type JournalEntry } from './entry.ts';

/** The head of an entry: a local time for people, and the cursor, which holds both clocks in hexadecimal. */
const HEAD =
  /^\S+ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \S+ \[(s=[0-9a-f]{32};i=[0-9a-f]{1,16};b=([0-9a-f]{32});m=([0-9a-f]{1,16});t=([0-9a-f]{1,14});x=[0-9a-f]{1,16})\]$/;
const FIELD = /^ {4}([A-Z_][A-Z0-9_]{0,63})=/;
const INDENT = 4;

/** True for what `journalctl -o verbose` prints, whatever it says before the first entry. */
export const isVerbose = (text: string): boolean => {
  const first = text.split('\n', 4).find(line => line !== '' && !line.startsWith('-- '));
  return first !== undefined && HEAD.test(first.trimEnd());
};

/**
 * `journalctl -o verbose`: every field of an entry on a line of its own, further lines of a value indented up to where it began, and for
 * bytes that are no text only how many they are.
 */
export async function* verboseEntries(artifact: Artifact, context: ParseContext): AsyncGenerator<JournalEntry> {
  let entry: Draft | undefined;
  let line = 0;
  for await (const block of lineBlocks(artifact.chunks())) {
    let at = 0;
    for (const raw of block.text.split('\n')) {
      const offset = block.offset + at;
      at += raw.length + 1;
      // Behind the last line end stands nothing.
      if (at > block.text.length + 1 || (raw === '' && at > block.text.length)) continue;
      line++;
      const latin1 = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      const text = block.isAscii ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8');
      const head = HEAD.exec(text);
      if (head !== null) {
        if (entry !== undefined) yield finished(entry, context);
        entry = begun(head, text, offset, line);
      } else if (entry === undefined || !continues(entry, text)) {
        if (text === '' || text.startsWith('-- ')) continue;
        context.problem({
          kind: 'damaged-record',
          artifact: artifact.path,
          offset,
          record: line,
          message: `expected a field of an entry, found ${JSON.stringify(text.slice(0, 60))}`,
        });
      } else if (context.withOriginal) entry.original.push(text);
    }
  }
  if (entry !== undefined) yield finished(entry, context);
}

interface Draft {
  readonly realtime: number;
  readonly offset: number;
  readonly line: number;
  readonly values: [name: string, lines: string[]][];
  readonly original: string[];
}

function begun(head: RegExpExecArray, text: string, offset: number, line: number): Draft {
  const [, cursor, boot, monotonic, realtime] = head;
  return {
    realtime: Number.parseInt(realtime!, 16),
    offset,
    line,
    values: [
      ['__CURSOR', [cursor!]],
      ['__MONOTONIC_TIMESTAMP', [String(Number.parseInt(monotonic!, 16))]],
      ['_BOOT_ID', [boot!]],
    ],
    original: [text],
  };
}

/** Adds a line to the entry; false where it is none of its own. */
function continues({ values }: Draft, text: string): boolean {
  const field = FIELD.exec(text);
  const last = values.at(-1)!;
  const column = INDENT + last[0].length + 1;
  if (values.length > OF_THE_HEAD && text.startsWith(' '.repeat(column))) {
    last[1].push(text.slice(column));
    return true;
  }
  if (field === null) return false;
  // The head told it already.
  if (field[1] !== '_BOOT_ID') values.push([field[1]!, [text.slice(field[0].length)]]);
  return true;
}
const OF_THE_HEAD = 3;

function finished({ realtime, offset, line, values, original }: Draft, context: ParseContext): JournalEntry {
  const fields = new Map<string, string | readonly string[]>();
  for (const [name, lines] of values) addField(fields, name, lines.join('\n'));
  return {
    realtime,
    offset,
    number: line,
    fields,
    ...(context.withOriginal ? { original: original.join('\n') } : {}),
  };
}
