import type { Artifact } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { addField, fieldText, type JournalEntry, MOST_FIELD_BYTES } from './entry.ts';

const LF = 10;
const EQUALS = 61;
/** A name is 64 bytes at most; a line of text is far below this. What is longer is binary, and its length is stated. */
const MOST_LINE = 1 << 20;
const MOST_BINARY = 64 << 20;

/**
 * The journal's export format: `NAME=text` lines, `NAME` lines followed by a 64-bit length and that many bytes, a blank line
 * between entries. Not a format of lines: bytes may hold any.
 */
export async function* exportedEntries(artifact: Artifact, context: ParseContext): AsyncGenerator<JournalEntry> {
  let buffer: Buffer = Buffer.alloc(0);
  let base = 0;
  let at = 0;
  let start = 0;
  let number = 0;
  let fields = new Map<string, string | readonly string[]>();
  const problem = (offset: number, message: string): void =>
    context.problem({ kind: 'damaged-record', artifact: artifact.path, offset, message });

  const finish = (end: number): JournalEntry | undefined => {
    const entry =
      fields.size === 0
        ? undefined
        : {
            realtime: Number(one(fields.get('__REALTIME_TIMESTAMP')) ?? Number.NaN),
            offset: start,
            number: ++number,
            fields,
          };
    fields = new Map();
    start = end;
    return entry;
  };

  /** Reads one field or one blank line; false where more bytes are needed. */
  function* step(isEnd: boolean): Generator<JournalEntry, boolean> {
    const end = buffer.indexOf(LF, at);
    if (end === -1) {
      if (buffer.length - at > MOST_LINE || (isEnd && at < buffer.length)) {
        if (buffer.length - at > MOST_LINE)
          problem(base + at, 'a line without an end is longer than 1 MiB; it is left out');
        else if (buffer.indexOf(EQUALS, at) > at) field(at, buffer.length);
        else problem(base + at, 'the last field of the export is cut');
        at = buffer.length;
        return !isEnd;
      }
      return false;
    }
    if (end === at || (end === at + 1 && buffer[at] === 13)) {
      at = end + 1;
      const entry = finish(base + at);
      if (entry !== undefined) yield entry;
      return true;
    }
    const equals = buffer.indexOf(EQUALS, at);
    if (equals !== -1 && equals < end) {
      field(at, end);
      at = end + 1;
      return true;
    }
    if (buffer.length < end + 9) {
      if (!isEnd) return false;
      problem(base + at, 'the last field of the export is cut');
      at = buffer.length;
      return false;
    }
    const size = buffer.readBigUInt64LE(end + 1);
    if (!NAME.test(buffer.toString('latin1', at, Math.min(end, at + 65))) || size > BigInt(MOST_BINARY)) {
      problem(
        base + at,
        `expected a field of the journal, found ${JSON.stringify(buffer.toString('latin1', at, Math.min(end, at + 60)))}`,
      );
      at = end + 1;
      return true;
    }
    const stop = end + 9 + Number(size);
    if (buffer.length < stop + 1 && !isEnd) return false;
    if (buffer.length < stop) {
      problem(base + at, `a field of ${size} bytes is cut at the end of the export`);
      at = buffer.length;
      return false;
    }
    const name = buffer.toString('latin1', at, end);
    if (size > BigInt(MOST_FIELD_BYTES)) {
      const cut = Number(size) - MOST_FIELD_BYTES;
      problem(base + at, `${name} is longer than ${MOST_FIELD_BYTES} bytes; the last ${cut} of it are left out`);
    }
    addField(fields, name, fieldText(buffer.subarray(end + 9, stop)));
    at = Math.min(buffer.length, stop + 1);
    return true;
  }

  const field = (from: number, to: number): void => {
    const equals = buffer.indexOf(EQUALS, from);
    const stop = buffer[to - 1] === 13 && !HAS_CR.test(buffer.toString('latin1', from, equals)) ? to - 1 : to;
    addField(fields, buffer.toString('latin1', from, equals), fieldText(buffer.subarray(equals + 1, stop)));
  };

  for await (const chunk of artifact.chunks()) {
    buffer = Buffer.concat([buffer.subarray(at), chunk]);
    base += at;
    at = 0;
    while (yield* step(false));
  }
  while (yield* step(true));
  const last = finish(base + at);
  if (last !== undefined) yield last;
}

const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;
const HAS_CR = /\r/;

const one = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' || value === undefined ? value : value[0];
