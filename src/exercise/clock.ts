import { z } from 'zod';

/** The clock of an exercise as players see it: a file that the run refreshes. */
export const Clock = z.strictObject({
  at: z.number().describe('time of the exercise, epoch microseconds'),
  wall: z.iso.datetime().describe('when it was that time'),
  speed: z.number().min(0).describe('exercise seconds a second; 0 while it stands'),
  until: z.number().describe('where it stops'),
});
export type Clock = z.infer<typeof Clock>;

/** A run refreshes the clock every few seconds: one that was not is left over from a run that was killed, and stands. */
const LONGEST_SILENCE = 30_000;

/** The time of the exercise at a moment of the world, milliseconds. */
export function timeOf(clock: Clock, wallMillis: number): number {
  const elapsed = Math.min(LONGEST_SILENCE, Math.max(0, wallMillis - Date.parse(clock.wall)));
  return Math.min(Math.max(clock.at, clock.until), clock.at + Math.round(elapsed * 1000 * clock.speed));
}
