/** What a parser tells the ledger about an artifact: each call adds the counts and overwrites the rest. */
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
  /** The offset of the machine's clock that the records state: what its logs without one may be read by. */
  readonly statedZone?: string;
  /** null: the log states its years itself. */
  readonly yearSource?: string | null;
  /** Names of machines that the records state, most frequent first. */
  readonly hosts?: readonly string[];
  /** The sensor that wrote it, where it is no host's own log. */
  readonly observer?: string;
}
