import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from './exit.ts';

/** What a folder that we wrote can be told by. */
const OURS = join('excon', 'build.json');

/**
 * Writes files into a folder that is new or empty. With `force` it may hold an earlier run, which goes first: what was left of it could
 * tell players what they must not know.
 */
export async function writeFolder(root: string, files: ReadonlyMap<string, Uint8Array>, force: boolean): Promise<void> {
  const held = await readdir(root).catch(() => []);
  if (held.length > 0) {
    if (!existsSync(join(root, OURS)))
      throw new UsageError(`${root}: holds other things; name a folder that is new or empty`);
    if (!force) throw new UsageError(`${root}: holds an earlier run; name another folder, or replace it with --force`);
    for (const part of ['player', 'excon']) await rm(join(root, part), { recursive: true, force: true });
  }
  for (const [path, bytes] of files) await writeWhole(join(root, path), bytes);
}

/** A file appears only when it is whole: a run that is interrupted leaves the old one. */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}
