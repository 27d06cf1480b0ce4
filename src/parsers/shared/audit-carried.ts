import { type AuditRecord, auditRecord, stampTime } from './audit-record.ts';
import { auditTypeName } from './audit-type-numbers.ts';
import { auditTypeOf } from './audit-untyped.ts';

/** A record that a syslog or a journal carries; `key` is equal for all records of one event. */
export interface CarriedRecord extends Pick<AuditRecord, 'type' | 'body' | 'node'> {
  readonly micros: number;
  readonly serial: number;
  readonly key: string;
}

/** The kernel's own print of a record where no audit daemon listens, behind a clock of seconds since boot or not; kernels up to 2.6.15 named no type. */
const KERNEL =
  /^(?:\[ *\d+\.\d+\] )?(?:audit: )?(?:type=(\d{4}|[A-Z][A-Z_0-9]{1,40}) )?audit\((\d{1,12}\.\d{1,3}:\d{1,20})\): ?/;
/** The dispatcher's copy (audispd, audisp-syslog, a tail of audit.log). */
const DISPATCHED = /^(?:node=\S+ )?type=\S+ msg=audit\(/;
/** Who prints the kernel's lines. Whoever else says the same quotes them. */
const KERNEL_VOICES: ReadonlySet<string> = new Set(['kernel', 'audit', '']);

/** The audit record in the text of a line, or undefined where it is just text. */
export function carriedRecord(program: string, message: string): CarriedRecord | undefined {
  const printed = KERNEL_VOICES.has(program) ? KERNEL.exec(message) : null;
  if (printed !== null) {
    const [head, type, stamp] = printed;
    const body = message.slice(head.length);
    const name = type === undefined ? (auditTypeOf(body) ?? 'KERNEL') : /^\d/.test(type) ? auditTypeName(type) : type;
    return { type: name, body, node: '', ...stampTime(stamp!), key: `kernel ${stamp}` };
  }
  const record = DISPATCHED.test(message) ? auditRecord(message) : undefined;
  if (record === undefined) return undefined;
  return { ...record, ...stampTime(record.stamp), key: `${record.node} ${record.stamp}` };
}

/** How many lines may come between two records of one event: the kernel prints them in one go, from several processors at once. */
const PATIENCE = 256;
/** What is held back at most, however long an event goes on. */
const MOST_HELD = 4096;
/** No event of the kernel has nearly as many. */
const MOST_RECORDS = 1024;

/** A line, in the order in which it was given; `records` are those of the whole event, at the line of its first one. */
export interface ReadyLine<Line> {
  readonly line: Line;
  readonly record: CarriedRecord | undefined;
  /** Undefined at a later record of an event: what it says is told at the first. */
  readonly records: readonly CarriedRecord[] | undefined;
}

interface Group {
  readonly records: CarriedRecord[];
  /** Number of the line of its last record. */
  last: number;
}

/** Of an event that was told before: no record of it is its first. */
const TOLD: Group = { records: [], last: 0 };

/**
 * Joins the records of audit events that stand in the lines of another log, as `AuditAssembler` does those of audit.log. Every line
 * stays a line, and the order is kept: lines behind the first record of an event wait until it is whole.
 */
export class CarriedEvents<Line> {
  #held: { readonly line: Line; readonly record: CarriedRecord | undefined; readonly group: Group | undefined }[] = [];
  #head = 0;
  #count = 0;
  readonly #open = new Map<string, Group>();
  readonly #told: ReadonlySet<string>;

  /** `told`: keys of events that were told in the log before this one, to its end and on into this. */
  constructor(told: ReadonlySet<string> = new Set()) {
    this.#told = told;
  }

  /** True where nothing waits: a line without a record need not be given at all. */
  get isIdle(): boolean {
    return this.#head === this.#held.length;
  }

  add(line: Line, record: CarriedRecord | undefined): void {
    this.#count++;
    this.#held.push({ line, record, group: record === undefined ? undefined : this.#join(record) });
  }

  /** Adds records of the log that follows to the events that wait for more; returns the keys of those that got some. */
  goOn(following: Iterable<CarriedRecord>): ReadonlySet<string> {
    const keys = new Set<string>();
    for (const record of following) {
      const group = this.#open.get(record.key);
      if (group === undefined || group.records.length >= MOST_RECORDS) continue;
      group.records.push(record);
      keys.add(record.key);
    }
    return keys;
  }

  #join(record: CarriedRecord): Group {
    if (this.#told.has(record.key)) return TOLD;
    const known = this.#open.get(record.key);
    if (known !== undefined && known.records.length < MOST_RECORDS) {
      known.records.push(record);
      known.last = this.#count;
      return known;
    }
    const group = { records: [record], last: this.#count };
    this.#open.set(record.key, group);
    return group;
  }

  /** Takes the next line that waits for nothing any more, or at the end of the log the next one at all. */
  take(isEnd: boolean): ReadyLine<Line> | undefined {
    const first = this.#held[this.#head];
    if (first === undefined) return undefined;
    const { line, record, group } = first;
    const isFirst = group !== undefined && group.records[0] === record;
    const isPatient = this.#held.length - this.#head <= MOST_HELD;
    if (isFirst && !isEnd && isPatient && this.#count - group.last < PATIENCE) return undefined;
    if (isFirst && this.#open.get(record!.key) === group) this.#open.delete(record!.key);
    this.#head++;
    if (this.#head === this.#held.length) {
      this.#held = [];
      this.#head = 0;
    } else if (this.#head > PATIENCE && this.#head * 2 > this.#held.length) {
      this.#held = this.#held.slice(this.#head);
      this.#head = 0;
    }
    return { line, record, records: isFirst ? group.records : undefined };
  }
}
