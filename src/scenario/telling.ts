import { buildCollection, type CollectionFiles } from './build.ts';
import { type CollectedRecord, collect } from './collected.ts';
import type { ScenarioDocument, VariantDocument } from './file/document.ts';
import { ScenarioError } from './file/problem.ts';
import { micros } from './file/values.ts';
import { happenings } from './world/world.ts';

export interface TellingOptions {
  /** The scenario's own where absent. */
  readonly seed?: number;
  /** Name of a variant of the scenario. */
  readonly variant?: string;
  /** Another start of the clock, epoch microseconds; see `startOn`. */
  readonly start?: number;
}

/** A scenario told once: everything that its collection holds at its end. Times are epoch microseconds. */
export interface Telling {
  readonly scenario: ScenarioDocument;
  readonly seed: number;
  readonly variant: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly records: readonly CollectedRecord[];
}

/** Tells a scenario; the same scenario, seed, variant and start give the same bytes. Throws ScenarioError for an unknown variant. */
export function tellScenario(scenario: ScenarioDocument, options: TellingOptions = {}): Telling {
  const seed = options.seed ?? scenario.seed;
  const start = options.start ?? startOf(scenario);
  const variant = variantOf(scenario, options.variant);
  const end = start + micros(scenario.clock.duration);
  const records = collect(scenario, happenings(scenario, seed, start), seed, variant);
  return {
    scenario,
    seed,
    variant: options.variant,
    start,
    end,
    records: records.filter(record => record.written <= end),
  };
}

/** The files of the collection as they stand at a moment; at the end of the clock where none is given. */
export function filesAt(telling: Telling, now = telling.end): CollectionFiles {
  const isOpen = now < telling.end;
  return buildCollection(
    telling.records.filter(record => record.written <= now).map(record => record.item),
    { isOpen },
  );
}

/** The start of a scenario's clock, epoch microseconds. */
export const startOf = (scenario: ScenarioDocument): number => Date.parse(scenario.clock.start) * 1000;

/**
 * The start of the clock moved to a day: as near to it as what the scenario wants to keep allows. `day` is any moment of it, epoch
 * microseconds. Throws ScenarioError where the scenario does not allow it.
 */
export function startOn(scenario: ScenarioDocument, day: number): number {
  const DAY = 86_400e6;
  if (scenario.shift?.allowed !== true)
    throw new ScenarioError(
      `${scenario.id} must keep its dates; shift: {allowed: true} in its file allows another day`,
    );
  const keep = scenario.shift.keep ?? ['time_of_day'];
  const start = startOf(scenario);
  if (!keep.includes('time_of_day')) return Math.floor(day / 1e6) * 1e6;
  const days = Math.floor(day / DAY) - Math.floor(start / DAY);
  return start + (keep.includes('weekday') ? 7 * Math.round(days / 7) : days) * DAY;
}

function variantOf(scenario: ScenarioDocument, name: string | undefined): VariantDocument {
  if (name === undefined) return {};
  const variants = variantsOf(scenario);
  const variant = variants.get(name);
  if (variant !== undefined) return variant;
  throw new ScenarioError(
    `${scenario.id} has no variant ${name}; ${variants.size === 0 ? 'it has none' : `give one of ${[...variants.keys()].join(', ')}`}`,
  );
}

/** What every scenario can be told without, where it has such a source. */
const STANDARD: Readonly<Record<string, VariantDocument>> = {
  'no-zeek': { title: 'without the network sensor', without: ['zeek'] },
  'no-sysmon': { title: 'processes by the audit policy alone', without: ['sysmon'] },
  'skew-6h': { title: 'the sensor six hours ahead', clock_skew: { zeek: 'PT6H' } },
};

/** The variants of a scenario by name: its own, and those of every scenario that it can have. */
export function variantsOf(scenario: ScenarioDocument): ReadonlyMap<string, VariantDocument> {
  const types = new Set(scenario.sources.flatMap(({ type }) => (type === 'evtx' ? [type, 'sysmon'] : [type])));
  const standard = Object.entries(STANDARD).filter(([, { without = [], clock_skew: skew = {} }]) =>
    [...without, ...Object.keys(skew)].every(type => types.has(type)),
  );
  return new Map([...standard, ...Object.entries(scenario.variants ?? {})]);
}
