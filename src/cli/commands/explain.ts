import { explain } from '../../index.ts';
import { visible } from '../../util/escape.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { flag, readText } from '../flags.ts';
import { Output } from '../output.ts';

export const explainCommand: Command = {
  name: 'explain',
  positionals: '<report> <label>',
  describe: 'one finding of a JSON report in words: evidence, numbers, what is missing, what would change the verdict',
  options: ['output', 'debug'],
  run: async ({ argv }) => {
    const path = flag(argv, 'report') ?? '';
    const text = explain({ path, text: readText(path, 'explain') }, flag(argv, 'label') ?? 'F1');
    const output = new Output(flag(argv, 'output'));
    await output.write(`${text.trimEnd().split('\n').map(visible).join('\n')}\n`);
    await output.close();
    return EXIT.complete;
  },
};
