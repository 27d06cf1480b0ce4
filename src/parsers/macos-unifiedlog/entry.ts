import type { EventFields, Value } from '../../model/index.ts';
import { launchdJob, macosMeaning, subsystemJob } from '../shared/macos-text.ts';
import { processName } from '../shared/process-name.ts';

/** One entry of the unified log, whichever tool and style printed it. */
export interface UnifiedEntry {
  readonly micros: number;
  readonly nanos: number;
  /** Minutes east of UTC of the machine's clock, where the time as printed states them. */
  readonly offsetMinutes?: number | undefined;
  readonly message: string;
  /** `Default`, `Info`, `Debug`, `Error`, `Fault`, as written. */
  readonly level: string | undefined;
  /** Path where the style gives it, else the name alone. */
  readonly process: string | undefined;
  readonly pid: number | undefined;
  readonly thread: number | undefined;
  readonly subsystem: string | undefined;
  readonly category: string | undefined;
  readonly eventType: string | undefined;
  readonly userId: string | undefined;
  readonly bootId: string | undefined;
  readonly sequence: Value | undefined;
  readonly timezone: string | undefined;
  /** What has no name in ECS, under `macos.`. */
  readonly others: EventFields;
}

/** 0xAAAAAAAA: what the log writes where it does not know the user. */
const UNKNOWN_USER = '2863311530';

const text = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

/** The entry as ECS. */
export function entryFields(entry: UnifiedEntry): EventFields {
  const process = text(entry.process);
  const isPath = process?.startsWith('/') ?? false;
  const name = process === undefined ? undefined : processName(process);
  const job = name === 'launchd' ? subsystemJob(entry.subsystem ?? '') : undefined;
  const isNamed = job !== undefined && launchdJob(entry.message) !== undefined;
  const meaning =
    name === undefined
      ? hostMark(entry.message)
      : (hostMark(entry.message) ?? macosMeaning(entry.message, { process: name, ...(isNamed ? {} : job) }));
  return {
    message: entry.message,
    'event.kind': 'event',
    'event.module': 'macos',
    'event.dataset': 'macos.unifiedlog',
    'event.category': ['host'],
    'event.type': ['info'],
    'event.provider': text(entry.subsystem),
    'event.sequence': entry.sequence,
    'event.timezone': text(entry.timezone),
    'host.os.type': 'macos',
    'host.os.family': 'darwin',
    'host.os.platform': 'macos',
    'host.boot.id': text(entry.bootId),
    'log.level': text(entry.level)?.toLowerCase(),
    'log.logger': text(entry.category),
    'process.name': name,
    'process.executable': isPath ? process : undefined,
    'process.pid': entry.pid,
    'process.thread.id': entry.thread,
    'user.id': entry.userId === UNKNOWN_USER ? undefined : text(entry.userId),
    'macos.event_type': text(entry.eventType),
    ...(entry.eventType === 'lossEvent' ? { 'event.action': ['log_loss'] } : {}),
    ...entry.others,
    ...(meaning === undefined ? {} : spoken(meaning, name)),
  };
}

/** What the log itself says of the machine, between the entries of processes. */
function hostMark(message: string): EventFields | undefined {
  return message.startsWith('=== system boot')
    ? { 'event.action': ['host_boot'], 'event.category': ['host'], 'event.type': ['start'] }
    : undefined;
}

/** `lost >=63 unreliable messages from …`: how many, at least. */
export function lostCount(entry: UnifiedEntry): number {
  if (entry.eventType !== 'lossEvent') return 0;
  const count = /^lost (?:>= ?)?(\d{1,9}) /.exec(entry.message)?.[1];
  return count === undefined ? 1 : Number(count);
}

/** A line about another process: its path and thread are not the speaker's. */
function spoken(meaning: EventFields, speaker: string | undefined): EventFields {
  if (meaning['process.name'] === undefined || meaning['process.name'] === speaker) return meaning;
  return { 'process.executable': undefined, 'process.thread.id': undefined, 'process.pid': undefined, ...meaning };
}
