import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/command-line.ts';
import { saidAct } from '../../src/cli/exercise-answer.ts';
import { appendPlayerAct, ExerciseFolder, playerFolder } from '../../src/cli/exercise-folder.ts';
import { initExercise, injectByHand, playOn, statusText } from '../../src/cli/exercise-steps.ts';
import { gradeOf } from '../../src/index.ts';
import { reportOn } from '../support/analyze.ts';

const HERE = mkdtempSync(join(tmpdir(), 'aftershock-exercise-'));
const FRESH = join(HERE, 'fresh');
/** An exercise that was run to its end, and in which nobody said anything. */
const DONE = join(HERE, 'done');

beforeAll(async () => {
  await initExercise({ output: FRESH }, 'lin-exim-21nails');
  cpSync(FRESH, DONE, { recursive: true });
  await run(DONE);
});
afterAll(() => {
  rmSync(HERE, { recursive: true, force: true });
});

let made = 0;
/** A folder of an exercise that has just been made. */
function fresh(): string {
  const root = join(HERE, `e${made++}`);
  cpSync(FRESH, root, { recursive: true });
  return root;
}

async function run(root: string, argv: Readonly<Record<string, unknown>> = {}, signal = new AbortController().signal) {
  const lines: string[] = [];
  for await (const line of playOn({ speed: 'max', ...argv }, ExerciseFolder.open(root), signal, false))
    lines.push(line.trimEnd());
  return lines;
}

const say = (root: string, what: string, ...words: string[]): void => {
  appendPlayerAct(playerFolder(root), saidAct(playerFolder(root), what, words, { by: 'blue', note: undefined }));
};
const stateIn = (root: string) => ExerciseFolder.open(root).read();
const scoreIn = (root: string): number => gradeOf(ExerciseFolder.open(root).exercise.plan, stateIn(root).state).score;
const statusOf = (root: string, id: string): string | undefined => stateIn(root).state.injects.get(id)?.status;
const evidence = (root: string, path: string): string => join(root, 'player/evidence', path);

test('before anything is released players have words, and no evidence that an inject holds back', () => {
  expect(existsSync(join(FRESH, 'player/briefing.md'))).toBe(true);
  expect(existsSync(evidence(FRESH, 'zeek'))).toBe(false);
  expect(existsSync(evidence(FRESH, 'mail01'))).toBe(false);
});

test('players see what was released, and of that only what had been written: an analysis finds nothing before the time', async () => {
  const root = fresh();
  await run(root, { until: '1h50m' });
  expect(existsSync(evidence(root, 'zeek/conn.log'))).toBe(true);
  expect(existsSync(evidence(root, 'mail01'))).toBe(false);
  const now = Date.parse('2026-01-13T09:50:00Z') / 1000;
  for (const row of readFileSync(evidence(root, 'zeek/conn.log'), 'utf8')
    .split('\n')
    .filter(line => /^\d/.test(line))) {
    const cells = row.split('\t');
    expect(Number(cells[0]) + 2.4 + (cells[8] === '-' ? 0 : Number(cells[8]))).toBeLessThanOrEqual(now + 0.001);
  }
  expect((await reportOn([join(root, 'player/evidence')])).findings).toEqual([]);
  await run(root, { until: '2h12m' });
  const [finding] = (await reportOn([join(root, 'player/evidence')])).findings;
  expect(finding).toMatchObject({ rule: { id: 't1210-linux' }, host: { name: 'mail01' } });
});

test('a run in steps, in pieces or at once gives the same injects at the same times, and the same evidence', async () => {
  const [steps, once] = [fresh(), DONE];
  for (const argv of [{ step: true }, { until: '2h12m' }, { 'pause-on': 'inject' }, {}]) await run(steps, argv);
  const injects = (root: string): unknown =>
    [...stateIn(root).state.injects.values()].map(({ id, at, status }) => ({ id, at, status }));
  expect(injects(steps)).toEqual(injects(once));
  expect(readFileSync(evidence(steps, 'zeek/conn.log'))).toEqual(readFileSync(evidence(once, 'zeek/conn.log')));
  expect(stateIn(once).state.isOver).toBe(true);
  await expect(run(once)).rejects.toThrow(/is over/);
});

