import type { Artifact, EventBatch, LogSet, ProblemKind } from '../../model/index.ts';
import { BatchBuilder } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { EcsDocumentWriter, isEcsDocument } from '../shared/ecs-document.ts';
import type { JsonObject } from '../shared/json-objects.ts';
import { headObjects, isObject, jsonObjects, parseJson, unwrapped } from '../shared/json-objects.ts';
import { LocalTime } from '../shared/local-time.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import { WindowsEventWriter } from '../shared/windows-event.ts';
import { HostTally } from '../shared/windows-hosts.ts';
import { DataNames } from '../shared/windows-names.ts';
import type { WindowsEvent } from '../shared/windows-xml-event.ts';
import type { ToUtc } from './event.ts';
import { exporterClock, shiftText } from './exporter-clock.ts';
import type { Layout } from './layouts.ts';
import { LAYOUTS } from './layouts.ts';

/**
 * Windows events as JSON, one object a line or in an array: Winlogbeat, NXLog and its like, evtx_dump, Velociraptor, EvtxECmd,
 * Get-WinEvent. The event
 * is taken apart into System and data and then means what it means in a binary log.
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

function identify(head: Uint8Array): Certainty {
  return headObjects(head).some(object => outcomeOf(() => eventOf(unwrapped(object), AS_UTC)) !== undefined)
    ? 'yes'
    : 'no';
}

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
  const clock = await exporterClock(artifact);
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
  const lost = (kind: ProblemKind, at: { readonly offset: number; readonly line: number }, message: string): void =>
    losses.add(kind, at.offset, message, at.line);
  const objects = jsonObjects(artifact.chunks(), foreign => {
    // evtx_dump -o json numbers its records so.
    if (!/^Record \d+$/.test(foreign.text)) lost('damaged-record', foreign, FOREIGN);
  });
  for await (const found of objects) {
    if (!found.isClosed) {
      lost('truncated', found, TORN);
      continue;
    }
    const value = outcomeOf(() => parseJson(found.text));
    const record = isObject(value) ? unwrapped(value) : undefined;
    const windowsRecord = record === undefined ? undefined : outcomeOf(() => eventOf(record, toUtc));
    const extra = {
      'log.offset': found.offset,
      'log.file.line': found.line,
      ...(context.withOriginal ? { 'event.original': found.text } : {}),
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
        found.offset,
        isShifted ? { ...system, micros: system.micros + clock.shiftMicros } : system,
        names.same(event.names),
        event.values,
        {
          ...extra,
          message: event.message,
          'labels.time_shift': isShifted ? shiftText(clock.shiftMicros) : undefined,
        },
        record === undefined ? undefined : layout.stated?.(record),
      );
    } else if (record !== undefined && isEcsDocument(record)) {
      parsed++;
      hosts.add(documents.write(batch, found.offset, record, extra) ?? '');
    } else {
      lost('damaged-record', found, record === undefined ? NO_JSON : NO_EVENT);
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

const FOREIGN = 'a line that is no JSON object; skipped';
const TORN = 'an object without its end; reading goes on at the next line that begins with {';
const NO_JSON = 'an object that is no valid JSON; skipped';
const NO_EVENT = 'a JSON object that is no Windows event: no provider and event id in any known layout; skipped';
