import process from 'node:process';
import yargs from 'yargs';
import type { Command } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { readSettings, type Setting } from './config.ts';
import { EXIT, UsageError } from './exit.ts';
import { type Argv, STDIN } from './flags.ts';
import { OPTIONS, type OptionName, pick } from './options.ts';

const EPILOGUE = `Exit codes: 0 complete, 1 failed, 2 usage or rule error, 3 partial evidence (--strict), 4 nothing analysed,
10 a finding at or above --fail-on, 130 interrupted.`;

/** Parses the arguments, runs the command and returns its exit code. Mistakes throw UsageError. */
export async function runCommand(args: readonly string[], version: string): Promise<number> {
  const settings = readSettings();
  let code: number = EXIT.complete;
  const parser = yargs(withValues(args).map(arg => (arg === '-' ? STDIN : arg)))
    .scriptName('aftershock')
    .version(version)
    .strict()
    .recommendCommands()
    .demandCommand(1, 'name a command, or a path to analyze; see --help')
    .parserConfiguration({
      'camel-case-expansion': false,
      'duplicate-arguments-array': true,
      'parse-positional-numbers': false,
    })
    .wrap(process.stdout.isTTY ? Math.min(120, process.stdout.columns) : 80)
    .epilogue(EPILOGUE)
    .completion('completion', 'print a completion script for your shell')
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'see --help');
    });
  for (const command of COMMANDS) {
    const config = Object.fromEntries(
      command.options.flatMap(name => (settings.has(name) ? [[name, settings.get(name)!.value] as const] : [])),
    );
    parser.command({
      command: [
        `${command.name}${command.positionals === '' ? '' : ` ${command.positionals}`}`,
        ...(command.aliases ?? []),
      ],
      describe: command.describe,
      builder: y => y.options({ ...pick(...command.options), ...command.own }).config(config),
      handler: async (argv: Argv) => {
        code =
          argv['print-config'] === true
            ? printConfig(command, argv, args, settings)
            : await invoke(command, argv, args, version);
      },
    });
  }
  await parser.parseAsync();
  return code;
}

/** `--clock-offset -5s`: a value that looks like a flag belongs to the option before it. */
const withValues = (args: readonly string[]): readonly string[] =>
  args.flatMap((arg, i) => {
    if (arg === '--clock-offset' && /^-\d/.test(args[i + 1] ?? '')) return [`${arg}=${args[i + 1]}`];
    return i > 0 && args[i - 1] === '--clock-offset' && /^-\d/.test(arg) ? [] : [arg];
  });

async function invoke(command: Command, argv: Argv, args: readonly string[], version: string): Promise<number> {
  refuseRepeats(command, argv);
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('aftershock: interrupted; finishing with what was read (again to stop at once)\n');
    abort.abort();
  };
  process.on('SIGINT', interrupt);
  try {
    const code = await command.run({ argv, args, version, signal: abort.signal });
    return abort.signal.aborted ? EXIT.interrupted : code;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** A flag that takes one value and is given twice is a mistake, not a list. */
function refuseRepeats(command: Command, argv: Argv): void {
  for (const name of command.options) {
    const { array, type } = OPTIONS[name] as { array?: boolean; type?: string };
    if (array !== true && type !== 'count' && Array.isArray(argv[name]))
      throw new UsageError(`--${name} is given more than once`);
    if (type === 'number' && argv[name] !== undefined && Number.isNaN(argv[name]))
      throw new UsageError(`--${name}: give a number`);
  }
}

function printConfig(
  command: Command,
  argv: Argv,
  args: readonly string[],
  settings: ReadonlyMap<string, Setting>,
): number {
  for (const name of command.options.toSorted()) {
    process.stdout.write(
      `${name.padEnd(16)} ${JSON.stringify(argv[name] ?? null)}  (${originOf(name, args, settings)})\n`,
    );
  }
  return EXIT.complete;
}

function originOf(name: OptionName, args: readonly string[], settings: ReadonlyMap<string, Setting>): string {
  const { alias } = OPTIONS[name] as { alias?: string };
  const isTyped = args.some(
    arg =>
      arg === `--${name}` ||
      arg === `--no-${name}` ||
      arg.startsWith(`--${name}=`) ||
      (alias !== undefined && arg.startsWith(`-${alias}`)),
  );
  return isTyped ? 'flag' : (settings.get(name)?.origin ?? 'default');
}
