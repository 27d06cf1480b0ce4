import type { Options } from 'yargs';

// One entry a flag. `--help`, the README's table and the completion are made from these; a flag means the same in every command.

const many = { type: 'string', array: true, requiresArg: true, nargs: 1 } as const satisfies Options;
const one = { type: 'string', requiresArg: true } as const satisfies Options;
const yes = { type: 'boolean', default: false } as const satisfies Options;

const OUTPUT = 'Output:';
const EVIDENCE = 'Evidence:';
const DETECTION = 'Detection:';
const RUN = 'Run:';

export const OPTIONS = {
  output: { ...one, alias: 'o', group: OUTPUT, describe: 'write the result to this file, not to standard output' },
  format: { ...one, alias: 'f', group: OUTPUT, describe: 'output format; see the formats of each command' },
  'min-level': {
    ...one,
    alias: 'm',
    group: OUTPUT,
    describe: 'leave out findings below: critical, high, medium, low, info',
  },
  limit: {
    type: 'number',
    requiresArg: true,
    alias: 'L',
    group: OUTPUT,
    describe: 'print at most N events or findings',
  },
  full: { ...yes, group: OUTPUT, describe: 'expand every finding, list every warning' },
  color: {
    ...one,
    default: 'auto',
    group: OUTPUT,
    describe: 'auto, always or never (NO_COLOR and FORCE_COLOR are heeded)',
  },
  tz: { ...one, default: 'UTC', group: OUTPUT, describe: 'time zone of times on the screen; never of times in JSON' },
  signals: { ...yes, group: OUTPUT, describe: 'also report every single hit of every rule' },
  'with-original': { ...yes, group: OUTPUT, describe: 'add the original record as event.original' },

  from: {
    ...one,
    group: EVIDENCE,
    describe: 'first moment: ISO 8601 with offset, or relative to the end of the collection (-24h)',
  },
  to: { ...one, group: EVIDENCE, describe: 'last moment, as --from' },
  host: { ...many, group: EVIDENCE, describe: 'only this host (name or id; repeatable)' },
  'exclude-host': { ...many, group: EVIDENCE, describe: 'not this host (repeatable)' },
  hosts: { ...one, group: EVIDENCE, describe: 'CSV (host,ip,from,to) or YAML of which machine had which address' },
  'assume-tz': { ...many, group: EVIDENCE, describe: 'zone of logs that state none: ZONE, or HOST=ZONE (repeatable)' },
  'assume-year': {
    type: 'number',
    requiresArg: true,
    group: EVIDENCE,
    describe: 'year of the last line of logs that state none',
  },
  'clock-offset': {
    ...many,
    group: EVIDENCE,
    describe: 'how far a sensor is ahead of the hosts: ±DURATION, or SOURCE=±DURATION (repeatable)',
  },
  'code-page': {
    type: 'number',
    requiresArg: true,
    default: 1252,
    group: EVIDENCE,
    describe: 'code page of ANSI strings in event logs',
  },
  'zeek-fields': {
    ...one,
    group: EVIDENCE,
    describe: 'columns of Zeek logs that lost their header: LIST (ts,uid,...), or FILE with them or with the # lines',
  },
  recover: { ...yes, group: EVIDENCE, describe: 'carve event log records from slack and damage, marked recovered' },
  password: { ...one, group: EVIDENCE, describe: 'of encrypted zip members (better: AFTERSHOCK_ZIP_PASSWORD)' },
  'decode-all': {
    ...yes,
    group: EVIDENCE,
    describe: 'decode every field of every record, wanted or not; slower, same result',
  },

  rules: {
    ...many,
    alias: 'r',
    group: DETECTION,
    describe: 'more rules: files or folders of chains, Elastic TOML, Sigma YAML',
  },
  builtin: {
    type: 'boolean',
    default: true,
    group: DETECTION,
    describe: 'the built-in rules; --no-builtin drops them',
  },
  'rule-cache': {
    type: 'boolean',
    default: true,
    group: DETECTION,
    describe: 'keep what was read of hundreds of rules in the cache folder; --no-rule-cache reads all anew',
  },
  set: { ...many, group: DETECTION, describe: 'Name=Value of a mutable element, or platform.Name=Value (repeatable)' },
  params: { ...one, group: DETECTION, describe: 'YAML or JSON file of mutable elements' },
  baseline: {
    ...many,
    group: DETECTION,
    describe: 'collection of normal days: contacts seen there are not new, shares of failures usual',
  },
  placeholders: {
    ...one,
    group: DETECTION,
    describe: 'YAML or JSON file with values of the placeholders in Sigma rules',
  },
  indicators: { ...one, group: DETECTION, describe: 'JSON file of indicators, for indicator match rules' },
  suppress: { ...one, group: DETECTION, describe: 'YAML file of suppressions, each with reason and expiry' },

  threads: {
    type: 'number',
    requiresArg: true,
    group: RUN,
    describe: 'threads that read logs, a log each, with the same result (default: 1)',
  },
  memory: { ...one, group: RUN, describe: 'accepted for scripts: this version keeps what rules need in memory' },
  strict: { ...yes, group: RUN, describe: 'exit 3 when evidence was partial' },
  'fail-on': { ...one, group: RUN, describe: 'exit 10 when there is a finding of this level or above' },
  quiet: { ...yes, alias: 'q', group: RUN, describe: 'no progress, no warnings on standard error' },
  progress: {
    type: 'boolean',
    default: true,
    group: RUN,
    describe: 'progress on standard error; --no-progress drops it',
  },
  verbose: { type: 'count', alias: 'v', group: RUN, describe: 'more on standard error; -vv for every problem' },
  debug: { ...yes, group: RUN, describe: 'show the stack of a bug of ours' },
  'print-config': { ...yes, group: RUN, describe: 'print each setting and where it came from, and stop' },
} as const satisfies Record<string, Options>;

export type OptionName = keyof typeof OPTIONS;

/** The options of a command, by name, for yargs. */
export const pick = (...names: readonly OptionName[]): Record<string, Options> =>
  Object.fromEntries(names.map(name => [name, OPTIONS[name]]));

/** Flags that every command which reads evidence has. */
export const READING = [
  'assume-tz',
  'assume-year',
  'clock-offset',
  'code-page',
  'decode-all',
  'exclude-host',
  'from',
  'host',
  'hosts',
  'memory',
  'password',
  'recover',
  'threads',
  'to',
  'zeek-fields',
] as const satisfies readonly OptionName[];

export const WRITING = ['output', 'format', 'color', 'tz', 'limit', 'full'] as const satisfies readonly OptionName[];
export const RUNNING = [
  'strict',
  'quiet',
  'progress',
  'verbose',
  'debug',
  'print-config',
] as const satisfies readonly OptionName[];
export const DETECTING = [
  'rules',
  'builtin',
  'rule-cache',
  'set',
  'params',
  'baseline',
  'suppress',
  'placeholders',
  'indicators',
] as const satisfies readonly OptionName[];
