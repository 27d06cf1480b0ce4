/**
 * Inflates one LZ4 block (no frame) of a known size, as the LZ4 block format describes it: tokens of literals and matches.
 * Undefined where the block is damaged; nothing is read or written outside of it.
 */
export function lz4Block(block: Uint8Array, size: number): Uint8Array | undefined {
  const out = new Uint8Array(size);
  let at = 0;
  let to = 0;
  while (at < block.length) {
    const token = block[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      for (let more = 255; more === 255; ) {
        if (at >= block.length) return undefined;
        more = block[at++]!;
        literals += more;
      }
    }
    if (literals > block.length - at || literals > size - to) return undefined;
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence is literals alone.
    if (at === block.length) return to === size ? out : undefined;
    if (block.length - at < 2) return undefined;
    const distance = block[at]! | (block[at + 1]! << 8);
    at += 2;
    if (distance === 0 || distance > to) return undefined;
    let length = (token & 15) + 4;
    if ((token & 15) === 15) {
      for (let more = 255; more === 255; ) {
        if (at >= block.length) return undefined;
        more = block[at++]!;
        length += more;
      }
    }
    if (length > size - to) return undefined;
    // A match may overlap what it writes: byte by byte, as the format means it.
    for (let i = 0; i < length; i++, to++) out[to] = out[to - distance]!;
  }
  return to === size ? out : undefined;
}
