import type { Command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { flag, list } from '../flags.ts';
import { Output } from '../output.ts';
import { SCENARIO_ACTIONS } from '../scenario-actions.ts';
import { TELLING_FLAGS } from '../scenario-files.ts';

export const scenarioCommand: Command = {
  name: 'scenario',
  positionals: '<action> [name..]',
  describe: 'list, show NAME, new, check FILES, or build NAME|FILE -o FOLDER: make a triage collection from a scenario',
  options: ['output', 'format', 'debug'],
  own: {
    ...TELLING_FLAGS,
    analyze: {
      type: 'boolean',
      default: false,
      describe: 'check: also build and analyse it, and compare with its ground truth',
    },
  },
  run: async ({ argv, version }) => {
    const word = String(argv['action']);
    const action = Object.hasOwn(SCENARIO_ACTIONS, word) ? SCENARIO_ACTIONS[word] : undefined;
    if (action === undefined)
      throw new UsageError(`scenario ${word}: give ${Object.keys(SCENARIO_ACTIONS).join(', ')}`);
    const format = flag(argv, 'format') ?? 'table';
    if (!['table', 'json', ...(word === 'show' ? ['yaml'] : [])].includes(format))
      throw new UsageError(`--format ${format}: give table or json${word === 'show' ? ' or yaml' : ''}`);
    // A build writes a folder, and says on standard output what it wrote.
    const output = new Output(word === 'build' ? undefined : flag(argv, 'output'));
    const code = await action(argv, list(argv, 'name').map(String), text => output.write(text), version);
    await output.close();
    return code;
  },
};
