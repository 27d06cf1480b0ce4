import type { Command } from '../command.ts';
import { EXERCISE_ACTIONS } from '../exercise-actions.ts';
import { UsageError } from '../exit.ts';
import { flag, list } from '../flags.ts';
import { Output } from '../output.ts';
import { TELLING_FLAGS } from '../scenario-files.ts';

export const exerciseCommand: Command = {
  name: 'exercise',
  positionals: '<action> <folder> [words..]',
  describe: 'a tabletop exercise: init NAME -o FOLDER, then run, status, inject, answer, grade and aar FOLDER',
  options: ['output', 'format', 'quiet', 'debug'],
  own: {
    ...TELLING_FLAGS,
    until: { type: 'string', requiresArg: true, describe: 'run to this time: 2h10m from the start, or a moment' },
    speed: {
      type: 'string',
      requiresArg: true,
      describe: 'times real time (4x), or max; default 60x on a terminal, else max',
    },
    step: { type: 'boolean', default: false, describe: 'run to the next inject and stop' },
    jump: {
      type: 'string',
      requiresArg: true,
      describe: 'set the clock to this time first; injects passed over are skipped',
    },
    'pause-on': { type: 'string', requiresArg: true, choices: ['inject'], describe: 'stop behind each inject' },
    text: { type: 'string', requiresArg: true, describe: 'inject: a message of your own instead of a planned one' },
    skip: { type: 'boolean', default: false, describe: 'inject: leave this one out' },
    by: { type: 'string', requiresArg: true, describe: 'answer: who says it; team where absent' },
    note: { type: 'string', requiresArg: true, describe: 'answer: why' },
  },
  run: async invocation => {
    const { argv } = invocation;
    const word = String(argv['action']);
    const action = Object.hasOwn(EXERCISE_ACTIONS, word) ? EXERCISE_ACTIONS[word] : undefined;
    if (action === undefined)
      throw new UsageError(`exercise ${word}: give ${Object.keys(EXERCISE_ACTIONS).join(', ')}`);
    const format = flag(argv, 'format') ?? 'table';
    if (word !== 'aar' && !['table', 'json'].includes(format))
      throw new UsageError(`--format ${format}: give table or json`);
    const output = new Output(word === 'init' ? undefined : flag(argv, 'output'));
    const code = await action(invocation, String(argv['folder']), list(argv, 'words').map(String), output);
    await output.close();
    return code;
  },
};
