import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RuleStore } from '../index.ts';

const NAME = /^rules-[0-9a-f]{16}\.cache$/;

/** The store of rules that were read before, in a folder that need not exist. One file belongs to the very code that wrote it. */
export function openRuleStore(folder: string, fewest?: number): RuleStore {
  const name = `rules-${codeDigest().slice(0, 16)}.cache`;
  return new RuleStore(ownBytes(join(folder, name)), bytes => replace(folder, name, bytes), fewest);
}

/** Of all that decides what a rule's text means: our code for it, and the runtime. */
function codeDigest(): string {
  const hash = createHash('sha256').update(process.version);
  for (const room of ['model', 'pipeline', 'rules', 'util']) {
    const folder = fileURLToPath(new URL(`../${room}/`, import.meta.url));
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => /\.[jt]s$/.test(name));
    for (const name of names.toSorted()) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

/** A file that nobody but its owner, who runs us, can have written; undefined where there is none. */
function ownBytes(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { uid, mode } = fstatSync(file);
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isOurs ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Appears whole or not at all, and takes the place of those of other code. A folder that cannot be written to is left alone. */
function replace(folder: string, name: string, bytes: Uint8Array): void {
  const unfinished = join(folder, `${name}.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(unfinished, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, join(folder, name));
    for (const other of readdirSync(folder)) {
      if (NAME.test(other) && other !== name) rmSync(join(folder, other), { force: true });
    }
  } catch {
    discard(unfinished); // rules are read again next time
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // it was never there
  }
}
