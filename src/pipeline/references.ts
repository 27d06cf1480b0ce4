import type { SourceFact } from '../detect/index.ts';
import { columnOf, type EventBatch, type EventRef, type Field, isoTime } from '../model/index.ts';
import { summarize } from '../timeline/index.ts';
import { eventAtPosition, type OrderedCase, placeOf } from './evidence.ts';
import type { WholeRecords } from './whole-records.ts';

/** The event at a position as a report cites it: where it lies, when, and one sentence. */
export function referenceAt(ordered: OrderedCase, position: number, whole?: WholeRecords): EventRef {
  const read = eventAtPosition(ordered, position);
  const event = whole?.of(read) ?? read;
  const { eventId, offsetMicros } = placeOf(ordered, position);
  const record = event['winlog.record_id'];
  const line = event['log.file.line'];
  const offset = event['log.offset'];
  const time = (micros: number): string => (Number.isNaN(micros) ? '' : isoTime(micros, event.nanos));
  return {
    'event.id': eventId,
    '@timestamp': time(event.time + offsetMicros),
    'log.file.path': event.artifact,
    ...(record === undefined ? {} : { 'winlog.record_id': String(record) }),
    ...(line === undefined ? {} : { 'log.file.line': Number(line) }),
    ...(offset === undefined ? {} : { 'log.offset': Number(offset) }),
    summary: summarize(event),
    ...(offsetMicros === 0 ? {} : { raw_timestamp: time(event.time), offset_applied_s: offsetMicros / 1e6 }),
  };
}

/** What each artifact can show: for coverage, and for caveats about its times. */
export function sourceFacts(ordered: OrderedCase): readonly SourceFact[] {
  const batches = new Map<string, EventBatch[]>();
  for (const batch of ordered.timeline.batches) {
    const of = batches.get(batch.artifact) ?? [];
    of.push(batch);
    batches.set(batch.artifact, of);
  }
  return [...batches.entries()].map(([artifact, of]) => {
    const entry = ordered.ledger.entryOf(artifact);
    const format = ordered.found.get(artifact)?.format ?? 'unknown';
    const host = entry.observer === undefined ? ordered.hostOfArtifact.get(artifact) : undefined;
    return {
      artifact,
      format: entry.variant === undefined ? format : `${format}:${entry.variant}`,
      host,
      platform: host === undefined ? undefined : ordered.hosts.byId(host)?.os,
      datasets: distinct(of, 'event.dataset'),
      channels: distinct(of, 'winlog.channel'),
      kept: of.reduce((sum, batch) => sum + batch.length, 0),
      isZoneAssumed: entry.zoneSource === 'default',
      isYearInferred: entry.yearSource !== undefined && entry.yearSource !== null,
    };
  });
}

function distinct(batches: readonly EventBatch[], field: Field): readonly string[] {
  const found = new Set<string>();
  for (const batch of batches) {
    const column = columnOf(batch, field);
    if (column?.kind !== 'keyword') continue;
    for (const [code, value] of column.values.entries())
      if (code > 0) for (const one of [value].flat()) found.add(String(one));
  }
  return [...found].toSorted();
}
