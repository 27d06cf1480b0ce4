/** One entry of a journal, in whatever form it was kept. */
export interface JournalEntry {
  /** `__REALTIME_TIMESTAMP`: when it reached the journal, in epoch microseconds; NaN where the form does not say. */
  readonly realtime: number;
  /** Byte at which it stands. */
  readonly offset: number;
  /** Line or sequence number, as the form counts. */
  readonly number: number;
  /** By name; a field may be there several times. Text that is no UTF-8 keeps its bytes as latin1. */
  readonly fields: ReadonlyMap<string, string | readonly string[]>;
  readonly original?: string;
}

/** Fields of one entry while it is read. A hostile entry may name thousands; beyond these they are left out. */
export const MOST_FIELDS = 1024;
/** A field of an entry is kept up to this many bytes; journald itself stops at 64 MiB. */
export const MOST_FIELD_BYTES = 1 << 20;

export function addField(fields: Map<string, string | readonly string[]>, name: string, value: string): void {
  const before = fields.get(name);
  if (before === undefined) {
    if (fields.size < MOST_FIELDS) fields.set(name, value);
  } else if (typeof before === 'string') fields.set(name, [before, value]);
  else if (before.length < MOST_FIELDS) fields.set(name, [...before, value]);
}

/** Bytes of a value → text: UTF-8 where it is, else one character a byte. */
export function fieldText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MOST_FIELD_BYTES));
  const text = buffer.toString('utf8');
  return text.includes('\ufffd') ? buffer.toString('latin1') : text;
}
