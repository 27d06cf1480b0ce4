import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Artifact, EpochMicros, Problem } from '../model/index.ts';
import { collectorFile } from './collector-files.ts';
import { inflate, StreamFault } from './inflate.ts';
import { type Container, containerOf, unsupportedContainer } from './magic.ts';
import { archiveStem, join, safeName } from './path-name.ts';
import { isTellingLink } from './root-facts.ts';
import { bytesSource, keptSource, type RandomAccess, readHead, readWhole, type Source } from './source.ts';
import { tarMembers } from './tar.ts';
import { zipMembers } from './zip.ts';

/** One file of the collection, read through once: hashed, measured, and judged by whoever knows formats. */
export interface FoundEvidence {
  readonly path: string;
  readonly modified: EpochMicros | undefined;
  /** Inflated bytes; undefined where it could not be opened. */
  readonly size: number | undefined;
  readonly sha256: string | undefined;
  /** What `judge` said of its head; undefined: no known format. */
  readonly format: string | undefined;
  /** To be read again by a parser; undefined where the format is not known or nothing could be read. */
  readonly artifact: Artifact | undefined;
  /** Why it is not read: an image, a pointer, a program. */
  readonly unsupported: string | undefined;
  /** What it is, where a tool of collection wrote it about its own work. */
  readonly collector: string | undefined;
  /** The whole text of a small file that `keepText` asked for. */
  readonly text: string | undefined;
  readonly problems: readonly Problem[];
}

export interface DiscoverOptions {
  readonly password?: string | undefined;
  /** The parser that takes a file with this head, if any. */
  judge(head: Uint8Array, path: string): string | undefined;
  /** Small files whose text is wanted: hostname, passwd, ipconfig output. */
  keepText(path: string): boolean;
  onBytes?(count: number): void;
  /** An archive was opened whose members are read later: to be closed at the end. */
  opened(access: RandomAccess): void;
  problem(problem: Problem): void;
}

const HEAD_BYTES = 65_536;
const MOST_DEPTH = 4;
const MOST_ENTRIES = 1_000_000;
const MOST_TEXT_BYTES = 4 << 20;
/** An archive inside an archive has no place on disk to be read from: it is held in memory, up to this size. */
const MOST_INNER_BYTES = 1 << 30;

/** Walks into a source: an archive gives its members, a compressed file its content, anything else itself. */
export async function* discover(source: Source, options: DiscoverOptions, depth = 0): AsyncGenerator<FoundEvidence> {
  let head: Buffer;
  try {
    head = await readHead(source, 1024);
  } catch (error) {
    yield unreadable(source, error);
    return;
  }
  const container = containerOf(head, source.name);
  if (container === undefined) yield await leaf(source, options);
  else if (depth >= MOST_DEPTH) {
    const message = `archives are nested more than ${MOST_DEPTH} deep: unpack the outer ones first`;
    yield { ...nothing(source), problems: [{ kind: 'limit', artifact: source.path, message }] };
  } else yield* unpack(container, source, options, depth);
}

async function* unpack(
  container: Container,
  source: Source,
  options: DiscoverOptions,
  depth: number,
): AsyncGenerator<FoundEvidence> {
  switch (container) {
    case 'zip':
      yield* fromZip(source, options, depth);
      return;
    case 'tar':
      yield* fromTar(source, source.open(), options, depth);
      return;
    default: {
      const plain: Source = {
        path: source.path,
        name: source.name,
        isArgument: source.isArgument ?? false,
        size: undefined,
        modified: source.modified,
        open: () => inflate(container, source.open()),
      };
      let head: Buffer;
      try {
        head = await readHead(plain, 1024);
      } catch {
        head = Buffer.alloc(0); // what there is comes out below, with the fault
      }
      const inner = containerOf(head, source.name);
      if (inner === 'tar') yield* fromTar(source, plain.open(), options, depth);
      else if (inner === undefined) yield await leaf(plain, options);
      else yield* discover(plain, options, depth + 1);
    }
  }
}

/** Members of an argument's own archive have no prefix; those of an archive inside it follow its path and `!/`. */
const prefixOf = (source: Source): string => (source.isArgument ? source.path : `${source.path}!/`);

