import type { ParseContext } from '../parser.ts';

/** How many damaged lines of one file are told one by one; the rest is counted. */
const TOLD = 200;

/** Lines that could not be read: each a Problem, up to a bound. */
export class Losses {
  readonly #artifact: string;
  readonly #context: ParseContext;
  readonly #expected: string;
  #failed = 0;
  #told = 0;

  constructor(artifact: string, context: ParseContext, expected: string) {
    this.#artifact = artifact;
    this.#context = context;
    this.#expected = expected;
  }

  add(offset: number, line: number, text: string): void {
    if (/^[\u0000\s]*$/.test(text)) {
      if (!text.includes('\u0000')) return;
      this.#tell(
        offset,
        line,
        `${text.length} NUL bytes where ${this.#expected} was expected; the machine lost power while it wrote`,
      );
    } else this.#tell(offset, line, `expected ${this.#expected}, found ${excerpt(text)}`);
  }

  /** A record that is kept, though its head is broken. */
  mended(offset: number, line: number, text: string, lack: string): void {
    this.#complain(
      offset,
      line,
      `the head of this record is broken (${lack}); it is kept with what can be read of it: ${excerpt(text)}`,
    );
  }

  /** Records that stand in one line: none is lost by it. */
  glued(offset: number, line: number, count: number): void {
    this.#complain(offset, line, `${count} records in one line: the line ends between them are lost; each is read`);
  }

  cut(offset: number, line: number, skipped: number): void {
    this.#context.problem({
      kind: 'limit',
      artifact: this.#artifact,
      offset,
      record: line,
      message: `a line is longer than 1 MiB; ${skipped} bytes of it were left out`,
    });
  }

  #tell(offset: number, line: number, message: string): void {
    this.#failed++;
    this.#complain(offset, line, message);
  }

  #complain(offset: number, line: number, message: string): void {
    this.#told++;
    if (this.#told > TOLD) return;
    this.#context.problem({ kind: 'damaged-record', artifact: this.#artifact, offset, record: line, message });
  }

  /** Says how many were not told; returns how many lines were lost. */
  finish(): number {
    if (this.#told > TOLD) {
      this.#context.problem({
        kind: 'limit',
        artifact: this.#artifact,
        message: `${this.#told - TOLD} more damaged lines are counted but not listed`,
        missing: Math.min(this.#failed, this.#told - TOLD),
      });
    }
    return this.#failed;
  }
}

/** The first characters, quoted and escaped, so that a message stays one line whatever the log holds. */
const excerpt = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
