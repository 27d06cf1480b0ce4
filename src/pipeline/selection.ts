import { type HostTable, type Timeline, textAt } from '../model/index.ts';
import { canonicalIp } from '../util/cidr.ts';
import type { OrderedCase } from './evidence.ts';
import { resolveRange, type TimeRange } from './time-range.ts';

/** What of a collection is asked for. Everything is read all the same: what one machine did is proved by the logs of others. */
export interface Selection {
  /** Names, ids or addresses of machines; none: all. */
  readonly hosts?: readonly string[];
  readonly excludedHosts?: readonly string[];
  readonly range?: TimeRange;
}

/** Whether a machine is asked for: by its id, or by any of its names. */
export type HostFilter = (...names: readonly string[]) => boolean;

export function hostFilter({ hosts, excludedHosts }: Selection, table: HostTable): HostFilter {
  const only = spellings(hosts, table);
  const not = spellings(excludedHosts, table);
  return (...names) => {
    const all = names.flatMap(name => [name.toLowerCase(), shortName(name)]);
    return (only.size === 0 || all.some(name => only.has(name))) && !all.some(name => not.has(name));
  };
}

/** A machine is asked for that the evidence does not know. */
export class UnknownHost extends Error {
  override readonly name = 'UnknownHost';
}

/** Refuses a name that no machine of the collection has: a slip of the pen must not look like a clean machine. */
export function refuseUnknownHosts({ hosts, excludedHosts }: Selection, table: HostTable): void {
  const known = table.hosts.map(({ name }) => name).toSorted();
  const list = known.length === 0 ? 'none' : known.slice(0, 10).join(', ') + (known.length > 10 ? ', …' : '');
  for (const [flag, names] of [
    ['--host', hosts],
    ['--exclude-host', excludedHosts],
  ] as const) {
    // An address may be of a machine that left no log of its own.
    const unknown = names?.find(name => meant(name, table).length === 0 && canonicalIp(name) === undefined);
    if (unknown !== undefined)
      throw new UnknownHost(`${flag} ${unknown}: no machine of this name in the evidence; there are ${list}`);
  }
}

/** The events of the machines and the stretch of time that are asked for, in their order. */
export function selectedTimeline(ordered: OrderedCase, selection: Selection, end: number): Timeline {
  const { timeline } = ordered;
  const isSelected = eventFilter(ordered, selection, end);
  if (isSelected === undefined) return timeline;
  const kept: number[] = [];
  for (let position = 0; position < timeline.length; position++) if (isSelected(position)) kept.push(position);
  return {
    ...timeline,
    length: kept.length,
    batchOf: Uint32Array.from(kept, position => timeline.batchOf[position]!),
    rowOf: Uint32Array.from(kept, position => timeline.rowOf[position]!),
    time: Float64Array.from(kept, position => timeline.time[position]!),
  };
}

/** Undefined where everything is asked for. An event without a time is in every stretch that has no end. */
export function eventFilter(
  ordered: OrderedCase,
  selection: Selection,
  end: number,
): ((position: number) => boolean) | undefined {
  const { from, to } = resolveRange(selection.range, end);
  const isAlways = from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY;
  const asksHosts = (selection.hosts?.length ?? 0) + (selection.excludedHosts?.length ?? 0) > 0;
  if (isAlways && !asksHosts) return undefined;
  const isHost = hostFilter(selection, ordered.hosts);
  return position => {
    const time = ordered.timeline.time[position]!;
    return time >= from && time <= to && (!asksHosts || isHost(...hostNames(ordered, position)));
  };
}

const HOST_FIELDS = ['aftershock.host', 'aftershock.source.host', 'aftershock.destination.host'] as const;

/** Every name that a machine of this event goes by: the writer, and the ends of a flow that a sensor saw. */
function hostNames({ timeline, hosts }: OrderedCase, position: number): readonly string[] {
  const batch = timeline.batches[timeline.batchOf[position]!]!;
  const row = timeline.rowOf[position]!;
  return HOST_FIELDS.flatMap(field => {
    const id = textAt(batch, field, row);
    const host = id === undefined ? undefined : hosts.byId(id);
    return host === undefined ? [] : [host.id, host.name, ...host.aliases];
  });
}

const shortName = (name: string): string => name.toLowerCase().split('.')[0]!;

/** The machines that a user means by a name, an id or an address. */
function meant(asked: string, table: HostTable): readonly { readonly id: string; readonly name: string }[] {
  const folded = asked.toLowerCase();
  const ip = canonicalIp(asked);
  return table.hosts.filter(
    host =>
      [host.id, host.name, ...host.aliases].some(name => name.toLowerCase() === folded || shortName(name) === folded) ||
      (ip !== undefined && host.addresses.some(address => address.ip === ip)),
  );
}

/** Also the words themselves: an address that joins no machine is called `ip:…` or by itself in a finding. */
const spellings = (asked: readonly string[] | undefined, table: HostTable): ReadonlySet<string> =>
  new Set(
    (asked ?? []).flatMap(name => [
      name.toLowerCase(),
      ...meant(name, table).flatMap(({ id, name: known }) => [id.toLowerCase(), known.toLowerCase()]),
    ]),
  );
