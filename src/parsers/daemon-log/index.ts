import {
  type Artifact,
  BatchBuilder,
  type EventBatch,
  type EventFields,
  type Field,
  type LogSet,
} from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { linuxMessage } from '../shared/linux-message.ts';
import { LocalTime } from '../shared/local-time.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { mysql, postgres, redis } from './database.ts';
import type { Dialect, Head } from './dialect.ts';
import { exim, samba, vsftpd } from './mail-and-files.ts';
import { apache, nginx, phpFpm } from './web.ts';

/** Logs that daemons write themselves, past any syslog: who came, what crashed, when they started and stopped. */
export const daemonLog: Parser = {
  name: 'daemon-log',
  title: 'Error logs of Apache, nginx, PHP-FPM, MySQL, MariaDB, PostgreSQL, Redis, exim, Samba, vsftpd',
  isRotated: true,
  identify: (head, path) => dialectOf(head, path)?.certainty ?? 'no',
  parse,
};

/** Exim's heads are the plainest: every other one is asked before. */
const DIALECTS: readonly Dialect[] = [apache, nginx, phpFpm, postgres, mysql, redis, samba, vsftpd, exim];

/** Lines of the beginning that are looked at. */
const LINES = 200;
/** Of them so many must be heads: a crash prints dozens of lines behind one. */
const SHARE = 0.25;

interface Found {
  readonly dialect: Dialect;
  readonly certainty: Certainty;
}

function dialectOf(head: Uint8Array, path: string): Found | undefined {
  if (head.length === 0 || head.subarray(0, 4096).includes(0)) return undefined;
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 65_536)).toString('latin1');
  const lines = text
    .split('\n', LINES)
    .map(line => line.replace(/\r$/, '').slice(0, 2048))
    .filter(line => line !== '');
  for (const dialect of DIALECTS) {
    // Another daemon's line may stand first, but not before any of its own within a screen.
    if (!lines.slice(0, 40).some(line => dialect.head(line) !== undefined)) continue;
    const heads = lines.filter(line => dialect.head(line) !== undefined);
    if (heads.length < lines.length * SHARE) continue;
    const isMarked = heads.some(line => dialect.mark.test(line));
    if (isMarked && (dialect !== exim || isMostly(heads, dialect.mark) || dialect.path.test(path)))
      return { dialect, certainty: 'yes' };
    if (dialect.path.test(path)) return { dialect, certainty: 'maybe' };
  }
  return undefined;
}

const isMostly = (lines: readonly string[], mark: RegExp): boolean =>
  lines.filter(line => mark.test(line)).length * 3 >= lines.length;

/** A record that has begun and may go on. */
interface Pending {
  readonly head: Head;
  readonly offset: number;
  readonly line: number;
  text: string;
  original: string;
}

const MOST_TEXT = 1 << 16;

async function* parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  const local = new LocalTime(context.zone.name);
  for (const artifact of log.artifacts) {
    const dialect = dialectOf(artifact.head, artifact.path)?.dialect ?? fallback(log);
    if (dialect === undefined) continue;
    yield* records(artifact, dialect, context, local);
  }
}

/** A rotation that was cut to a few lines of a stack trace is in the dialect of the others. */
function fallback(log: LogSet): Dialect | undefined {
  for (const { head, path } of log.artifacts) {
    const found = dialectOf(head, path);
    if (found !== undefined) return found.dialect;
  }
  return undefined;
}

async function* records(
  artifact: Artifact,
  dialect: Dialect,
  context: ParseContext,
  local: LocalTime,
): AsyncGenerator<EventBatch> {
  const program = dialect.program(artifact.path);
  let builder = new BatchBuilder(artifact.path, context.fields);
  let pending: Pending | undefined;
  let usesZone = false;
  let [line, parsed, failed] = [0, 0, 0];
  const problem = (kind: 'damaged-record' | 'limit', offset: number, message: string): void =>
    context.problem({ kind, artifact: artifact.path, offset, record: line, message });
  const write = (): void => {
    if (pending === undefined) return;
    const { head, offset } = pending;
    parsed++;
    usesZone ||= head.isUtc !== true && head.offset === undefined;
    const micros =
      head.isUtc === true
        ? head.wall
        : head.offset === undefined
          ? local.toUtc(head.wall)
          : head.wall - head.offset * 60e6;
    builder.begin(micros, 0, offset);
    const { text } = pending;
    // A daemon tells of its crashes; what it says of a client may quote what the client sent.
    for (const fields of [
      rowFields(dialect, program, pending),
      dialect.meaning?.(head, text) ?? linuxMessage(program, text),
    ])
      for (const name in fields) builder.set(name as Field, fields[name as Field]);
    if (context.withOriginal) builder.set('event.original', pending.original);
  };
  for await (const block of lineBlocks(artifact.chunks())) {
    const lines = block.text.split('\n');
    let at = block.offset;
    for (const [i, raw] of lines.entries()) {
      const offset = at;
      at += raw.length + 1;
      if (i === lines.length - 1 && raw === '') break;
      line++;
      const bare = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (bare === '') continue;
      const text = block.isAscii ? bare : decoded(bare);
      const head = dialect.head(text, pending?.head);
      if (head !== undefined) {
        write();
        if (builder.isFull) {
          yield builder.finish();
          builder = new BatchBuilder(artifact.path, context.fields);
        }
        pending = { head, offset, line, text: head.text, original: text };
      } else if (pending === undefined) {
        if (++failed <= 100)
          problem(
            'damaged-record',
            offset,
            `expected a line of ${dialect.name}’s log, found ${JSON.stringify(text.slice(0, 60))}`,
          );
      } else if (pending.text.length + text.length < MOST_TEXT) {
        pending.text += pending.text === '' ? text.trimStart() : `\n${text}`;
        pending.original += `\n${text}`;
      }
    }
    if (block.skipped > 0)
      problem('limit', at, `a line is longer than 1 MiB; ${block.skipped} bytes of it were left out`);
  }
  write();
  if (builder.length > 0) yield builder.finish();
  context.ledger(artifact.path, {
    variant: dialect.name,
    parsed,
    failed,
    yearSource: null,
    ...(usesZone ? { zone: context.zone.name, zoneSource: context.zone.source } : {}),
  });
}

function rowFields(dialect: Dialect, program: string, { head, text, line }: Pending): EventFields {
  const { peer } = head;
  return {
    'event.kind': 'event',
    'event.module': dialect.name,
    'event.dataset': 'linux.daemon',
    'host.os.type': 'linux',
    message: text,
    'log.file.line': line,
    'log.level': head.level,
    'process.name': program,
    'process.pid': head.pid,
    'user.name': head.user,
    'source.ip': peer?.ip,
    'source.address': peer?.ip,
    'source.port': peer?.port,
  };
}

const NON_ASCII = /[\u0080-\u00ff]/;

function decoded(text: string): string {
  if (!NON_ASCII.test(text)) return text;
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? text : utf8;
}
