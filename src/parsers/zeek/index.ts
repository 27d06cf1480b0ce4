import type { Artifact, EventBatch, LogSet } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { isKnownLog } from './ecs.ts';
import { fits, guessedFields, headerOf } from './given-header.ts';
import { headerOfBareLine } from './header.ts';
import { readJson } from './json.ts';
import { columnName, logBySignature } from './log-names.ts';
import { Reader } from './reader.ts';
import { readTsv } from './tsv.ts';

/** Zeek (Bro) logs, TSV and JSON, any log: connections and what the analyzers say of them. A sensor's view: it is nobody's own log. */
export const zeek: Parser = {
  name: 'zeek',
  title: 'Zeek logs (TSV or JSON)',

  identify(head: Uint8Array, _path: string, zeekHeader?: readonly string[]): Certainty {
    const lines = firstLines(head);
    const first = lines.find(line => line !== '' && !line.startsWith('### '));
    if (first === undefined) return 'no';
    if (/^#(?:separator[ \t]|fields[\t,]|path[\t,])/.test(first)) return 'yes';
    if (/^[[{]/.test(first)) return isZeekJson(lines) ? 'yes' : 'no';
    if (zeekHeader !== undefined && hasColumns(lines, zeekHeader)) return 'yes';
    if (headerOfBareLine(first) !== undefined) return 'yes';
    // Its columns have to be named by the user, and somebody has to say so.
    return guessedFields(first) === undefined ? 'no' : 'maybe';
  },

  async *parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
    for (const artifact of log.artifacts) {
      const reader = new Reader(artifact, context, logOfFileName(artifact.path), log.root.hostname ?? 'zeek');
      const read = startsWithJson(artifact) ? readJson : readTsv;
      yield* read(artifact.chunks(), reader, context);
      yield* reader.take();
      reader.finish();
    }
  },
};

function firstLines(head: Uint8Array): readonly string[] {
  return new TextDecoder()
    .decode(head.subarray(0, 16_384))
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
}

/** Judged by the rows that the head holds whole. */
function hasColumns(lines: readonly string[], zeekHeader: readonly string[]): boolean {
  const header = headerOf(zeekHeader);
  const rows = lines.slice(0, lines.length > 1 ? -1 : 1).filter(line => line !== '' && !line.startsWith('#'));
  return rows.length > 0 && rows.every(row => fits(header, row));
}

function startsWithJson(artifact: Artifact): boolean {
  return /^[[{]/.test(
    firstLines(artifact.head)
      .find(line => line.trim() !== '')
      ?.trimStart() ?? '',
  );
}

/** Judged by a record's keys: `"uid"` beside a connection's endpoints, or the columns of a log that has no connection. */
function isZeekJson(lines: readonly string[]): boolean {
  const record = lines.find(line => line.includes('{'));
  if (record === undefined) return false;
  const keys = new Set(Array.from(record.matchAll(/"([^"\\]{1,60})"\s*:/g), found => columnName(found[1]!, '')));
  if (!keys.has('ts')) return false;
  const hasStream = ['_path', '@stream', '_stream'].some(key => keys.has(key));
  if (hasStream && (keys.has('uid') || keys.has('_write_ts') || keys.has('@system'))) return true;
  const hasEnds = (keys.has('id.orig_h') || keys.has('orig_h')) && (keys.has('id.resp_h') || keys.has('resp_h'));
  if (keys.has('uid') && (hasEnds || keys.has('conn_state'))) return true;
  return logBySignature(keys) !== undefined && !keys.has('hostIdentifier') && !keys.has('@timestamp');
}

/** `conn.00:00:00-01:00:00.log.gz`, `day1_conn.log`, `json_streaming_smb_files.1.log` → the log that the name speaks of. */
function logOfFileName(path: string): string {
  const name = path.split('/').at(-1)!.toLowerCase();
  const stem = /^[a-z0-9_-]*/.exec(name)![0];
  const words = stem.split('_');
  for (let from = 0; from < words.length; from++) {
    const tail = words.slice(from).join('_');
    if (isKnownLog(tail)) return tail;
  }
  return stem === '' ? 'log' : stem;
}
