import { type AddressFact, type EvidenceRoot, epochMicros, eventAt } from '../../src/model/index.ts';
import { type ArtifactFacts, buildHosts, type GivenHost } from '../../src/timeline/hosts.ts';
import { resolveHosts } from '../../src/timeline/resolve.ts';
import { batchesOf, microsOf, type PlainEvent } from './events.ts';
import { NO_ROOT } from './evidence.ts';

/** What is known of the logs besides their events, by path. */
export type Facts = Readonly<Record<string, { format: string; root?: Partial<EvidenceRoot>; observer?: string }>>;

/** The machines that plain events and their logs' facts tell of, and the events with whose they are. */
export function machinesOf(events: readonly PlainEvent[], facts: Facts, given: readonly GivenHost[] = []) {
  // One root object a path, as a collection has it.
  const roots = new Map<string, EvidenceRoot>();
  const artifacts = new Map<string, ArtifactFacts>(
    Object.entries(facts).map(([path, { root, ...rest }]) => {
      const whole = { ...NO_ROOT, ...root };
      if (!roots.has(whole.path)) roots.set(whole.path, whole);
      return [path, { ...rest, root: roots.get(whole.path)! }];
    }),
  );
  const batches = batchesOf(events, 7);
  const built = buildHosts({ batches, artifacts, given });
  const resolved = resolveHosts(batches, built.table, built.hostOfArtifact, { ...built, microsToAdd: new Map() });
  const seen = resolved.flatMap(batch => Array.from({ length: batch.length }, (_, row) => eventAt(batch, row)));
  return { ...built, events: seen, ids: built.table.hosts.map(host => host.id) };
}

export const at = (time: string) => epochMicros(microsOf(time));

export const fact = (ip: string, from?: string, to?: string): AddressFact => ({
  ip,
  from: from === undefined ? undefined : at(from),
  to: to === undefined ? undefined : at(to),
  source: 'ipconfig',
});

/** A Sysmon 3 that the machine initiated, from port 50000. */
export const sysmon3 = (
  time: string,
  source: string,
  destination: string,
  port: number,
  more: PlainEvent = {},
): PlainEvent => ({
  time,
  'event.provider': 'Microsoft-Windows-Sysmon',
  'event.code': '3',
  'winlog.event_data.Initiated': 'true',
  'source.ip': source,
  'source.port': 50_000,
  'destination.ip': destination,
  'destination.port': port,
  ...more,
});
