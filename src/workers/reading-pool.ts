import type { EventBatch, EvidenceRoot, LogSet } from '../model/index.ts';
import type { ParseContext, Parser } from '../parsers/index.ts';
import { type Answer, type DescribedContext, MOST_ON_THE_WAY } from './messages.ts';
import { Unpacker } from './packed-batch.ts';
import { openThread, type ReadingThread } from './reading-thread.ts';

/** What a thread said of a log, until somebody asks for it. */
type Said = (EventBatch | (() => void))[];

interface Task {
  readonly parser: Parser;
  readonly log: LogSet;
  readonly context: ParseContext;
  readonly size: number;
  readonly said: Said;
  /** `here`: no thread can read it, so it is read where it is asked for. */
  state: 'waiting' | 'started' | 'done' | 'here';
  failure: Error | undefined;
  wake: (() => void) | undefined;
}

/**
 * Reads logs in threads of their own. What becomes of a log is the same as where its reader is called in place; the bytes come from the run,
 * which opens folders, archives and streams.
 */
export class ReadingPool {
  readonly #most: number;
  readonly #open: () => ReadingThread;
  readonly #waiting: Task[] = [];
  readonly #seats: Seat[] = [];
  readonly #roots = new Map<EvidenceRoot, number>();
  /** A thread that never said that it is ready: the platform has none to give. */
  #isBroken = false;
  #isScheduled = false;

  constructor(threads: number, open: () => ReadingThread = openThread) {
    this.#most = threads;
    this.#open = open;
  }

  /**
   * Begins to read a log as soon as a thread is free, the largest of those that wait first. The batches come in their order; problems and
   * ledger entries are told to the context in between, when the batch after them is asked for.
   */
  read(parser: Parser, log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
    const size = log.artifacts.reduce((sum, artifact) => sum + (artifact.size ?? 0), 0);
    const task: Task = { parser, log, context, size, said: [], state: 'waiting', failure: undefined, wake: undefined };
    if (context.wantsWindows !== undefined || context.records !== undefined) task.state = 'here';
    else this.#waiting.push(task);
    this.#schedule();
    return tell(task);
  }

  /** Ends all threads. What they still read is lost. */
  async close(): Promise<void> {
    this.#waiting.length = 0;
    await Promise.all(this.#seats.map(async seat => seat.end()));
  }

  /** Not before everything that is handed over at one moment is here. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#assign();
    });
  }

  #assign(): void {
    this.#waiting.sort((a, b) => a.size - b.size);
    while (this.#waiting.length > 0) {
      if (this.#isBroken) {
        for (const task of this.#waiting.splice(0)) settle(task, 'here');
        return;
      }
      const seat = this.#seats.find(({ isFree }) => isFree) ?? this.#newSeat();
      if (seat === undefined) return;
      const task = this.#waiting.pop()!;
      let rootId = this.#roots.get(task.log.root);
      if (rootId === undefined) {
        rootId = this.#roots.size;
        this.#roots.set(task.log.root, rootId);
      }
      seat.start(task, rootId);
    }
  }

  #newSeat(): Seat | undefined {
    if (this.#seats.length === this.#most) return undefined;
    let thread: ReadingThread;
    try {
      thread = this.#open();
    } catch {
      this.#isBroken = true;
      this.#schedule();
      return undefined;
    }
    const seat = new Seat(thread, {
      freed: () => {
        this.#schedule();
      },
      lost: wasReady => {
        this.#seats.splice(this.#seats.indexOf(seat), 1);
        if (!wasReady) this.#isBroken = true;
        this.#schedule();
      },
    });
    this.#seats.push(seat);
    return seat;
  }
}

async function* tell(task: Task): AsyncGenerator<EventBatch> {
  for (let at = 0; ; ) {
    while (at < task.said.length) {
      const next = task.said[at]!;
      at++;
      if (typeof next === 'function') next();
      else yield next;
    }
    task.said.length = 0;
    at = 0;
    if (task.state === 'here') {
      yield* task.parser.parse(task.log, task.context);
      return;
    }
    if (task.failure !== undefined) throw task.failure;
    if (task.state === 'done') return;
    await new Promise<void>(resolve => {
      task.wake = resolve;
    });
  }
}

function settle(task: Task, state: Task['state'], failure?: Error): void {
  task.state = state;
  task.failure = failure;
  task.wake?.();
}

interface Owner {
  freed(): void;
  /** `wasReady` is false where the thread never began. */
  lost(wasReady: boolean): void;
}

/** One thread, and the log that it reads. */
class Seat {
  readonly #thread: ReadingThread;
  readonly #owner: Owner;
  readonly #unpacker = new Unpacker();
  readonly #known = new Set<number>();
  readonly #streams = new Map<number, Feed>();
  #task: Task | undefined;
  #isReady = false;
  #isGone = false;

