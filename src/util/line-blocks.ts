/** Whole lines, as many as came at once: for readers that split bytes themselves, without a promise a line. */
export interface LineBlock {
  /** Ends with a line end (LF; a CR before it is left in place), except for the last block of a log that has none. Good until the next block is asked for. */
  readonly bytes: Buffer;
  /** Of the first byte in the log. */
  readonly offset: number;
  /** False for a last line that no line end closes, which comes as a block of its own. */
  readonly isClosed: boolean;
  /** True for the beginning of a line longer than `maxLine`, which comes as a block of its own; its rest was skipped. */
  readonly isCut: boolean;
}

/** Cuts chunks at line ends, however they were cut before. */
export async function* lineBlocks(chunks: AsyncIterable<Uint8Array>, maxLine = 16 << 20): AsyncGenerator<LineBlock> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let isSkipping = false;
  for await (const chunk of chunks) {
    let piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (isSkipping) {
      const end = piece.indexOf(10);
      offset += end === -1 ? piece.length : end + 1;
      if (end === -1) continue;
      piece = piece.subarray(end + 1);
      isSkipping = false;
    }
    const last = piece.lastIndexOf(10);
    if (last === -1) {
      rest = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    } else {
      const whole = piece.subarray(0, last + 1);
      const bytes = rest.length === 0 ? whole : Buffer.concat([rest, whole]);
      rest = Buffer.from(piece.subarray(last + 1));
      yield { bytes, offset, isClosed: true, isCut: false };
      offset += bytes.length;
    }
    if (rest.length > maxLine) {
      yield { bytes: rest.subarray(0, maxLine), offset, isClosed: false, isCut: true };
      offset += rest.length;
      rest = Buffer.alloc(0);
      isSkipping = true;
    }
  }
  if (rest.length > 0) yield { bytes: rest, offset, isClosed: false, isCut: false };
}
