// Little-endian reads on the hot path. The caller has checked that the bytes are there: each length of a log is checked where it is
// read (chunk.ts, binxml.ts, instance.ts), so that a value costs no second check.

export const u16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);

export const i32 = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

export const u32 = (bytes: Uint8Array, at: number): number => i32(bytes, at) >>> 0;

export const u64 = (bytes: Uint8Array, at: number): bigint =>
  (BigInt(u32(bytes, at + 4)) << 32n) | BigInt(u32(bytes, at));

/** Exact up to 2^53; what lies above is for text, through {@link u64}. */
export const u64Number = (bytes: Uint8Array, at: number): number => u32(bytes, at + 4) * 4_294_967_296 + u32(bytes, at);

/** Whether these bytes are that ASCII text. */
export const hasMagic = (bytes: Uint8Array, at: number, magic: string): boolean => {
  for (let i = 0; i < magic.length; i++) if (bytes[at + i] !== magic.charCodeAt(i)) return false;
  return true;
};
