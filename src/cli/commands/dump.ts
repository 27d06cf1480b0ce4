import { dump } from '../../index.ts';
import { visible } from '../../util/escape.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { evidenceOptions, flag, isSet } from '../flags.ts';
import { Output } from '../output.ts';

const FORMATS = ['jsonl', 'xml'] as const;

export const dumpCommand: Command = {
  name: 'dump',
  positionals: '[path..]',
  describe: "artifacts' records as they are, before mapping (jsonl, or xml for event logs)",
  options: ['output', 'format', 'recover', 'code-page', 'password', 'zeek-fields', 'quiet', 'strict', 'debug'],
  run: async ({ argv, signal }) => {
    const name = flag(argv, 'format') ?? 'jsonl';
    const format = FORMATS.find(known => known === name);
    if (format === undefined) throw new UsageError(`--format ${name}: give ${FORMATS.join(' or ')}`);
    const output = new Output(flag(argv, 'output'));
    let read = 0;
    let logs = 0;
    let isPartial = false;
    const pieces = dump({
      ...evidenceOptions(argv, signal),
      format,
      problem: p => {
        isPartial = true;
        const place = p.offset === undefined ? '' : ` (at byte ${p.offset})`;
        if (!isSet(argv, 'quiet'))
          process.stderr.write(`aftershock: ${visible(`${p.artifact}: ${p.message}`)}${place}\n`);
      },
      done: (artifacts, records) => {
        logs = artifacts;
        read = records;
      },
    });
    await output.writeAll(pieces);
    await output.close();
    if (read === 0) {
      const why = logs === 0 ? 'no log of a known format' : `no record in ${logs === 1 ? 'the log' : `${logs} logs`}`;
      process.stderr.write(`aftershock: nothing was dumped: ${why}\n`);
      return EXIT.nothing;
    }
    return isPartial && isSet(argv, 'strict') ? EXIT.partial : EXIT.complete;
  },
};
