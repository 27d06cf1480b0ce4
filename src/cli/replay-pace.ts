import type { ReplayFrame, Style } from '../index.ts';
import { cutMiddle, padEnd } from '../util/columns.ts';
import { visible } from '../util/escape.ts';
import { inZone } from '../util/time-zone.ts';
import { UsageError } from './exit.ts';

/** Times real time; undefined is as fast as it goes, which is what a pipe wants. */
export function speedOf(text: string | undefined, isTerminal: boolean): number | undefined {
  if (text === undefined) return isTerminal ? 60 : undefined;
  if (text === 'max') return undefined;
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1] ?? Number.NaN);
  if (!(factor > 0)) throw new UsageError(`--speed ${text}: give 60x, or max`);
  return factor;
}

/** Epoch microseconds of `now` or of a moment. */
export function shiftOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const millis = text === 'now' ? Date.now() : Date.parse(text);
  if (Number.isNaN(millis))
    throw new UsageError(`--shift-to ${text}: give now, or a moment such as 2026-03-01T10:00:00Z`);
  return millis * 1000;
}

/** A record is a plain line; what it proves stands out by a mark, not by colour alone. */
export function frameLine(frame: ReplayFrame, { width, colour, zone }: Omit<Style, 'full'>): string {
  const mark = frame.kind === 'event' ? ' ' : frame.kind === 'stage' ? '+' : '!';
  const time = inZone(frame.time, zone).slice(0, 19).replace('T', ' ');
  const left = `${padEnd(time, 19)} ${mark} ${padEnd(cutMiddle(visible(frame.host), 14), 14)} `;
  const line = left + cutMiddle(visible(frame.text), Math.max(20, width - left.length));
  return colour && frame.kind === 'finding' ? `\u001b[1m${line}\u001b[0m` : line;
}
