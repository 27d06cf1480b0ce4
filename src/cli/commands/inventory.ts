import { INVENTORY_REPORTERS, inventory } from '../../index.ts';
import type { Command } from '../command.ts';
import { evidenceOptions, flag, formatOf, isSet, selectionOf } from '../flags.ts';
import { DETECTING, READING, RUNNING, WRITING } from '../options.ts';
import { Output } from '../output.ts';
import { Progress } from '../progress.ts';
import { detectionOptions } from '../rule-flags.ts';
import { styleFor } from '../terminal.ts';
import { verdict } from '../verdict.ts';
import { warn } from '../warnings.ts';

export const inventoryCommand: Command = {
  name: 'inventory',
  positionals: '[path..]',
  describe: 'the evidence ledger: files, hosts, clocks, damage, coverage',
  options: [...WRITING, ...READING, ...DETECTING, ...RUNNING],
  run: async ({ argv, signal }) => {
    const format = formatOf(argv, INVENTORY_REPORTERS);
    const output = new Output(flag(argv, 'output'));
    const progress = await Progress.start(argv['progress'] !== false && !isSet(argv, 'quiet'), 'reading');
    const result = await inventory({
      ...evidenceOptions(argv, signal),
      ...(await detectionOptions(argv)),
      ...selectionOf(argv),
      onProgress: (bytes, path) => progress.read(bytes, path),
    }).finally(() => progress.stop());
    await output.writeAll(format.render(result, styleFor(output, argv)));
    await output.close();
    warn(result.evidence, result.warnings, argv);
    return verdict(result.evidence, [], { strict: isSet(argv, 'strict') });
  },
};
