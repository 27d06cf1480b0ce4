import { exerciseFiles, exerciseOf, mselRows, nextInject, openQuestions } from '../index.ts';
import { ExerciseFolder } from './exercise-folder.ts';
import { runExercise, stamp } from './exercise-run.ts';
import { exerciseLine, momentOf, mselLines } from './exercise-text.ts';
import { UsageError } from './exit.ts';
import { type Argv, flag, isSet } from './flags.ts';
import { writeFolder } from './folder.ts';
import { speedOf } from './replay-pace.ts';
import { scenarioText, tellingOf } from './scenario-files.ts';

// The steps of an exercise between its flags and its folder. Each returns what standard output shall say.

/** Makes the folder of a new exercise, with what is open from the beginning. */
export async function initExercise(argv: Argv, name: string): Promise<string> {
  const file = scenarioText(name);
  const root = flag(argv, 'output');
  if (root === undefined) throw new UsageError('exercise init: name the folder to make with -o');
  const telling = tellingOf(file, argv);
  const exercise = exerciseOf(telling);
  await writeFolder(root, exerciseFiles(telling, file.text), isSet(argv, 'force'));
  const folder = ExerciseFolder.begin(root, exercise);
  await folder.publish(folder.read().state);
  if (flag(argv, 'format') === 'json')
    return `${JSON.stringify({ folder: root, scenario: telling.scenario.id, seed: telling.seed, ground_truth_sha256: exercise.truthSha256 })}\n`;
  return `${root}: ${telling.scenario.id}, seed ${telling.seed}; players get ${root}/player, and nothing else\nground truth SHA-256 ${exercise.truthSha256}\nnext: aftershock exercise run ${root} --step\n`;
}

/** Runs on from where the exercise stands, a line at a time. */
export async function* playOn(
  argv: Argv,
  folder: ExerciseFolder,
  signal: AbortSignal,
  isTerminal: boolean,
): AsyncGenerator<string> {
  const { plan, truthSha256 } = folder.exercise;
  const moment = (name: string): number | undefined => {
    const text = flag(argv, name);
    return text === undefined ? undefined : momentOf(name, text, plan);
  };
  const [until = plan.end, jump] = [moment('until'), moment('jump')];
  const speed = speedOf(flag(argv, 'speed'), isTerminal);
  const unlock = folder.lock();
  try {
    const { state } = folder.read();
    if (state.truthSha256 !== truthSha256)
      throw new UsageError(
        `${folder.root}: the scenario or the tool has changed since the exercise began; make it again with exercise init`,
      );
    if (jump !== undefined) jumpTo(folder, jump);
    if (folder.read().state.now >= plan.end && nextInject(plan, folder.read().state) === undefined)
      throw new UsageError(
        `${folder.root}: the exercise is over; grade it with exercise grade, or set the clock back with --jump`,
      );
    const isJson = flag(argv, 'format') === 'json';
    const step = isSet(argv, 'step');
    const pausesOnInject = flag(argv, 'pause-on') === 'inject';
    for await (const event of runExercise(folder, { until, speed, step, pausesOnInject, signal }))
      yield exerciseLine(event, isJson);
  } finally {
    unlock();
  }
}

/** Sets the clock; what the plan had in between is skipped, and may still be given by hand. */
function jumpTo(folder: ExerciseFolder, at: number): void {
  const { state } = folder.read();
  folder.append({ ...stamp(at), act: 'jump', from: state.now });
  for (const inject of folder.exercise.plan.injects) {
    if (inject.at < at && !state.injects.has(inject.id))
      folder.append({ ...stamp(at), act: 'inject', id: inject.id, status: 'skipped', by_hand: true });
  }
}

/** Gives an inject now, whatever the plan says, or a message of the facilitator's own. */
export async function injectByHand(argv: Argv, folder: ExerciseFolder, id: string | undefined): Promise<string> {
  const { plan } = folder.exercise;
  const { state } = folder.read();
  const at = folder.now(state);
  const text = flag(argv, 'text');
  if ((id === undefined) === (text === undefined))
    throw new UsageError(`inject: give the id of an inject (${plan.injects.map(one => one.id).join(', ')}), or --text`);
  const own = `X${[...state.injects.keys()].filter(key => /^X\d+$/.test(key)).length + 1}`;
  const inject = plan.injects.find(one => one.id === id);
  if (id !== undefined && inject === undefined)
    throw new UsageError(`inject ${id}: there are ${plan.injects.map(one => one.id).join(', ')}`);
  if (id !== undefined && state.injects.get(id)?.status === 'given')
    throw new UsageError(`inject ${id}: players have it already`);
  const status = isSet(argv, 'skip') ? 'skipped' : 'given';
  folder.append({
    ...stamp(at),
    act: 'inject',
    id: id ?? own,
    status,
    by_hand: true,
    ...(text === undefined ? {} : { text }),
  });
  const after = folder.read().state;
  await folder.publish(after, folder.running());
  return exerciseLine(
    { at, kind: 'inject', text: `${id ?? own} ${status}: ${text ?? inject?.text ?? ''}` },
    flag(argv, 'format') === 'json',
  );
}

/** Where the exercise stands: its clock, the list of injects, the answers so far. */
export function statusText(folder: ExerciseFolder, isJson: boolean): string {
  const { plan } = folder.exercise;
  const { state } = folder.read();
  const time = (at: number): string => new Date(at / 1000).toISOString();
  const answers = state.answers.map(({ at, by, question, values }) => ({ at: time(at), by, question, values }));
  const claims = state.claims.map(({ at, by, host, technique }) => ({ at: time(at), by, host, technique }));
  const now = time(folder.now(state));
  if (isJson) {
    const questions = openQuestions(plan, state).map(question => question.id);
    return `${JSON.stringify({ now, end: time(plan.end), msel: mselRows(plan, state), questions, answers, claims }, undefined, 2)}\n`;
  }
  return `exercise time ${now.slice(0, 19)}Z of ${time(plan.end).slice(0, 19)}Z; ${answers.length} answers, ${claims.length} claims\n${mselLines(mselRows(plan, state))}`;
}
