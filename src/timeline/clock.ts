import type { ClockOffset, EventBatch, Field, HostTable } from '../model/index.ts';
import { Agreement, shiftsOf } from './clock/alignment.ts';
import type { PairSet } from './clock/meetings.ts';
import { PAIR_FIELDS, pairsOf } from './clock/pairs.ts';
import { sentenceOf } from './clock/sentence.ts';
import { type ClockSource, type ClockSources, clockSources } from './clock/sources.ts';
import { type Measured, offsetOf, TOLERANCE_ONE_CLOCK, TOLERANCE_TWO_CLOCKS } from './clock/verdict.ts';
import { clocksApart, withoutApart } from './clock/zoneless.ts';

/** What `calibrate` reads. */
export const CLOCK_NEEDS: ReadonlySet<Field> = new Set<Field>([...PAIR_FIELDS, 'process.pid']);

/** The user's word about a clock: how far it is ahead of the machines' clocks (sensor − host). */
export interface GivenOffset {
  /** A sensor's name, a log or folder of it, a machine; '' for every sensor. */
  readonly source: string;
  readonly micros: number;
}

export interface Calibration {
  readonly offsets: readonly ClockOffset[];
  /** By artifact path: what is added to its times, so that all speak by one clock. Artifacts that keep theirs are absent. */
  readonly microsToAdd: ReadonlyMap<string, number>;
  /** How far two events of these artifacts may be apart and yet be in the other order. */
  readonly toleranceMicros: (artifactA: string, artifactB: string) => number;
  readonly warnings: readonly string[];
}

/**
 * What the clocks are off by, from connections that sensor and machine both recorded, and which of them are moved. `isZoneAssumed` says
 * of an artifact that it states no zone and nobody named one.
 */
export function calibrate(
  batches: readonly EventBatch[],
  table: HostTable,
  given: readonly GivenOffset[],
  isZoneAssumed: (artifact: string) => boolean = () => false,
): Calibration {
  const sources = clockSources(batches, isZoneAssumed);
  const warnings: string[] = [];
  const stated = statedOffsets(given, sources, table, warnings);
  const sets = pairsOf(batches, sources);
  const apart = clocksApart(sets, sources, stated, batches);
  const clockOf = (source: ClockSource): ClockSource => withoutApart(source, apart, sources);
  const measured = mergedSets(sets, clockOf).map(offsetOf).sort(compareMeasured);
  const shifts = shiftsOf(measured, stated);

  const agreement = new Agreement();
  const offsets: ClockOffset[] = [];
  for (const one of measured) {
    const offset = settled(one, stated, shifts, agreement);
    offsets.push(offset);
    warnings.push(...(sentenceOf(offset, one, table, shifts) ?? []));
  }
  for (const [source, micros] of stated) {
    if (source.kind === 'sensor') for (const machine of sources.byHost.values()) agreement.join(source, machine);
    if (offsets.some(offset => offset.source === source.name && offset.status === 'given')) continue;
    const offset = givenOffset(source, micros);
    offsets.push(offset);
    warnings.push(...(sentenceOf(offset, { sensor: source, clock: source }, table, shifts) ?? []));
  }

  const microsToAdd = new Map<string, number>();
  const byArtifact = new Map<string, ClockSource>();
  for (const [artifact, source] of sources.byArtifact) {
    const clock = clockOf(source);
    byArtifact.set(artifact, clock);
    const micros = shifts.get(clock) ?? 0;
    if (micros !== 0) microsToAdd.set(artifact, micros);
  }
  const toleranceMicros = (artifactA: string, artifactB: string): number => {
    if (artifactA === artifactB) return TOLERANCE_ONE_CLOCK;
    const [a, b] = [byArtifact.get(artifactA), byArtifact.get(artifactB)];
    const isOne = a !== undefined && b !== undefined && (a === b || agreement.areJoined(a, b));
    return isOne ? TOLERANCE_ONE_CLOCK : TOLERANCE_TWO_CLOCKS;
  };
  return { offsets, microsToAdd, toleranceMicros, warnings };
}

