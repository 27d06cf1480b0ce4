import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { EvidenceRoot, LogSet, Problem } from '../model/index.ts';
import { type DiscoverOptions, discover, type FoundEvidence } from './discover.ts';
import { argumentLabels, join } from './path-name.ts';
import { factFileOf, isTellingLink } from './root-facts.ts';
import { EvidenceRoots } from './roots.ts';
import { rotations } from './rotation.ts';
import { bytesSource, fileSource, keptSource, type RandomAccess, type Source } from './source.ts';
import { walk } from './walk.ts';

export type { FoundEvidence } from './discover.ts';
export { Ledger } from './ledger.ts';

/** A path that the user named and that does not exist: a mistake in the command, not bad evidence. */
export class NoSuchPath extends Error {
  override readonly name = 'NoSuchPath';

  constructor(path: string) {
    super(`${path}: no such file or folder; check the spelling, or quote a path with blanks`);
  }
}

export interface CollectionOptions {
  readonly password?: string | undefined;
  /** Standard input, for the argument `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** The name of the parser that takes a file with this head, if any. */
  judge(head: Uint8Array, path: string): string | undefined;
  onBytes?(count: number): void;
}

/** Everything that the arguments hold, in the order of its paths: each file once, read through once. */
export interface Collection {
  readonly evidence: readonly FoundEvidence[];
  /** Problems of no single file: folders that cannot be opened, refused links. */
  readonly problems: readonly Problem[];
  rootOf(path: string): EvidenceRoot;
  /** The logs of one format: single files, or rotated sets where `isRotated`. Files with the same bytes are read once. */
  logs(format: string, isRotated: boolean): readonly LogSet[];
  /** Paths of files whose bytes another file has: path → the one that is read. */
  readonly duplicates: ReadonlyMap<string, string>;
  /** Closes the archives; artifacts cannot be read afterwards. */
  close(): Promise<void>;
}

/** Opens files, folders and archives. Throws `NoSuchPath`; everything else that is wrong is a Problem. */
export async function openCollection(paths: readonly string[], options: CollectionOptions): Promise<Collection> {
  for (const path of paths) {
    if (path !== '-' && (await stat(path).catch(() => undefined)) === undefined) throw new NoSuchPath(path);
  }
  const labels = argumentLabels(paths);
  const evidence: FoundEvidence[] = [];
  const problems: Problem[] = [];
  const open: RandomAccess[] = [];
  const discovering: DiscoverOptions = {
    password: options.password,
    judge: options.judge,
    keepText: path => factFileOf(path) !== undefined,
    ...(options.onBytes === undefined ? {} : { onBytes: options.onBytes }),
    opened: access => {
      open.push(access);
    },
    problem: p => {
      problems.push(p);
    },
  };
  for (const [i, path] of paths.entries()) {
    for await (const source of sourcesOf(path, labels[i]!, options, discovering)) {
      for await (const found of discover(source, discovering)) evidence.push(found);
    }
  }
  evidence.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const texts = evidence.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
  const roots = new EvidenceRoots(texts, labels);
  const duplicates = duplicatesIn(evidence);
  return {
    evidence,
    problems,
    duplicates,
    rootOf: path => roots.of(path),
    close: async () => {
      await Promise.all(open.map(access => access.close()));
    },
    logs: (format, isRotated) => {
      const artifacts = evidence
        .filter(found => found.format === format && !duplicates.has(found.path))
        .flatMap(found => found.artifact ?? []);
      const sets = isRotated ? rotations(artifacts) : artifacts.map(artifact => [artifact]);
      return sets.map(set => ({ artifacts: set, root: roots.of(set[0]!.path) }));
    },
  };
}

async function* sourcesOf(
  path: string,
  label: string,
  options: CollectionOptions,
  discovering: DiscoverOptions,
): AsyncGenerator<Source> {
  if (path === '-') {
    yield { ...(await keptSource(label, options.stdin ?? noBytes())), name: 'stdin', isArgument: true };
    return;
  }
  if (!(await stat(path)).isDirectory()) {
    yield { ...(await fileSource(path, label)), isArgument: true };
    return;
  }
  const problem = (p: Problem): void => {
    discovering.problem({ ...p, artifact: join(label, p.artifact) });
  };
  for (const { file, path: below, link } of await walk(path, problem, isTellingLink)) {
    if (link !== undefined) {
      yield bytesSource(join(label, below), Buffer.from(link));
      continue;
    }
    try {
      yield await fileSource(file, join(label, below));
    } catch (error) {
      discovering.problem({
        kind: 'unreadable',
        artifact: join(label, below),
        message: `cannot be read (${(error as Error).message})`,
      });
    }
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

/** The same bytes twice (a plain log beside its copy, a shadow copy): the first path is read, the others are told. */
function duplicatesIn(evidence: readonly FoundEvidence[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  const duplicates = new Map<string, string>();
  for (const { path, sha256, size, artifact } of evidence) {
    if (artifact === undefined || sha256 === undefined || size === 0) continue;
    const before = first.get(sha256);
    if (before === undefined) first.set(sha256, path);
    else duplicates.set(path, before);
  }
  return duplicates;
}

/** Rule files that the user named: a file as it is, a folder with everything in it that ends like a rule. In the order of their paths. */
export async function readRuleFiles(
  path: string,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const files = (await stat(path)).isDirectory()
    ? (await walk(path, () => undefined))
        .map(({ path: below }) => joinPath(path, below))
        .filter(p => /\.(ya?ml|toml|json)$/i.test(p))
    : [path];
  // One after another: thousands of files that are opened at once are more than a process may hold.
  return files.map(file => ({ path: file, text: readFileSync(file, 'utf8') }));
}
