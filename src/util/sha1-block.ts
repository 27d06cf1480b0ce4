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
  let b = -0x10325477;
  let c = -0x67452302;
  let d = 0x10325476;
  let e = -0x3c2d1e10;
  // Four loops and no step that outgrows 32 bits: the compiler keeps all of it in registers.
  for (let i = 0; i < 20; i++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + ((e + words[i]!) | 0) + 0x5a827999) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 20; i < 40; i++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + ((e + words[i]!) | 0) + 0x6ed9eba1) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 40; i < 60; i++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + ((e + words[i]!) | 0) - 0x70e44324) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let i = 60; i < 80; i++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + ((e + words[i]!) | 0) - 0x359d3e2a) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  digest[0] = (0x67452301 + a) | 0;
  digest[1] = (b - 0x10325477) | 0;
  digest[2] = (c - 0x67452302) | 0;
  digest[3] = (0x10325476 + d) | 0;
  digest[4] = (e - 0x3c2d1e10) | 0;
  return digest;
}
