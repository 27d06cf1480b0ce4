import type { ClockOffset, EventBatch, Field, HostTable } from '../model/index.ts';
import { formatDuration } from '../util/duration.ts';
import { PAIR_FIELDS, pairsOf } from './clock/pairs.ts';
import { type ClockSource, type ClockSources, clockSources } from './clock/sources.ts';
import { offsetOf, zoneError } from './clock/verdict.ts';

/** What `calibrate` reads. */
export const CLOCK_NEEDS: ReadonlySet<Field> = new Set<Field>(PAIR_FIELDS);

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

const TOLERANCE_ONE_CLOCK = 5e6;
const TOLERANCE_TWO_CLOCKS = 60e6;

/**
 * What the sensors' clocks are off by, from connections that sensor and machine both recorded. The sensor is moved, for there may be one
 * sensor and many machines; a second machine whose clock disagrees with the first is moved to it.
 */
export function calibrate(
  batches: readonly EventBatch[],
  table: HostTable,
  given: readonly GivenOffset[],
): Calibration {
  const sources = clockSources(batches);
  const measured = pairsOf(batches, sources)
    .map(offsetOf)
    .sort((a, b) => b.pairs - a.pairs || compare(a.source, b.source) || compare(a.host ?? '', b.host ?? ''));
  const warnings: string[] = [];
  const stated = new Map<ClockSource, number>();
  for (const { source, micros } of given) {
    const matching = sources.all.filter(each => isMeant(each, source, table));
    for (const each of matching) stated.set(each, micros);
    if (matching.length === 0) {
      const known = sources.all.map(each => each.name).join(', ');
      warnings.push(`--clock-offset ${source}: no sensor, log or machine of this name; there are ${known || 'none'}`);
    }
  }
  const offsets = measured.map(offset => withGiven(offset, sources, stated));
  for (const [source, micros] of stated) {
    const isTold = offsets.some(offset => offset.source === source.name && offset.status === 'given');
    if (!isTold) offsets.push(givenOffset(source, micros));
  }
  warnings.push(...offsets.flatMap(offset => said(offset, table) ?? []));
  const clocks = aligned(offsets, sources, stated);
  return { offsets, ...clocks, warnings };
}

/** Differences below are the network's and the log writers', not a clock's. */
const WORTH_SAYING_SECONDS = 1;

/** The sentence that a report owes its reader: whose clock is off by how much, how sure that is, and what became of it. */
function said(offset: ClockOffset, table: HostTable): string | undefined {
  const { source, host, offsetSeconds, pairs, status, isApplied, note } = offset;
  if (Math.abs(offsetSeconds) < WORTH_SAYING_SECONDS) return undefined;
  if (status === 'none' && !isLikelyZone(offset)) return undefined;
  const other = host === undefined ? 'the other clocks' : (table.byId(host)?.name ?? host);
  const amount = formatDuration(Math.round(Math.abs(offsetSeconds) * 1e6));
  const side = offsetSeconds > 0 ? 'ahead of' : 'behind';
  const zone = zoneError(offsetSeconds);
  const cause = zone === undefined ? '' : `; ${zone}`;
  if (status === 'none') {
    const option = `--clock-offset ${source}=${offsetSeconds < 0 ? '-' : '+'}${amount}`;
    return `clock: ${source} seems ${amount} ${side} ${other}, by ${pairs} pairs, too few to correct it${cause}; if so, add ${option}`;
  }
  const basis = status === 'given' ? 'given by --clock-offset' : `${status} from ${pairs} pairs`;
  const effect = isApplied ? 'corrected' : `not corrected${note === undefined ? '' : ` (${note})`}`;
  return `clock: ${source} is ${amount} ${side} ${other}, ${basis}${cause}; ${effect}`;
}

/** Two pairs that agree on whole hours: nobody's clock drifts so, and a reader who is not told looks for the chain in vain. */
const isLikelyZone = ({ offsetSeconds, pairs, madSeconds }: ClockOffset): boolean =>
  pairs >= 2 && madSeconds <= WORTH_SAYING_SECONDS && zoneError(offsetSeconds) !== undefined;

