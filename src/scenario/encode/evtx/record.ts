/** One value, by the name of its BinXML type. Times are FILETIME ticks of 100 ns; a GUID may stand in braces. */
export type EvtxScalar =
  | { readonly type: 'null' }
  | { readonly type: 'string' | 'ansi' | 'guid' | 'sid'; readonly value: string }
  | {
      readonly type: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'hex32' | 'float' | 'double';
      readonly value: number;
    }
  | {
      readonly type: 'int64' | 'uint64' | 'hex64' | 'size32' | 'size64' | 'filetime' | 'systemtime';
      readonly value: bigint;
    }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'binary'; readonly value: Uint8Array };

/** A value, or several of one type in one field, which the log repeats as elements. */
export type EvtxValue = EvtxScalar | { readonly type: 'array'; readonly items: readonly EvtxScalar[] };

/** One `Data` of EventData, or one member of UserData. The name '' makes a `Data` without a name. */
export type EvtxData = EvtxValue & { readonly name: string };

/**
 * How the record is written. `nested`: the data is a template of its own inside the value of the event's template, as Windows writes
 * events with a manifest. `flat`: one template for all, as it writes classic ones. `direct`: no template at all, every value as
 * text, as a collector writes forwarded events.
 */
export type EvtxCarrier = 'nested' | 'flat' | 'direct';

export interface EvtxRecord {
  /** TimeCreated: epoch microseconds, and 0–900 ns beyond. */
  readonly micros: number;
  readonly nanos?: number;
  /** When the service wrote the record, where that is another time. */
  readonly writtenMicros?: number;
  readonly provider: string;
  readonly providerGuid?: string;
  readonly eventSource?: string;
  readonly eventId: number;
  readonly qualifiers?: number;
  readonly version?: number;
  readonly level?: number;
  readonly task?: number;
  readonly opcode?: number;
  readonly keywords?: bigint;
  /** EventRecordID, where it is not the running number of the record in the file. */
  readonly recordId?: bigint;
  readonly activityId?: string;
  readonly relatedActivityId?: string;
  readonly processId?: number;
  readonly threadId?: number;
  readonly channel: string;
  readonly computer: string;
  readonly userId?: string;
  readonly data?: readonly EvtxData[];
  /** Instead of EventData: an element of that name (and namespace) whose members are `data`. */
  readonly userData?: { readonly name: string; readonly namespace?: string };
  readonly carrier?: EvtxCarrier;
}

/** What may be wrong with the file. Chunks are counted from 0. */
export type EvtxDamage =
  | { readonly kind: 'dirty' }
  | { readonly kind: 'no-file-header' }
  | { readonly kind: 'bad-file-crc' }
  | { readonly kind: 'zeroed-chunk' | 'bad-chunk-magic' | 'bad-chunk-crc' | 'bad-records-crc'; readonly chunk: number }
  /** Records behind the free-space offset of a chunk: written once, then given up. */
  | { readonly kind: 'slack'; readonly chunk: number; readonly records: readonly EvtxRecord[] }
  /** The file ends after so many bytes. */
  | { readonly kind: 'torn'; readonly bytes: number };

const EPOCH_TICKS = 116_444_736_000_000_000n;

/** FILETIME ticks of a moment since 1970. */
export function ticksOf(micros: number, nanos = 0): bigint {
  return BigInt(micros) * 10n + BigInt(Math.trunc(nanos / 100)) + EPOCH_TICKS;
}

export const microsOfTicks = (ticks: bigint): number => Number((ticks - EPOCH_TICKS) / 10n);
