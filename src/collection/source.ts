import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { constants, createInflateRaw, deflateRaw } from 'node:zlib';
import { type EpochMicros, epochMicros } from '../model/index.ts';

/** Bytes that have a name: a file on disk, a member of an archive, or standard input. `open` may be called again. */
export interface Source {
  /** Path inside the collection; '' for the collection itself. */
  readonly path: string;
  /** The file's own name, which `path` need not end with. */
  readonly name: string;
  readonly size: number | undefined;
  readonly modified: EpochMicros | undefined;
  open(): AsyncIterable<Uint8Array>;
  /** True for what the user named: its own name is no part of the paths of its members. */
  readonly isArgument?: boolean;
  /** Where bytes can be read from anywhere. */
  readonly random?: () => Promise<RandomAccess>;
}

export interface RandomAccess {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export async function fileSource(file: string, path: string): Promise<Source> {
  const { size, mtimeMs } = await stat(file);
  return {
    path,
    name: basename(file),
    size,
    modified: epochMicros(Math.round(mtimeMs * 1000)),
    open: () => createReadStream(file, { highWaterMark: 1 << 20 }),
    random: async () => {
      const handle = await open(file, 'r');
      return {
        size,
        read: async (offset, length) => {
          const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
          const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
          return bytes.subarray(0, bytesRead);
        },
        close: () => handle.close(),
      };
    },
  };
}

export function bytesSource(path: string, bytes: Uint8Array, modified?: EpochMicros): Source {
  return {
    path,
    name: basename(path),
    size: bytes.length,
    modified,
    async *open() {
      for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20));
    },
    random: async () => ({
      size: bytes.length,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
      close: async () => undefined,
    }),
  };
}

const deflate = promisify(deflateRaw);

/**
 * Keeps a stream that comes only once (a member of a tar.gz, standard input), deflated, in memory: logs shrink tenfold,
 * nothing touches the disk, and a parser may read it twice.
 */
export async function keptSource(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  modified?: EpochMicros,
): Promise<Source> {
  const pieces: Buffer[] = [];
  let size = 0;
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  const flush = async (): Promise<void> => {
    if (gatheredBytes === 0) return;
    pieces.push(await deflate(Buffer.concat(gathered), { level: constants.Z_BEST_SPEED }));
    gathered = [];
    gatheredBytes = 0;
  };
  for await (const chunk of bytes) {
    size += chunk.length;
    gathered.push(Uint8Array.from(chunk));
    gatheredBytes += chunk.length;
    if (gatheredBytes >= 4 << 20) await flush();
  }
  await flush();
  return {
    path,
    name: basename(path),
    size,
    modified,
    async *open() {
      for (const piece of pieces) {
        const stream = createInflateRaw();
        stream.end(piece);
        for await (const chunk of stream) yield chunk as Uint8Array;
      }
    },
  };
}

/** The whole source in memory, for what needs to be read from anywhere; undefined where it is larger than `most` bytes. */
export async function readWhole(source: Source, most: number): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source.open()) {
    size += chunk.length;
    if (size > most) return undefined;
    pieces.push(Uint8Array.from(chunk));
  }
  return Buffer.concat(pieces);
}

/** The first `most` bytes. */
export async function readHead(source: Source, most: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source.open()) {
    pieces.push(Uint8Array.from(chunk));
    size += chunk.length;
    if (size >= most) break;
  }
  return Buffer.concat(pieces).subarray(0, most);
}
