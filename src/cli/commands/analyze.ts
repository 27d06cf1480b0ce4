import { analyze, REPORTERS } from '../../index.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { evidenceOptions, flag, formatOf, isSet, levelOf, limitOf, selectionOf, zoneOf } from '../flags.ts';
import { DETECTING, READING, RUNNING, WRITING } from '../options.ts';
import { Output } from '../output.ts';
import { Progress } from '../progress.ts';
import { detectionOptions } from '../rule-flags.ts';
import { styleFor } from '../terminal.ts';
import { verdict } from '../verdict.ts';
import { warn } from '../warnings.ts';

export const analyzeCommand: Command = {
  name: 'analyze',
  aliases: ['hunt'],
  positionals: '[path..]',
  describe: 'the main job: read, order, correlate, report',
  options: [...WRITING, 'min-level', 'signals', ...READING, ...DETECTING, ...RUNNING, 'fail-on'],
  run: async (invocation: Invocation) => {
    const { argv, args, version, signal } = invocation;
    const format = formatOf(argv, REPORTERS);
    const failOn = levelOf(argv, 'fail-on');
    const options = {
      ...evidenceOptions(argv, signal),
      ...(await detectionOptions(argv)),
      minLevel: levelOf(argv, 'min-level'),
      ...selectionOf(argv),
      withSignals: isSet(argv, 'signals'),
      decodeAll: isSet(argv, 'decode-all'),
      argv: args,
      version,
      timezone: zoneOf(argv),
    };
    const output = new Output(flag(argv, 'output'));
    const progress = await Progress.start(argv['progress'] !== false && !isSet(argv, 'quiet'), 'reading');
    const report = await analyze({ ...options, onProgress: (bytes, path) => progress.read(bytes, path) }).finally(() =>
      progress.stop(),
    );
    const code = verdict(report.evidence, report.findings, { strict: isSet(argv, 'strict'), failOn });
    report.run.exit_code = signal.aborted ? EXIT.interrupted : code;
    const limit = limitOf(argv) ?? report.findings.length;
    const cut = report.findings.length - limit;
    if (cut > 0) {
      report.findings = report.findings.slice(0, limit);
      report.warnings.push(`${cut} more finding${cut === 1 ? '' : 's'} not printed (--limit); statistics count all`);
    }
    await output.writeAll(format.render(report, styleFor(output, argv)));
    await output.close();
    warn(report.evidence, format.name === 'table' ? [] : report.warnings, argv);
    return code;
  },
};
