import type { LogSet } from '../../model/index.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { type EsxiLine, esxiLine } from './header.ts';

/** One message, its further lines joined by newlines. */
export interface EsxiRecord {
  readonly artifact: string;
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  readonly head: EsxiLine;
  readonly text: string;
  /** The line or lines as they are, only when asked for. */
  readonly original: string | undefined;
}

/** Hears of lines that became no part of any message. */
export interface RecordListener {
  /** It has no time of its own, and no message stands before it. */
  stray(artifact: string, offset: number, line: number): void;
  /** The message that it belongs to has grown too long. */
  tooLong(artifact: string, offset: number, line: number): void;
}

/** Further lines of one message are kept up to this many characters: a log that lost its headers must not become one event. */
const TEXT_LIMIT = 1 << 20;

/** Few enough that the collector never sees them grow old. */
const MOST_AT_ONCE = 256;

/** Colour codes, as bytes or as `cat -v` shows them: a purple screen is written to the log with its colours. */
const COLOUR = /(?:\u001b|\^\[)\[[0-9;]{0,16}m/g;

/** A message while its lines come. */
interface Open {
  readonly artifact: string;
  readonly offset: number;
  readonly line: number;
  readonly head: EsxiLine;
  text: string;
  original: string | undefined;
}

/** The messages of a log in the order in which they were written, some hundred at a time. A message goes on over the end of a rotated file. */
export async function* esxiRecords(
  log: LogSet,
  withOriginal: boolean,
  listener: RecordListener,
): AsyncGenerator<readonly EsxiRecord[]> {
  let open: Open | undefined;
  let further: string[] = [];
  let originals: string[] = [];
  let size = 0;
  const closed = (record: Open): EsxiRecord => {
    if (further.length > 0) {
      record.text = [record.text, ...further].join('\n').trimEnd();
      if (withOriginal) record.original = [record.original, ...originals].join('\n');
      further = [];
      originals = [];
    }
    return record;
  };
  for (const artifact of log.artifacts) {
    const { path } = artifact;
    let number = 0;
    for await (const block of lineBlocks(artifact.chunks(), TEXT_LIMIT)) {
      const { text, isAscii } = block;
      let records: EsxiRecord[] = [];
      for (let at = 0; at < text.length; ) {
        const lineEnd = text.indexOf('\n', at);
        const end = lineEnd === -1 ? text.length : lineEnd;
        const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
        const offset = block.offset + at;
        const latin1 = text.slice(at, stop);
        at = end + 1;
        number++;
        if (latin1 === '') continue;
        const raw = isAscii ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8');
        const line = isColoured(raw) ? raw.replace(COLOUR, '') : raw;
        const head = esxiLine(line);
        if (open !== undefined && (head === undefined || (head.continues && isSame(head, open.head)))) {
          const more = head === undefined ? bare(line) : head.text;
          const isFull = size > TEXT_LIMIT;
          size += more.length + 1;
          if (size > TEXT_LIMIT) {
            if (!isFull) listener.tooLong(path, offset, number);
            continue;
          }
          further.push(more);
          if (withOriginal) originals.push(raw);
          continue;
        }
        if (head === undefined) {
          listener.stray(path, offset, number);
          continue;
        }
        if (open !== undefined) records.push(closed(open));
        if (records.length === MOST_AT_ONCE) {
          yield records;
          records = [];
        }
        open = {
          artifact: path,
          offset,
          line: number,
          head,
          text: head.text,
          original: withOriginal ? raw : undefined,
        };
        size = head.text.length;
      }
      if (block.skipped > 0) listener.tooLong(path, block.offset, number);
      if (records.length > 0) yield records;
    }
  }
  if (open !== undefined) yield [closed(open)];
}

const isColoured = (line: string): boolean => line.includes('\u001b[') || line.includes('^[[');

/** ESXi 8 stamps every further line; other daemons, and other hosts of one collector, may write between them. */
const isSame = (head: EsxiLine, before: EsxiLine): boolean =>
  head.host === before.host && (head.program === '' || head.program.toLowerCase() === before.program.toLowerCase());

const bare = (line: string): string => (line.startsWith('-->') ? line.slice(line[3] === ' ' ? 4 : 3) : line);
