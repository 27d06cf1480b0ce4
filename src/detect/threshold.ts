import type { Scalar } from '../model/index.ts';
import type { RuleBody } from '../rules/index.ts';
import type { TimelineReader } from './match/positions.ts';
import type { Found } from './rules/hit.ts';
import { termsAt } from './rules/terms.ts';

type Threshold = Extract<RuleBody, { kind: 'threshold' }>;

/** Groups that are counted at once; beyond it the one that was touched longest ago is dropped and counted. */
const MOST_GROUPS = 100_000;

/**
 * So many matching events of one group within the window (inclusive), with so many different values of another field. Each
 * event counts in one hit; after a hit the group begins anew.
 */
export function findThresholds(
  rule: Threshold,
  found: Uint32Array,
  reader: TimelineReader,
): { readonly hits: readonly Found[]; readonly overflow: number } {
  const groups = new Map<string, Group>();
  const hits: Found[] = [];
  let overflow = 0;
  for (const position of found) {
    for (const { text, values } of termsAt(reader, position, rule.fields)) {
      const group = groups.get(text) ?? new Group(rule, reader, values);
      groups.delete(text);
      if (group.add(position)) {
        hits.push({ positions: group.positions, joinKeys: values });
        continue;
      }
      groups.set(text, group);
      if (groups.size <= MOST_GROUPS) continue;
      groups.delete(groups.keys().next().value!);
      overflow++;
    }
  }
  return { hits, overflow };
}

/** The matching events of one group that are still within the window of the newest one. */
class Group {
  readonly values: readonly Scalar[];
  readonly #rule: Threshold;
  readonly #reader: TimelineReader;
  readonly #events: number[] = [];
  /** Those before this index are too old. */
  #from = 0;
  /** How often each value of the cardinality's field occurs among the events. */
  readonly #different = new Map<string, number>();

  constructor(rule: Threshold, reader: TimelineReader, values: readonly Scalar[]) {
    this.#rule = rule;
    this.#reader = reader;
    this.values = values;
  }

  get positions(): readonly number[] {
    return this.#events.slice(this.#from);
  }

  /** Takes the next event; true when the threshold is reached with it. */
  add(position: number): boolean {
    const { time } = this.#reader.timeline;
    const { least, cardinality, windowMicros } = this.#rule;
    while (this.#from < this.#events.length && time[position]! - time[this.#events[this.#from]!]! > windowMicros) {
      this.#count(this.#events[this.#from]!, -1);
      this.#from++;
    }
    this.#events.push(position);
    this.#count(position, 1);
    if (this.#events.length - this.#from < least) return false;
    return cardinality === undefined || this.#different.size >= cardinality.least;
  }

  #count(position: number, step: 1 | -1): void {
    const { cardinality } = this.#rule;
    if (cardinality === undefined) return;
    for (const { text } of termsAt(this.#reader, position, [cardinality.field])) {
      const count = (this.#different.get(text) ?? 0) + step;
      if (count === 0) this.#different.delete(text);
      else this.#different.set(text, count);
    }
  }
}
