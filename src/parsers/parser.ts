import type { EpochMicros, EventBatch, Field, LedgerEntry, LogSet, Problem } from '../model/index.ts';

export type { LedgerEntry } from '../model/index.ts';

export type Certainty = 'no' | 'maybe' | 'yes';

/**
 * Reads one format. Bytes in, batches out: no file system, no clock, no state between calls.
 * Bad evidence becomes a `Problem` with its offset and reading goes on at the next record; `parse` never throws for what a file holds.
 */
export interface Parser {
  /** The name of its folder, and the first word of `evidence[].format`. */
  readonly name: string;
  readonly title: string;
  /**
   * Judged by content (up to 64 KiB from the beginning); the path may only raise a `maybe`.
   * `yes` is said for one's own format alone. An empty or foreign head is `no`, unless nothing but the format is called so.
   * `zeekHeader`: as in `ParseContext`.
   */
  identify(head: Uint8Array, path: string, zeekHeader?: readonly string[]): Certainty;
  /** True where rotated files of one log are to be read as one `LogSet`, oldest first. */
  readonly isRotated?: boolean;
  /** True where the format states no zone: such logs are read after those of their machine that state one. */
  readonly needsZone?: boolean;
  /** True where the format states no year: such logs are read last, when the newest time of their machine is known. */
  readonly needsAnchor?: boolean;
  /** True where a log may tell the zone of its machine (`statedZone`): what lies behind it in the order of reading waits for it. */
  readonly statesZone?: boolean;
  parse(log: LogSet, context: ParseContext): AsyncIterable<EventBatch>;
}

/** Everything that a parser may know beyond its bytes, and everywhere it may report to. */
export interface ParseContext {
  /** What is wanted of each record. `fields: 'all'` for timeline and dump. */
  readonly fields: 'all' | ReadonlySet<Field>;
  /**
   * Says of a Windows record's header whether anybody wants it. Records that nobody wants are counted and skipped undecoded.
   * Absent: everybody wants everything.
   */
  readonly wantsWindows?: (provider: string, eventId: number, channel: string) => boolean;
  /**
   * The numbers of the records that anybody wants, by artifact. A reader that can tell a record's number before it has read it leaves the others
   * out, of its counts as well; any other reader need not look. Absent: everybody wants everything.
   */
  readonly records?: ReadonlyMap<string, Pick<ReadonlySet<number>, 'has'>>;
  /** True: also fill `event.original`. */
  readonly withOriginal: boolean;
  /** Zone for times that state none: IANA name or ±HH:MM, and where it comes from (`etc/timezone`, `--assume-tz`, `default`). */
  readonly zone: { readonly name: string; readonly source: string };
  /** Year that the user gave, for logs that state none. */
  readonly assumeYear: number | undefined;
  /** The newest moment at which the log can have been written (collection time, file times), for the year inference, and where that comes from. */
  readonly newest: { readonly time: EpochMicros; readonly source: string } | undefined;
  /** Code page of ANSI strings; 1252 unless the user says otherwise. */
  readonly codePage: number;
  /** The `#` lines that the user gave for Zeek logs that lost theirs. */
  readonly zeekHeader?: readonly string[];
  /** Carve EVTX records from slack and damage. */
  readonly recover: boolean;
  problem(problem: Problem): void;
  /** Adds to the ledger row of an artifact. */
  ledger(artifact: string, entry: LedgerEntry): void;
}
