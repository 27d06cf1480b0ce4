import type { EventFields } from '../../model/index.ts';

/** What stands before the text of a line. */
export interface Head {
  /** Microseconds since 1970, on the local clock where `isUtc` is not set. */
  readonly wall: number;
  readonly isUtc?: boolean;
  /** Minutes east of UTC, where the line states them. */
  readonly offset?: number | undefined;
  readonly pid?: number | undefined;
  readonly level?: string | undefined;
  readonly user?: string | undefined;
  readonly peer?: { readonly ip: string; readonly port?: number } | undefined;
  /** '' where it follows on lines of its own. */
  readonly text: string;
}

/** How one daemon writes its own log. */
export interface Dialect {
  /** The daemon's own name for it; goes into `event.module`. */
  readonly name: string;
  /** The program, by the names that the rules know it by. */
  program(path: string): string;
  /** Undefined where the line is no head: then it goes on with what the one before it (`last`) began. */
  head(line: string, last?: Head): Head | undefined;
  /** Words that no other log has: of the heads in a file one at least must hold them. */
  readonly mark: RegExp;
  /** Where the daemon keeps it. */
  readonly path: RegExp;
  /** What the text means beyond what the words of crashes and connections mean in every log. */
  meaning?(head: Head, text: string): EventFields | undefined;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** `Feb` → 2; 0 where it is no month. */
export function monthNumber(name: string): number {
  const at = MONTHS.indexOf(name);
  return name.length === 3 && at % 3 === 0 ? at / 3 + 1 : 0;
}

/** Microseconds since 1970 of a wall clock; undefined where no calendar has the date. `fraction` is digits behind the point. */
export function wallTime(
  date: readonly [year: number, month: number, day: number],
  time: string,
  fraction = '',
): number | undefined {
  const [year, month, day] = date;
  const m = /^ ?(\d{1,2}):(\d\d):(\d\d)$/.exec(time);
  if (m === null || month < 1 || month > 12 || day < 1 || day > 31 || year < 1970 || year > 9999) return undefined;
  const [hour, minute, second] = m.slice(1).map(Number) as [number, number, number];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** `2026-02-19` or `2026/02/19`. */
export const dateOf = (text: string): [number, number, number] => [
  Number(text.slice(0, 4)),
  Number(text.slice(5, 7)),
  Number(text.slice(8, 10)),
];

/** `+0100`, `-05:30`, `+01` → minutes. */
export function offsetMinutes(text: string | undefined): number | undefined {
  const m = /^([+-])(\d\d):?(\d\d)?$/.exec(text ?? '');
  return m === null ? undefined : (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3] ?? 0));
}

/** A start or an end that the daemon tells of itself. */
export const life = (action: 'service_start' | 'service_stop' | 'service_stopping', reason?: string): EventFields => ({
  'event.action': action,
  'event.category': ['process'],
  'event.type': [action === 'service_start' ? 'start' : action === 'service_stop' ? 'end' : 'info'],
  'event.reason': reason,
});

/** Somebody came: from where is the head's. */
export const access = (
  action: string,
  protocol: string,
  outcome?: 'success' | 'failure',
  user?: string,
): EventFields => ({
  'event.action': action,
  'event.category': [action.endsWith('_login') ? 'authentication' : 'network'],
  'event.type': [action.endsWith('_login') ? 'start' : 'connection'],
  'event.outcome': outcome,
  'network.protocol': protocol,
  'user.name': user,
});
