import { search } from '../../index.ts';
import { cutMiddle } from '../../util/columns.ts';
import { visible } from '../../util/escape.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { evidenceOptions, flag, isSet, limitOf, list, readText, selectionOf } from '../flags.ts';
import { DETECTING, READING, RUNNING, WRITING } from '../options.ts';
import { Output } from '../output.ts';
import { queryOptions } from '../query-flags.ts';
import { detectionOptions } from '../rule-flags.ts';
import { verdict } from '../verdict.ts';
import { warn } from '../warnings.ts';

export const searchCommand: Command = {
  name: 'search',
  positionals: '[path..]',
  describe: 'events (or sequences) that an EQL or KQL expression matches; first the expression, then the paths',
  options: [...WRITING, ...READING, ...DETECTING, ...RUNNING],
  own: {
    language: {
      type: 'string',
      requiresArg: true,
      default: 'eql',
      choices: ['eql', 'kql'],
      describe: 'language of the expression',
    },
    semantics: {
      type: 'string',
      requiresArg: true,
      default: 'elastic',
      choices: ['elastic', 'classic'],
      describe: 'of missing fields: elastic is two-valued, classic three-valued',
    },
    queries: { type: 'string', requiresArg: true, describe: 'query pack (TOML, YAML, JSON) instead of an expression' },
    'input-format': {
      type: 'string',
      requiresArg: true,
      choices: ['evidence', 'ndjson'],
      default: 'evidence',
      describe: 'ndjson: any JSON objects, as they are',
    },
    'timestamp-field': { type: 'string', requiresArg: true, describe: 'of ndjson input; default @timestamp' },
    'tiebreaker-field': { type: 'string', requiresArg: true, describe: 'of ndjson input: orders events of one time' },
    'category-field': { type: 'string', requiresArg: true, describe: 'the field behind "process where"' },
  },
  run: async ({ argv, signal }) => {
    const pack = flag(argv, 'queries');
    const words = list(argv, 'path').map(String);
    const expression = pack === undefined ? words[0] : undefined;
    if (pack === undefined && expression === undefined) throw new UsageError('give an expression, then the paths');
    const paths = pack === undefined ? words.slice(1) : words;
    const format = flag(argv, 'format') ?? 'ndjson';
    if (format !== 'ndjson' && format !== 'table') throw new UsageError(`--format ${format}: give ndjson or table`);
    const result = await search({
      ...(await detectionOptions(argv)),
      ...evidenceOptions({ ...argv, path: paths }, signal),
      ...queryOptions(argv),
      ...selectionOf(argv),
      expression,
      ...(pack === undefined ? {} : { pack: { path: pack, text: readText(pack, '--queries') } }),
      limit: limitOf(argv),
    });
    const output = new Output(flag(argv, 'output'));
    const line =
      format === 'ndjson'
        ? (value: object) => JSON.stringify(value)
        : (value: object) => cutMiddle(visible(JSON.stringify(value)), 80);
    await output.writeAll(
      (function* () {
        for (const value of result.lines) yield `${line(value)}\n`;
      })(),
    );
    await output.close();
    warn(result.evidence, result.warnings, argv);
    return verdict(result.evidence, [], { strict: isSet(argv, 'strict') });
  },
};
