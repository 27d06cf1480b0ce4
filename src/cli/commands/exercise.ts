import { AAR_FORMATS, afterAction, gradeJson, gradeOf, gradeText } from '../../index.ts';
import { visible } from '../../util/escape.ts';
import type { Command, Invocation } from '../command.ts';
import { saidAct } from '../exercise-answer.ts';
import { appendPlayerAct, ExerciseFolder, playerFolder } from '../exercise-folder.ts';
import { initExercise, injectByHand, playOn, statusText } from '../exercise-steps.ts';
import { EXIT, type ExitCode, UsageError } from '../exit.ts';
import { type Argv, flag, isSet, list } from '../flags.ts';
import { Output } from '../output.ts';
import { TELLING_FLAGS } from '../scenario-files.ts';

type Action = (invocation: Invocation, folder: string, words: readonly string[], output: Output) => Promise<ExitCode>;

const ACTIONS: Readonly<Record<string, Action>> = {
  init: async ({ argv }, name, _, output) => {
    await output.write(await initExercise(argv, name));
    return EXIT.complete;
  },
  run: async ({ argv, signal }, root, _, output) => {
    for await (const line of playOn(argv, ExerciseFolder.open(root), signal, output.isTerminal))
      await output.write(line);
    return EXIT.complete;
  },
  status: async ({ argv }, root, _, output) => {
    const folder = ExerciseFolder.open(root);
    tell(folder.read().warnings, argv);
    await output.write(statusText(folder, flag(argv, 'format') === 'json'));
    return EXIT.complete;
  },
  inject: async ({ argv }, root, [id], output) => {
    await output.write(await injectByHand(argv, ExerciseFolder.open(root), id));
    return EXIT.complete;
  },
  answer: async ({ argv }, root, [what, ...words]) => {
    const folder = playerFolder(root);
    appendPlayerAct(folder, saidAct(folder, what, words, { by: flag(argv, 'by') ?? 'team', note: flag(argv, 'note') }));
    return EXIT.complete;
  },
  grade: async ({ argv }, root, _, output) => {
    const folder = ExerciseFolder.open(root);
    const { state, warnings } = folder.read();
    tell(warnings, argv);
    const { plan } = folder.exercise;
    const grade = gradeOf(plan, state);
    const isJson = flag(argv, 'format') === 'json';
    await output.write(isJson ? `${JSON.stringify(gradeJson(plan, grade), undefined, 2)}\n` : gradeText(plan, grade));
    return EXIT.complete;
  },
  aar: async ({ argv }, root, _, output) => {
    const folder = ExerciseFolder.open(root);
    const { acts, state, warnings } = folder.read();
    const format = AAR_FORMATS.find(known => known === (flag(argv, 'format') ?? 'markdown'));
    if (format === undefined) throw new UsageError(`--format ${flag(argv, 'format')!}: give ${AAR_FORMATS.join(', ')}`);
    await output.write(afterAction(folder.exercise.plan, state, acts, warnings, format));
    return EXIT.complete;
  },
};

/** What is wrong with a log or an answer key goes to standard error, a line each. */
function tell(warnings: readonly string[], argv: Argv): void {
  if (!isSet(argv, 'quiet')) for (const warning of warnings) process.stderr.write(`aftershock: ${visible(warning)}\n`);
}

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
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
    if (action === undefined) throw new UsageError(`exercise ${word}: give ${Object.keys(ACTIONS).join(', ')}`);
    const format = flag(argv, 'format') ?? 'table';
    if (word !== 'aar' && !['table', 'json'].includes(format))
      throw new UsageError(`--format ${format}: give table or json`);
    const output = new Output(word === 'init' ? undefined : flag(argv, 'output'));
    const code = await action(invocation, String(argv['folder']), list(argv, 'words').map(String), output);
    await output.close();
    return code;
  },
};
