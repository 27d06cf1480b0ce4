import type { Field } from './fields.ts';
import type { EpochMicros } from './time.ts';

export type Scalar = string | number | boolean;
/** One value, or several of one field: `event.action` of an execve is ["executed", "exec", "start"], and a rule matches any. */
export type Value = Scalar | readonly Scalar[];

/** As wide as the values of a column are many. */
export type Codes = Uint8Array | Uint16Array | Uint32Array;
/** Half as wide where every number of a column fits. */
export type Numbers = Float64Array | Float32Array;

/** Code 0 is absent; every other code is a distinct value. A predicate runs once per distinct value, not once per event. */
export interface KeywordColumn {
  readonly kind: 'keyword';
  readonly codes: Codes;
  readonly values: readonly Value[];
}
/** NaN is absent. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly numbers: Numbers;
}
/** UTF-8, one after another; `present` tells an empty text from an absent one. */
export interface TextColumn {
  readonly kind: 'text';
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly present: Uint8Array;
}
export type Column = KeywordColumn | NumberColumn | TextColumn;

/** Up to a few thousand events of one artifact, held by column. It owns its buffers, so it can be handed to another thread whole. */
export interface EventBatch {
  /** Path inside the collection. */
  readonly artifact: string;
  readonly length: number;
  /** Event time in epoch microseconds; NaN where the record has none that can be trusted. */
  readonly time: Float64Array;
  /** 0–999: what microseconds cut off. */
  readonly nanos: Uint16Array;
  /** Place of the record in its artifact: ordinal or byte offset, never a repeatable id. Ascending within an artifact. */
  readonly record: Numbers;
  readonly columns: ReadonlyMap<Field, Column>;
  /** Fields that were asked for when the batch was read. To read another one is a bug, not an absent value. */
  readonly decoded: 'all' | ReadonlySet<Field>;
}

/** One event as a plain flat object: for reports, tests and library users. Never on the hot path. */
export type Event = {
  readonly time: EpochMicros;
  readonly nanos: number;
  readonly artifact: string;
  readonly record: number;
} & { readonly [F in Field]?: Value };

export type EventFields = { [F in Field]?: Value | undefined };

const decoder = new TextDecoder();

/** Thrown when a field is read that was never asked for: a need that somebody forgot to state. */
export class UndecodedField extends Error {
  override readonly name = 'UndecodedField';
  constructor(artifact: string, field: Field) {
    super(`${artifact}: the field ${field} was read but never decoded; the caller must ask for it`);
  }
}

/** The column of a field, or undefined where no row of the batch has it. Throws when the field was never decoded. */
export function columnOf(batch: EventBatch, field: Field): Column | undefined {
  const column = batch.columns.get(field);
  if (column === undefined && batch.decoded !== 'all' && !batch.decoded.has(field)) {
    throw new UndecodedField(batch.artifact, field);
  }
  return column;
}

export function columnValue(column: Column, row: number): Value | undefined {
  switch (column.kind) {
    case 'keyword': {
      const code = column.codes[row]!;
      return code === 0 ? undefined : column.values[code];
    }
    case 'number': {
      const n = column.numbers[row]!;
      return Number.isNaN(n) ? undefined : n;
    }
    case 'text':
      if (column.present[row] === 0) return undefined;
      return decoder.decode(column.bytes.subarray(row === 0 ? 0 : column.ends[row - 1], column.ends[row]));
    default:
      return column satisfies never;
  }
}

export function valueAt(batch: EventBatch, field: Field, row: number): Value | undefined {
  const column = columnOf(batch, field);
  return column === undefined ? undefined : columnValue(column, row);
}

/** The first value as text; what most readers of a keyword want. */
export function textAt(batch: EventBatch, field: Field, row: number): string | undefined {
  const value = valueAt(batch, field, row);
  if (value === undefined) return undefined;
  return String(Array.isArray(value) ? value[0] : value);
}

export function numberAt(batch: EventBatch, field: Field, row: number): number | undefined {
  const value = valueAt(batch, field, row);
  if (value === undefined) return undefined;
  const n = Number(Array.isArray(value) ? value[0] : value);
  return Number.isNaN(n) ? undefined : n;
}

/** Every value of a field that may have several, as text; an absent field has none. */
export function textsAt(batch: EventBatch, field: Field, row: number): readonly string[] {
  const value = valueAt(batch, field, row);
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

export function eventAt(batch: EventBatch, row: number): Event {
  const event: Record<string, unknown> = {
    time: batch.time[row],
    nanos: batch.nanos[row],
    artifact: batch.artifact,
    record: batch.record[row],
  };
  for (const [field, column] of batch.columns) {
    const value = columnValue(column, row);
    if (value !== undefined) event[field] = value;
  }
  return event as Event;
}

/** How many events one batch holds at most. */
export const BATCH_ROWS = 4096;
