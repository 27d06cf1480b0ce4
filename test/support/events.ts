import type { EventBatch, EventFields, Field, Host, HostTable, Timeline } from '../../src/model/index.ts';
import { BatchBuilder, type Event, eventAt } from '../../src/model/index.ts';

/** An event as a test writes it: ECS fields by name, and the few things that are no field. */
export type PlainEvent = EventFields & {
  /** RFC 3339 text (up to nine digits of a second) or epoch microseconds; absent: no time that can be trusted. */
  readonly time?: string | number;
  /** Sets `aftershock.host`: the machine that wrote the event. */
  readonly host?: string;
  /** `test.log` where it does not matter. */
  readonly artifact?: string;
  /** Place in the artifact; counted from 1 where it does not matter. */
  readonly record?: number;
};

/** RFC 3339 → epoch microseconds; digits beyond microseconds are cut. */
export function microsOf(time: string | number): number {
  if (typeof time === 'number') return time;
  const match = /^(.*?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time);
  const millis = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
  if (Number.isNaN(millis)) throw new Error(`${time} is no RFC 3339 time`);
  return millis * 1000 + Number((match![2] ?? '').padEnd(6, '0').slice(0, 6));
}

/** Plain events → batches, one artifact after the other in order of appearance, `rows` events a batch at most. */
export function batchesOf(events: readonly PlainEvent[], rows = 4096): EventBatch[] {
  const byArtifact = new Map<string, PlainEvent[]>();
  for (const event of events) {
    const artifact = event.artifact ?? 'test.log';
    const members = byArtifact.get(artifact);
    if (members === undefined) byArtifact.set(artifact, [event]);
    else members.push(event);
  }
  const batches: EventBatch[] = [];
  for (const [artifact, members] of byArtifact) {
    for (let from = 0; from < members.length; from += rows) {
      const builder = new BatchBuilder(artifact, 'all', rows);
      for (const [index, event] of members.slice(from, from + rows).entries()) {
        const { time, host, artifact: _, record, ...fields } = event;
        builder.begin(time === undefined ? Number.NaN : microsOf(time), 0, record ?? from + index + 1);
        for (const field in fields) builder.set(field as Field, fields[field as Field]);
        builder.set('aftershock.host', host);
      }
      batches.push(builder.finish());
    }
  }
  return batches;
}

/** The one order (time, artifact, record) over batches; `offsets` are the microseconds added to an artifact's times. */
export function timelineOfBatches(
  batches: readonly EventBatch[],
  offsets: Readonly<Record<string, number>> = {},
): Timeline {
  const offsetOf = (artifact: string): number => (Object.hasOwn(offsets, artifact) ? offsets[artifact]! : 0);
  const places = batches.flatMap((batch, batchIndex) =>
    Array.from(batch.time, (raw, row) => ({
      batchIndex,
      row,
      time: Number.isNaN(raw) ? Number.POSITIVE_INFINITY : raw + offsetOf(batch.artifact),
      artifact: batch.artifact,
      record: batch.record[row]!,
    })),
  );
  const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
  places.sort((a, b) => compare(a.time, b.time) || compare(a.artifact, b.artifact) || compare(a.record, b.record));
  return {
    length: places.length,
    batches,
    batchOf: Uint32Array.from(places, place => place.batchIndex),
    rowOf: Uint32Array.from(places, place => place.row),
    time: Float64Array.from(places, place => place.time),
    offsetOf,
  };
}

export const timelineOf = (
  events: readonly PlainEvent[],
  options: { readonly rows?: number; readonly offsets?: Readonly<Record<string, number>> } = {},
): Timeline => timelineOfBatches(batchesOf(events, options.rows), options.offsets);

/** Every event of a timeline in its order, as plain objects: what assertions read. */
export const eventsOf = (timeline: Timeline): Event[] =>
  Array.from(timeline.batchOf, (batch, position) => eventAt(timeline.batches[batch]!, timeline.rowOf[position]!));

/** A host as a test writes it: an id, and addresses that were always its own. */
export interface PlainHost {
  readonly id: string;
  readonly os?: Host['os'];
  readonly ips?: readonly string[];
}

export function hostTableOf(...plain: readonly PlainHost[]): HostTable {
  const hosts: Host[] = plain.map(({ id, os, ips = [] }) => ({
    id,
    name: id,
    aliases: [],
    os,
    addresses: ips.map(ip => ({ ip, from: undefined, to: undefined, source: 'test' })),
  }));
  return {
    hosts,
    byId: id => hosts.find(host => host.id === id),
    byAddress: ip => {
      const owners = hosts.filter(host => host.addresses.some(fact => fact.ip === ip));
      return owners.length > 1 ? 'ambiguous' : owners[0];
    },
  };
}
