import type { Dirent } from 'node:fs';
import { readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../model/index.ts';

export interface FoundFile {
  /** Where it is on this machine. */
  readonly file: string;
  /** Its path below the folder, with `/`. */
  readonly path: string;
  /** Where it leads, for a link that is told rather than followed. */
  readonly link?: string;
}

/**
 * Every file below a folder, in the order of their names. A link is never followed: what it leads to is
 * inside the folder and read there, or outside and no evidence; of those that `isTelling` the target is told. Whatever cannot be
 * opened is a Problem.
 */
export async function walk(
  folder: string,
  problem: (p: Problem) => void,
  isTelling: (path: string) => boolean = () => false,
): Promise<readonly FoundFile[]> {
  const root = await realpath(folder);
  const found: FoundFile[] = [];
  const visit = async (directory: string, below: string): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await readdir(directory, { withFileTypes: true });
    } catch (error) {
      problem({
        kind: 'unreadable',
        artifact: below,
        message: `folder cannot be opened (${codeOf(error)}): nothing in it was read`,
      });
      return;
    }
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = join(directory, entry.name);
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(file, path);
      else if (entry.isFile()) found.push({ file, path });
      else if (entry.isSymbolicLink()) await follow(file, path);
    }
  };
  const follow = async (link: string, path: string): Promise<void> => {
    if (isTelling(path)) {
      found.push({ file: link, path, link: await readlink(link) });
      return;
    }
    const target = await realpath(link).catch(() => undefined);
    if (target === undefined || !(target === root || target.startsWith(`${root}/`))) {
      const where = target === undefined ? 'to nothing' : 'out of the collection';
      problem({ kind: 'refused', artifact: path, message: `link leads ${where}: not followed` });
      return;
    }
    problem({
      kind: 'duplicate',
      artifact: path,
      message: `link to ${target.slice(root.length + 1)}, which is read under its own name`,
    });
  };
  await visit(root, '');
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown reason';
