import { type Event, eventAt } from '../model/index.ts';
import { eventAtPosition, type OrderedCase } from './evidence.ts';

/** Records with every field that they have, by artifact and place. */
export class WholeRecords {
  readonly #byArtifact = new Map<string, Map<number, Event>>();

  /**
   * Fetches the records at some positions again, decoded whole: one forward pass over each log that holds one of them, as far as the last.
   * What was derived since they were first read is kept.
   */
  static async fetch(ordered: OrderedCase, positions: Iterable<number>): Promise<WholeRecords> {
    const whole = new WholeRecords();
    const wanted = new Map<string, Map<number, number>>();
    const { timeline } = ordered;
    for (const position of positions) {
      const batch = timeline.batches[timeline.batchOf[position]!]!;
      const records = wanted.get(batch.artifact) ?? new Map<number, number>();
      records.set(batch.record[timeline.rowOf[position]!]!, position);
      wanted.set(batch.artifact, records);
    }
    for (const { parser, log, context } of ordered.logs) {
      let left = log.artifacts.reduce((sum, { path }) => sum + (wanted.get(path)?.size ?? 0), 0);
      if (left === 0) continue;
      const quiet = {
        ...context,
        fields: 'all' as const,
        records: wanted,
        problem: () => undefined,
        ledger: () => undefined,
      };
      for await (const batch of parser.parse(log, quiet)) {
        const records = wanted.get(batch.artifact);
        if (records === undefined) continue;
        for (let row = 0; row < batch.length; row++) {
          const position = records.get(batch.record[row]!);
          if (position === undefined) continue;
          if (whole.#put({ ...eventAt(batch, row), ...eventAtPosition(ordered, position) })) left--;
        }
        if (left === 0) break;
      }
    }
    return whole;
  }

  /** True where the record was not held yet. */
  #put(event: Event): boolean {
    const records = this.#byArtifact.get(event.artifact) ?? new Map<number, Event>();
    const isNew = !records.has(event.record);
    records.set(event.record, event);
    this.#byArtifact.set(event.artifact, records);
    return isNew;
  }

  /** The whole record of an event of which only some fields were read; itself where it was not fetched. */
  of(event: Event): Event {
    return this.#byArtifact.get(event.artifact)?.get(event.record) ?? event;
  }
}
