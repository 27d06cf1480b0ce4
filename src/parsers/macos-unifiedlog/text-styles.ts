import { isoTimeAt } from '../shared/iso-time.ts';
import type { UnifiedEntry } from './entry.ts';

export type TextStyle = 'default' | 'compact' | 'syslog';

/** `0x94a97    Default     0x0                  123    0    sshd: text`: before macOS 10.13 without the TTL column. */
const DEFAULT =
  /^ (0x[0-9a-f]+) +(Default|Info|Debug|Error|Fault|Activity|Signpost|Loss|State|Timesync|User ?[Aa]ction|useraction) +(0x[0-9a-f]+) +(\d+) +(?:(\d+) +)?(.*)$/s;
/** `Df sshd[123:abc] text`; types are one or two letters. */
const COMPACT = /^ ([A-Z][a-z]?) +(.{1,128}?)\[(\d+):([0-9a-f]+)\] ?(.*)$/s;
/** ` localhost sshd[123]: text`; the host is always the word localhost, whatever the machine is called. */
const SYSLOG = /^ {1,2}(\S{1,255}) (.{1,128}?)\[(\d+)\](?:\s*<\w+>)?: ?(.*)$/s;
/** What `log` says itself, of no process: `=== system boot: UUID`, `=== log class: persist begins`. */
const MARK = /^ +(localhost +)?(=== .*)$/s;
const PROCESS = /^(?!=== )(.{1,128}?):(?: (.*))?$/s;
const LIBRARY = /^\(([^()[\]]{1,128})\) ?/;
const SUBSYSTEM = /^\[([^[\]\s:]{1,128}):([^[\]]{0,128})\] ?/;

const LEVELS: Readonly<Record<string, string>> = {
  A: 'Default',
  Db: 'Debug',
  Df: 'Default',
  E: 'Error',
  Er: 'Error',
  F: 'Fault',
  Fa: 'Fault',
  I: 'Info',
  In: 'Info',
};
const KINDS: Readonly<Record<string, string>> = {
  Activity: 'activityCreateEvent',
  Loss: 'lossEvent',
  Signpost: 'signpostEvent',
  State: 'stateEvent',
  Timesync: 'timesyncEvent',
  UserAction: 'userActionEvent',
  Useraction: 'userActionEvent',
  'User Action': 'userActionEvent',
  useraction: 'userActionEvent',
  A: 'activityCreateEvent',
};

/** An entry before its message is complete: further lines of a message follow without a time. */
export interface TextEntry {
  readonly style: TextStyle;
  readonly hasZone: boolean;
  readonly entry: UnifiedEntry;
}

/** Reads the first line of an entry in any of the three text styles; undefined where a line is none. */
export function textEntry(line: string): TextEntry | undefined {
  const time = isoTimeAt(line);
  if (time === undefined || line[10] !== ' ') return undefined;
  const rest = line.slice(time.end);
  const base = { micros: time.micros, nanos: time.nanos, offsetMinutes: time.offsetMinutes };
  const full = DEFAULT.exec(rest);
  if (full !== null) {
    const [, thread, type, activity, pid, ttl, tail] = full;
    const named = PROCESS.exec(tail!);
    const kind = KINDS[type!];
    return {
      style: 'default',
      hasZone: time.offsetMinutes !== undefined,
      entry: {
        ...base,
        ...parts(named === null ? tail! : (named[2] ?? '')),
        level: kind === undefined ? type : 'Default',
        process: named?.[1],
        pid: Number(pid),
        thread: Number(thread),
        eventType: kind ?? 'logEvent',
        ...absent(activity === '0x0' ? undefined : BigInt(activity!).toString(), ttl),
      },
    };
  }
  const compact = COMPACT.exec(rest);
  if (compact !== null) {
    const [, type, process, pid, thread, tail] = compact;
    return {
      style: 'compact',
      hasZone: time.offsetMinutes !== undefined,
      entry: {
        ...base,
        ...parts(tail!),
        level: LEVELS[type!],
        process,
        pid: Number(pid),
        thread: Number.parseInt(thread!, 16),
        eventType: KINDS[type!] ?? 'logEvent',
        ...absent(undefined, undefined),
      },
    };
  }
  const mark = MARK.exec(rest);
  if (mark !== null)
    return {
      style: mark[1] !== undefined ? 'syslog' : time.offsetMinutes !== undefined ? 'default' : 'compact',
      hasZone: time.offsetMinutes !== undefined,
      entry: {
        ...base,
        ...parts(mark[2]!),
        level: undefined,
        process: undefined,
        pid: undefined,
        thread: undefined,
        eventType: 'timesyncEvent',
        ...absent(undefined, undefined),
      },
    };
  const syslog = SYSLOG.exec(rest);
  if (syslog === null) return undefined;
  const [, , process, pid, tail] = syslog;
  return {
    style: 'syslog',
    hasZone: time.offsetMinutes !== undefined,
    entry: {
      ...base,
      ...parts(tail!),
      level: undefined,
      process,
      pid: Number(pid),
      thread: undefined,
      eventType: 'logEvent',
      ...absent(undefined, undefined),
    },
  };
}

/** `(library) [subsystem:category] message`, where both brackets may be absent. */
function parts(
  text: string,
): Pick<UnifiedEntry, 'message' | 'subsystem' | 'category'> & { readonly library: string | undefined } {
  const library = LIBRARY.exec(text);
  const behind = library === null ? text : text.slice(library[0].length);
  const subsystem = SUBSYSTEM.exec(behind);
  const category = subsystem?.[2];
  return {
    message: subsystem === null ? behind : behind.slice(subsystem[0].length),
    subsystem: subsystem?.[1],
    category: category === '' ? undefined : category,
    library: library?.[1],
  };
}

const absent = (activity: string | undefined, ttl: string | undefined) => ({
  userId: undefined,
  bootId: undefined,
  sequence: undefined,
  timezone: undefined,
  others: { 'macos.activityIdentifier': activity, 'macos.ttl': ttl } as const,
});

/** The same entry with the further lines of its message, and the library among the others. */
export function completed(
  entry: UnifiedEntry & { readonly library?: string | undefined },
  further: readonly string[],
): UnifiedEntry {
  const { library, ...rest } = entry;
  return {
    ...rest,
    message: further.length === 0 ? entry.message : [entry.message, ...further].join('\n').trimEnd(),
    others: { ...entry.others, 'macos.senderImage': library },
  };
}

/** Lines that `log show` prints around its entries; a message of several lines may hold shorter rules. */
export const isFrame = (line: string): boolean =>
  /^(?:Timestamp +(?:Thread|Ty|\(process\))|Filtering the log data using|Skipping (?:info|debug|info and debug) |-{100,}$|Log +- Default: |Activity +- Create: )/.test(
    line,
  );
