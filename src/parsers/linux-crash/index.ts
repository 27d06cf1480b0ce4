import { type Artifact, BatchBuilder, type EventBatch, type LogSet } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { LocalTime } from '../shared/local-time.ts';
import { userName } from '../shared/unix-users.ts';
import { abrtReason } from './abrt.ts';
import { apportCrash, apportKeys, apportWall, isApport } from './apport.ts';
import { isBodyFile, listedCrashes } from './bodyfile.ts';
import { type Crash, crashFields, joined } from './crash.ts';
import { elfCore, isElfCore } from './elf-core.ts';
import { type NamedCrash, namedCrash } from './file-name.ts';

/** What is left of a process that crashed on Linux: its core, the name that was given to it, and reports of apport and ABRT. */
export const linuxCrash: Parser = {
  name: 'linux-crash',
  title: 'Core dumps (ELF cores, their names, body files that list them), apport and ABRT reports',
  identify,
  parse,
};

type Variant = 'core' | 'apport' | 'abrt' | 'bodyfile';

const latin1 = (head: Uint8Array, most: number): string =>
  Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, most)).toString('latin1');

function variantOf(head: Uint8Array, path: string): Variant | undefined {
  if (isElfCore(head)) return 'core';
  const text = latin1(head, 65_536);
  if (isApport(text)) return 'apport';
  if (isBodyFile(text)) return 'bodyfile';
  const named = namedCrash(path);
  if (named?.isSure !== true) return undefined;
  if (path.endsWith('/reason')) return head.length < 4096 && !head.includes(0) ? 'abrt' : undefined;
  return 'core';
}

/** A core that systemd named and packed in a way that is not read here (LZ4), or of which nothing is left, still has its name. */
function identify(head: Uint8Array, path: string): Certainty {
  return variantOf(head, path) === undefined ? 'no' : 'yes';
}

async function* parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  const local = new LocalTime(context.zone.name);
  for (const artifact of log.artifacts) {
    const variant = variantOf(artifact.head, artifact.path);
    if (variant === undefined) continue;
    if (variant === 'bodyfile') {
      yield* listed(artifact, log, context);
      continue;
    }
    const named = namedCrash(artifact.path);
    const { crash, wall, host } = await read(artifact, variant, named);
    const place = wall ?? named?.wall;
    const micros = named?.micros ?? (place === undefined ? undefined : local.toUtc(place)) ?? artifact.modified;
    const problem = (message: string): void =>
      context.problem({ kind: 'damaged-record', artifact: artifact.path, offset: 0, message });
    if (micros === undefined)
      problem('neither its name nor its text nor the archive says when the process crashed; it is kept without a time');
    if (artifact.head.length === 0) problem('nothing is left of the core but its name, which is read');
    if (variant === 'core' && isElfCore(artifact.head) && crash.signal === undefined)
      problem('the notes that say what the process died of are not among the first 64 KiB of the core, or are damaged');
    const builder = new BatchBuilder(artifact.path, context.fields);
    const user = crash.uid === undefined ? undefined : userName(crash.uid, log.root.users);
    builder.add((micros ?? Number.NaN) as Parameters<BatchBuilder['add']>[0], 0, 0, {
      ...crashFields(crash),
      'user.name': user,
      'host.name': host,
      'host.hostname': host,
      'log.offset': 0,
    });
    yield builder.finish();
    const isLocal = named?.micros === undefined && place !== undefined;
    context.ledger(artifact.path, {
      variant,
      parsed: 1,
      yearSource: null,
      ...(isLocal ? { zone: context.zone.name, zoneSource: context.zone.source } : {}),
      ...(host === undefined ? {} : { hosts: [host] }),
    });
  }
}

/** Who uses a body file reads it for all its times; here it tells of crashes whose files are not in the collection. */
async function* listed(artifact: Artifact, log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  const isUnix = log.root.os !== 'windows' && log.root.os !== 'macos';
  const counts = { files: 0 };
  const told = new Set<string>();
  let builder = new BatchBuilder(artifact.path, context.fields);
  if (isUnix) {
    for await (const { named, path, uid, written, offset, line } of listedCrashes(artifact, counts)) {
      // ABRT keeps several files of a crash in a folder of its own.
      const crash = path.slice(0, path.lastIndexOf('/ccpp-') === -1 ? undefined : path.lastIndexOf('/'));
      if (told.has(crash)) continue;
      if (told.size < MOST_LISTED) told.add(crash);
      if (builder.isFull) {
        yield builder.finish();
        builder = new BatchBuilder(artifact.path, context.fields);
      }
      const who = named.crash.uid ?? (named.crash.process === undefined ? undefined : uid);
      const micros = named.micros ?? written ?? Number.NaN;
      builder.add(micros as Parameters<BatchBuilder['add']>[0], 0, offset, {
        ...crashFields({ ...named.crash, uid: who }),
        'user.name': who === undefined ? undefined : userName(who, log.root.users),
        'file.path': path.startsWith('/') ? path : `/${path}`,
        'log.offset': offset,
        'log.file.line': line,
      });
    }
  }
  context.problem({
    kind: 'note',
    artifact: artifact.path,
    message: isUnix
      ? `a list of ${counts.files} files; of the names in it those of core dumps and crash reports are read`
      : 'a list of files; its core dumps are read only of Linux',
  });
  context.ledger(artifact.path, { variant: 'bodyfile', parsed: told.size, yearSource: null });
  if (builder.length > 0) yield builder.finish();
}

const MOST_LISTED = 100_000;

interface Read {
  readonly crash: Crash;
  /** Of a local clock. */
  readonly wall?: number | undefined;
  readonly host?: string | undefined;
}

async function read(
  artifact: Artifact,
  variant: Exclude<Variant, 'bodyfile'>,
  named: NamedCrash | undefined,
): Promise<Read> {
  const byName = named?.crash ?? {};
  switch (variant) {
    case 'core':
      return { crash: joined(elfCore(artifact.head) ?? {}, byName) };
    case 'abrt':
      return { crash: joined(abrtReason(Buffer.from(artifact.head).toString('utf8')), byName) };
    case 'apport': {
      const keys = await apportKeys(artifact);
      const crash = joined(apportCrash(keys), byName);
      return { crash, wall: apportWall(keys.get('Date') ?? ''), host: keys.get('Hostname') };
    }
    default:
      return variant satisfies never;
  }
}
