import type { Problem, ProblemKind } from '../../model/index.ts';

/** Problems of one kind that are told one by one; of the others only the number, so that no file can bury a report. */
const MOST_OF_A_KIND = 50;

/** Tells the problems of one log with their places, and counts its records. */
export class LogReport {
  parsed = 0;
  failed = 0;
  recovered = 0;
  candidates = 0;
  readonly #artifact: string;
  readonly #tell: (problem: Problem) => void;
  readonly #counts = new Map<ProblemKind, number>();

  constructor(artifact: string, tell: (problem: Problem) => void) {
    this.#artifact = artifact;
    this.#tell = tell;
  }

  problem(kind: ProblemKind, offset: number, message: string, more: Pick<Problem, 'missing' | 'record'> = {}): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= MOST_OF_A_KIND) this.#tell({ kind, artifact: this.#artifact, offset, message, ...more });
  }

  /** Says how many problems were not told. */
  finish(): void {
    for (const [kind, count] of this.#counts) {
      if (count <= MOST_OF_A_KIND) continue;
      const message = `${count - MOST_OF_A_KIND} more problems of this kind in the file; the first ${MOST_OF_A_KIND} are listed`;
      this.#tell({ kind, artifact: this.#artifact, message });
    }
  }
}
