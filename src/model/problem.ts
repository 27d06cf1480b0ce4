/**
 * Something in the evidence or the rules that could not be used. Data, never thrown: it ends up in the ledger.
 * `truncated` carries the byte offset of the cut; `gap` says how many records may be missing.
 */
export interface Problem {
  readonly kind: ProblemKind;
  /** Path of the artifact inside the collection, or the path of a rule file. */
  readonly artifact: string;
  /** Byte offset in the (decompressed) artifact. */
  readonly offset?: number;
  /** Record number or line, as the format counts. */
  readonly record?: number | string;
  /** What was expected and what was there; what happens next. One line, no trailing dot. */
  readonly message: string;
  /** How many records may be lost with it, where that is known. */
  readonly missing?: number;
}

export type ProblemKind =
  | 'unreadable' // could not be opened or decompressed
  | 'unknown-format'
  | 'unsupported-format' // recognised, and the message says what to do instead
  | 'refused' // a path or an entry that a hostile archive may carry
  | 'damaged-file'
  | 'damaged-record'
  | 'bad-checksum'
  | 'truncated'
  | 'gap'
  | 'duplicate'
  | 'note' // nothing is wrong: what the file is, where it holds no event
  | 'clock' // times that contradict each other
  | 'limit' // a bound of ours was reached and something was left out
  | 'unsupported-rule'
  | 'invalid-rule';
