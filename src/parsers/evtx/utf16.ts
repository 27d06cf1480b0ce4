import { u16 } from './bytes.ts';

// Strings of a log repeat: names of machines, accounts and images come a thousand times. A small table gives each of them the one
// object that it already has, which also makes every later look-up in a dictionary a comparison of pointers.

const SLOTS = 1 << 14;
/** Longer texts seldom repeat, and the table must stay small. */
const LONGEST = 96;
const hashes = new Int32Array(SLOTS);
const texts: string[] = new Array<string>(SLOTS).fill('');

/** `count` UTF-16 code units at `at`, lone surrogates and NULs as they are. The bytes must be there. */
export function utf16(bytes: Buffer, at: number, count: number): string {
  if (count === 0) return '';
  const end = at + 2 * count;
  if (count > LONGEST) return bytes.toString('utf16le', at, end);
  let hash = count;
  for (let p = at; p < end; p += 2) hash = Math.imul(hash ^ bytes[p]! ^ (bytes[p + 1]! << 8), 0x01000193);
  hash ^= hash >>> 15;
  const slot = hash & (SLOTS - 1);
  const known = texts[slot]!;
  if (hashes[slot] === hash && known.length === count && isSame(known, bytes, at)) return known;
  const text = bytes.toString('utf16le', at, end);
  hashes[slot] = hash;
  texts[slot] = text;
  return text;
}

function isSame(text: string, bytes: Buffer, at: number): boolean {
  for (let i = 0, p = at; i < text.length; i++, p += 2) if (text.charCodeAt(i) !== u16(bytes, p)) return false;
  return true;
}

/** Code units without the NULs that end a string; NULs inside it are the log's own and stay. */
export function trimmedUnits(bytes: Uint8Array, at: number, size: number): number {
  let count = size >> 1;
  while (count > 0 && u16(bytes, at + 2 * count - 2) === 0) count--;
  return count;
}