test('a hint is given where nobody answered, and withheld where somebody did', async () => {
  const quick = fresh();
  expect(statusOf(DONE, 'I5')).toBe('given');
  await run(quick, { until: '2h20m' });
  say(quick, 'q1', 'host=mail01', 'port=25');
  await run(quick);
  expect(statusOf(quick, 'I5')).toBe('withheld');
  expect(scoreIn(quick)).toBe(20);
});

test('an answer from the player’s folder alone, taken elsewhere and brought back, counts', async () => {
  const root = fresh();
  await run(root, { until: '2h20m' });
  const alone = join(HERE, 'alone');
  cpSync(join(root, 'player'), alone, { recursive: true });
  say(alone, 'q1', 'host=mail01.corp.example', 'port=25');
  say(alone, 'finding', 'host=10.20.1.25', 'technique=t1210', 'source=203.0.113.77', 'from=2026-01-13T10:00:00Z');
  cpSync(join(alone, 'log.ndjson'), join(root, 'player/log.ndjson'));
  expect(scoreIn(root)).toBe(60);
});

test.each([
  ['q2', ['host=db01', 'port=22'], /no such question is open; give q1, q3, finding/],
  ['q1', ['hst=mail01'], /hst: did you mean host\?/],
  ['q1', ['mail01'], /give name=value/],
  ['q1', [], /give host=… port=…/],
  ['finding', ['host=mail01', 'technique=T1210'], /from=2026-03-10T14:02:00Z/],
  ['finding', ['host=mail01', 'technique=exploit', 'from=2026-01-13T10:00:00Z'], /such as T1210/],
  ['finding', ['host=mail01', 'technique=T1210', 'from=10:00'], /a moment with its offset/],
])('answer %s %j is refused with what would be right', async (what, words, message) => {
  const root = join(HERE, 'refused');
  if (!existsSync(root)) {
    cpSync(FRESH, root, { recursive: true });
    await run(root, { until: '2h20m' });
  }
  expect(() => say(root, what, ...words)).toThrow(message);
  expect(existsSync(join(root, 'player/log.ndjson'))).toBe(false);
});

test('a clock or questions that are damaged are told, and the next run makes them again', async () => {
  const root = fresh();
  await run(root, { until: '2h20m' });
  for (const name of ['clock.json', 'questions.json']) {
    writeFileSync(join(root, 'player', name), '{');
    expect(() => say(root, 'q1', 'host=a')).toThrow(/are damaged; the next exercise run makes them again/);
    await run(root, { step: true });
    say(root, 'q3', 'ip=203.0.113.77');
  }
  expect(stateIn(root).state.answers).toHaveLength(2);
});

test('an interrupted run says how far it came, and the next one goes on from there', async () => {
  const root = fresh();
  const abort = new AbortController();
  const lines: string[] = [];
  for await (const line of playOn({ speed: '200x' }, ExerciseFolder.open(root), abort.signal, false)) {
    lines.push(line.trimEnd());
    if (line.includes(' I1 ')) setTimeout(() => abort.abort(), 300);
  }
  expect(lines.at(-1)).toMatch(/interrupted; run goes on from here/);
  const reached = stateIn(root).state.now;
  expect(reached).toBeGreaterThan(ExerciseFolder.open(root).exercise.plan.start);
  expect(statusOf(root, 'I2')).toBeUndefined();
  expect((await run(root, { step: true }))[0]).toMatch(/ I2 /);
});

test('a log whose last line was torn loses that line, and the exercise goes on', async () => {
  const root = fresh();
  await run(root, { until: '10m' });
  const log = join(root, 'excon/log.ndjson');
  const text = readFileSync(log, 'utf8');
  const torn = text.slice(0, text.lastIndexOf('"why"'));
  writeFileSync(log, torn);
  expect(stateIn(root).warnings).toEqual([expect.stringMatching(/log\.ndjson:\d+: the last line is torn/)]);
  await run(root);
  expect(stateIn(root).warnings).toEqual([expect.stringMatching(/no act of an exercise: left out/)]);
  expect(statusOf(root, 'I8')).toBe('given');
  expect(readFileSync(log, 'utf8').startsWith(torn)).toBe(true);
});

