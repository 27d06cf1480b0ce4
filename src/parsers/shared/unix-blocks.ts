import { isAscii } from 'node:buffer';

/** Whole lines, as latin1 text so that an index is a byte offset; `offset` is that of the first byte in the artifact. */
export interface LineBlock {
  readonly text: string;
  readonly offset: number;
  /** True where every byte is ASCII: nothing needs to be read again as UTF-8. */
  readonly isAscii: boolean;
  /** False where the text ends without a line end: the end of a log cut in the middle, or a line longer than the limit. */
  readonly isClosed: boolean;
  /** Bytes of the last line that were skipped because it was longer than the limit. */
  readonly skipped: number;
}

const GATHER = 1 << 16;

/**
 * Cuts chunks at line ends and hands them over in pieces of some 64 KiB, so that a hot loop can run over lines without
 * waiting once per line. A line longer than `maxLine` bytes is cut there and the rest of it skipped.
 */
export async function* lineBlocks(chunks: AsyncIterable<Uint8Array>, maxLine = 1 << 20): AsyncGenerator<LineBlock> {
  let pieces: Buffer[] = [];
  let gathered = 0;
  let offset = 0;
  let skipped = 0;
  let isSkipping = false;

  const block = (bytes: Buffer, isClosed: boolean, lost: number): LineBlock => {
    const text = bytes.toString('latin1');
    const at = offset;
    offset += bytes.length + lost;
    return { text, offset: at, isAscii: isAscii(bytes), isClosed, skipped: lost };
  };

  /** What is gathered, as one buffer; `held` is the cut line whose rest is being skipped. */
  let held: Buffer | undefined;
  function* drain(isEnd: boolean): Generator<LineBlock> {
    let bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, gathered);
    pieces = [];
    gathered = 0;
    if (isSkipping) {
      const end = bytes.indexOf(10);
      skipped += end === -1 ? bytes.length : end + 1;
      if (end === -1 && !isEnd) return;
      yield block(held!, false, skipped);
      held = undefined;
      isSkipping = false;
      skipped = 0;
      bytes = end === -1 ? bytes.subarray(bytes.length) : bytes.subarray(end + 1);
    }
    const last = bytes.lastIndexOf(10) + 1;
    if (last > 0) yield* split(bytes.subarray(0, last));
    const rest = bytes.subarray(last);
    if (rest.length > maxLine) {
      held = Buffer.from(rest.subarray(0, maxLine));
      skipped = rest.length - maxLine;
      isSkipping = true;
      if (isEnd) yield block(held, false, skipped);
    } else if (rest.length > 0) {
      if (isEnd) yield block(rest, false, 0);
      else {
        pieces.push(Buffer.from(rest));
        gathered = rest.length;
      }
    }
  }

  /** Closed lines; a line above the limit among them is cut like an open one, wherever the chunks happened to end. */
  function* split(bytes: Buffer): Generator<LineBlock> {
    let start = 0;
    if (bytes.length > maxLine) {
      let line = 0;
      while (line < bytes.length) {
        const end = bytes.indexOf(10, line);
        if (end - line > maxLine) {
          if (line > start) yield block(bytes.subarray(start, line), true, 0);
          yield block(bytes.subarray(line, line + maxLine), false, end + 1 - line - maxLine);
          start = end + 1;
        }
        line = end + 1;
      }
    }
    if (start < bytes.length) yield block(bytes.subarray(start), true, 0);
  }

  for await (const chunk of chunks) {
    // A source may reuse its buffer: what is kept beyond this step is copied, unless it is drained at once.
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    gathered += piece.length;
    if (gathered >= GATHER) {
      pieces.push(piece);
      yield* drain(false);
    } else pieces.push(Buffer.from(piece));
  }
  if (gathered > 0 || isSkipping) yield* drain(true);
}
