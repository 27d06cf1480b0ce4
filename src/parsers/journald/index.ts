import { BATCH_ROWS, BatchBuilder, type EventBatch, type LogSet } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { CarriedEvents, type ReadyLine } from '../shared/audit-carried.ts';
import { MOST_ROWS } from '../shared/audit-event.ts';
import { JournalWriter, recordOf } from './ecs.ts';
import type { JournalEntry } from './entry.ts';
import { exportedEntries } from './export.ts';
import { jsonEntries } from './json.ts';
import { MAGIC, nativeEntries } from './native.ts';
import { isVerbose, verboseEntries } from './verbose.ts';

/** The systemd journal: its own files, and what journalctl exports. */
export const journald: Parser = {
  name: 'journald',
  title: 'systemd journal (.journal files, journalctl -o export, -o json, -o verbose)',
  identify: (head: Uint8Array): Certainty => (variantOf(head) === undefined ? 'no' : 'yes'),
  parse,
};

const FORMS = {
  native: nativeEntries,
  export: exportedEntries,
  json: jsonEntries,
  verbose: verboseEntries,
} as const;
type Variant = keyof typeof FORMS;

const EXPORTED = /^(?:__CURSOR|__REALTIME_TIMESTAMP|__SEQNUM|__MONOTONIC_TIMESTAMP|_BOOT_ID|_TRANSPORT|_MACHINE_ID)=/;

function variantOf(head: Uint8Array): Variant | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16_384)).toString('latin1');
  if (text.startsWith(MAGIC)) return 'native';
  // Record separators (json-seq) and the names of server-sent events (json-sse) stand before an object.
  const bare = text.replace(/^[\u001e\s]+/, '').replace(/^data: (?=\{)/, '');
  if (EXPORTED.test(bare)) return 'export';
  if (isVerbose(bare)) return 'verbose';
  const isJson = (bare.startsWith('{') || bare.startsWith('[')) && /"__(?:CURSOR|REALTIME_TIMESTAMP)"\s*:/.test(bare);
  return isJson && /"(?:MESSAGE|_BOOT_ID|_TRANSPORT)"\s*:/.test(bare) ? 'json' : undefined;
}

async function* parse(log: LogSet, context: ParseContext): AsyncIterable<EventBatch> {
  const writer = new JournalWriter(log.root.users, context.fields);
  for (const artifact of log.artifacts) {
    const variant = variantOf(artifact.head);
    if (variant === undefined) continue;
    const hosts = new Map<string, number>();
    let parsed = 0;
    let failed = 0;
    const counting: ParseContext = {
      ...context,
      problem: problem => {
        if (problem.kind === 'damaged-record') failed++;
        context.problem(problem);
      },
    };
    let builder = new BatchBuilder(artifact.path, context.fields);
    for await (const ready of whole(FORMS[variant](artifact, counting))) {
      const host = writer.write(builder, ready);
      parsed++;
      if (host !== undefined) hosts.set(host, (hosts.get(host) ?? 0) + 1);
      if (builder.length <= BATCH_ROWS - MOST_ROWS) continue;
      yield builder.finish();
      builder = new BatchBuilder(artifact.path, context.fields);
    }
    const names = [...hosts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
    context.ledger(artifact.path, {
      variant,
      parsed,
      failed,
      yearSource: null,
      ...(names.length === 0 ? {} : { hosts: names.slice(0, 32) }),
    });
    if (builder.length > 0) yield builder.finish();
  }
}

/** The entries in their order, with the records of an audit event told at its first one. */
async function* whole(entries: AsyncIterable<JournalEntry>): AsyncGenerator<ReadyLine<JournalEntry>> {
  const carried = new CarriedEvents<JournalEntry>();
  for await (const entry of entries) {
    const record = recordOf(entry);
    if (record === undefined && carried.isIdle) {
      yield { line: entry, record: undefined, records: undefined };
      continue;
    }
    carried.add(entry, record);
    for (let ready = carried.take(false); ready !== undefined; ready = carried.take(false)) yield ready;
  }
  for (let ready = carried.take(true); ready !== undefined; ready = carried.take(true)) yield ready;
}
