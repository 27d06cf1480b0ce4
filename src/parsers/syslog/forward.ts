import type { LineBlock } from '../shared/unix-blocks.ts';

/** A priority and the beginning of a time: the head of the next message where the template wrote no line end. */
const NEXT =
  /<\d{1,3}>(?=(?:\d )?\d{4}-\d\d-\d\dT\d\d:|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:)/g;

/** True where messages begin with their priority, so that line ends are not to be relied on. */
export const isForwarded = (head: Uint8Array): boolean =>
  /^(?:\d{1,6} )?<\d{1,3}>/.test(
    Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16)).toString('latin1'),
  );

/** RFC 6587: the length of the message in bytes, before its priority. */
const COUNT = /(\d{1,6}) (?=<\d{1,3}>)/y;

/** Where the counted message at `start` ends; -1 where none is counted. */
function countedEnd(text: string, start: number): number {
  COUNT.lastIndex = start;
  const m = COUNT.exec(text);
  return m === null ? -1 : start + m[0].length + Number(m[1]);
}

/** Where messages begin inside text[start, end), beyond its first character. */
export function* messageStarts(text: string, start: number, end: number): Iterable<number> {
  let from = start;
  for (let next = countedEnd(text, from); next !== -1; next = countedEnd(text, from)) {
    if (next >= end) return;
    yield next;
    from = next;
  }
  for (const match of text.slice(from + 1, end).matchAll(NEXT)) yield from + 1 + match.index;
}

const GATHER = 1 << 16;
const MOST = 1 << 20;

/**
 * Blocks that end before a message head or behind a line end: rsyslog's forward templates write no line end at all, so that a
 * day's log may be one line.
 */
export async function* forwardedBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LineBlock> {
  let text = '';
  let offset = 0;
  const block = (length: number, isClosed: boolean): LineBlock => {
    const piece = text.slice(0, length);
    const at = offset;
    offset += length;
    text = text.slice(length);
    return { text: piece, offset: at, isAscii: !NON_ASCII.test(piece), isClosed, skipped: 0 };
  };
  for await (const chunk of chunks) {
    text += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    if (text.length < GATHER) continue;
    let cut = text.lastIndexOf('\n') + 1;
    for (const start of messageStarts(text, cut, text.length)) cut = start;
    if (cut > 0) yield block(cut, true);
    else if (text.length > MOST) yield block(MOST, false);
  }
  if (text !== '') yield block(text.length, false);
}

const NON_ASCII = /[\u0080-\u00ff]/;
