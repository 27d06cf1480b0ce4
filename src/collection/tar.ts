import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { type EpochMicros, epochMicros } from '../model/index.ts';
import { StreamFault } from './inflate.ts';

export interface TarMember {
  readonly name: string;
  readonly size: number;
  readonly modified: EpochMicros | undefined;
  readonly kind: 'file' | 'link' | 'other';
  readonly target: string | undefined;
  /** The member's bytes; must be read (or left) before the next member is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The members of a tar stream, one forward pass. Throws `StreamFault` where the stream ends in the middle of a member. */
export async function* tarMembers(packed: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  // The option exists, the published types lack it: tar files of before POSIX carry no magic.
  const tar = extract({ allowUnknownFormat: true } as object);
  const input = Readable.from(packed, { objectMode: false });
  input.on('error', error => tar.destroy(error));
  input.pipe(tar);
  let last = 'its first header';
  try {
    for await (const entry of tar) {
      const { name, size, mtime, type, linkname } = entry.header;
      if (type === 'directory') {
        entry.resume();
        continue;
      }
      last = name;
      yield {
        name,
        size: size ?? 0,
        modified: mtime === undefined ? undefined : epochMicros(mtime.getTime() * 1000),
        kind:
          type === 'file' || type === 'contiguous-file'
            ? 'file'
            : type === 'link' || type === 'symlink'
              ? 'link'
              : 'other',
        target: linkname ?? undefined,
        bytes: entry as unknown as AsyncIterable<Uint8Array>,
      };
      entry.resume();
    }
  } catch (error) {
    if (error instanceof StreamFault) throw error;
    throw new StreamFault(
      'truncated',
      `tar ends too early, at ${last} (${error instanceof Error ? error.message : String(error)})`,
    );
  } finally {
    input.destroy();
  }
}
