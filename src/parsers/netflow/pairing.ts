import type { FlowRecord } from './flow-record.ts';

/** A connection: what one side sent, and what the other answered if that was exported, too. */
export interface Connection {
  readonly forth: FlowRecord;
  readonly back: FlowRecord | undefined;
}

interface Waiting {
  forth: FlowRecord;
  back: FlowRecord | undefined;
}

/** An exporter writes both halves of a connection within its inactive timeout of each other. */
const PATIENCE_MICROS = 300e6;
const MOST_WAITING = 100_000;
/** Halves that begin so close together are told apart by their ports, not by a clock of milliseconds. */
const TOGETHER_MICROS = 1e6;

/**
 * Puts the two directions of a connection together. A half waits for the other until the log is five minutes further or too many wait;
 * connections come out in the order of their first line.
 */
export class Pairing {
  readonly #open = new Map<string, Waiting>();
  readonly #queue: Waiting[] = [];
  #head = 0;
  #newest = Number.NEGATIVE_INFINITY;

  add(record: FlowRecord): void {
    if (record.first > this.#newest) this.#newest = record.first;
    const isWhole = record.answerPackets > 0;
    const reverse = keyOf(
      record.destination,
      record.destinationPort,
      record.source,
      record.sourcePort,
      record.transport,
    );
    const partner = isWhole ? undefined : this.#open.get(reverse);
    if (partner !== undefined && isOverlapping(partner.forth, record)) {
      this.#open.delete(reverse);
      const [forth, back] = inOrder(partner.forth, record);
      partner.forth = forth;
      partner.back = back;
      return;
    }
    const waiting: Waiting = { forth: record, back: undefined };
    this.#queue.push(waiting);
    if (!isWhole) {
      this.#open.set(
        keyOf(record.source, record.sourcePort, record.destination, record.destinationPort, record.transport),
        waiting,
      );
    }
  }

  /** Those that wait for nothing any more. */
  *settled(): Generator<Connection> {
    while (this.#head < this.#queue.length) {
      const waiting = this.#queue[this.#head]!;
      const isSettled =
        waiting.back !== undefined ||
        waiting.forth.answerPackets > 0 ||
        waiting.forth.last + PATIENCE_MICROS < this.#newest ||
        this.#queue.length - this.#head > MOST_WAITING;
      if (!isSettled) break;
      this.#head++;
      yield this.#released(waiting);
    }
    if (this.#head > MOST_WAITING) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** All that are left. */
  *rest(): Generator<Connection> {
    while (this.#head < this.#queue.length) yield this.#released(this.#queue[this.#head++]!);
  }

  #released(waiting: Waiting): Connection {
    const { source, sourcePort, destination, destinationPort, transport } = waiting.forth;
    const key = keyOf(source, sourcePort, destination, destinationPort, transport);
    if (this.#open.get(key) === waiting) this.#open.delete(key);
    return { forth: waiting.forth, back: waiting.back };
  }
}

const keyOf = (source: string, sourcePort: number, destination: string, port: number, transport: string): string =>
  `${transport} ${source} ${sourcePort} ${destination} ${port}`;

const isOverlapping = (a: FlowRecord, b: FlowRecord): boolean =>
  a.first <= b.last + PATIENCE_MICROS && b.first <= a.last + PATIENCE_MICROS;

/** Who began: whoever was first; of two that began together, whoever speaks to a well-known port. */
function inOrder(a: FlowRecord, b: FlowRecord): readonly [FlowRecord, FlowRecord] {
  if (Math.abs(a.first - b.first) <= TOGETHER_MICROS) {
    const toService = [a.destinationPort < 1024, b.destinationPort < 1024];
    if (toService[0] !== toService[1]) return toService[0] ? [a, b] : [b, a];
    if (a.first === b.first) return a.destinationPort <= b.destinationPort ? [a, b] : [b, a];
  }
  return a.first <= b.first ? [a, b] : [b, a];
}
