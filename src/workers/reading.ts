import type { Artifact, EvidenceRoot } from '../model/index.ts';
import { epochMicros } from '../model/index.ts';
import { PARSERS, type ParseContext } from '../parsers/index.ts';
import type { Answer, DescribedArtifact, Order } from './messages.ts';
import { Packer } from './packed-batch.ts';

/** The thread's end of the line to the run. */
export interface Port {
  post(answer: Answer): void;
  /** Called for each order, one after the other. */
  listen(receive: (order: Order) => void): void;
}

/** Reads the logs that the run hands over, one at a time, and tells everything that their readers say in the order in which they say it. */
export function readOnOrder(port: Port): void {
  const packer = new Packer();
  const roots = new Map<number, EvidenceRoot>();
  const streams = new Map<number, Stream>();
  const read = async (order: Extract<Order, { kind: 'read' }>): Promise<void> => {
    if (order.root !== undefined) roots.set(order.rootId, order.root);
    const parser = PARSERS.find(({ name }) => name === order.parser)!;
    const artifacts = order.artifacts.map((described, index) => artifactOf(described, index, streams, port));
    const context: ParseContext = {
      ...order.context,
      problem: problem => {
        port.post({ kind: 'problem', problem });
      },
      ledger: (artifact, entry) => {
        port.post({ kind: 'ledger', artifact, entry });
      },
    };
    try {
      for await (const batch of parser.parse({ artifacts, root: roots.get(order.rootId)! }, context)) {
        if (batch.length > 0) port.post({ kind: 'batch', batch: packer.pack(batch) });
      }
      port.post({ kind: 'done' });
    } catch (error) {
      port.post({ kind: 'done', failure: error instanceof Error ? error.message : String(error) });
    }
  };
  port.listen(order => {
    if (order.kind === 'read') void read(order);
    else streams.get(order.stream)?.take(order);
  });
  port.post({ kind: 'ready' });
}

function artifactOf(
  { path, size, modified, head }: DescribedArtifact,
  artifact: number,
  streams: Map<number, Stream>,
  port: Port,
): Artifact {
  return {
    path,
    size,
    modified: modified === undefined ? undefined : epochMicros(modified),
    head,
    async *chunks() {
      const number = nextStream++;
      const stream = new Stream();
      streams.set(number, stream);
      port.post({ kind: 'open', stream: number, artifact });
      try {
        for (;;) {
          const bytes = await stream.next();
          if (bytes === undefined) return;
          yield bytes;
          port.post({ kind: 'more', stream: number });
        }
      } finally {
        streams.delete(number);
        port.post({ kind: 'close', stream: number });
      }
    },
  };
}

let nextStream = 1;

type Piece = Omit<Extract<Order, { kind: 'bytes' }>, 'kind' | 'stream'>;

/** The bytes of one reading of an artifact, as they arrive. */
class Stream {
  readonly #pieces: Piece[] = [];
  #wake: (() => void) | undefined;

  take(piece: Piece): void {
    this.#pieces.push(piece);
    this.#wake?.();
  }

  /** Undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#pieces.length === 0) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
    const { bytes, failure } = this.#pieces.shift()!;
    if (failure !== undefined) throw new Error(failure);
    return bytes;
  }
}
