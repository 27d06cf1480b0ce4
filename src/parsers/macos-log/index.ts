import type { EventBatch, EventFields, Field, LogSet } from '../../model/index.ts';
import { lines } from '../../util/lines.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { ArtifactRows } from '../shared/artifact-rows.ts';
import { isoTimeAt } from '../shared/iso-time.ts';
import { LocalTime } from '../shared/local-time.ts';
import { macosMeaning, macosService } from '../shared/macos-text.ts';
import { RecordLosses } from '../shared/record-losses.ts';

/** launchd's own log, /var/log/com.apple.xpc.launchd/launchd.log: in local time, without naming its zone or its host. */
export const macosLog: Parser = {
  name: 'macos-log',
  title: 'macOS launchd.log',
  isRotated: true,
  needsZone: true,
  identify,
  parse,
};

/** `2024-03-24 20:10:51.817224 (system/com.apple.thermald [7139]) <Notice>: exited due to exit(1)`; at boot without a job. */
const LINE = /^ (?:\(([^()\s]{1,512})(?: \[(.{1,128}?)\])?\) )?<([A-Z][a-z]+)>: ?(.*)$/s;
const TEXT_LIMIT = 1 << 20;

interface LaunchdLine {
  readonly micros: number;
  readonly nanos: number;
  readonly job: string | undefined;
  readonly pid: number | undefined;
  readonly level: string;
  readonly text: string;
}

function launchdLine(line: string): LaunchdLine | undefined {
  const time = isoTimeAt(line);
  if (time === undefined || line[10] !== ' ') return undefined;
  const m = LINE.exec(line.slice(time.end));
  if (m === null) return undefined;
  // `(pid/7138 [thermald])`: the domain of a process, named by it; elsewhere the bracket holds the job's process.
  const ofDomain = /^pid\/(\d{1,10})(?:$|\/)/.exec(m[1] ?? '')?.[1];
  const pid = m[2] !== undefined && /^\d{1,10}$/.test(m[2]) ? m[2] : ofDomain;
  return {
    micros: time.micros,
    nanos: time.nanos,
    job: m[1],
    pid: pid === undefined ? undefined : Number(pid),
    level: m[3]!.toLowerCase(),
    text: m[4]!,
  };
}

function identify(head: Uint8Array): Certainty {
  if (head.length === 0 || head.subarray(0, 512).includes(0)) return 'no';
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16_384)).toString('latin1');
  const sample = text.split('\n', 40).filter(line => line.trim() !== '');
  const known = sample.filter(line => launchdLine(line) !== undefined).length;
  return known > 0 && known * 10 >= (sample.length - 1) * 6 ? 'yes' : 'no';
}

interface Open {
  readonly line: LaunchdLine;
  readonly artifact: string;
  readonly offset: number;
  readonly number: number;
  readonly further: string[];
  size: number;
}

async function* parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  const local = new LocalTime(context.zone.name);
  const rows = new ArtifactRows(context.fields, CONSTANTS, DEFAULTS);
  const parsed = new Map<string, number>();
  let open: Open | undefined;
  const close = (): void => {
    if (open === undefined) return;
    const { line, artifact, offset, number, further } = open;
    rows.of(artifact);
    rows.begin(local.toUtc(line.micros), line.nanos, offset);
    const fields = fieldsOf(line, further.length === 0 ? line.text : [line.text, ...further].join('\n'));
    for (const name in fields) rows.set(name as Field, fields[name as Field]);
    rows.set('log.offset', offset);
    rows.set('log.file.line', number);
    parsed.set(artifact, (parsed.get(artifact) ?? 0) + 1);
    open = undefined;
  };
  for (const artifact of log.artifacts) {
    const { path } = artifact;
    const losses = new RecordLosses(path, context);
    for await (const { bytes, offset, number } of lines(artifact.chunks(), TEXT_LIMIT)) {
      const raw = bytes.toString('utf8');
      const line = launchdLine(raw);
      if (line !== undefined) {
        close();
        yield* rows.ready();
        open = { line, artifact: path, offset, number, further: [], size: raw.length };
      } else if (open !== undefined) {
        open.size += raw.length;
        if (open.size <= TEXT_LIMIT) open.further.push(raw);
      } else if (raw.trim() !== '') {
        const message = 'a line without a time, and none before it that it could belong to; it is left out';
        losses.add('damaged-record', offset, message, number);
      }
    }
    losses.finish();
    context.ledger(path, {
      variant: 'launchd',
      failed: losses.count,
      zone: context.zone.name,
      zoneSource: context.zone.source,
      yearSource: null,
    });
  }
  close();
  yield* rows.rest();
  for (const { path } of log.artifacts) context.ledger(path, { parsed: parsed.get(path) ?? 0 });
}

const CONSTANTS = [
  ['event.kind', 'event'],
  ['event.module', 'macos'],
  ['event.dataset', 'macos.launchd'],
  ['event.provider', 'launchd'],
  ['host.os.type', 'macos'],
  ['host.os.family', 'darwin'],
  ['host.os.platform', 'macos'],
] as const;
const DEFAULTS = [
  ['event.category', ['process']],
  ['event.type', ['info']],
] as const;

function fieldsOf(line: LaunchdLine, text: string): EventFields {
  const { job, pid } = line;
  return {
    message: text,
    'log.level': line.level,
    'service.name': job === undefined || /^(?:system|pid\/\d+)$/.test(job) ? undefined : macosService(job),
    'process.pid': pid,
    'macos.launchd.job': job,
    ...(job === undefined ? {} : macosMeaning(text, { process: 'launchd', job, jobPid: pid })),
  };
}
