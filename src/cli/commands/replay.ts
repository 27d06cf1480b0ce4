import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ReplayFrame, replay } from '../../index.ts';
import { visible } from '../../util/escape.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { type Argv, evidenceOptions, flag, isSet, rangeOf } from '../flags.ts';
import { DETECTING, READING } from '../options.ts';
import { Output } from '../output.ts';
import { frameLine, shiftOf, speedOf } from '../replay-pace.ts';
import { detectionOptions } from '../rule-flags.ts';
import { styleFor } from '../terminal.ts';

export const replayCommand: Command = {
  name: 'replay',
  positionals: '[path..]',
  describe: 'play the collection in the order in which its records were written; findings appear when they are proved',
  options: ['output', 'format', 'color', 'tz', ...READING, ...DETECTING, 'quiet', 'debug'],
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
    const style = styleFor(output, argv);
    const line = format === 'ndjson' ? (f: ReplayFrame) => JSON.stringify(f) : (f: ReplayFrame) => frameLine(f, style);
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

const waitsOn = (argv: Argv, frame: ReplayFrame): boolean =>
  (isSet(argv, 'step') && frame.kind === 'event') || flag(argv, 'pause-on') === frame.kind;

async function enter(): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  await lines.question('');
  lines.close();
}
