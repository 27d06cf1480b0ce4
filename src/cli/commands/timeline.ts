import { TIMELINE_REPORTERS, timeline } from '../../index.ts';
import { parseDuration } from '../../util/duration.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { evidenceOptions, flag, formatOf, isSet, limitOf, readText, selectionOf } from '../flags.ts';
import { DETECTING, READING, RUNNING, WRITING } from '../options.ts';
import { Output } from '../output.ts';
import { Progress } from '../progress.ts';
import { detectionOptions } from '../rule-flags.ts';
import { styleFor } from '../terminal.ts';
import { verdict } from '../verdict.ts';
import { warn } from '../warnings.ts';

export const timelineCommand: Command = {
  name: 'timeline',
  positionals: '[path..]',
  describe: 'all events of all sources in one order',
  options: [...WRITING, 'with-original', ...READING, ...DETECTING, ...RUNNING],
  own: {
    where: { type: 'string', requiresArg: true, describe: 'only events for which this EQL condition holds' },
    around: {
      type: 'string',
      requiresArg: true,
      describe: 'only events around the finding with this label (F1); needs --report',
    },
    report: { type: 'string', requiresArg: true, describe: 'the JSON report that --around speaks of' },
    window: { type: 'string', requiresArg: true, default: '5m', describe: 'how far around' },
  },
  run: async ({ argv, signal }) => {
    const format = formatOf(argv, TIMELINE_REPORTERS);
    const around = flag(argv, 'around');
    const report = flag(argv, 'report');
    if ((around === undefined) !== (report === undefined))
      throw new UsageError('--around and --report belong together');
    const windowMicros = parseDuration(flag(argv, 'window') ?? '5m');
    if (windowMicros === undefined) throw new UsageError('--window: give a duration such as 5m');
    const output = new Output(flag(argv, 'output'));
    const progress = await Progress.start(argv['progress'] !== false && !isSet(argv, 'quiet'), 'reading');
    const result = await timeline({
      ...(await detectionOptions(argv)),
      ...evidenceOptions(argv, signal),
      ...selectionOf(argv),
      where: flag(argv, 'where'),
      limit: limitOf(argv),
      ...(around === undefined || report === undefined
        ? {}
        : { around: { label: around, reportText: readText(report, '--report'), windowMicros } }),
      onProgress: (bytes, path) => progress.read(bytes, path),
    }).finally(() => progress.stop());
    await output.writeAll(format.render(result.entries, styleFor(output, argv)));
    await output.close();
    warn(result.evidence, result.warnings, argv);
    return verdict(result.evidence, [], { strict: isSet(argv, 'strict') });
  },
};
