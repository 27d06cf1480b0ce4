import type { EpochMicros, EventBatch, Field, LogSet, Problem } from '../model/index.ts';

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
   * `yes` is said for one's own format alone. An empty or foreign head is `no`.
   */
  identify(head: Uint8Array, path: string): Certainty;
  /** True where rotated files of one log are to be read as one `LogSet`, oldest first. */
  readonly isRotated?: boolean;
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
  /** Carve EVTX records from slack and damage. */
  readonly recover: boolean;
  problem(problem: Problem): void;
  /** Adds to the ledger row of an artifact. */
  ledger(artifact: string, entry: LedgerEntry): void;
}

/** What a parser tells the ledger: each call adds the counts and overwrites the rest. */
export interface LedgerEntry {
  /** After the parser's name: `conn` for `zeek:conn`. */
  readonly variant?: string;
  readonly parsed?: number; // records read well, wanted or not
  readonly failed?: number; // records lost to damage
  readonly duplicate?: number; // records that were in an earlier rotation or repeat an earlier one
  readonly recovered?: number; // records carved from slack or damage
  readonly candidates?: number; // what --recover could try
  readonly zone?: string;
  readonly zoneSource?: string;
  /** null: the log states its years itself. */
  readonly yearSource?: string | null;
  /** Names of machines that the records state, most frequent first. */
  readonly hosts?: readonly string[];
  /** The sensor that wrote it, where it is no host's own log. */
  readonly observer?: string;
}