/** Gives each member a safe name that no other has, and drops the folder that was packed whole under the archive's own name. */
class MemberNames {
  readonly #taken = new Set<string>();
  readonly #prefix: string;
  constructor(prefix: string) {
    this.#prefix = prefix;
  }
  path(name: string): string {
    const full =
      this.#prefix === '' || this.#prefix.endsWith('/') ? `${this.#prefix}${name}` : join(this.#prefix, name);
    let path = full;
    for (let n = 2; this.#taken.has(path); n++) path = `${full}~${n}`;
    this.#taken.add(path);
    return path;
  }
}

async function* fromZip(source: Source, options: DiscoverOptions, depth: number): AsyncGenerator<FoundEvidence> {
  let access: RandomAccess;
  try {
    access = await (source.random ?? (await inMemory(source)).random!)();
    options.opened(access);
  } catch (error) {
    yield unreadable(source, error);
    return;
  }
  const names = new MemberNames(prefixOf(source));
  try {
    const members = await zipMembers(access, options.password);
    if (members.length > MOST_ENTRIES) throw new StreamFault('limit', `more than ${MOST_ENTRIES} members: not read`);
    const safe = members.map(member => safeName(member.name));
    const drop = source.isArgument ? packedFolder(source, safe) : '';
    for (const [i, member] of members.entries()) {
      const { path: name, refused } = safe[i]!;
      const path = names.path(name.startsWith(drop) ? name.slice(drop.length) : name);
      // A zip holds the target of a link as the content of the member.
      if (member.isLink && !isTellingLink(path)) {
        options.problem({ kind: 'refused', artifact: path, message: 'link in an archive: not followed' });
        continue;
      }
      const inner: Source = {
        path,
        name: basename(name),
        size: member.size,
        modified: member.modified,
        open: member.open,
      };
      for await (const found of discover(inner, options, depth + 1)) yield withRefusal(found, member.name, refused);
    }
  } catch (error) {
    yield unreadable(source, error);
  }
}

async function* fromTar(
  source: Source,
  bytes: AsyncIterable<Uint8Array>,
  options: DiscoverOptions,
  depth: number,
): AsyncGenerator<FoundEvidence> {
  const names = new MemberNames(prefixOf(source));
  const stem = `${archiveStem(source.name)}/`;
  let count = 0;
  try {
    for await (const member of tarMembers(bytes)) {
      if (++count > MOST_ENTRIES)
        throw new StreamFault('limit', `more than ${MOST_ENTRIES} members: the rest was not read`);
      const { path: name, refused } = safeName(member.name);
      const path = names.path(source.isArgument && name.startsWith(stem) ? name.slice(stem.length) : name);
      if (member.kind === 'link' && isTellingLink(path)) {
        yield* discover(bytesSource(path, Buffer.from(member.target ?? ''), member.modified), options, depth + 1);
        continue;
      }
      if (member.kind !== 'file') {
        const what =
          member.kind === 'link' ? `link to ${member.target ?? 'nothing'}: not followed` : 'device or pipe: not opened';
        options.problem({ kind: 'refused', artifact: path, message: `${what} in an archive` });
        continue;
      }
      let fault: StreamFault | undefined;
      const beginning = untilFault(member.bytes, error => {
        fault = error;
      });
      const kept = await keptSource(path, beginning, member.modified);
      for await (const found of discover(kept, options, depth + 1)) {
        const told = withRefusal(found, member.name, refused);
        yield fault === undefined ? told : { ...told, problems: [...told.problems, faultOf(found.path, fault)] };
      }
      if (fault !== undefined) throw fault;
    }
  } catch (error) {
    // Nobody can say what else was in it: the archive itself is a row of the ledger, and the evidence is partial.
    options.problem(faultOf(source.path || source.name, error));
    yield unreadable(source, error);
  }
}

/** What there is of a member whose archive ends in the middle of it: its beginning is evidence. */
async function* untilFault(
  bytes: AsyncIterable<Uint8Array>,
  tell: (fault: StreamFault) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell(
      error instanceof StreamFault ? error : new StreamFault('truncated', `the archive ends too early (${message})`),
    );
  }
}

