import { type Entry, type FileEntry, Reader, ZipReader } from '@zip.js/zip.js';
import { type EpochMicros, epochMicros } from '../model/index.ts';
import { StreamFault } from './inflate.ts';
import type { RandomAccess } from './source.ts';

/** A member as the central directory states it. */
export interface ZipMember {
  readonly name: string;
  readonly size: number;
  readonly packedSize: number;
  readonly modified: EpochMicros | undefined;
  readonly isLink: boolean;
  readonly isEncrypted: boolean;
  open(): AsyncIterable<Uint8Array>;
}

const BOMB_BYTES = 100 << 20;
const BOMB_RATIO = 200;

class AccessReader extends Reader<RandomAccess> {
  readonly #access: RandomAccess;
  constructor(access: RandomAccess) {
    super(access);
    this.#access = access;
    this.size = access.size;
  }
  override async init(): Promise<void> {
    this.size = this.#access.size;
  }
  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return this.#access.read(index, length);
  }
}

/**
 * The members of a zip in the order of its directory, each readable again and again while `access` is open.
 * Throws `StreamFault` where there is no readable directory: a zip that was cut has none.
 */
export async function zipMembers(access: RandomAccess, password: string | undefined): Promise<readonly ZipMember[]> {
  const options = {
    filenameValidation: 'tolerant' as const,
    useWebWorkers: false,
    ...(password === undefined ? {} : { password }),
  };
  let entries: Entry[];
  try {
    entries = await new ZipReader(new AccessReader(access), options).getEntries();
  } catch (error) {
    throw new StreamFault(
      'damaged-file',
      `zip directory is unreadable (${reason(error)}): repair it with zip -FF, or unpack what is left`,
    );
  }
  return entries.filter((entry): entry is FileEntry => !entry.directory).map(entry => memberOf(entry, password));
}

function memberOf(entry: FileEntry, password: string | undefined): ZipMember {
  return {
    name: entry.filename,
    size: entry.uncompressedSize,
    packedSize: entry.compressedSize,
    modified: modifiedOf(entry),
    isLink: entry.symlink,
    isEncrypted: entry.encrypted,
    open: () => openMember(entry, password),
  };
}

async function* openMember(entry: FileEntry, password: string | undefined): AsyncGenerator<Uint8Array> {
  if (entry.encrypted && password === undefined) {
    throw new StreamFault('unreadable', 'encrypted member: give --password or AFTERSHOCK_ZIP_PASSWORD');
  }
  const pipe = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, { highWaterMark: 4 });
  let fault: unknown;
  const done = entry.getData(pipe.writable, { useWebWorkers: false, checkSignature: true }).catch((error: unknown) => {
    fault = error;
  });
  let plain = 0;
  const reader = pipe.readable.getReader();
  try {
    for (;;) {
      const step = await reader.read().catch((error: unknown) => {
        fault ??= error;
        return { done: true as const, value: undefined };
      });
      if (step.done) break;
      plain += step.value.length;
      if (plain > BOMB_BYTES && plain > BOMB_RATIO * Math.max(1, entry.compressedSize)) {
        throw new StreamFault(
          'limit',
          `inflates to more than ${BOMB_RATIO} times its size: stopped after ${plain} bytes`,
        );
      }
      yield step.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  await done;
  if (fault !== undefined) {
    const why = reason(fault);
    throw /password/i.test(why)
      ? new StreamFault('unreadable', 'wrong password for an encrypted member')
      : new StreamFault('damaged-file', `zip member is damaged after ${plain} inflated bytes (${why})`);
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The extended timestamp is UTC; the DOS one has no zone, and is read as UTC so that no machine reads it differently. */
function modifiedOf(entry: FileEntry): EpochMicros | undefined {
  if (entry.extraFieldExtendedTimestamp !== undefined || entry.extraFieldNTFS !== undefined) {
    return epochMicros(entry.lastModDate.getTime() * 1000);
  }
  const dos = Number(entry.rawLastModDate);
  const date = Math.floor(dos / 65_536);
  const clock = dos % 65_536;
  const millis = Date.UTC(
    1980 + (date >> 9),
    ((date >> 5) & 15) - 1,
    date & 31,
    clock >> 11,
    (clock >> 5) & 63,
    (clock & 31) * 2,
  );
  return date === 0 || Number.isNaN(millis) ? undefined : epochMicros(millis * 1000);
}
