import type { EventBatch, Field, Numbers, Timeline } from '../../model/index.ts';
import { numbered } from './batch-reader.ts';
import { Numbering } from './codes.ts';

/** What is known of the connections in one batch, by row. A row whose telemetry is 0 tells of none. */
export interface FlowRows {
  readonly batch: EventBatch;
  /** Into the timeline's batches. */
  readonly index: number;
  /** Microseconds to add to the batch's times. */
  readonly offset: number;
  /** Of a sensor's batch: how much is believed of it where two sensors saw one connection; 0 otherwise. */
  rank: number;
  /** `TELEMETRY`. */
  readonly telemetry: Uint8Array;
  /** Numbers of `Run.addresses` and `Run.hosts`; 0 where unknown. */
  readonly initiator: Int32Array;
  readonly responder: Int32Array;
  readonly initiatorHost: Int32Array;
  readonly responderHost: Int32Array;
  /** A port; 0 where unknown; -1 - n for the n-th of `Run.portSets`. */
  readonly ports: Int32Array;
  /** `OUTCOME` and `FAILURE`. */
  readonly outcome: Uint8Array;
  readonly failure: Uint8Array;
  readonly reset: Uint8Array;
  /** 1 where the verdict holds only if something listens on the port: refused, or never answered. */
  readonly isRefused: Uint8Array;
}

/** What one run of the enrichment shares: numbers for texts, and the ports that logs imply. */
export class Run {
  readonly timeline: Timeline;
  readonly addresses = new Numbering();
  readonly hosts = new Numbering();
  readonly #portSets: (readonly number[])[] = [];
  readonly #portSetIds = new Map<string, number>();

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  /** The number that stands for several ports in `FlowRows.ports`. */
  portsId(ports: readonly number[]): number {
    if (ports.length === 1) return ports[0]!;
    if (ports.length === 0) return 0;
    const key = ports.join(',');
    let id = this.#portSetIds.get(key);
    if (id === undefined) {
      id = -1 - this.#portSets.length;
      this.#portSets.push(ports);
      this.#portSetIds.set(key, id);
    }
    return id;
  }

  portsOf(id: number): readonly number[] {
    if (id === 0) return [];
    return id > 0 ? [id] : this.#portSets[-1 - id]!;
  }

  rows(index: number): FlowRows {
    const batch = this.timeline.batches[index]!;
    const rows = batch.length;
    return {
      batch,
      index,
      offset: this.timeline.offsetOf(batch.artifact),
      rank: 0,
      telemetry: new Uint8Array(rows),
      initiator: new Int32Array(rows),
      responder: new Int32Array(rows),
      initiatorHost: new Int32Array(rows),
      responderHost: new Int32Array(rows),
      ports: new Int32Array(rows),
      outcome: new Uint8Array(rows),
      failure: new Uint8Array(rows),
      reset: new Uint8Array(rows),
      isRefused: new Uint8Array(rows),
    };
  }

  /** Address or host numbers of a column; all 0 where no row has the field. */
  numbers(batch: EventBatch, field: Field, numbering: Numbering): (row: number) => number {
    const column = numbered(batch, field, numbering);
    return column === undefined ? () => 0 : row => column.numbers[column.codes[row]!]!;
  }
}

export const timeAt = (rows: FlowRows, row: number): number => rows.batch.time[row]! + rows.offset;

/** When the connection ended: its start where the log does not say. Micros. */
export function endAt(rows: FlowRows, durations: Numbers | undefined, row: number): number {
  const nanos = durations?.[row] ?? Number.NaN;
  return timeAt(rows, row) + (nanos > 0 ? nanos / 1000 : 0);
}
