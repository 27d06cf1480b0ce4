import { enrichFlows, type FlowSettings } from '../../src/enrich/flow.ts';
import type { Event, HostTable } from '../../src/model/index.ts';
import { eventAt, withColumns } from '../../src/model/index.ts';
import { hostTableOf, type PlainEvent, timelineOf } from './events.ts';

// Connections as tests write them, and what the enrichment says of them.

export const SETTINGS: FlowSettings = {
  servicePorts: new Set([22, 135, 445, 1433, 3306, 3389, 5900, 5985, 5986]),
  internal: [],
  connErrorStates: 'payload',
  windowMicros: 600e6,
  toleranceMicros: 5e6,
};
export const HOSTS = hostTableOf({ id: 'srv', ips: ['10.0.0.5'] }, { id: 'ws', ips: ['10.0.0.9'] });

/** The events in their given order, with whatever the enrichment says of them. */
export function enriched(
  events: readonly PlainEvent[],
  over: Partial<FlowSettings> = {},
  hosts: HostTable = HOSTS,
): Event[] {
  const owners = new Map(hosts.hosts.flatMap(host => host.addresses.map(({ ip }) => [ip, host.id] as const)));
  const resolved = events.map(event => ({
    'aftershock.source.host': owners.get(String(event['source.ip'])),
    'aftershock.destination.host': owners.get(String(event['destination.ip'])),
    ...event,
  }));
  const timeline = timelineOf(resolved, { rows: 50 });
  const columns = enrichFlows(timeline, hosts, { ...SETTINGS, ...over });
  return timeline.batches.flatMap((batch, index) => {
    const full = withColumns(batch, columns.get(index) ?? new Map());
    return Array.from({ length: full.length }, (_, row) => eventAt(full, row));
  });
}

export const at = (seconds: number): number => Date.UTC(2026, 2, 1, 10) * 1000 + Math.round(seconds * 1e6);

export interface Conn {
  readonly state?: string;
  readonly history?: string;
  readonly orig?: number;
  readonly resp?: number;
  readonly missed?: number;
  readonly t?: number;
  readonly seconds?: number;
  readonly source?: string;
  readonly sourcePort?: number;
  readonly destination?: string;
  readonly port?: number;
  readonly proto?: string;
}
export const conn = (c: Conn = {}): PlainEvent => ({
  artifact: 'conn.log',
  time: at(c.t ?? 0),
  'event.dataset': 'zeek.conn',
  'network.transport': c.proto ?? 'tcp',
  'source.ip': c.source ?? '10.0.0.9',
  'source.port': c.sourcePort ?? 50_000,
  'destination.ip': c.destination ?? '10.0.0.5',
  'destination.port': c.port ?? 445,
  'event.duration': (c.seconds ?? 1) * 1e9,
  'zeek.connection.state': c.state ?? 'SF',
  'zeek.connection.history': c.history ?? 'ShADadFf',
  'zeek.conn.orig_bytes': c.orig,
  'zeek.conn.resp_bytes': c.resp,
  'zeek.conn.missed_bytes': c.missed ?? 0,
});
/** Something answers on the port. */
export const LIVE = conn({ t: -3600, orig: 100, resp: 100 });
export const outcomeOf = (c: Conn, over: Partial<FlowSettings> = {}) => enriched([LIVE, conn(c)], over)[1]!;
