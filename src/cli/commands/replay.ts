import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ReplayFrame, replay } from '../../index.ts';
import { cutMiddle, padEnd } from '../../util/columns.ts';
import { visible } from '../../util/escape.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { type Argv, evidenceOptions, flag, isSet, rangeOf } from '../flags.ts';
import { DETECTING, READING } from '../options.ts';
import { Output } from '../output.ts';
import { detectionOptions } from '../rule-flags.ts';
import { styleFor } from '../terminal.ts';

export const replayCommand: Command = {
  name: 'replay',
  positionals: '[path..]',
  describe: 'play the collection in the order in which its records were written; findings appear when they are proved',
  options: ['output', 'format', 'color', ...READING, ...DETECTING, 'quiet', 'debug'],
  own: {
    speed: {
      type: 'string',
      requiresArg: true,
      describe: 'times real time (60x), or max; default 60x on a terminal, else max',
    },
    step: { type: 'boolean', default: false, describe: 'wait for Enter before each record' },
    until: { type: 'string', requiresArg: true, describe: 'stop at this moment, as --to' },
    'pause-on': {
      type: 'string',
      requiresArg: true,
      choices: ['finding', 'stage'],
      describe: 'wait for Enter when one appears',
    },
    'shift-to': { type: 'string', requiresArg: true, describe: 'now, or the moment that the first record is moved to' },
  },
  run: async ({ argv, signal }) => {
    const format = flag(argv, 'format') ?? 'table';
    if (format !== 'table' && format !== 'ndjson') throw new UsageError(`--format ${format}: give table or ndjson`);
    const output = new Output(flag(argv, 'output'));
    const speed = speedOf(flag(argv, 'speed'), output.isTerminal);
    const until = flag(argv, 'until');
    const shiftTo = shiftOf(flag(argv, 'shift-to'));
    const { frames, notes, records } = await replay({
      ...evidenceOptions(argv, signal),
      ...(await detectionOptions(argv)),
      range: rangeOf(until === undefined ? argv : { ...argv, to: until }),
      ...(shiftTo === undefined ? {} : { shiftTo }),
    });
    if (records === 0) return EXIT.nothing;
    if (!isSet(argv, 'quiet')) for (const note of notes) process.stderr.write(`aftershock: ${visible(note)}\n`);
    const { width, colour } = styleFor(output, flag(argv, 'color') ?? 'auto', false);
    const line =
      format === 'ndjson' ? (f: ReplayFrame) => JSON.stringify(f) : (f: ReplayFrame) => text(f, width, colour);
    let last = frames[0]?.at ?? 0;
    for (const frame of frames) {
      if (signal.aborted) break;
      if (Number.isFinite(frame.at) && speed !== undefined)
        await sleep(Math.min(5000, (frame.at - last) / 1000 / speed), undefined, { signal }).catch(() => undefined);
      if (Number.isFinite(frame.at)) last = frame.at;
      await output.write(`${line(frame)}\n`);
      if (waitsOn(argv, frame)) await enter();
    }
    await output.close();
    return EXIT.complete;
  },
};

function speedOf(text: string | undefined, isTerminal: boolean): number | undefined {
  if (text === undefined) return isTerminal ? 60 : undefined;
  if (text === 'max') return undefined;
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1] ?? Number.NaN);
  if (!(factor > 0)) throw new UsageError(`--speed ${text}: give 60x, or max`);
  return factor;
}

function shiftOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const millis = text === 'now' ? Date.now() : Date.parse(text);
  if (Number.isNaN(millis))
    throw new UsageError(`--shift-to ${text}: give now, or a moment such as 2026-03-01T10:00:00Z`);
  return millis * 1000;
}

const waitsOn = (argv: Argv, frame: ReplayFrame): boolean =>
  (isSet(argv, 'step') && frame.kind === 'event') || flag(argv, 'pause-on') === frame.kind;

async function enter(): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  await lines.question('');
  lines.close();
}

/** A record is a plain line; what it proves stands out by a mark, not by colour alone. */
function text(frame: ReplayFrame, width: number, colour: boolean): string {
  const mark = frame.kind === 'event' ? ' ' : frame.kind === 'stage' ? '+' : '!';
  const time = frame.time.slice(0, 19).replace('T', ' ');
  const left = `${padEnd(time, 19)} ${mark} ${padEnd(cutMiddle(visible(frame.host), 14), 14)} `;
  const line = left + cutMiddle(visible(frame.text), Math.max(20, width - left.length));
  return colour && frame.kind === 'finding' ? `\u001b[1m${line}\u001b[0m` : line;
}