/** `triage.zip` made of the folder `triage`: every member lies below `triage/`, which is the collection's own name. */
function packedFolder(source: Source, safe: readonly { readonly path: string }[]): string {
  const folder = `${archiveStem(source.name)}/`;
  return safe.length > 0 && safe.every(({ path }) => path.startsWith(folder)) ? folder : '';
}

function withRefusal(found: FoundEvidence, written: string, refused: string | undefined): FoundEvidence {
  if (refused === undefined) return found;
  const message = `the archive calls it ${JSON.stringify(written)}, which ${refused}: read under this name, written nowhere`;
  return { ...found, problems: [{ kind: 'refused', artifact: found.path, message }, ...found.problems] };
}

async function inMemory(source: Source): Promise<Source> {
  const bytes = await readWhole(source, MOST_INNER_BYTES);
  if (bytes === undefined)
    throw new StreamFault('limit', 'an inner archive of more than 1 GiB: unpack the outer one first');
  return { ...bytesSource(source.path, bytes, source.modified), name: source.name };
}

/** A file that is no container: read through once. */
async function leaf(given: Source, options: DiscoverOptions): Promise<FoundEvidence> {
  const source = given.path === '' ? { ...given, path: given.name } : given;
  const hash = createHash('sha256');
  const wantsText = options.keepText(source.path);
  const pieces: Uint8Array[] = [];
  let kept = 0;
  let size = 0;
  const problems: Problem[] = [];
  try {
    for await (const chunk of source.open()) {
      if (kept < HEAD_BYTES || (wantsText && kept < MOST_TEXT_BYTES)) {
        pieces.push(Uint8Array.from(chunk));
        kept += chunk.length;
      }
      hash.update(chunk);
      size += chunk.length;
      options.onBytes?.(chunk.length);
    }
  } catch (error) {
    problems.push({ ...faultOf(source.path || source.name, error), offset: size });
    if (size === 0) return { ...nothing(source), ...named(source, options), problems };
  }
  const start = Buffer.concat(pieces);
  const head = Buffer.from(start.subarray(0, HEAD_BYTES));
  const unsupported = size === 0 ? undefined : unsupportedContainer(head, source.path);
  const collector = unsupported === undefined ? collectorFile(source.path, head) : undefined;
  // A file of facts is no log, whatever its lines look like; nor is what a collector says of itself.
  const isLog = unsupported === undefined && !wantsText && collector === undefined;
  const format = isLog ? options.judge(head, source.path) : undefined;
  return {
    path: source.path,
    modified: source.modified,
    size,
    sha256: hash.digest('hex'),
    format,
    unsupported,
    collector,
    text: wantsText ? start.toString('utf8') : undefined,
    artifact: format === undefined ? undefined : artifactOf(source, size, head),
    problems,
  };
}

/** Of some files the name alone is evidence, whatever became of their bytes. */
function named(source: Source, options: DiscoverOptions): Partial<FoundEvidence> {
  const head = new Uint8Array(0);
  const format = options.judge(head, source.path);
  return format === undefined ? {} : { format, size: 0, artifact: artifactOf(source, 0, head) };
}

function artifactOf(source: Source, size: number, head: Uint8Array): Artifact {
  return {
    path: source.path,
    size,
    modified: source.modified,
    head,
    async *chunks() {
      try {
        yield* source.open();
      } catch (error) {
        // The fault was reported when the file was first read through; what came before it is evidence.
        if (!(error instanceof StreamFault)) throw error;
      }
    },
  };
}

const nothing = (source: Source): FoundEvidence => ({
  path: source.path || source.name,
  modified: source.modified,
  size: undefined,
  sha256: undefined,
  format: undefined,
  artifact: undefined,
  unsupported: undefined,
  collector: undefined,
  text: undefined,
  problems: [],
});

const unreadable = (source: Source, error: unknown): FoundEvidence => ({
  ...nothing(source),
  problems: [faultOf(source.path || source.name, error)],
});

function faultOf(artifact: string, error: unknown): Problem {
  if (error instanceof StreamFault) return { kind: error.kind, artifact, message: error.message };
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'EACCES' || code === 'EPERM' ? 'no permission: run as a user who may read it' : message;
  return { kind: 'unreadable', artifact, message: `cannot be read (${why})` };
}
