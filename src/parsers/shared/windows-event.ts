import type { BatchBuilder, EventFields, Field, Value } from '../../model/index.ts';
import { epochMicros, TextTable } from '../../model/index.ts';
import { PlanColumns } from './windows-columns.ts';
import { WindowsData } from './windows-data.ts';
import type { Wanted, WindowsPlan } from './windows-plan.ts';
import { planFor } from './windows-plan.ts';
import type { WindowsSystem } from './windows-system.ts';
import { windowsTime } from './windows-time.ts';

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
  readonly #given = new WindowsData(new TextTable());
  readonly #expanded = new WindowsData(this.#given.texts);
  readonly #expansions = new Map<string, readonly string[]>();
  #lastNames: readonly string[] | undefined;
  #lastPlan: WindowsPlan | undefined;
  #batch: BatchBuilder | undefined;
  #ordinal = 0;
  readonly #fields = new Set<Field>();
  readonly #columns = new Map<WindowsPlan, PlanColumns>();

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  /** For each datum 1 where it has to be decoded for the wanted fields. A reader may pass undefined for the others. */
  needs(provider: string, eventId: number, channel: string, names: readonly string[]): Uint8Array {
    return this.#plan(provider, eventId, channel, names).needs;
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
    names: readonly string[],
    values: readonly (Value | undefined)[],
    extra?: EventFields,
    stated?: EventFields,
  ): void {
    if (this.#isNew(batch) && this.#given.texts.isLarge) this.#given.texts = new TextTable(this.#given.texts);
    this.#given.clear();
    this.#given.names = names;
    for (const value of values) this.#given.addValue(value);
    this.writeData(batch, record, system, this.#given);
    for (const field in stated) {
      if (!this.#lastPlan!.sets.has(field as Field)) batch.set(field as Field, stated[field as Field]);
    }
    for (const field in extra) batch.set(field as Field, extra[field as Field]);
  }

  /** The same for data in the numbers of a table, which is one and the same while a batch is written. */
  writeData(batch: BatchBuilder, record: number, system: WindowsSystem, given: WindowsData): void {
    const hasMany = given.length > MOST_NAMES;
    const data = hasMany || (given.lists.length > 0 && hasUnnamedList(given)) ? this.#expand(given) : given;
    const plan = this.#plan(system.provider, system.eventId, system.channel, data.names);
    this.#begin(batch, record, system, plan, data);
    const columns = this.#columnsOf(batch, plan, data.texts);
    columns.write(batch.length - 1, system, data);
    if (plan.derive !== undefined) {
      const derived = plan.derive.make(plan.derive.indices.map(i => data.first(i)));
      for (const field in derived) batch.set(field as Field, derived[field as Field]);
    }
    if (!columns.isAdmitted || hasMany) batch.set(LEFT_OUT, 'true');
  }

  #begin(batch: BatchBuilder, record: number, system: WindowsSystem, plan: WindowsPlan, data: WindowsData): void {
    const stated = plan.timeIndex === -1 ? 0 : data.id(plan.timeIndex);
    const own = stated > 0 ? windowsTime(data.texts.text(stated)) : undefined;
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
    const before = this.#lastPlan;
    if (before !== undefined && names === this.#lastNames && isOf(before, provider, eventId, channel)) return before;
    const known = this.#plans.get(names);
    let plan = known?.last;
    if (plan === undefined || !isOf(plan, provider, eventId, channel)) {
      const key = `${eventId}\u0000${provider}\u0000${channel}`;
      plan = known?.all.get(key);
      if (plan === undefined) {
        plan = planFor(provider, eventId, channel, names, this.#wanted);
        if (known === undefined) this.#plans.set(names, { last: plan, all: new Map([[key, plan]]) });
        else {
          if (known.all.size >= MOST_PLANS) known.all.clear();
          known.all.set(key, plan);
        }
      }
      if (known !== undefined) known.last = plan;
    }
    this.#lastNames = names;
    this.#lastPlan = plan;
    return plan;
  }

  #columnsOf(batch: BatchBuilder, plan: WindowsPlan, texts: TextTable): PlanColumns {
    if (this.#isNew(batch)) {
      this.#batch = batch;
      this.#ordinal = batch.finished;
      this.#fields.clear();
      if (this.#columns.size > MOST_PLANS) this.#columns.clear();
    }
    let columns = this.#columns.get(plan);
    if (columns === undefined) {
      columns = new PlanColumns(plan);
      this.#columns.set(plan, columns);
    }
    if (columns.batch !== batch || columns.ordinal !== this.#ordinal) columns.begin(batch, texts, this.#admit(plan));
    return columns;
  }

  /** A builder is used for batch after batch. */
  #isNew(batch: BatchBuilder): boolean {
    return batch !== this.#batch || batch.finished !== this.#ordinal;
  }

  /** Whether the plan's raw fields still fit this batch's bound of columns. */
  #admit(plan: WindowsPlan): boolean {
    const fresh = plan.data.flatMap(d => (d?.raw !== undefined && !this.#fields.has(d.raw) ? [d.raw] : []));
    if (this.#fields.size + fresh.length > MOST_BATCH_FIELDS) return false;
    for (const field of fresh) this.#fields.add(field);
    return true;
  }

  /** A classic event's data are one nameless array in a binary log and as many nameless elements in its XML: both become the latter. */
  #expand(given: WindowsData): WindowsData {
    const names: string[] = [];
    const expanded = this.#expanded;
    expanded.clear();
    expanded.texts = given.texts;
    for (let i = 0; i < given.names.length && names.length < MOST_NAMES; i++) {
      const name = given.names[i]!;
      const id = given.id(i);
      if (id >= 0) {
        names.push(name);
        expanded.add(id);
        continue;
      }
      const list = given.lists[-id - 1]!;
      const isNamed = name !== '';
      const members = isNamed ? [list] : list.length === 0 ? [undefined] : list.slice(0, MOST_NAMES - names.length);
      for (const member of members) {
        names.push(name);
        expanded.addValue(member as Value | undefined);
      }
    }
    const key = names.join('\u0000');
    let same = this.#expansions.get(key);
    if (same === undefined) {
      if (this.#expansions.size >= 1024) this.#expansions.clear();
      same = names;
      this.#expansions.set(key, same);
    }
    expanded.names = same;
    return expanded;
  }
}

const hasUnnamedList = (data: WindowsData): boolean => data.names.some((name, i) => name === '' && data.id(i) < 0);

const isOf = (plan: WindowsPlan, provider: string, eventId: number, channel: string): boolean =>
  plan.eventId === eventId && plan.provider === provider && plan.channel === channel;

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
