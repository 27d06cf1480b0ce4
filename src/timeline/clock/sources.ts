import { type EventBatch, fieldTexts } from '../../model/index.ts';

/** One clock: a machine's, or that of a sensor with all the logs that it wrote. */
export interface ClockSource {
  readonly kind: 'host' | 'sensor';
  /** What it is called in reports: the machine's entity id, the sensor's name. */
  name: string;
  readonly artifacts: Set<string>;
  /** Where a sensor's logs lie; '' for a machine. */
  readonly folder: string;
  /** `zeek`, `suricata`, `netflow`; '' for a machine. */
  readonly module: string;
  /** The logs of a machine that state no zone and were read by an assumed one: off by hours although the machine's clock is right. */
  readonly isZoneAssumed: boolean;
  /** Some of the machine's records lie in a log of several machines, whose times cannot be moved for one of them. */
  isShared: boolean;
}

export interface ClockSources {
  readonly all: readonly ClockSource[];
  /** By artifact; an artifact that speaks of several machines has none. */
  readonly byArtifact: ReadonlyMap<string, ClockSource>;
  readonly byHost: ReadonlyMap<string, ClockSource>;
  /** By machine, where it has logs that state no zone. */
  readonly zoneless: ReadonlyMap<string, ClockSource>;
}

const SENSORS = new Set(['zeek', 'suricata', 'netflow']);

/**
 * Which artifacts share a clock: one machine's, or one sensor's in one folder (Zeek's folders of days are one). A machine's logs whose
 * zone is assumed stand apart until it is known whether the assumption holds.
 */
export function clockSources(
  batches: readonly EventBatch[],
  isZoneAssumed: (artifact: string) => boolean,
): ClockSources {
  const hosts = new Map<string, ClockSource>();
  const zoneless = new Map<string, ClockSource>();
  const sensors = new Map<string, ClockSource>();
  const hostsOf = new Map<string, Set<string>>();
  for (const batch of batches) {
    const module = fieldTexts(batch, 'event.module')?.texts.find(text => SENSORS.has(text));
    const owners = fieldTexts(batch, 'aftershock.host');
    if (module !== undefined && owners === undefined) {
      const observer = fieldTexts(batch, 'observer.name')?.texts[1] ?? module;
      const folder = folderOf(batch.artifact);
      const key = `${module}\u0000${observer}\u0000${folder}`;
      let source = sensors.get(key);
      if (source === undefined) {
        source = { ...UNKNOWN, kind: 'sensor', name: observer, artifacts: new Set(), folder, module };
        sensors.set(key, source);
      }
      source.artifacts.add(batch.artifact);
      continue;
    }
    for (const host of owners?.texts.slice(1) ?? []) {
      const of = hostsOf.get(batch.artifact);
      if (of === undefined) hostsOf.set(batch.artifact, new Set([host]));
      else of.add(host);
      if (!hosts.has(host)) hosts.set(host, { ...UNKNOWN, kind: 'host', name: host, artifacts: new Set() });
    }
  }
  for (const [artifact, owners] of hostsOf) {
    if (owners.size > 1) {
      for (const owner of owners) hosts.get(owner)!.isShared = true;
      continue;
    }
    const host = [...owners][0]!;
    if (!isZoneAssumed(artifact)) hosts.get(host)!.artifacts.add(artifact);
    else {
      let apart = zoneless.get(host);
      if (apart === undefined) {
        apart = { ...UNKNOWN, kind: 'host', name: host, artifacts: new Set(), isZoneAssumed: true };
        zoneless.set(host, apart);
      }
      apart.artifacts.add(artifact);
    }
  }
  nameApart([...sensors.values()]);
  const all = [...hosts.values(), ...zoneless.values(), ...sensors.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const byArtifact = new Map(all.flatMap(source => [...source.artifacts].map(artifact => [artifact, source] as const)));
  return { all, byArtifact, byHost: hosts, zoneless };
}

const UNKNOWN = { folder: '', module: '', isZoneAssumed: false, isShared: false };

function folderOf(artifact: string): string {
  const folders = artifact.split('/').slice(0, -1);
  if (/^(?:\d{4}-\d\d-\d\d|current)$/.test(folders.at(-1) ?? '')) folders.pop();
  return folders.join('/');
}

/** Sensors of one name in two folders are two sensors until somebody says otherwise. */
function nameApart(sensors: readonly ClockSource[]): void {
  const counts = new Map<string, number>();
  for (const { name } of sensors) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const sensor of sensors) {
    if (counts.get(sensor.name)! > 1)
      sensor.name = sensor.folder === '' ? sensor.name : `${sensor.name} in ${sensor.folder}`;
  }
}
