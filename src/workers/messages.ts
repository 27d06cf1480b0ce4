import type { EvidenceRoot, LedgerEntry, Problem } from '../model/index.ts';
import type { ParseContext } from '../parsers/index.ts';
import type { PackedBatch } from './packed-batch.ts';

/** What a thread is told of an artifact; its bytes are asked for. */
export interface DescribedArtifact {
  readonly path: string;
  readonly size: number | undefined;
  readonly modified: number | undefined;
  readonly head: Uint8Array;
}

/** Everything of a context that can be handed to another thread. */
export type DescribedContext = Omit<ParseContext, 'problem' | 'ledger' | 'wantsWindows' | 'records'>;

/** From the run to a thread that reads. One log is read at a time. */
export type Order =
  | {
      readonly kind: 'read';
      readonly parser: string;
      readonly artifacts: readonly DescribedArtifact[];
      /** Sent once a thread; later logs of it name it. */
      readonly root: EvidenceRoot | undefined;
      readonly rootId: number;
      readonly context: DescribedContext;
    }
  /** The next bytes of a stream; none where it ends, and why where it broke off. */
  | { readonly kind: 'bytes'; readonly stream: number; readonly bytes?: Uint8Array; readonly failure?: string };

/** From a thread to the run, in the order in which the reader said it. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'open'; readonly stream: number; readonly artifact: number }
  /** One more piece of the stream may be sent. */
  | { readonly kind: 'more'; readonly stream: number }
  | { readonly kind: 'close'; readonly stream: number }
  | { readonly kind: 'batch'; readonly batch: PackedBatch }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'ledger'; readonly artifact: string; readonly entry: LedgerEntry }
  | { readonly kind: 'done'; readonly failure?: string };

/** Pieces of a stream that are on their way at most. */
export const MOST_ON_THE_WAY = 8;
