import { DEFAULT_SWEEP, TUNE_REPORTERS, tune } from '../../index.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { evidenceOptions, flag, formatOf, isSet, list, selectionOf } from '../flags.ts';
import { DETECTING, READING, RUNNING, WRITING } from '../options.ts';
import { Output } from '../output.ts';
import { Progress } from '../progress.ts';
import { detectionOptions } from '../rule-flags.ts';
import { styleFor } from '../terminal.ts';
import { verdict } from '../verdict.ts';
import { warn } from '../warnings.ts';

export const tuneCommand: Command = {
  name: 'tune',
  positionals: '[path..]',
  describe: 'sweep parameters over one reading: which findings appear, vanish, change level',
  options: [...WRITING, ...READING, ...DETECTING, ...RUNNING],
  own: {
    sweep: {
      type: 'string',
      array: true,
      requiresArg: true,
      nargs: 1,
      describe: 'Name=a,b,c (repeatable); default TimeWindow x MinConnErrorRate',
    },
  },
  run: async ({ argv, signal }) => {
    const format = formatOf(argv, TUNE_REPORTERS);
    const sweeps = list(argv, 'sweep').map(axisOf);
    const output = new Output(flag(argv, 'output'));
    const progress = await Progress.start(argv['progress'] !== false && !isSet(argv, 'quiet'), 'reading');
    const { result, evidence } = await tune({
      ...evidenceOptions(argv, signal),
      ...(await detectionOptions(argv)),
      ...selectionOf(argv),
      axes: sweeps.length === 0 ? DEFAULT_SWEEP : sweeps,
      onProgress: (bytes, path) => progress.read(bytes, path),
    }).finally(() => progress.stop());
    await output.writeAll(format.render(result, styleFor(output, argv)));
    await output.close();
    warn(evidence, [], argv);
    return verdict(evidence, [], { strict: isSet(argv, 'strict') });
  },
};

function axisOf(text: string): { readonly name: string; readonly values: readonly string[] } {
  const [, name, values] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || values === undefined)
    throw new UsageError(`--sweep ${text}: give Name=a,b,c, such as TimeWindow=5m,10m`);
  return { name: name.trim(), values: values.split(',').map(value => value.trim()) };
}
