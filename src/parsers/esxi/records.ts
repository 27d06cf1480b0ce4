import type { LogSet } from '../../model/index.ts';
import { lines } from '../../util/lines.ts';
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

/** What a line that belongs to nothing is reported as. */
export interface Stray {
  readonly artifact: string;
  readonly offset: number;
  readonly line: number;
}

/** Further lines of one message are kept up to this many characters: a log that lost its headers must not become one event. */
const TEXT_LIMIT = 1 << 20;

/** Colour codes, as bytes or as `cat -v` shows them: a purple screen is written to the log with its colours. */
const COLOUR = /(?:\u001b|\^\[)\[[0-9;]{0,16}m/g;

interface Open {
  readonly artifact: string;
  readonly offset: number;
  readonly line: number;
  readonly head: EsxiLine;
  readonly parts: string[];
  readonly originals: string[];
  size: number;
}

/**
 * The messages of a log in the order in which they were written. A message goes on over the end of a rotated file. The
 * `limit` callback hears of lines that were left out because a message grew too long.
 */
export async function* esxiRecords(
  log: LogSet,
  withOriginal: boolean,
  stray: (line: Stray) => void,
  limit: (record: Stray) => void,
): AsyncGenerator<EsxiRecord> {
  let open: Open | undefined;
  for (const artifact of log.artifacts) {
    for await (const { bytes, offset, number } of lines(artifact.chunks(), TEXT_LIMIT)) {
      if (bytes.length === 0) continue;
      const raw = bytes.toString('utf8');
      const line =
        raw.includes('[') && (raw.includes('\u001b[') || raw.includes('^[[')) ? raw.replace(COLOUR, '') : raw;
      const head = esxiLine(line);
      if (open !== undefined && (head === undefined || isFurther(head, open.head))) {
        const text: string = head === undefined ? bare(line) : head.text;
        if (open.size + text.length > TEXT_LIMIT) {
          limit({ artifact: artifact.path, offset, line: number });
          continue;
        }
        open.parts.push(text);
        open.size += text.length + 1;
        if (withOriginal) open.originals.push(raw);
        continue;
      }
      if (head === undefined) {
        stray({ artifact: artifact.path, offset, line: number });
        continue;
      }
      if (open !== undefined) yield closed(open);
      open = {
        artifact: artifact.path,
        offset,
        line: number,
        head,
        parts: [head.text],
        originals: withOriginal ? [raw] : [],
        size: head.text.length,
      };
    }
  }
  if (open !== undefined) yield closed(open);
}

/** ESXi 8 stamps every further line; other daemons may write between them, so the program must be the same. */
const isFurther = (head: EsxiLine, before: EsxiLine): boolean =>
  head.continues && (head.program === '' || head.program.toLowerCase() === before.program.toLowerCase());

const bare = (line: string): string => (line.startsWith('-->') ? line.slice(line[3] === ' ' ? 4 : 3) : line);

const closed = ({ artifact, offset, line, head, parts, originals }: Open): EsxiRecord => ({
  artifact,
  offset,
  line,
  head,
  text: parts.length === 1 ? parts[0]! : parts.join('\n').trimEnd(),
  original: originals.length === 0 ? undefined : originals.join('\n'),
});
