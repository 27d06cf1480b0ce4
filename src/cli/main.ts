import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import process from 'node:process';
import { EXIT, UsageError } from './exit.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

// A reader that stops reading (head, less) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.complete);
  throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = tell(error, process.argv.includes('--debug'));
}

async function main(args: readonly string[]): Promise<number> {
  // Answered before anything is loaded: scripts ask for it often.
  if (args.length === 1 && args[0] === '--version') {
    process.stdout.write(`${version}\n`);
    return EXIT.complete;
  }
  const { runCommand } = await import('./command-line.ts');
  return runCommand(await withCommand(args), version);
}

/** A bare path means analyze. */
async function withCommand(args: readonly string[]): Promise<readonly string[]> {
  const { COMMANDS } = await import('./commands/index.ts');
  const first = args.find(arg => arg === '-' || !arg.startsWith('-'));
  const known = COMMANDS.flatMap(command => [command.name, ...(command.aliases ?? [])]);
  if (first === undefined || known.includes(first)) return args;
  const isPath = first === '-' || (await stat(first).catch(() => undefined)) !== undefined || /[./\\]/.test(first);
  return isPath ? ['analyze', ...args] : args;
}

function tell(error: unknown, debug: boolean): number {
  // Mistakes of the user come from the library too; they are told by their names.
  if (
    error instanceof UsageError ||
    ['NoSuchPath', 'RuleBookError', 'ScenarioError', 'UnknownHost'].includes((error as Error).name)
  ) {
    process.stderr.write(`aftershock: ${(error as Error).message}\n`);
    return EXIT.usage;
  }
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const why = code === 'ENOSPC' ? 'no room left on the disk that is written to' : message;
  process.stderr.write(`aftershock: failed: ${why}${debug ? `\n${stack}` : ' (--debug shows where)'}\n`);
  return EXIT.failed;
}
