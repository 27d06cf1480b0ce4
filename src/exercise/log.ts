import { z } from 'zod';

// The log of an exercise: one act a line, appended and never changed. `wall` is the time of the world, RFC 3339; `at` the time of the
// exercise, epoch microseconds. An exercise is what its log says: everything else in its folder can be made again from it.

const base = { wall: z.iso.datetime(), at: z.number() };

const Act = z.discriminatedUnion('act', [
  z.strictObject({ ...base, act: z.literal('init'), scenario: z.string(), truth_sha256: z.string() }),
  z.strictObject({ ...base, act: z.literal('run'), speed: z.number().positive().nullable(), until: z.number() }),
  z.strictObject({ ...base, act: z.literal('tick') }),
  z.strictObject({
    ...base,
    act: z.literal('pause'),
    why: z.enum(['interrupted', 'until', 'step', 'inject', 'end']),
  }),
  z.strictObject({ ...base, act: z.literal('jump'), from: z.number() }),
  z.strictObject({
    ...base,
    act: z.literal('inject'),
    id: z.string(),
    status: z.enum(['given', 'withheld', 'skipped']),
    by_hand: z.boolean(),
    /** Of an inject that is not in the plan. */
    text: z.string().optional(),
  }),
  z.strictObject({
    ...base,
    act: z.literal('answer'),
    by: z.string(),
    question: z.string(),
    values: z.record(z.string(), z.string()),
    note: z.string().optional(),
  }),
  z.strictObject({
    ...base,
    act: z.literal('claim'),
    by: z.string(),
    host: z.string(),
    technique: z.string(),
    source: z.string().optional(),
    from: z.number(),
    to: z.number(),
    note: z.string().optional(),
  }),
]);

export type Act = z.infer<typeof Act>;
export type ActOf<K extends Act['act']> = Extract<Act, { act: K }>;

/** A line of a log that is no act. */
export interface LogProblem {
  readonly line: number;
  readonly message: string;
}

export interface ReadLog {
  readonly acts: readonly Act[];
  readonly problems: readonly LogProblem[];
}

/** Reads a log. A torn or damaged line is told with its number; the others count. */
export function readLog(text: string): ReadLog {
  const acts: Act[] = [];
  const problems: LogProblem[] = [];
  const lines = text.split('\n');
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const act = actOf(line);
    if (act === undefined) {
      const isTorn = i === lines.length - 1;
      const message = isTorn ? 'the last line is torn: what it said is lost' : 'no act of an exercise: left out';
      problems.push({ line: i + 1, message });
    } else acts.push(act);
  }
  return { acts, problems };
}

function actOf(line: string): Act | undefined {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return undefined;
  }
  return Act.safeParse(content).data;
}

/** An act as it is appended. */
export const logLine = (act: Act): string => `${JSON.stringify(act)}\n`;

/** Acts of several logs in one order: by the time of the world, as that never stands still. */
export const merged = (...logs: readonly (readonly Act[])[]): readonly Act[] =>
  logs.flat().toSorted((a, b) => (a.wall < b.wall ? -1 : a.wall > b.wall ? 1 : a.at - b.at));
