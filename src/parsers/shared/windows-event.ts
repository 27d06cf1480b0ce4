import type { BatchBuilder, EventFields, Field, Value } from '../../model/index.ts';
import { epochMicros } from '../../model/index.ts';
import type { DataPlan, Wanted, WindowsPlan } from './windows-plan.ts';
import { planFor } from './windows-plan.ts';
import type { WindowsSystem } from './windows-system.ts';
import { windowsTime } from './windows-time.ts';
import { several } from './windows-values.ts';

export type { WindowsSystem } from './windows-system.ts';

// One mapping for every carrier of Windows events: binary logs, XML exports, and JSON lines of half a dozen collectors end here, so the
// same event is the same document. What a carrier does not say is absent; empty data are absent too, as Windows collectors hold it.

/** Beyond this many names in one event, and distinct names in one batch, data are left out and said so: a hostile log could name millions. */
const MOST_NAMES = 512;
const MOST_BATCH_FIELDS = 4096;
/** Kinds of events that share one list of names, before their plans are worked out anew. */
const MOST_PLANS = 256;
const LEFT_OUT: Field = 'labels.data_left_out';

/** UtcTime and TimeCreated of one Sysmon event lie milliseconds apart; more than a minute means that a clock was set or a machine went back to a snapshot. */
const ANOMALY_MICROS = 60_000_000;

/** Writes Windows events into batches, with plans that are worked out once. One for each reading of a log. */
export class WindowsEventWriter {
  readonly #wanted: Wanted;
  readonly #plans = new WeakMap<readonly string[], { last: WindowsPlan; readonly all: Map<string, WindowsPlan> }>();
  readonly #expansions = new Map<string, readonly string[]>();
  #batch: BatchBuilder | undefined;
  readonly #fields = new Set<Field>();
  readonly #admitted = new Set<WindowsPlan>();

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  /** For each datum 1 where it has to be decoded for the wanted fields. A reader may pass undefined for the others. */
  needs(provider: string, eventId: number, channel: string, names: readonly string[]): Uint8Array {
    const plan = this.#plan(provider, eventId, channel, names);
    if (!names.includes('')) return plan.needs;
    // A datum without a name may hold an array, which moves the numbers of all that follow it: they are needed together.
    const isAnyWanted =
      this.#wanted === 'all' ||
      paramsWanted(this.#wanted) ||
      plan.derive !== undefined ||
      plan.data.some(d => d?.steps.length);
    return isAnyWanted ? plan.needs.map((need, i) => (names[i] === '' ? 1 : need)) : plan.needs;
  }

  /**
   * Writes one row. names/values: EventData (or the members of UserData's wrapper) in document order; name '' = Data without a name
   * (→ param1…n by position); values text, or an array of texts for a repeated or array value; undefined = empty.
   * The names array should be the same object for records of one template: the plan is cached by it. `extra` holds fields that the
   * mapping does not set (place, message, original); `stated` what the carrier itself says of fields that the mapping may set: it holds
   * only where the data are silent.
   */
  write(
    batch: BatchBuilder,
    record: number,
    system: WindowsSystem,
    givenNames: readonly string[],
    givenValues: readonly (Value | undefined)[],
    extra?: EventFields,
    stated?: EventFields,
  ): void {
    let names = givenNames;
    let values = givenValues;
    if (givenValues.length > MOST_NAMES || hasUnnamedArray(givenNames, givenValues)) {
      [names, values] = this.#expand(givenNames, givenValues);
    }
    const plan = this.#plan(system.provider, system.eventId, system.channel, names);
    const isAdmitted = this.#admit(batch, plan);
    this.#begin(batch, record, system, plan, values);
    for (const [field, value] of plan.constants) batch.set(field, value);
    for (const [field, read] of plan.system) batch.set(field, read(system));
    const { data } = plan;
    for (let i = 0; i < data.length; i++) {
      const datum = data[i];
      if (datum !== undefined) writeDatum(batch, datum, i, values, isAdmitted);
    }
    if (plan.derive !== undefined) {
      const derived = plan.derive.make(plan.derive.indices.map(i => textOf(values[i])));
      for (const field in derived) batch.set(field as Field, derived[field as Field]);
    }
    if (!isAdmitted || givenNames.length > MOST_NAMES) batch.set(LEFT_OUT, 'true');
    for (const field in stated) {
      if (!plan.sets.has(field as Field)) batch.set(field as Field, stated[field as Field]);
    }
    for (const field in extra) batch.set(field as Field, extra[field as Field]);
  }

  #begin(
    batch: BatchBuilder,
    record: number,
    system: WindowsSystem,
    plan: WindowsPlan,
    values: readonly (Value | undefined)[],
  ): void {
    const stated = plan.timeIndex === -1 ? undefined : values[plan.timeIndex];
    const own = typeof stated === 'string' ? windowsTime(stated) : undefined;
    if (own === undefined) {
      batch.begin(epochMicros(system.micros), system.nanos, record);
      return;
    }
    const isAnomaly = Math.abs(own.micros - system.micros) > ANOMALY_MICROS;
    // Sysmon for Linux takes UtcTime from a clock of its own that was seen 23 minutes off: there the later stamp is the better one.
    if (isAnomaly && plan.isLinux) batch.begin(epochMicros(system.micros), system.nanos, record);
    else batch.begin(epochMicros(own.micros), own.nanos, record);
    if (isAnomaly) batch.set('labels.clock_anomaly', 'true');
  }

