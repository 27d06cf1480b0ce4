import type { MselRow, Plan } from '../index.ts';
import { parseDuration } from '../util/duration.ts';
import { visible } from '../util/escape.ts';
import type { RunEvent } from './exercise-run.ts';
import { UsageError } from './exit.ts';

/** A moment of the exercise, epoch microseconds: from its start (2h10m, PT2H10M), or with a date. */
export function momentOf(name: string, text: string, plan: Plan): number {
  const offset = parseDuration(text.replace(/^\+/, ''));
  const hasOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  const at = offset === undefined ? (hasOffset ? Date.parse(text) * 1000 : Number.NaN) : plan.start + offset;
  if (Number.isNaN(at))
    throw new UsageError(
      `--${name} ${text}: give a time from the start (2h10m), or a moment such as 2026-03-10T14:00:00Z`,
    );
  if (at < plan.start || at > plan.end)
    throw new UsageError(
      `--${name} ${text}: lies outside the exercise, ${isoSecond(plan.start)} to ${isoSecond(plan.end)}`,
    );
  return at;
}

const isoSecond = (micros: number): string => `${new Date(micros / 1000).toISOString().slice(0, 19)}Z`;

/** One event of a run: a line for people, or for programs. */
export const exerciseLine = ({ at, kind, text }: RunEvent, isJson: boolean): string =>
  isJson
    ? `${JSON.stringify({ at: new Date(at / 1000).toISOString(), kind, text })}\n`
    : `${isoSecond(at)} ${kind.padEnd(6)} ${visible(text)}\n`;

/** The list of injects as it stands. */
export const mselLines = (rows: readonly MselRow[]): string =>
  rows
    .map(
      row =>
        `${row.id.padEnd(5)} ${(row.planned ?? '-').slice(0, 19).padEnd(19)} ${(row.actual ?? '-').slice(0, 19).padEnd(19)} ${row.status.padEnd(8)} ${row.kind.padEnd(8)} ${row.to.padEnd(7)} ${visible(row.text)}\n`,
    )
    .join('');