  constructor(thread: ReadingThread, owner: Owner) {
    this.#thread = thread;
    this.#owner = owner;
    thread.listen(
      answer => {
        this.#receive(answer);
      },
      error => {
        this.#fail(error);
      },
    );
  }

  get isFree(): boolean {
    return this.#task === undefined && !this.#isGone;
  }

  start(task: Task, rootId: number): void {
    this.#task = task;
    task.state = 'started';
    const { log, parser, context } = task;
    this.#thread.post({
      kind: 'read',
      parser: parser.name,
      artifacts: log.artifacts.map(({ path, size, modified, head }) => ({
        path,
        size,
        modified,
        head: new Uint8Array(head),
      })),
      root: this.#known.has(rootId) ? undefined : log.root,
      rootId,
      context: described(context),
    });
    this.#known.add(rootId);
  }

  async end(): Promise<void> {
    this.#isGone = true;
    for (const feed of this.#streams.values()) feed.close();
    await this.#thread.end();
  }

  #receive(answer: Answer): void {
    if (this.#isGone) return;
    const task = this.#task;
    switch (answer.kind) {
      case 'ready':
        this.#isReady = true;
        return;
      case 'open':
        this.#feed(answer.stream, task!.log.artifacts[answer.artifact]!.chunks());
        return;
      case 'more':
        this.#streams.get(answer.stream)?.more();
        return;
      case 'close':
        this.#streams.get(answer.stream)?.close();
        return;
      case 'batch':
        this.#say(this.#unpacker.unpack(answer.batch, task!.context.fields));
        return;
      case 'problem':
        this.#say(() => {
          task!.context.problem(answer.problem);
        });
        return;
      case 'ledger':
        this.#say(() => {
          task!.context.ledger(answer.artifact, answer.entry);
        });
        return;
      case 'done':
        this.#task = undefined;
        settle(task!, 'done', answer.failure === undefined ? undefined : new Error(answer.failure));
        this.#owner.freed();
        return;
      default:
        answer satisfies never;
    }
  }

  #say(said: Said[number]): void {
    this.#task!.said.push(said);
    this.#task!.wake?.();
  }

  #feed(stream: number, chunks: AsyncIterable<Uint8Array>): void {
    const feed = new Feed();
    this.#streams.set(stream, feed);
    const send = async (): Promise<void> => {
      try {
        for await (const chunk of chunks) {
          await feed.room();
          if (feed.isClosed) return;
          // Pieces may be reused by their source: what goes away is a copy (`slice` of a Buffer is none).
          const bytes = new Uint8Array(chunk);
          this.#thread.post({ kind: 'bytes', stream, bytes }, [bytes.buffer]);
        }
        if (!feed.isClosed) this.#thread.post({ kind: 'bytes', stream });
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error);
        if (!feed.isClosed) this.#thread.post({ kind: 'bytes', stream, failure });
      } finally {
        this.#streams.delete(stream);
      }
    };
    void send();
  }

  /** A thread that is gone costs its log what was not read yet; one that never began costs nothing. */
  #fail(error: Error): void {
    if (this.#isGone) return;
    this.#isGone = true;
    for (const feed of this.#streams.values()) feed.close();
    const task = this.#task;
    this.#task = undefined;
    if (task !== undefined) {
      if (this.#isReady) settle(task, 'done', error);
      else settle(task, 'here');
    }
    this.#owner.lost(this.#isReady);
  }
}

/** How many pieces may still be sent. */
class Feed {
  #left = MOST_ON_THE_WAY;
  #wake: (() => void) | undefined;
  isClosed = false;

  /** Resolves when a piece may be sent, or none is wanted any more. */
  async room(): Promise<void> {
    while (this.#left === 0 && !this.isClosed) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
    this.#left--;
  }

  more(): void {
    this.#left++;
    this.#wake?.();
  }

  close(): void {
    this.isClosed = true;
    this.#wake?.();
  }
}

function described({ problem, ledger, wantsWindows, records, ...rest }: ParseContext): DescribedContext {
  return rest;
}
