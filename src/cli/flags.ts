import { existsSync, readFileSync } from 'node:fs';
import {
  type EvidenceOptions,
  type GivenHost,
  type GivenOffset,
  LEVELS,
  type Level,
  parseHostsFile,
  parseZeekFields,
  type Selection,
  type TimeRange,
} from '../index.ts';
import { parseDuration } from '../util/duration.ts';
import { isZone } from '../util/time-zone.ts';
import { UsageError } from './exit.ts';

/** The arguments as yargs hands them over; each flag is read into its type here and nowhere else. */
export type Argv = Readonly<Record<string, unknown>>;

export const flag = (argv: Argv, name: string): string | undefined => argv[name] as string | undefined;
export const isSet = (argv: Argv, name: string): boolean => argv[name] === true;
export const list = (argv: Argv, name: string): readonly string[] => (argv[name] as string[] | undefined) ?? [];

/** yargs loses a lone dash among the paths: standard input travels under this name. */
export const STDIN = 'stdin:';

/** `paths` of a command, or a usage error. */
export function pathsOf(argv: Argv): readonly string[] {
  const paths = list(argv, 'path').map(path => (path === STDIN ? '-' : String(path)));
  if (paths.length === 0) throw new UsageError('name a file, a folder or an archive; or - for standard input');
  return paths;
}

export function evidenceOptions(argv: Argv, signal: AbortSignal): EvidenceOptions {
  const paths = pathsOf(argv);
  return {
    paths,
    ...(paths.includes('-') ? { stdin: process.stdin } : {}),
    password: flag(argv, 'password'),
    givenHosts: hostsOf(argv),
    givenOffsets: list(argv, 'clock-offset').map(offsetOf),
    assumedZones: zonesOf(argv),
    assumedYear: yearOf(argv),
    zeekHeader: zeekHeaderOf(argv),
    codePage: (argv['code-page'] as number | undefined) ?? 1252,
    recover: isSet(argv, 'recover'),
    withOriginal: isSet(argv, 'with-original'),
    threads: threadsOf(argv),
    signal,
  };
}

function hostsOf(argv: Argv): readonly GivenHost[] {
  const path = flag(argv, 'hosts');
  if (path === undefined) return [];
  const { hosts, errors } = parseHostsFile(readText(path, '--hosts'));
  if (errors.length > 0) throw new UsageError(errors.map(error => `--hosts ${path}: ${error}`).join('\n'));
  return hosts;
}

/** Reads a file that the user named in a flag. */
export function readText(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${name} ${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    );
  }
}

function offsetOf(text: string): GivenOffset {
  const [, source = '', sign, duration] = /^(?:(.*)=)?([+-])?([^=]+)$/.exec(text) ?? [];
  const micros = duration === undefined ? undefined : parseDuration(duration);
  if (micros === undefined)
    throw new UsageError(`--clock-offset ${text}: give ±DURATION such as -47s, or SOURCE=±DURATION`);
  return { source, micros: sign === '-' ? -micros : micros };
}

function zonesOf(argv: Argv): ReadonlyMap<string, string> {
  const zones = new Map<string, string>();
  for (const text of list(argv, 'assume-tz')) {
    const at = text.lastIndexOf('=');
    const zone = text.slice(at + 1);
    if (!isZone(zone))
      throw new UsageError(`--assume-tz ${text}: ${zone} is no time zone; give Europe/Berlin, UTC or +02:00`);
    zones.set(at < 0 ? '' : text.slice(0, at).toLowerCase(), zone);
  }
  return zones;
}

/** `--tz`: the zone of times that a person reads. */
export function zoneOf(argv: Argv): string {
  const zone = flag(argv, 'tz') ?? 'UTC';
  if (!isZone(zone)) throw new UsageError(`--tz ${zone}: no time zone; give Europe/Berlin, UTC or +02:00`);
  return zone;
}

/** `--host`, `--exclude-host`, `--from` and `--to`: what of the evidence is asked for. */
export const selectionOf = (argv: Argv): Selection => ({
  hosts: list(argv, 'host'),
  excludedHosts: list(argv, 'exclude-host'),
  range: rangeOf(argv),
});

function yearOf(argv: Argv): number | undefined {
  const year = argv['assume-year'] as number | undefined;
  if (year === undefined) return undefined;
  if (!Number.isInteger(year) || year < 1970 || year > 2200)
    throw new UsageError(`--assume-year ${year}: give a year such as 2026`);
  return year;
}

/** `--zeek-fields`: the names themselves, or a file that holds them or the header of a log. */
function zeekHeaderOf(argv: Argv): readonly string[] | undefined {
  const given = flag(argv, 'zeek-fields');
  if (given === undefined) return undefined;
  const isFile = existsSync(given);
  const header = parseZeekFields(isFile ? readText(given, '--zeek-fields') : given);
  if (header === undefined)
    throw new UsageError(
      `--zeek-fields ${given}: give the names of the columns (ts,uid,id.orig_h,...), or a file with them or with the # lines of a log`,
    );
  if (!isFile && !/[\s,]/.test(given))
    throw new UsageError(`--zeek-fields ${given}: there is no such file, and one name is no list of columns`);
  return header;
}

export function levelOf(argv: Argv, name: 'min-level' | 'fail-on'): Level | undefined {
  const text = flag(argv, name)?.toLowerCase();
  if (text === undefined) return undefined;
  const level = LEVELS.find(known => known === text);
  if (level === undefined) throw new UsageError(`--${name} ${text}: give one of ${LEVELS.join(', ')}`);
  return level;
}

/** `--from` and `--to`: a moment with its offset, or a span before the end of the collection. */
export function rangeOf(argv: Argv): TimeRange {
  const bound = (name: 'from' | 'to'): TimeRange['from'] => {
    const text = flag(argv, name);
    if (text === undefined) return undefined;
    const before = text.startsWith('-') ? parseDuration(text.slice(1)) : undefined;
    if (before !== undefined) return { kind: 'before-end', micros: before };
    const hasOffset = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)$/i.test(text);
    const millis = hasOffset ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
    if (Number.isNaN(millis)) {
      throw new UsageError(
        `--${name} ${text}: give ISO 8601 with its offset (2026-03-01T10:00:00Z), or a span before the end (-24h)`,
      );
    }
    const fraction = Number(`0${/\.\d+/.exec(text)?.[0] ?? ''}`);
    return { kind: 'at', micros: Math.floor(millis / 1000) * 1e6 + Math.round(fraction * 1e6) };
  };
  const from = bound('from');
  const to = bound('to');
  if (from?.kind === 'at' && to?.kind === 'at' && from.micros > to.micros)
    throw new UsageError('--from lies after --to');
  return { from, to };
}

export function limitOf(argv: Argv): number | undefined {
  const limit = argv['limit'] as number | undefined;
  if (limit === undefined) return undefined;
  if (!Number.isInteger(limit) || limit < 0) throw new UsageError(`--limit ${limit}: give a whole number`);
  return limit;
}

function threadsOf(argv: Argv): number | undefined {
  const threads = argv['threads'] as number | undefined;
  if (threads === undefined) return undefined;
  if (!Number.isInteger(threads) || threads < 1)
    throw new UsageError(`--threads ${threads}: give a whole number, 1 or more`);
  return threads;
}

/** The format that was asked for, among those the command has. */
export function formatOf<T extends { readonly name: string }>(argv: Argv, known: readonly T[]): T {
  const name = flag(argv, 'format') ?? known[0]!.name;
  const format = known.find(f => f.name === name);
  if (format === undefined) throw new UsageError(`--format ${name}: give one of ${known.map(f => f.name).join(', ')}`);
  return format;
}
