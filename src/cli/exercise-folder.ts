import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import process from 'node:process';
import {
  type Act,
  Clock,
  type Exercise,
  inboxText,
  logLine,
  merged,
  openExercise,
  openQuestions,
  readLog,
  releasedEvidence,
  type State,
  stateOf,
  timeOf,
} from '../index.ts';
import { UsageError } from './exit.ts';
import { writeWhole } from './folder.ts';

// An exercise is a folder. excon/log.ndjson and player/log.ndjson are what happened, only ever appended to; everything else in
// player/ is made from them, so that a run that was killed leaves nothing that the next one does not put right.

const EXCON_LOG = 'excon/log.ndjson';
const PLAYER_LOG = 'player/log.ndjson';
const LOCK = 'excon/run.lock';

export class ExerciseFolder {
  readonly root: string;
  readonly exercise: Exercise;
  #written = new Map<string, Uint8Array>();

  private constructor(root: string, exercise: Exercise) {
    this.root = root;
    this.exercise = exercise;
  }

  /** Opens the folder of an exercise; UsageError where there is none. */
  static open(root: string): ExerciseFolder {
    const [scenario, build] = ['excon/scenario.yaml', 'excon/build.json'].map(path => {
      const at = join(root, path);
      if (!existsSync(at)) throw new UsageError(`${root}: no exercise; make one with exercise init NAME -o ${root}`);
      return { path: at, text: readFileSync(at, 'utf8') };
    });
    const folder = new ExerciseFolder(root, openExercise(scenario!, build!));
    if (!existsSync(join(root, EXCON_LOG)))
      throw new UsageError(`${root}: built, but no exercise; make one with exercise init NAME -o FOLDER`);
    return folder;
  }

  /** Begins the log of a new exercise. */
  static begin(root: string, exercise: Exercise): ExerciseFolder {
    const folder = new ExerciseFolder(root, exercise);
    const { scenario, start } = exercise.telling;
    folder.append({
      wall: new Date().toISOString(),
      at: start,
      act: 'init',
      scenario: scenario.id,
      truth_sha256: exercise.truthSha256,
    });
    return folder;
  }

  read(): { readonly acts: readonly Act[]; readonly state: State; readonly warnings: readonly string[] } {
    const logs = [EXCON_LOG, PLAYER_LOG].map(path => {
      const at = join(this.root, path);
      return { at, ...readLog(existsSync(at) ? readFileSync(at, 'utf8') : '') };
    });
    const acts = merged(...logs.map(log => log.acts));
    const state = stateOf(this.exercise.plan, acts);
    const warnings = logs.flatMap(({ at, problems }) =>
      problems.map(({ line, message }) => `${at}:${line}: ${message}`),
    );
    if (state.truthSha256 !== this.exercise.truthSha256)
      warnings.push(
        `${this.root}/excon: the scenario or the tool has changed since the exercise began: the answer key is another one`,
      );
    return { acts, state, warnings };
  }

  append(act: Act): void {
    appendLine(join(this.root, EXCON_LOG), logLine(act));
  }

  /** The time of the exercise now: it runs on while somebody runs it. */
  now(state: State): number {
    return Math.max(state.now, timeOf(this.#clock(state), Date.now()));
  }

  /** How the clock runs now: as another process runs it, or not at all. */
  running(): Omit<Clock, 'at' | 'wall'> {
    const { speed, until } = this.#clock(this.read().state);
    return { speed, until };
  }

  #clock(state: State): Clock {
    return (
      clockOf(join(this.root, 'player')) ?? {
        at: state.now,
        wall: new Date().toISOString(),
        speed: 0,
        until: state.now,
      }
    );
  }

  /** Brings everything that players see up to a state: evidence, messages, questions, the clock. */
  async publish(state: State, clock: Omit<Clock, 'at' | 'wall'> = { speed: 0, until: state.now }): Promise<void> {
    const { plan } = this.exercise;
    const files = new Map<string, Uint8Array>(
      [...releasedEvidence(this.exercise, state)].map(([path, bytes]) => [`evidence/${path}`, bytes]),
    );
    await this.#removeBeyond(new Set(files.keys()));
    files.set('inbox.md', Buffer.from(inboxText(plan, state)));
    files.set('questions.json', Buffer.from(`${JSON.stringify(openQuestions(plan, state), undefined, 2)}\n`));
    const time: Clock = { at: state.now, wall: new Date().toISOString(), ...clock };
    files.set('clock.json', Buffer.from(`${JSON.stringify(time)}\n`));
    for (const [path, bytes] of files) {
      if (this.#written.get(path)?.length === bytes.length && Buffer.from(bytes).equals(this.#written.get(path)!))
        continue;
      await writeWhole(join(this.root, 'player', path), bytes);
    }
    this.#written = files;
  }

  /** Files that are not released: what an earlier run left, after the clock went back. */
  async #removeBeyond(wanted: ReadonlySet<string>): Promise<void> {
    const root = join(this.root, 'player', 'evidence');
    const held = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of held) {
      if (entry.isDirectory()) continue;
      const path = `evidence${join(entry.parentPath, entry.name).slice(root.length)}`.replaceAll('\\', '/');
      if (!wanted.has(path)) await rm(join(this.root, 'player', path), { force: true });
    }
  }

  /** Takes the right to run the exercise; UsageError while another process has it. Returns what gives it back. */
  lock(): () => void {
    const path = join(this.root, LOCK);
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const file = openSync(path, 'wx');
        writeSync(file, String(process.pid));
        closeSync(file);
        return () => rmSync(path, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const holder = Number(readFileSync(path, 'utf8'));
        // Who has just made the file has not yet written his number.
        const isFresh = holder === 0 && Date.now() - statSync(path).mtimeMs < 5000;
        if (isFresh || holder === process.pid || isAlive(holder))
          throw new UsageError(`${this.root}: is being run by process ${holder}; interrupt that one first`);
        rmSync(path, { force: true });
      }
    }
    throw new UsageError(`${this.root}: another process takes turns with this one; try again`);
  }
}

/** The player's side of an exercise: the folder itself, or the `player` folder in it. */
export function playerFolder(root: string): string {
  const folder = existsSync(join(root, 'player')) ? join(root, 'player') : root;
  if (!existsSync(join(folder, 'questions.json')))
    throw new UsageError(`${root}: no exercise that has begun; name its folder, or the player folder in it`);
  return folder;
}

/** The clock that the run shows to players. */
export function clockOf(playerRoot: string): Clock | undefined {
  try {
    return Clock.parse(JSON.parse(readFileSync(join(playerRoot, 'clock.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

export const appendPlayerAct = (playerRoot: string, act: Act): void => {
  appendLine(join(playerRoot, basename(PLAYER_LOG)), logLine(act));
};

/** One write a line, behind a line end: what a torn line took with it is that line alone. */
function appendLine(path: string, line: string): void {
  const file = openSync(path, 'a+');
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    if (size > 0) readSync(file, last, 0, 1, size - 1);
    writeSync(file, size > 0 && last[0] !== 0x0a ? `\n${line}` : line);
  } finally {
    closeSync(file);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
