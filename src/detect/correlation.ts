import type { Field, Scalar } from '../model/index.ts';
import type { RuleBody } from '../rules/index.ts';
import { compare } from './match/compare.ts';
import type { TimelineReader } from './match/positions.ts';
import type { Found } from './rules/hit.ts';
import { termsAt } from './rules/terms.ts';

type Correlation = Extract<RuleBody, { kind: 'correlation' }>;

/** Groups that are followed at once; beyond it the one that was touched longest ago is dropped and counted. */
const MOST_GROUPS = 100_000;

/** An event as one group sees it. */
interface Entry {
  readonly position: number;
  /** The rules that it is a match of. */
  readonly parts: readonly number[];
  readonly values: readonly Scalar[];
}

/**
 * Times that a measure over the matches of several rules keeps its bounds, group by group. Where more events can only raise the measure
 * and the bounds ask for much, the window ends at each event and a hit is told at once. A measure that may rise and fall, or a bound
 * that asks for little, is judged when a window that began with a group's event is over: nobody can say before that it stayed low.
 * Each event counts in one hit.
 *
 * @param found positions in the timeline of the matches of each part, ascending
 */
export function findCorrelations(
  rule: Correlation,
  found: readonly Uint32Array[],
  reader: TimelineReader,
): { readonly hits: readonly Found[]; readonly overflow: number } {
  const isRising =
    !['average', 'percentile', 'median'].includes(rule.measure.kind) &&
    rule.bounds.every(({ op }) => op === '>' || op === '>=');
  const { time } = reader.timeline;
  const groups = new Map<string, Group>();
  const hits: Found[] = [];
  let overflow = 0;
  const tell = ({ positions, keys }: Group): void => {
    hits.push({ positions, joinKeys: keys });
  };
  for (const [position, parts] of inOrder(found)) {
    for (const [text, { keys, entry }] of entriesOf(rule, position, parts, reader)) {
      const now = time[position]!;
      let group = groups.get(text);
      groups.delete(text);
      if (!isRising && group !== undefined && now - group.start > rule.windowMicros) {
        if (group.holds(rule)) tell(group);
        group = undefined;
      }
      group ??= new Group(keys, now);
      if (isRising) group.forget(position => now - time[position]! > rule.windowMicros);
      group.add(entry);
      if (isRising && group.holds(rule)) {
        tell(group);
        continue;
      }
      groups.set(text, group);
      if (groups.size <= MOST_GROUPS) continue;
      groups.delete(groups.keys().next().value!);
      overflow++;
    }
  }
  if (!isRising) for (const group of groups.values()) if (group.holds(rule)) tell(group);
  return { hits, overflow };
}

/** Each matching position once, in order, with the parts that it is a match of. */
function inOrder(found: readonly Uint32Array[]): Iterable<readonly [number, readonly number[]]> {
  const parts = new Map<number, number[]>();
  for (const [part, positions] of found.entries()) {
    for (const position of positions) {
      const known = parts.get(position);
      if (known === undefined) parts.set(position, [part]);
      else known.push(part);
    }
  }
  return [...parts].sort(([a], [b]) => a - b);
}

/** The groups that an event belongs to: its parts may name the same thing in different fields. */
function entriesOf(
  { parts: all, measure }: Correlation,
  position: number,
  parts: readonly number[],
  reader: TimelineReader,
): ReadonlyMap<string, { readonly keys: readonly Scalar[]; readonly entry: Entry }> {
  const first = (fields: readonly Field[]): Field | undefined =>
    fields.find(field => reader.value(position, field) !== undefined);
  const groups = new Map<string, { readonly keys: readonly Scalar[]; readonly entry: Entry & { parts: number[] } }>();
  for (const part of parts) {
    const { keys, value } = all[part]!;
    const fields = keys.map(first);
    if (!fields.every(field => field !== undefined)) continue;
    const values =
      measure.kind === 'events' || measure.kind === 'rules' ? [] : measuredAt(position, value.map(first), reader);
    for (const term of termsAt(reader, position, fields)) {
      const known = groups.get(term.text);
      if (known === undefined) groups.set(term.text, { keys: term.values, entry: { position, parts: [part], values } });
      else known.entry.parts.push(part);
    }
  }
  return groups;
}

/** What is measured of one event; none where it lacks one of the fields. */
function measuredAt(
  position: number,
  fields: readonly (Field | undefined)[],
  reader: TimelineReader,
): readonly Scalar[] {
  if (!fields.every(field => field !== undefined)) return [];
  return termsAt(reader, position, fields).map(({ text, values }) => (values.length === 1 ? values[0]! : text));
}

/** The events of one group within its window, and what is measured of them. */
class Group {
  readonly keys: readonly Scalar[];
  /** Of the first event, in microseconds. */
  readonly start: number;
  readonly #entries: Entry[] = [];
  /** Entries before it are too old. */
  #from = 0;
  readonly #rules = new Map<number, number>();
  readonly #values = new Map<string, number>();
  #sum = 0;
  #numbers = 0;

  constructor(keys: readonly Scalar[], start: number) {
    this.keys = keys;
    this.start = start;
  }

  get positions(): readonly number[] {
    return this.#entries.slice(this.#from).map(({ position }) => position);
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#count(entry, 1);
  }

  forget(isOld: (position: number) => boolean): void {
    while (this.#from < this.#entries.length && isOld(this.#entries[this.#from]!.position)) {
      this.#count(this.#entries[this.#from]!, -1);
      this.#from++;
    }
  }

  holds({ measure, bounds }: Correlation): boolean {
    const measured = this.#measure(measure);
    return measured !== undefined && bounds.every(({ op, value }) => compare(measured, op, value));
  }

  #measure(measure: Correlation['measure']): number | undefined {
    switch (measure.kind) {
      case 'events':
        return this.#entries.length - this.#from;
      case 'rules':
        return this.#rules.size;
      case 'values':
        return this.#values.size;
      case 'sum':
        return this.#numbers === 0 ? undefined : this.#sum;
      case 'average':
        return this.#numbers === 0 ? undefined : this.#sum / this.#numbers;
      case 'median': {
        const sorted = this.#sorted();
        const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
        return low === undefined || high === undefined ? undefined : (low + high) / 2;
      }
      case 'percentile':
        return this.#percentile(measure.rank);
      default:
        return measure satisfies never;
    }
  }

  #sorted(): readonly number[] {
    return this.#entries
      .slice(this.#from)
      .flatMap(({ values }) => values.flatMap(numberOf))
      .sort((a, b) => a - b);
  }

  /** The least value that so many per cent of the values do not exceed (nearest rank). */
  #percentile(rank: number): number | undefined {
    const sorted = this.#sorted();
    return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)];
  }

  #count({ parts, values }: Entry, step: 1 | -1): void {
    for (const part of parts) tally(this.#rules, part, step);
    for (const value of values) {
      tally(this.#values, String(value), step);
      for (const n of numberOf(value)) {
        this.#sum += step * n;
        this.#numbers += step;
      }
    }
  }
}

function tally<K>(counts: Map<K, number>, key: K, step: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + step;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

/** A number, or a text that is one. */
function numberOf(value: Scalar): readonly number[] {
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof n === 'number' && Number.isFinite(n) ? [n] : [];
}
