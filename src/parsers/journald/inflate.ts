import { Decompress } from 'fzstd';
// A CommonJS bundle whose names Node cannot see from outside.
import xz from 'xz-decompress';
import { lz4Block } from './lz4.ts';

/** How a data object is packed: the bits of its flags. */
export const XZ = 1;
export const LZ4 = 2;
export const ZSTD = 4;

/** No field of a sane journal inflates to more; journald refuses more itself. */
const MOST_BYTES = 64 << 20;

/** Inflates the payload of a data object. Undefined where it is damaged or too large. */
export async function inflate(flags: number, payload: Uint8Array): Promise<Uint8Array | undefined> {
  if ((flags & ZSTD) !== 0) return zstd(payload);
  if ((flags & LZ4) !== 0) return lz4(payload);
  return unxz(payload);
}

function zstd(payload: Uint8Array): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    const stream = new Decompress(piece => {
      size += piece.length;
      if (size > MOST_BYTES) throw new RangeError('too large');
      pieces.push(piece.slice());
    });
    stream.push(payload, true);
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces, size);
}

/** journald writes the inflated size before the block, as 64 bits little-endian. */
function lz4(payload: Uint8Array): Uint8Array | undefined {
  if (payload.length < 9) return undefined;
  const size = Buffer.from(payload.buffer, payload.byteOffset, 8).readBigUInt64LE(0);
  if (size > BigInt(MOST_BYTES) || size > BigInt(payload.length) * 256n) return undefined;
  return lz4Block(payload.subarray(8), Number(size));
}

async function unxz(payload: Uint8Array): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    const packed = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(payload.slice());
        controller.close();
      },
    });
    const reader = new xz.XzReadableStream(packed).getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      size += step.value.length;
      if (size > MOST_BYTES) return undefined;
      pieces.push(step.value.slice());
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces, size);
}