  #plan(provider: string, eventId: number, channel: string, names: readonly string[]): WindowsPlan {
    const known = this.#plans.get(names);
    if (known !== undefined) {
      const { last } = known;
      if (last.eventId === eventId && last.provider === provider && last.channel === channel) return last;
    }
    const key = `${eventId}\u0000${provider}\u0000${channel}`;
    let plan = known?.all.get(key);
    if (plan === undefined) {
      plan = planFor(provider, eventId, channel, names, this.#wanted);
      if (known === undefined) this.#plans.set(names, { last: plan, all: new Map([[key, plan]]) });
      else {
        if (known.all.size >= MOST_PLANS) known.all.clear();
        known.all.set(key, plan);
      }
    }
    if (known !== undefined) known.last = plan;
    return plan;
  }

  /** Whether the plan's raw fields still fit this batch's bound of columns. */
  #admit(batch: BatchBuilder, plan: WindowsPlan): boolean {
    if (batch !== this.#batch) {
      this.#batch = batch;
      this.#fields.clear();
      this.#admitted.clear();
    }
    if (this.#admitted.has(plan)) return true;
    const fresh = plan.data.flatMap(d => (d?.raw !== undefined && !this.#fields.has(d.raw) ? [d.raw] : []));
    if (this.#fields.size + fresh.length > MOST_BATCH_FIELDS) return false;
    for (const field of fresh) this.#fields.add(field);
    this.#admitted.add(plan);
    return true;
  }

  /** A classic event's data are one nameless array in a binary log and as many nameless elements in its XML: both become the latter. */
  #expand(
    names: readonly string[],
    values: readonly (Value | undefined)[],
  ): readonly [readonly string[], readonly (Value | undefined)[]] {
    const expandedNames: string[] = [];
    const expanded: (Value | undefined)[] = [];
    for (let i = 0; i < names.length && expanded.length < MOST_NAMES; i++) {
      const value = values[i];
      const members = names[i] === '' && Array.isArray(value) ? value.slice(0, MOST_NAMES - expanded.length) : [value];
      if (members.length === 0) members.push(undefined);
      for (const member of members) {
        expandedNames.push(names[i]!);
        expanded.push(member as Value | undefined);
      }
    }
    const key = expandedNames.join('\u0000');
    let same = this.#expansions.get(key);
    if (same === undefined) {
      if (this.#expansions.size >= 1024) this.#expansions.clear();
      same = expandedNames;
      this.#expansions.set(key, same);
    }
    return [same, expanded];
  }
}

function hasUnnamedArray(names: readonly string[], values: readonly (Value | undefined)[]): boolean {
  for (let i = 0; i < values.length; i++) if (names[i] === '' && Array.isArray(values[i])) return true;
  return false;
}

function paramsWanted(wanted: ReadonlySet<Field>): boolean {
  for (const field of wanted) if (field.startsWith('winlog.event_data.param')) return true;
  return false;
}

function writeDatum(
  batch: BatchBuilder,
  datum: DataPlan,
  index: number,
  values: readonly (Value | undefined)[],
  isAdmitted: boolean,
): void {
  let value = values[index];
  if (datum.repeats.length > 0 || Array.isArray(value)) value = joined([index, ...datum.repeats], values);
  if (value === undefined || value === '') return;
  const whole = typeof value === 'object' ? value : String(value);
  if (datum.raw !== undefined && isAdmitted) batch.set(datum.raw, whole);
  if (datum.steps.length === 0) return;
  const first = typeof whole === 'string' ? whole : String(whole[0]);
  for (const step of datum.steps) batch.set(step.field, step.convert(first));
}

function textOf(value: Value | undefined): string | undefined {
  const one = typeof value === 'object' ? value[0] : value;
  return one === undefined || one === '' ? undefined : String(one);
}

/** The values of data that share a name, in order; one value where there is one. */
function joined(indices: readonly number[], values: readonly (Value | undefined)[]): Value | undefined {
  const all = indices
    .flatMap(i => values[i] as string | readonly string[] | undefined)
    .filter(v => v !== undefined && v !== '')
    .map(String);
  return several(all);
}

const ALL = new WindowsEventWriter('all');

/** {@link WindowsEventWriter.write} for readers that want every field. */
export function writeWindowsEvent(
  batch: BatchBuilder,
  record: number,
  system: WindowsSystem,
  names: readonly string[],
  values: readonly (Value | undefined)[],
  extra?: EventFields,
): void {
  ALL.write(batch, record, system, names, values, extra);
}
