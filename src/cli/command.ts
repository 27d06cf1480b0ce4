import type { Argv } from './flags.ts';
import type { OptionName } from './options.ts';

/** What a command is given beside its arguments. */
export interface Invocation {
  readonly argv: Argv;
  /** As typed, for the report's run.argv. */
  readonly args: readonly string[];
  readonly version: string;
  /** Aborted by the first SIGINT: finish with what was read. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** yargs' notation of what follows the name. */
  readonly positionals: string;
  readonly describe: string;
  readonly options: readonly OptionName[];
  /** Flags of this command alone. */
  readonly own?: Readonly<Record<string, import('yargs').Options>>;
  /** Returns the exit code. */
  run(invocation: Invocation): Promise<number>;
}
