import type { Column, EvidenceRoot, Field, HostTable, Platform, Timeline, UnixUser } from '../model/index.ts';
import { withColumns } from '../model/index.ts';
import type { Cidr } from '../util/cidr.ts';
import { ShellAllowlist } from './allowlist.ts';
import { DerivedColumns } from './derived-columns.ts';
import { enrichFlows, FLOW_NEEDS } from './flow.ts';
import { Installations } from './installations.ts';
import { Machines } from './machines.ts';
import { writeProcesses } from './process-columns.ts';
import { ProcessContexts } from './process-context.ts';
import { PROCESS_NEEDS, readProcesses } from './process-reader.ts';
import { processList } from './ps-output.ts';
import { readServiceFacts, SERVICE_NEEDS } from './service-facts.ts';
import { ServiceMap } from './service-map.ts';
import { judgeServices } from './service-verdicts.ts';

/** Parameters of the rules that what is derived depends on; DETECTION's names and defaults. */
export interface EnrichSettings {
  readonly serviceNames: readonly string[];
  readonly coreDumpPaths: readonly string[];
  readonly shellAllowlist: readonly string[];
  readonly restartKeywords: readonly string[];
  /** The user chose the keywords: then they count at any level. */
  readonly restartKeywordsAreUsers: boolean;
  readonly internal: readonly Cidr[];
  readonly servicePorts: ReadonlySet<number>;
  readonly connErrorStates: 'payload' | 'any-reset';
  /** TimeWindow and OrderTolerance, microseconds. */
  readonly windowMicros: number;
  readonly toleranceMicros: number;
}

export { withVerdicts } from './flow/sensors.ts';

/** Every field that enrichment reads: to be decoded before it runs. */
export const ENRICH_NEEDS: ReadonlySet<Field> = new Set([...PROCESS_NEEDS, ...SERVICE_NEEDS, ...FLOW_NEEDS]);

/**
 * Works out what a rule may ask for and no log says outright: the process tree, in whose context a process runs, crashes and
 * restarts of services, connections and what became of them. The order stays; batches gain columns.
 * @param roots artifact path → the evidence root that it lies in
 */
export function enrich(
  timeline: Timeline,
  hosts: HostTable,
  roots: ReadonlyMap<string, EvidenceRoot>,
  settings: EnrichSettings,
): Timeline {
  const machines = new Machines(hosts);
  const rootOfHost = rootsByHost(timeline, machines, roots);
  const map = new ServiceMap(settings.serviceNames);
  const processes = readProcesses(timeline, machines, settings.toleranceMicros, tree => {
    for (const [host, { root, platform }] of rootOfHost) tree.list(host, platform, processList(root));
  });
  const installations = new Installations();
  const facts = readServiceFacts(
    timeline,
    machines,
    { map, processes, installations, coreDumpPaths: settings.coreDumpPaths },
    { keywords: settings.restartKeywords, areUsers: settings.restartKeywordsAreUsers },
  );
  const columns = new DerivedColumns(timeline.batches);
  const contexts = new ProcessContexts({
    map,
    installations,
    allowlist: new ShellAllowlist(settings.shellAllowlist),
    hostsWithSessions: processes.hostsWithSessions,
    jobs: processes.jobs,
    usersOf: host => rootOfHost.get(host)?.root.users ?? NO_USERS,
    windowMicros: settings.windowMicros,
    toleranceMicros: settings.toleranceMicros,
  });
  writeProcesses(timeline.batches, machines, processes, contexts, columns);
  for (const own of facts.values()) {
    for (const { place, event, named, isStrong, isChronic, isMaintenance } of judgeServices(own, settings)) {
      const { batch, row } = place;
      const ports = named?.service?.ports ?? [];
      columns.set(batch, row, 'aftershock.service.event', event);
      columns.set(batch, row, 'aftershock.service.name', named?.name);
      columns.set(batch, row, 'aftershock.service.ports', ports.length === 0 ? undefined : ports.map(String));
      columns.set(batch, row, 'aftershock.service.strength', isStrong ? 'strong' : 'weak');
      if (isChronic) columns.set(batch, row, 'aftershock.service.chronic', 'true');
      if (isMaintenance) columns.set(batch, row, 'aftershock.maintenance', 'true');
    }
  }
  const flows = enrichFlows(timeline, hosts, settings);
  const batches = columns.finish().map((batch, index) => withColumns(batch, flows.get(index) ?? NO_COLUMNS));
  return { ...timeline, batches };
}

const NO_COLUMNS: ReadonlyMap<Field, Column> = new Map();
const NO_USERS: ReadonlyMap<string, UnixUser> = new Map();

/** The evidence root of every machine that wrote an event, and the platform that it says it is. */
function rootsByHost(
  timeline: Timeline,
  machines: Machines,
  roots: ReadonlyMap<string, EvidenceRoot>,
): ReadonlyMap<string, { readonly root: EvidenceRoot; readonly platform: Platform }> {
  const found = new Map<string, { root: EvidenceRoot; platform: Platform }>();
  for (const batch of timeline.batches) {
    const root = roots.get(batch.artifact);
    if (root === undefined || batch.length === 0) continue;
    const host = machines.hostOf(batch, 0);
    if (host === undefined || found.has(host)) continue;
    found.set(host, { root, platform: root.os ?? machines.platformOf(host, batch, 0) });
  }
  return found;
}
