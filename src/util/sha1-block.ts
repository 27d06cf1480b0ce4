const SIZE = 64;
/** What one block holds besides the mark of its end and the count of its bits. */
export const MOST_BYTES = SIZE - 9;

const words = new Int32Array(80);
const digest = new Int32Array(5);

/**
 * SHA-1 of a message that fits into one block (55 bytes), as five 32-bit words that are good until the next call. For identifiers of flows, which
 * are hashed by the million: a call into the platform's library costs several times the work itself.
 */
export function sha1Block(message: Uint8Array): Int32Array {
  const { length } = message;
  if (length > MOST_BYTES) throw new RangeError(`a message of ${length} bytes does not fit into one block`);
  words.fill(0, 0, 16);
  for (let i = 0; i < length; i++) words[i >> 2]! |= message[i]! << (24 - 8 * (i & 3));
  words[length >> 2]! |= 0x80 << (24 - 8 * (length & 3));
  words[15] = length * 8;
  for (let i = 16; i < 80; i++) {
    const mixed = words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!;
    words[i] = (mixed << 1) | (mixed >>> 31);
  }
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  let e = 0xc3d2e1f0 | 0;
  for (let i = 0; i < 80; i++) {
    const mixed =
      i < 20
        ? ((b & c) | (~b & d)) + 0x5a827999
        : i < 40
          ? (b ^ c ^ d) + 0x6ed9eba1
          : i < 60
            ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + (mixed | 0) + e + words[i]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  digest[0] = (0x67452301 + a) | 0;
  digest[1] = (0xefcdab89 + b) | 0;
  digest[2] = (0x98badcfe + c) | 0;
  digest[3] = (0x10325476 + d) | 0;
  digest[4] = (0xc3d2e1f0 + e) | 0;
  return digest;
}
