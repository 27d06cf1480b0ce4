import { setTimeout as sleep } from 'node:timers/promises';
import { type ActOf, isWanted, nextInject, type PlannedInject, type State } from '../index.ts';
import type { ExerciseFolder } from './exercise-folder.ts';

/** How long evidence and clock may lie behind a run in real time. */
const REFRESH_MILLIS = 10_000;

export interface RunOptions {
  /** Epoch microseconds of the exercise. */
  readonly until: number;
  /** Times real time; undefined is as fast as it goes. */
  readonly speed: number | undefined;
  /** Stop behind the next inject. */
  readonly step: boolean;
  readonly pausesOnInject: boolean;
  readonly signal: AbortSignal;
}

/** Something that the facilitator sees while the exercise runs. */
export interface RunEvent {
  readonly at: number;
  readonly kind: 'story' | 'inject' | 'pause';
  readonly text: string;
}

/** Runs an exercise on from where it stands: injects by their plan, evidence as it is written, everything in the log first. */
export async function* runExercise(folder: ExerciseFolder, options: RunOptions): AsyncGenerator<RunEvent> {
  const { plan } = folder.exercise;
  const until = Math.min(options.until, plan.end);
  const clock = { speed: options.speed ?? 0, until };
  let { state } = folder.read();
  folder.append({ ...stamp(state.now), act: 'run', speed: options.speed ?? null, until });
  await folder.publish(state, clock);
  for (;;) {
    const next = nextInject(plan, state);
    const goal = Math.max(state.now, Math.min(until, next?.at ?? until));
    const before = state.now;
    const reached = await wait(folder, state, goal, options, clock);
    for (const event of plan.events)
      if (event.at > before && event.at <= reached)
        yield { at: event.at, kind: 'story', text: `${event.id} ${event.summary}` };
    state = folder.read().state;
    if (reached < goal) {
      yield await pause(folder, { ...state, now: reached }, 'interrupted');
      return;
    }
    const isDue = next !== undefined && next.at <= goal && !state.injects.has(next.id);
    if (isDue) yield give(folder, next, state, goal);
    else folder.append({ ...stamp(goal), act: 'tick' });
    state = folder.read().state;
    await folder.publish(state, clock);
    const isLeft = nextInject(plan, state)?.at ?? Number.POSITIVE_INFINITY;
    const why = whyPause(isDue, options, state, until, isLeft, plan.end);
    if (why !== undefined) {
      yield await pause(folder, state, why);
      return;
    }
  }
}

function whyPause(
  isDue: boolean,
  options: RunOptions,
  state: State,
  until: number,
  next: number,
  end: number,
): ActOf<'pause'>['why'] | undefined {
  if (isDue && options.step) return 'step';
  if (isDue && options.pausesOnInject) return 'inject';
  if (state.now < until || next <= until) return undefined;
  return state.now >= end ? 'end' : 'until';
}

/** Waits until the exercise is at `goal`, and says how far it came: less where it was interrupted. */
async function wait(
  folder: ExerciseFolder,
  state: State,
  goal: number,
  { speed, signal }: RunOptions,
  clock: { readonly speed: number; readonly until: number },
): Promise<number> {
  if (signal.aborted) return state.now;
  if (speed === undefined) return goal;
  const began = performance.now();
  const now = (): number => Math.min(goal, state.now + Math.round((performance.now() - began) * 1000 * speed));
  while (now() < goal) {
    const left = (goal - now()) / 1000 / speed;
    await sleep(Math.max(1, Math.min(REFRESH_MILLIS, left)), undefined, { signal }).catch(() => undefined);
    const at = now();
    if (signal.aborted) return at;
    if (at < goal) {
      folder.append({ ...stamp(at), act: 'tick' });
      await folder.publish({ ...folder.read().state, now: at }, clock);
    }
  }
  return goal;
}

function give(folder: ExerciseFolder, inject: PlannedInject, state: State, at: number): RunEvent {
  const status = isWanted(inject, state) ? 'given' : 'withheld';
  folder.append({ ...stamp(at), act: 'inject', id: inject.id, status, by_hand: false });
  const text = `${inject.id} ${inject.kind} to ${inject.to}${status === 'given' ? '' : ' (withheld: answered)'}: ${inject.text}`;
  return { at, kind: 'inject', text };
}

async function pause(folder: ExerciseFolder, state: State, why: ActOf<'pause'>['why']): Promise<RunEvent> {
  folder.append({ ...stamp(state.now), act: 'pause', why });
  await folder.publish(state);
  return { at: state.now, kind: 'pause', text: TEXTS[why] };
}

const TEXTS = {
  interrupted: 'interrupted; run goes on from here',
  until: 'reached what --until names',
  step: 'one step done; run goes on from here',
  inject: 'paused behind an inject; run goes on from here',
  end: 'the exercise is over; next: exercise grade, exercise aar',
} as const;

/** Both times of an act that happens now. */
export const stamp = (at: number): { readonly wall: string; readonly at: number } => ({
  wall: new Date().toISOString(),
  at,
});
