import {
  type Artifact,
  BATCH_ROWS,
  BatchBuilder,
  type EventBatch,
  type EventFields,
  epochMicros,
  type LogSet,
} from '../../model/index.ts';
import { offsetText } from '../../util/time-zone.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { isoTimeAt } from '../shared/iso-time.ts';
import { isObject, type JsonObject, jsonObjects, parseJson } from '../shared/json-objects.ts';
import { LocalTime } from '../shared/local-time.ts';
import { reportFields } from './ecs.ts';
import { ipsReport } from './ips-report.ts';
import type { CrashReport } from './report.ts';
import { isPanic, panicReport, textReport, textReports } from './text-report.ts';

/** Reports of macOS about one process: crashes as text or `.ips`, kernel panics, resource reports (which are no crashes). */
export const macosCrash: Parser = {
  name: 'macos-crash',
  title: 'macOS crash reports (.crash, .ips) and resource reports (.diag)',
  identify,
  statesZone: true,
  parse,
};

/** The largest report that a tool of Apple writes is some megabytes; a text of this size is none. */
const MOST_BYTES = 64 << 20;

function identify(head: Uint8Array): Certainty {
  if (head.length === 0 || head.subarray(0, 512).includes(0)) return 'no';
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16_384)).toString('latin1');
  if (/^\s*\{[^\n]{0,4096}"bug_type"\s*:/.test(text) && /"(?:incident_id|os_version|timestamp)"\s*:/.test(text))
    return 'yes';
  if (/^\s*\*{8,}\r?\n\s*(?:Host Name|Date\/Time):[ \t]/.test(text) && /^Exception:/m.test(text)) return 'yes';
  if (isPanic(text)) return 'yes';
  const isText =
    /^(?:Process|Command|Date\/Time|Incident Identifier):[ \t]/.test(text) && /^Report Version:/m.test(text);
  return isText && /^(?:Exception Type|Data Source|Event|Crashed Thread):/m.test(text) ? 'yes' : 'no';
}

async function* parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
  for (const artifact of log.artifacts) {
    const reports = await read(artifact, context);
    if (reports.length > 0) yield* write(artifact, reports, context);
  }
}

/** A report, the place where it begins in the file and the line there. */
interface Placed {
  readonly report: CrashReport;
  readonly offset: number;
  readonly line: number;
}

function* write(artifact: Artifact, reports: readonly Placed[], context: ParseContext): Generator<EventBatch> {
  const builder = new BatchBuilder(artifact.path, context.fields);
  const hosts = new Set<string>();
  const local = new LocalTime(context.zone.name);
  let isLocal = false;
  let statedZone: string | undefined;
  for (const { report, offset, line } of reports.slice(0, BATCH_ROWS)) {
    const time = isoTimeAt(report.time ?? '');
    if (time?.offsetMinutes !== undefined) statedZone = offsetText(time.offsetMinutes);
    else if (time !== undefined) isLocal = true;
    if (time === undefined)
      context.problem({
        kind: 'damaged-record',
        artifact: artifact.path,
        offset,
        message: 'the report states no time that can be read (Date/Time or captureTime); it is kept without one',
      });
    const host = report.host ?? hostOfName(artifact.path);
    if (host !== undefined) hosts.add(host);
    const micros =
      time === undefined ? Number.NaN : time.offsetMinutes === undefined ? local.toUtc(time.micros) : time.micros;
    builder.add(epochMicros(micros), time?.nanos ?? 0, offset, {
      ...reportFields(report),
      ...hostFields(host),
      'log.offset': offset,
      'log.file.line': line,
    });
  }
  const parsed = builder.length;
  yield builder.finish();
  context.ledger(artifact.path, {
    variant: reports[0]!.report.kind,
    parsed,
    zone: isLocal ? context.zone.name : 'UTC',
    zoneSource: isLocal ? context.zone.source : 'log',
    yearSource: null,
    ...(hosts.size === 0 ? {} : { hosts: [...hosts] }),
    ...(statedZone === undefined ? {} : { statedZone }),
  });
}

async function read(artifact: Artifact, context: ParseContext): Promise<readonly Placed[]> {
  const start = Buffer.from(artifact.head.subarray(0, 64)).toString('latin1').trimStart();
  if (!start.startsWith('{')) return readText(artifact, context);
  const report = await readIps(artifact, context);
  return report === undefined ? [] : [{ report, offset: 0, line: 1 }];
}

async function readText(artifact: Artifact, context: ParseContext): Promise<readonly Placed[]> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of artifact.chunks()) {
    size += chunk.length;
    if (size > MOST_BYTES) break;
    pieces.push(Buffer.from(chunk));
  }
  // A character a byte, so that a place in the text is one in the file; what a report says is UTF-8.
  const whole = Buffer.concat(pieces).toString('latin1');
  if (isPanic(whole)) return [{ report: panicReport(Buffer.concat(pieces).toString('utf8')), offset: 0, line: 1 }];
  const placed = textReports(whole).map(({ text, at }) => ({
    report: textReport(Buffer.from(text, 'latin1').toString('utf8')),
    offset: at,
    line: whole.slice(0, at).split('\n').length,
  }));
  const named = placed.filter(({ report }) => report.process !== undefined);
  if (named.length === 0) failed(artifact, context, 'the report names no process; it is left out');
  return named;
}

/** Two JSON documents in one file; before macOS 12 the second one is the text of a `.crash`. */
async function readIps(artifact: Artifact, context: ParseContext): Promise<CrashReport | undefined> {
  const documents: JsonObject[] = [];
  const foreign: string[] = [];
  const objects = jsonObjects(artifact.chunks(), ({ text }) => {
    if (foreign.length < 20_000) foreign.push(text);
  });
  for await (const found of objects) {
    const value = found.isClosed ? parsed(found.text) : undefined;
    if (value !== undefined) documents.push(value);
    else if (documents.length > 0)
      context.problem({
        kind: 'truncated',
        artifact: artifact.path,
        offset: found.offset,
        message: 'the body of the report breaks off; only its heading is kept',
      });
    if (documents.length === 2) break;
  }
  const [heading, body] = documents;
  if (heading === undefined) {
    failed(artifact, context, 'the heading of the report cannot be read; it is left out');
    return undefined;
  }
  if (body === undefined && foreign.length > 0) {
    const report = textReport(foreign.join('\n'));
    if (report.process !== undefined) return { ...report, bugType: ipsReport(heading, {}).bugType };
  }
  return ipsReport(heading, body ?? {});
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function failed(artifact: Artifact, context: ParseContext, message: string): void {
  context.problem({ kind: 'damaged-record', artifact: artifact.path, offset: 0, message });
  context.ledger(artifact.path, { parsed: 0, failed: 1 });
}

/** `conftest_2024-01-27-163913_Mac-2516.crash`: the machine's name, as reports up to macOS 11 have it. */
const hostOfName = (path: string): string | undefined =>
  /_\d{4}-\d\d-\d\d-\d{6}(?:-\d+)?_([\w-]{1,63})\.(?:crash|diag|hang|spin|panic)(?:\.(?:gz|bz2|xz|zst))?$/.exec(
    path,
  )?.[1];

const hostFields = (host: string | undefined): EventFields =>
  host === undefined ? {} : { 'host.hostname': host, 'host.name': host };