function withGiven(offset: ClockOffset, sources: ClockSources, stated: ReadonlyMap<ClockSource, number>): ClockOffset {
  const source = sources.all.find(each => each.kind === 'sensor' && each.name === offset.source);
  const micros = source === undefined ? undefined : stated.get(source);
  if (micros === undefined) return offset;
  const note = `given by --clock-offset; ${offset.pairs} pairs say ${offset.offsetSeconds} s`;
  return { ...offset, offsetSeconds: micros / 1e6, status: 'given', isApplied: true, note };
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

/** Whether the user can mean this clock by these words. */
function isMeant(source: ClockSource, words: string, table: HostTable): boolean {
  if (words === '') return source.kind === 'sensor';
  const folded = words.toLowerCase();
  if (source.name.toLowerCase() === folded || source.module === folded) return true;
  if (source.kind === 'host') {
    const host = table.byId(source.name);
    if (host !== undefined && [host.name, ...host.aliases].some(name => name.toLowerCase() === folded)) return true;
  }
  if (source.folder !== '' && (source.folder === words || source.folder.endsWith(`/${words}`))) return true;
  return [...source.artifacts].some(artifact => artifact === words || artifact.endsWith(`/${words}`));
}

/** Which clocks are moved by how much, and which of them can be trusted to agree. */
function aligned(
  offsets: readonly ClockOffset[],
  sources: ClockSources,
  stated: ReadonlyMap<ClockSource, number>,
): Pick<Calibration, 'microsToAdd' | 'toleranceMicros'> {
  const sensorNamed = (name: string): ClockSource | undefined =>
    sources.all.find(source => source.kind === 'sensor' && source.name === name);
  const shifts = new Map<ClockSource, number>();
  for (const [source, micros] of stated) shifts.set(source, -micros);
  const links = new Links<ClockSource>();
  for (const offset of offsets) {
    const sensor = sensorNamed(offset.source);
    if (sensor === undefined) continue;
    const host = offset.host === undefined ? undefined : sources.byHost.get(offset.host);
    if (offset.status === 'given') {
      for (const machine of sources.byHost.values()) links.join(sensor, machine);
      continue;
    }
    if (host === undefined) continue;
    if (offset.status === 'calibrated') links.join(sensor, host);
    if (!offset.isApplied && offset.status !== 'calibrated') continue;
    const micros = Math.round(offset.offsetSeconds * 1e6);
    // The machine with the most pairs comes first and keeps its clock; whoever is tied to a clock that was moved, moves with it.
    const moved = shifts.get(sensor);
    if (moved === undefined) shifts.set(sensor, (shifts.get(host) ?? 0) - micros);
    else if (!shifts.has(host) && Math.abs(moved + micros) > TOLERANCE_ONE_CLOCK) shifts.set(host, moved + micros);
    if (!shifts.has(host)) shifts.set(host, 0);
  }
  const microsToAdd = new Map<string, number>();
  for (const [source, micros] of shifts) {
    if (micros !== 0) for (const artifact of source.artifacts) microsToAdd.set(artifact, micros);
  }
  return {
    microsToAdd,
    toleranceMicros: (artifactA, artifactB) => {
      if (artifactA === artifactB) return TOLERANCE_ONE_CLOCK;
      const [a, b] = [sources.byArtifact.get(artifactA), sources.byArtifact.get(artifactB)];
      const isOne = a !== undefined && b !== undefined && (a === b || links.areJoined(a, b));
      return isOne ? TOLERANCE_ONE_CLOCK : TOLERANCE_TWO_CLOCKS;
    },
  };
}

/** Clocks that are known to agree, in whatever steps. */
class Links<T> {
  readonly #parents = new Map<T, T>();

  #root(member: T): T {
    let root = member;
    for (let next = this.#parents.get(root); next !== undefined && next !== root; next = this.#parents.get(root))
      root = next;
    return root;
  }

  join(a: T, b: T): void {
    const [rootA, rootB] = [this.#root(a), this.#root(b)];
    if (rootA !== rootB) this.#parents.set(rootA, rootB);
  }

  areJoined(a: T, b: T): boolean {
    return this.#root(a) === this.#root(b);
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