test('two runs at once: the second is refused, and a lock that a killed run left is none', async () => {
  const root = fresh();
  const folder = ExerciseFolder.open(root);
  const unlock = folder.lock();
  await expect(run(root)).rejects.toThrow(/is being run by process \d+; interrupt that one first/);
  unlock();
  writeFileSync(join(root, 'excon/run.lock'), '999999999');
  await run(root, { step: true });
  expect(existsSync(join(root, 'excon/run.lock'))).toBe(false);
});

test('a jump skips what it passes over; by hand it is given all the same, at the time that it is', async () => {
  const root = fresh();
  await run(root, { jump: '2h30m', until: '2h35m' });
  expect(['I1', 'I2', 'I3', 'I4'].map(id => statusOf(root, id))).toEqual(['skipped', 'skipped', 'skipped', 'skipped']);
  const line = await injectByHand({}, ExerciseFolder.open(root), 'I3');
  expect(line).toMatch(/^2026-01-13T10:35:00Z inject I3 given/);
  expect(existsSync(evidence(root, 'mail01/[root]/var/log/syslog'))).toBe(true);
  await injectByHand({ text: 'Lunch is at noon.' }, ExerciseFolder.open(root), undefined);
  expect(readFileSync(join(root, 'player/inbox.md'), 'utf8')).toContain('Lunch is at noon.');
  await expect(injectByHand({}, ExerciseFolder.open(root), 'I3')).rejects.toThrow(/players have it already/);
  await expect(injectByHand({}, ExerciseFolder.open(root), 'I99')).rejects.toThrow(/there are I1, I2/);
  expect(statusText(ExerciseFolder.open(root), false)).toMatch(/I3 +2026-01-13T10:10:00 2026-01-13T10:35:00 given/);
});

test('a scenario that was changed after the exercise began is told when it is graded, and not run', async () => {
  const root = fresh();
  const path = join(root, 'excon/scenario.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('points: 40', 'points: 90'));
  expect(stateIn(root).warnings.join()).toMatch(/the answer key is another one/);
  await expect(run(root)).rejects.toThrow(/make it again with exercise init/);
});

test('nothing in the player’s folder tells what happened, at any time of the exercise', () => {
  const root = DONE;
  const { scenario } = ExerciseFolder.open(root).exercise.telling;
  for (const path of [
    'briefing.md',
    'inbox.md',
    'questions.json',
    'params.yaml',
    'clock.json',
    'ground-truth.sha256',
  ]) {
    const text = readFileSync(join(root, 'player', path), 'utf8');
    expect(text).not.toContain(scenario.id);
    expect(text).not.toContain(scenario.title_excon);
    expect(text).not.toMatch(/t1210|"answer"|203\.0\.113/i);
  }
});

test.each([
  [['exercise', 'init', 'lin-exim-21nails'], /name the folder to make with -o/],
  [['exercise', 'init', 'no-such', '-o', 'x'], /no-such: cannot be read/],
  [['exercise', 'run', 'no/such/folder'], /no exercise; make one with exercise init/],
  [['exercise', 'fly', 'x'], /exercise fly: give init, run, status, inject, answer, grade, aar/],
  [['exercise', 'run', FRESH, '--until', '9h'], /--until 9h: lies outside the exercise/],
  [['exercise', 'run', FRESH, '--until', 'noon'], /give a time from the start \(2h10m\)/],
  [['exercise', 'run', FRESH, '--speed', 'fast'], /--speed fast/],
  [['exercise', 'aar', FRESH, '-f', 'pdf'], /--format pdf: give markdown, html, json/],
  [['scenario', 'build', 'win-smb-spooler'], /name the folder to write with -o/],
  [
    ['scenario', 'build', 'win-smb-spooler', '-o', FRESH],
    /holds an earlier run; name another folder, or replace it with --force/,
  ],
  [['scenario', 'build', 'win-smb-spooler', '-o', '.'], /holds other things/],
  [
    ['scenario', 'build', 'win-smb-spooler', '-o', 'x', '--variant', 'no-moon'],
    /no variant no-moon; give one of no-zeek/,
  ],
  [['scenario', 'build', 'win-smb-spooler', '-o', 'x', '--seed', '-1'], /--seed -1: give a whole number/],
  [['scenario', 'show'], /name a scenario or its file/],
  [['scenario', 'make', 'x'], /scenario make: give list, show, new, check, build/],
] as const)('%j is refused with what would be right', async (args, message) => {
  await expect(runCommand(args, '0.0.0')).rejects.toThrow(message);
});
