import type { ProblemKind } from '../../model/index.ts';
import type { Line } from '../../util/lines.ts';
import type { ParseContext } from '../parser.ts';

/** How many losses of one log are told one by one; the others are counted and told together. */
const MOST_TOLD = 1000;

/** The records of one log that could not be read. A log of nothing but damage must not fill the memory with its complaints. */
export class RecordLosses {
  readonly #artifact: string;
  readonly #context: ParseContext;
  #count = 0;
  #firstUntold: number | undefined;

  constructor(artifact: string, context: ParseContext) {
    this.#artifact = artifact;
    this.#context = context;
  }

  get count(): number {
    return this.#count;
  }

  add(kind: ProblemKind, offset: number, message: string, record?: number): void {
    this.#count++;
    if (this.#count > MOST_TOLD) {
      this.#firstUntold ??= offset;
      return;
    }
    const place = record === undefined ? { offset } : { offset, record };
    this.#context.problem({ kind, artifact: this.#artifact, ...place, message, missing: 1 });
  }

  /** A line that is no record: the end of a log that was cut, or damage in the middle. `why`: what was expected of it. */
  addLine(line: Line, why: string): void {
    if (line.isClosed || line.isCut)
      this.add('damaged-record', line.offset, `line ${line.number}: ${why}; it is skipped`, line.number);
    else this.addTorn(line.offset, line.bytes.length, line.number);
  }

  /** A last line of `length` bytes that ends in the middle of a record. */
  addTorn(offset: number, length: number, record: number): void {
    const message = `the last line ends after ${length} bytes, in the middle of a record; the log was cut here`;
    this.add('truncated', offset, message, record);
  }

  /** To be called at the end of the log. */
  finish(): void {
    if (this.#firstUntold === undefined) return;
    const missing = this.#count - MOST_TOLD;
    this.#context.problem({
      kind: 'limit',
      artifact: this.#artifact,
      offset: this.#firstUntold,
      message: `${missing} more records from here on could not be read; only the first ${MOST_TOLD} losses are told one by one`,
      missing,
    });
  }
}
