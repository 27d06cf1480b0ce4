/** One line without its line end, and the byte offset at which it begins. */
export interface Line {
  readonly bytes: Buffer;
  readonly offset: number;
  /** 1-based. */
  readonly number: number;
  /** False for a last line that no line end closes: a log cut in the middle, or one being written. */
  readonly isClosed: boolean;
  /** True where more than `maxBytes` came without a line end: this is the first part, the rest was skipped. */
  readonly isCut: boolean;
}

/**
 * Splits chunks into lines, LF and CRLF alike, however the chunks are cut.
 * `bytes` is only good until the next line is asked for; decode or copy it before.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>, maxBytes = 16 << 20): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let number = 0;
  let skipping = false;
  for await (const chunk of chunks) {
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const buffer = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = buffer.indexOf(10, rest.length); end !== -1; end = buffer.indexOf(10, start)) {
      if (skipping) skipping = false;
      else {
        const cut = end > start && buffer[end - 1] === 13 ? end - 1 : end;
        yield {
          bytes: buffer.subarray(start, cut),
          offset: offset + start,
          number: ++number,
          isClosed: true,
          isCut: false,
        };
      }
      start = end + 1;
    }
    if (buffer.length - start > maxBytes) {
      if (!skipping) {
        const bytes = buffer.subarray(start, start + maxBytes);
        yield { bytes, offset: offset + start, number: ++number, isClosed: false, isCut: true };
        skipping = true;
      }
      start = buffer.length;
    }
    rest = Buffer.from(buffer.subarray(start));
    offset += start;
  }
  if (rest.length > 0 && !skipping) {
    yield { bytes: rest, offset, number: ++number, isClosed: false, isCut: false };
  }
}
