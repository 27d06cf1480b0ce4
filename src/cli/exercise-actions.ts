import { AAR_FORMATS, afterAction, gradeJson, gradeOf, gradeText } from '../index.ts';
import { visible } from '../util/escape.ts';
import type { Invocation } from './command.ts';
import { saidAct } from './exercise-answer.ts';
import { appendPlayerAct, ExerciseFolder, playerFolder } from './exercise-folder.ts';
import { initExercise, injectByHand, playOn, statusText } from './exercise-steps.ts';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import { type Argv, flag, isSet } from './flags.ts';
import type { Output } from './output.ts';

type Action = (invocation: Invocation, folder: string, words: readonly string[], output: Output) => Promise<ExitCode>;

/** What `exercise` can do, by the word behind it. */
export const EXERCISE_ACTIONS: Readonly<Record<string, Action>> = {
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
