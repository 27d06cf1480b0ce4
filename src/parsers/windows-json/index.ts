import type { Artifact, EventBatch, LogSet } from '../../model/index.ts';
import { BatchBuilder } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { EcsDocumentWriter, isEcsDocument } from '../shared/ecs-document.ts';
import type { JsonObject } from '../shared/json-objects.ts';
import { headObjects } from '../shared/json-objects.ts';
import { LocalTime } from '../shared/local-time.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import { WindowsEventWriter } from '../shared/windows-event.ts';
import { HostTally } from '../shared/windows-hosts.ts';
import { DataNames } from '../shared/windows-names.ts';
import type { WindowsEvent } from '../shared/windows-xml-event.ts';
import type { Lost } from './carried.ts';
import { carriedRecords } from './carried.ts';
import type { ToUtc } from './event.ts';
import { exporterClock, shiftText } from './exporter-clock.ts';
import type { Layout } from './layouts.ts';
import { LAYOUTS } from './layouts.ts';
import { recordsIn } from './records.ts';
import { isTable } from './rows.ts';
import { utf8Head, utf8Log } from './utf16.ts';

/**
 * Windows events as JSON, one object a line or in an array: Winlogbeat, NXLog and its like, evtx_dump, Chainsaw, Velociraptor, EvtxECmd,
 * Get-WinEvent, also as a search of Elasticsearch, Graylog or Splunk exports them; and the tables of EvtxECmd and Splunk. The event is
 * taken apart into System and data and then means what it means in a binary log.
 */
export const windowsJson: Parser = {
  name: 'windows-json',
  title: 'Windows events as JSON (Winlogbeat, NXLog, evtx_dump, Velociraptor, EvtxECmd)',
  identify,
  async *parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
    for (const artifact of log.artifacts) yield* read(artifact, context);
  },
};

const AS_UTC: ToUtc = wall => wall;

function identify(given: Uint8Array): Certainty {
  const head = utf8Head(given);
  const isEvent = (record: JsonObject): boolean => outcomeOf(() => eventOf(record, AS_UTC)) !== undefined;
  const objects = [...headObjects(head), ...headObjects(firstHit(head))];
  return isTable(head) || objects.some(object => recordsIn(object).some(isEvent)) ? 'yes' : 'no';
}

/** The answer of a search is one object, longer than any head: what it holds is told by its first hit. */
function firstHit(head: Uint8Array): Uint8Array {
  const at = /^\s*\{/.test(headText(head, 64)) ? headText(head, head.length).search(/\{\s*"_index"/) : -1;
  return at <= 0 ? head.subarray(0, 0) : head.subarray(at);
}

const headText = (head: Uint8Array, length: number): string => Buffer.from(head.subarray(0, length)).toString('latin1');

/** The event in a record, and the layout: the first that fits. */
function eventOf(
  record: JsonObject,
  toUtc: ToUtc,
): { readonly event: WindowsEvent; readonly layout: Layout } | undefined {
  for (const layout of LAYOUTS) {
    const event = layout.read(record, toUtc);
    if (event !== undefined) return { event, layout };
  }
  return undefined;
}

/** Undefined where a record is no JSON inside, although it looked like it from outside. */
function outcomeOf<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function* read(artifact: Artifact, context: ParseContext): AsyncGenerator<EventBatch> {
  const log = utf8Log(artifact);
  const clock = isTable(log.artifact.head) ? undefined : await exporterClock(log.artifact);
  let shifted = 0;
  const local = new LocalTime(context.zone.name);
  const toUtc: ToUtc = wall => local.toUtc(wall);
  const windows = new WindowsEventWriter(context.fields);
  const documents = new EcsDocumentWriter(context.fields);
  const names = new DataNames();
  const hosts = new HostTally();
  const layouts = new Set<string>();
  let batch = new BatchBuilder(artifact.path, context.fields);
  let parsed = 0;
  const losses = new RecordLosses(artifact.path, context);
  const lost: Lost = (kind, at, message) => losses.add(kind, at.offset, message, at.line);
  for await (const { record, offset, line, place, original } of carriedRecords(log, lost)) {
    const windowsRecord = outcomeOf(() => eventOf(record, toUtc));
    const extra = {
      'log.offset': offset,
      'log.file.line': line,
      ...(context.withOriginal ? { 'event.original': original } : {}),
    };
    if (windowsRecord !== undefined) {
      const { event, layout } = windowsRecord;
      parsed++;
      layouts.add(layout.name);
      const { system } = event;
      if (context.wantsWindows?.(system.provider, system.eventId, system.channel) === false) continue;
      hosts.add(system.computer);
      const isShifted =
        clock !== undefined && layout.name === 'nxlog' && system.provider !== 'Microsoft-Windows-Sysmon';
      if (isShifted) shifted++;
      windows.write(
        batch,
        place,
        isShifted ? { ...system, micros: system.micros + clock.shiftMicros } : system,
        names.same(event.names),
        event.values,
        {
          ...extra,
          message: event.message,
          'labels.time_shift': isShifted ? shiftText(clock.shiftMicros) : undefined,
        },
        layout.stated?.(record),
      );
    } else if (isEcsDocument(record)) {
      parsed++;
      hosts.add(documents.write(batch, place, record, extra) ?? '');
    } else {
      lost('damaged-record', { offset, line }, NO_EVENT);
      continue;
    }
    if (batch.isFull) {
      yield batch.finish();
      batch = new BatchBuilder(artifact.path, context.fields);
    }
  }
  if (batch.length > 0) yield batch.finish();
  if (clock !== undefined) {
    context.problem({
      kind: 'clock',
      artifact: artifact.path,
      message:
        `TimeCreated is a wall clock that calls itself UTC: in ${clock.agreeing} of the first ${clock.pairs} Sysmon records it lies ` +
        `${shiftText(-clock.shiftMicros)} from UtcTime; ${shiftText(clock.shiftMicros)} was added to ${shifted} records of other providers`,
    });
  }
  losses.finish();
  context.ledger(artifact.path, {
    parsed,
    failed: losses.count,
    yearSource: null,
    hosts: hosts.names(),
    ...(layouts.size === 0 ? {} : { variant: [...layouts].toSorted().join('+') }),
  });
}

const NO_EVENT = 'a JSON object that is no Windows event: no provider and event id in any known layout; skipped';
