import { type AuditFields, type AuditRecord, stampTime } from '../shared/audit-record.ts';
import { EndOfEvent, type Told } from './timeout.ts';

/** An event whose records are still being collected. */
export interface OpenEvent {
  readonly node: string;
  readonly micros: number;
  readonly serial: number | undefined;
  /** Which artifact of the set it began in, and where. */
  readonly artifact: number;
  readonly offset: number;
  readonly line: number;
  /** Its records, as columns: thousands of them are open at a time, and the less is kept of each the better. */
  readonly types: string[];
  readonly bodies: string[];
  readonly fields: (AuditFields | undefined)[];
  readonly lines: string[];
  /** Number of the record that came last, counted over the whole set. */
  last: number;
  key: string;
  readonly told: Told;
}

/**
 * How many records may come between two of the same event. The kernel writes an event's records in one go, but several
 * processors write at once, dispatchers reorder, and a busy machine delays; we read offline and can afford to wait.
 */
const PATIENCE = 10_000;

/**
 * Puts the records of an event together by node, time and serial. The serial alone would be wrong: it starts again at boot.
 * End-of-event records are not waited for (they are not on disk) and close nothing (a late record may follow).
 * Events leave in the order in which they began.
 */
export class AuditAssembler {
  readonly #open = new Map<string, OpenEvent>();
  readonly #types = new Map<string, string>();
  readonly #ends = new EndOfEvent();
  #queue: OpenEvent[] = [];
  #head = 0;
  #count = 0;
  #latest: OpenEvent | undefined;

  /** `isBroken`: the head was mended; auparse, which does not, waits for nothing behind it. */
  add(
    record: AuditRecord,
    artifact: number,
    offset: number,
    line: number,
    text: string | undefined,
    isBroken = false,
  ): void {
    const key =
      record.time !== undefined
        ? `${artifact} ${offset} alone`
        : record.node === ''
          ? record.stamp
          : `${record.stamp} ${record.node}`;
    let event = this.#latest?.key === key ? this.#latest : this.#open.get(key);
    if (event === undefined) {
      const { micros, serial } = record.time ?? stampTime(record.stamp);
      event = {
        node: record.node,
        micros,
        serial,
        artifact,
        offset,
        line,
        types: [],
        bodies: [],
        fields: [],
        lines: [],
        last: 0,
        key,
        told: this.#ends.begin(micros),
      };
      this.#open.set(key, event);
      this.#queue.push(event);
    }
    event.types.push(this.#type(record.type));
    event.bodies.push(record.body);
    this.#ends.add(event.told, isBroken ? '' : record.type, event.types.length - 1);
    if (record.fields !== undefined) event.fields[event.types.length - 1] = record.fields;
    if (text !== undefined) event.lines.push(text);
    event.last = ++this.#count;
    this.#latest = event;
  }

  /** One text a type, so that no line is held for its sake. */
  #type(type: string): string {
    const known = this.#types.get(type);
    if (known !== undefined) return known;
    if (this.#types.size < 1024) this.#types.set(type, type);
    return type;
  }

  /** Takes the next event that nothing will be added to any more, or at the end of the log the next one at all. */
  take(isEnd: boolean): OpenEvent | undefined {
    const event = this.#queue[this.#head];
    if (event === undefined) return undefined;
    if (!isEnd && this.#count - event.last < PATIENCE) return undefined;
    this.#open.delete(event.key);
    if (this.#latest === event) this.#latest = undefined;
    this.#head++;
    if (this.#head > 4096 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return event;
  }
}
