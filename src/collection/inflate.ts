import { PassThrough, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import unbzip2 from 'unbzip2-stream';
// A CommonJS bundle whose names Node cannot see from outside.
import xz from 'xz-decompress';
import type { Compression } from './magic.ts';

/** Thrown by a stream whose content cannot be read further; what came before it stands. */
export class StreamFault extends Error {
  readonly kind: 'truncated' | 'damaged-file' | 'limit' | 'unreadable';
  constructor(kind: StreamFault['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** More than 100 MB that inflate to over 200 times their size are a bomb, or are not worth the responder's hour. */
const BOMB_BYTES = 100 << 20;
const BOMB_RATIO = 200;

type Bytes = AsyncIterable<Uint8Array>;

/**
 * Inflates a stream. A source that ends too early or is damaged gives what could be inflated, then throws `StreamFault`.
 */
export async function* inflate(kind: Compression, packed: Bytes): AsyncGenerator<Uint8Array> {
  const count = { packed: 0, plain: 0 };
  const counted = (async function* () {
    for await (const chunk of packed) {
      count.packed += chunk.length;
      yield chunk;
    }
  })();
  try {
    for await (const chunk of INFLATERS[kind](counted)) {
      count.plain += chunk.length;
      if (count.plain > BOMB_BYTES && count.plain > BOMB_RATIO * count.packed) {
        throw new StreamFault(
          'limit',
          `inflates to more than ${BOMB_RATIO} times its size: stopped after ${count.plain} bytes`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof StreamFault) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const isCut = /unexpected end|premature|truncated|unexpected EOF|invalid block|out of range/i.test(message);
    throw new StreamFault(
      isCut ? 'truncated' : 'damaged-file',
      `${kind} stream ${isCut ? 'ends too early' : 'is damaged'} after ${count.plain} inflated bytes (${message})`,
    );
  }
}

const INFLATERS: Readonly<Record<Compression, (packed: Bytes) => Bytes>> = {
  gz: packed => through(packed, createGunzip()),
  bz2: packed => through(packed, unbzip2()),
  xz: unxz,
  zst: unzstd,
};

/** Pipes by hand: an error of either side must come out of the iteration, not as an unhandled event. */
async function* through(packed: Bytes, stream: NodeJS.ReadWriteStream): AsyncGenerator<Uint8Array> {
  const out = new PassThrough({ highWaterMark: 1 << 20 });
  const input = Readable.from(packed, { objectMode: false });
  input.on('error', error => out.destroy(error));
  stream.on('error', error => {
    // What was inflated before the fault is still buffered: let it be read, then fail.
    out.end();
    out.once('end', () => undefined);
    fault = error as Error;
  });
  let fault: Error | undefined;
  input.pipe(stream).pipe(out);
  try {
    for await (const chunk of out) yield chunk as Uint8Array;
  } finally {
    input.destroy();
  }
  if (fault !== undefined) throw fault;
}

async function* unxz(packed: Bytes): AsyncGenerator<Uint8Array> {
  const web = Readable.toWeb(Readable.from(packed, { objectMode: false })) as unknown as ReadableStream<Uint8Array>;
  const reader = new xz.XzReadableStream(web).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    // The decoder hands out a view of its own memory, which the next step overwrites.
    yield Uint8Array.from(value);
  }
}

async function* unzstd(packed: Bytes): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const decoder = new Decompress(chunk => {
    ready.push(chunk);
  });
  for await (const chunk of packed) {
    decoder.push(Uint8Array.from(chunk));
    const out = ready;
    ready = [];
    yield* out;
  }
  decoder.push(new Uint8Array(0), true);
  yield* ready;
}
