/** What the exit status means; scripts depend on these. */
export const EXIT = {
  complete: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  nothing: 4,
  findings: 10,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake in the command, the configuration or a rule: said in one line, before any evidence is read. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
