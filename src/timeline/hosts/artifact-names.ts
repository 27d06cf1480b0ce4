import { type EventBatch, type EvidenceRoot, type Field, fieldTexts, type Platform } from '../../model/index.ts';
import { learnMachineSids } from './machine-sids.ts';
import { addressInName, isSameName, isSetupName, isTellingName } from './names.ts';

/** What the pipeline knows of an artifact besides its events. */
export interface ArtifactFacts {
  readonly format: string;
  readonly root: EvidenceRoot;
  /** The sensor that wrote it, where it is no host's own log. */
  readonly observer?: string;
}

/** Which machines one artifact's records name, and how. */
export interface ArtifactNames {
  readonly path: string;
  readonly facts: ArtifactFacts;
  /** A capture of others' traffic: nobody's own log. */
  isSensor: boolean;
  /** Spelling → records, telling names only. */
  readonly counts: Map<string, number>;
  /** What Windows was called while it was set up: no names to tell it by, but the machine had them. */
  readonly setupNames: Set<string>;
  /** Addresses in the place of names. */
  readonly addresses: Set<string>;
  /** How often a record names another machine than the record before it, plus one. */
  runs: number;
  /** `host.id`, as the log states it. */
  readonly machineIds: Set<string>;
  /** SIDs of the Windows installation that wrote it. */
  readonly sids: Set<string>;
  /** Times of its earliest and its latest record, epoch microseconds. */
  first: number;
  last: number;
  readonly platforms: Map<Platform, number>;
  rows: number;
}

export const NAME_FIELDS = ['winlog.computer_name', 'host.name', 'host.hostname'] as const satisfies readonly Field[];
const SENSOR_FORMATS = new Set(['zeek', 'suricata', 'netflow']);
const SENSOR_MODULES = new Set(['zeek', 'suricata', 'netflow']);

export const parserOf = (format: string): string => format.split(':', 1)[0]!;

