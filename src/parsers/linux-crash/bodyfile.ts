import type { Artifact } from '../../model/index.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { type NamedCrash, namedCrash } from './file-name.ts';

// A body file (mactime's, as UAC and the Sleuth Kit write it) lists every file of a machine with its times. Cores that were not collected,
// for their size or because the file system was only listed, are at least named in it.

/** MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime; a name may hold bars of its own. */
const FIELDS = 11;
const BEHIND_NAME = 9;
const LINE = /^(?:0|[0-9a-f]{32})?\|[^|\r\n].*\|[^|]*\|[^|]*\|\d+\|\d+\|\d+(?:\|-?\d+(?:\.\d+)?){4}\r?$/i;

/** By its first lines. */
export function isBodyFile(head: string): boolean {
  const lines = head.split('\n').slice(0, 8);
  // The last one may be cut.
  const whole = head.length < 65_536 && !head.endsWith('\n') ? lines : lines.slice(0, -1);
  const told = whole.filter(line => line !== '' && !line.startsWith('#'));
  return told.length > 0 && told.every(line => LINE.test(line));
}

export interface ListedCrash {
  readonly named: NamedCrash;
  readonly path: string;
  readonly uid: string;
  readonly size: number;
  /** When the file was last written: epoch microseconds; undefined where the list does not know. */
  readonly written: number | undefined;
  readonly offset: number;
  readonly line: number;
}

/** What only a core's name holds; whoever has none of it need not be looked at. */
const CANDIDATE = /core|\.crash[| ]|\/ccpp-/g;
/** Where cores are kept. Elsewhere a file may be called `core` for any reason. */
const FOLDER =
  /(?:^|\/)(?:var\/(?:crash|cores?|lib\/systemd\/coredump|lib\/apport\/coredump|(?:spool|tmp|cache)\/abrt|tmp\/cores?)|cores?)\//;
/** No daemon's working directory, and full of sources and manuals. */
const ELSEWHERE = /^\/?(?:usr|proc|sys|snap|lib(?:32|64)?)\//;
const NUMBERED = /\/core\.\d{1,10}$/;

/** The cores and reports that a body file names, in its order; `files` counts its lines. */
export async function* listedCrashes(artifact: Artifact, counts: { files: number }): AsyncGenerator<ListedCrash> {
  for await (const { text, offset, isAscii } of lineBlocks(artifact.chunks())) {
    let from = 0;
    CANDIDATE.lastIndex = 0;
    for (let found = CANDIDATE.exec(text); found !== null; found = CANDIDATE.exec(text)) {
      const start = text.lastIndexOf('\n', found.index) + 1;
      let end = text.indexOf('\n', found.index);
      if (end === -1) end = text.length;
      counts.files += lineEnds(text, from, start);
      from = start;
      const listed = crashOf(text.slice(start, end), isAscii);
      if (listed !== undefined) yield { ...listed, offset: offset + start, line: counts.files + 1 };
      CANDIDATE.lastIndex = end;
    }
    counts.files += lineEnds(text, from, text.length);
  }
}

function lineEnds(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function crashOf(raw: string, isAscii: boolean): Omit<ListedCrash, 'offset' | 'line'> | undefined {
  const line = isAscii ? raw : Buffer.from(raw, 'latin1').toString('utf8');
  const cells = line.split('|');
  if (cells.length < FIELDS) return undefined;
  const [, mode, uid, , size, , mtime] = cells.slice(-BEHIND_NAME);
  if (!/^(?:-|r\/)/.test(mode!)) return undefined;
  const path = cells
    .slice(1, -BEHIND_NAME)
    .join('|')
    .replace(/ \((?:deleted|deleted-realloc)\)$/, '');
  const named = namedCrash(path);
  if (named === undefined) return undefined;
  if (!named.isSure && !FOLDER.test(path) && !(NUMBERED.test(path) && !ELSEWHERE.test(path))) return undefined;
  const seconds = Number(mtime);
  const written = seconds > 0 ? Math.round(seconds * 1e6) : undefined;
  return { named, path, uid: uid!, size: Number(size), written };
}