/** What the user says, by the clocks that are meant; the last word about one counts. */
function statedOffsets(
  given: readonly GivenOffset[],
  sources: ClockSources,
  table: HostTable,
  warnings: string[],
): ReadonlyMap<ClockSource, number> {
  const stated = new Map<ClockSource, number>();
  for (const { source, micros } of given) {
    const matching = sources.all.filter(each => isMeant(each, source, table));
    for (const each of matching) stated.set(each, micros);
    if (matching.length === 0) {
      const known = [...new Set(sources.all.map(each => each.name))].join(', ');
      warnings.push(`--clock-offset ${source}: no sensor, log or machine of this name; there are ${known || 'none'}`);
    }
  }
  return stated;
}

/** Whether the user can mean this clock by these words. */
function isMeant(source: ClockSource, words: string, table: HostTable): boolean {
  if (words === '') return source.kind === 'sensor';
  const folded = words.toLowerCase();
  if (source.name.toLowerCase() === folded || source.module === folded) return true;
  if (source.kind === 'host') {
    const host = table.byId(source.name);
    if (host !== undefined && [host.name, ...host.aliases].some(name => name.toLowerCase() === folded)) return true;
  }
  const folder = words.replace(/\/$/, '');
  if (source.folder !== '' && (source.folder === folder || source.folder.endsWith(`/${folder}`))) return true;
  return [...source.artifacts].some(artifact => artifact === words || artifact.endsWith(`/${words}`));
}

/** What the logs of one clock say against one sensor, together. */
function mergedSets(sets: readonly PairSet[], clockOf: (source: ClockSource) => ClockSource): readonly PairSet[] {
  const merged = new Map<ClockSource, Map<ClockSource, PairSet>>();
  for (const set of sets) {
    const clock = clockOf(set.clock);
    let byClock = merged.get(set.sensor);
    if (byClock === undefined) {
      byClock = new Map();
      merged.set(set.sensor, byClock);
    }
    const known = byClock.get(clock);
    byClock.set(clock, {
      sensor: set.sensor,
      clock,
      pairs: known === undefined ? set.pairs : [...known.pairs, ...set.pairs],
      bounds: known === undefined ? set.bounds : [...known.bounds, ...set.bounds],
    });
  }
  return [...merged.values()].flatMap(byClock => [...byClock.values()]);
}

/** What became of an offset, now that it is known who was moved. */
function settled(
  { sensor, clock, offset: measured }: Measured,
  stated: ReadonlyMap<ClockSource, number>,
  shifts: ReadonlyMap<ClockSource, number>,
  agreement: Agreement,
): ClockOffset {
  const offset = clock.isZoneAssumed ? { ...measured, isOfZoneless: true } : measured;
  const given = stated.get(sensor);
  if (given !== undefined) {
    const note = `given by --clock-offset; ${offset.pairs} pairs say ${offset.offsetSeconds} s`;
    return { ...offset, offsetSeconds: given / 1e6, status: 'given', isApplied: true, note };
  }
  if (!offset.isApplied && offset.status !== 'calibrated') return offset;
  const [moved, other] = [shifts.get(sensor) ?? 0, shifts.get(clock) ?? 0];
  const left = Math.round(offset.offsetSeconds * 1e6) + moved - other;
  if (Math.abs(left) <= TOLERANCE_ONE_CLOCK) {
    if (offset.status === 'calibrated') agreement.join(sensor, clock);
    return { ...offset, isApplied: offset.isApplied && (moved !== 0 || other !== 0) };
  }
  const why = clock.isShared
    ? 'its records lie in a log of several machines, which is not moved for one of them'
    : 'other pairs and --clock-offset say otherwise';
  return { ...offset, isApplied: false, note: offset.note === undefined ? why : `${offset.note}; ${why}` };
}

const givenOffset = (source: ClockSource, micros: number): ClockOffset => ({
  source: source.name,
  host: source.kind === 'host' ? source.name : undefined,
  offsetSeconds: micros / 1e6,
  pairs: 0,
  madSeconds: 0,
  status: 'given',
  isApplied: true,
  note: 'given by --clock-offset',
});

const compareMeasured = (a: Measured, b: Measured): number =>
  b.offset.pairs - a.offset.pairs ||
  compare(a.sensor.name, b.sensor.name) ||
  compare(a.clock.name, b.clock.name) ||
  Number(a.clock.isZoneAssumed) - Number(b.clock.isZoneAssumed);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