/** One pass over the names in all batches, by artifact in the order of their paths. */
export function artifactNames(
  batches: readonly EventBatch[],
  artifacts: ReadonlyMap<string, ArtifactFacts>,
): readonly ArtifactNames[] {
  const all = new Map<string, ArtifactNames>();
  const last = new Map<string, string>();
  const own = new Set<string>();
  for (const batch of batches) {
    const facts = artifacts.get(batch.artifact);
    if (facts === undefined) continue;
    let names = all.get(batch.artifact);
    if (names === undefined) {
      const isSensor = facts.observer !== undefined || SENSOR_FORMATS.has(parserOf(facts.format));
      names = {
        path: batch.artifact,
        facts,
        isSensor,
        counts: new Map(),
        setupNames: new Set(),
        addresses: new Set(),
        runs: 0,
        machineIds: new Set(),
        sids: new Set(),
        first: Number.POSITIVE_INFINITY,
        last: Number.NEGATIVE_INFINITY,
        platforms: new Map(),
        rows: 0,
      };
      all.set(batch.artifact, names);
    }
    names.rows += batch.length;
    if (names.isSensor || isSensorBatch(batch)) continue;
    own.add(batch.artifact);
    countNames(batch, names, last);
    countPlatforms(batch, names);
    spanTimes(batch, names);
    learnMachineSids(batch, names.sids);
    const ids = fieldTexts(batch, 'host.id');
    if (ids !== undefined) for (const text of ids.texts) if (text !== '') names.machineIds.add(text.toLowerCase());
  }
  // Sensors' documents in an exporter's format: nothing in them is a machine's own.
  for (const names of all.values()) if (!own.has(names.path)) names.isSensor = true;
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** True for a sensor's documents that travelled in somebody else's format (Filebeat's Zeek module). */
export function isSensorBatch(batch: EventBatch): boolean {
  const modules = fieldTexts(batch, 'event.module');
  return modules !== undefined && modules.texts.length === 2 && SENSOR_MODULES.has(modules.texts[1]!);
}

/** The rows of a sensor's documents among others'; undefined where there are none. */
export function sensorRows(batch: EventBatch): ((row: number) => boolean) | undefined {
  const modules = fieldTexts(batch, 'event.module');
  if (modules === undefined) return undefined;
  const isSensor = modules.texts.map((text, code) => code > 0 && SENSOR_MODULES.has(text));
  return isSensor.includes(true) ? row => isSensor[modules.codes[row]!]! : undefined;
}

/** The best name of each row: what Windows wrote into the record, else what the parser made the host's name. A sensor's rows have none. */
export function namesOfRows(batch: EventBatch): ReturnType<typeof fieldTexts> {
  const isSensors = sensorRows(batch);
  for (const field of NAME_FIELDS) {
    const reader = fieldTexts(batch, field);
    if (reader === undefined) continue;
    if (isSensors === undefined) return reader;
    return { codes: reader.codes.map((code, row) => (isSensors(row) ? 0 : code)), texts: reader.texts };
  }
  return undefined;
}

function countNames(batch: EventBatch, names: ArtifactNames, last: Map<string, string>): void {
  const reader = namesOfRows(batch);
  if (reader === undefined) return;
  const isTelling = reader.texts.map((text, code) => code > 0 && isTellingName(text));
  const counts = new Uint32Array(reader.texts.length);
  let before = last.get(batch.artifact);
  let beforeCode = -1;
  for (const code of reader.codes) {
    if (!isTelling[code]) continue;
    counts[code]!++;
    if (code === beforeCode) continue;
    beforeCode = code;
    const name = reader.texts[code]!;
    if (before === undefined || !isSameName(before, name)) names.runs++;
    before = name;
  }
  if (before !== undefined) last.set(batch.artifact, before);
  for (const text of addressesAmong(reader)) names.addresses.add(text);
  const isSetup = reader.texts.map(text => isSetupName(text));
  if (isSetup.includes(true))
    for (const code of reader.codes) if (isSetup[code]) names.setupNames.add(reader.texts[code]!);
  for (const [code, count] of counts.entries()) {
    if (count === 0) continue;
    const name = reader.texts[code]!;
    names.counts.set(name, (names.counts.get(name) ?? 0) + count);
  }
}

/** A batch's dictionary may hold texts that no row of it has. */
function addressesAmong({ codes, texts }: NonNullable<ReturnType<typeof namesOfRows>>): ReadonlySet<string> {
  const ips = texts.map((text, code) => (code === 0 ? undefined : addressInName(text)));
  const found = new Set<string>();
  if (ips.some(ip => ip !== undefined)) {
    for (const code of codes) if (ips[code] !== undefined) found.add(ips[code]);
  }
  return found;
}

function spanTimes(batch: EventBatch, names: ArtifactNames): void {
  for (const time of batch.time) {
    if (time < names.first) names.first = time;
    if (time > names.last) names.last = time;
  }
}

function countPlatforms(batch: EventBatch, names: ArtifactNames): void {
  const families = fieldTexts(batch, 'host.os.family');
  const types = fieldTexts(batch, 'host.os.type');
  const type = types?.texts.find(text => text === 'windows' || text === 'linux' || text === 'macos');
  const platform: Platform | undefined = families?.texts.includes('esxi') ? 'esxi' : type;
  if (platform !== undefined) {
    names.platforms.set(platform, (names.platforms.get(platform) ?? 0) + batch.length);
  }
}

const FORMAT_PLATFORMS: ReadonlyMap<string, Platform> = new Map([
  ['evtx', 'windows'],
  ['windows-xml', 'windows'],
  ['windows-json', 'windows'],
  ['windows-firewall', 'windows'],
  ['auditd', 'linux'],
  ['journald', 'linux'],
  ['daemon-log', 'linux'],
  ['linux-crash', 'linux'],
  ['esxi', 'esxi'],
  ['macos-unifiedlog', 'macos'],
  ['macos-log', 'macos'],
  ['macos-crash', 'macos'],
]);

/** What the records say, else what only one platform writes. */
export function platformOf(names: ArtifactNames): Platform | undefined {
  let best: Platform | undefined;
  for (const [platform, count] of names.platforms) {
    if (best === undefined || count > names.platforms.get(best)!) best = platform;
  }
  return best ?? FORMAT_PLATFORMS.get(parserOf(names.facts.format));
}
