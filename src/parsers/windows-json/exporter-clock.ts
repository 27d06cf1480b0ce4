import type { Artifact } from '../../model/index.ts';
import type { JsonObject } from '../shared/json-objects.ts';
import { isObject, jsonObjects, parseJson, unwrapped } from '../shared/json-objects.ts';
import { windowsTime } from '../shared/windows-time.ts';
import { member, text } from './read.ts';

// Some exporters write the machine's wall clock, one even on a twelve-hour dial, and call it UTC. A log that also holds Sysmon's events
// betrays that: their UtcTime was written by Sysmon itself, and all of them lie the same whole quarter hours away from TimeCreated.

const MOST_BYTES = 8 << 20;
const MOST_PAIRS = 200;
const LEAST_PAIRS = 20;
const LEAST_SHARE = 0.9;
const QUARTER_HOUR = 900_000_000;
const TOLERANCE = 60_000_000;

/** What has to be added to the TimeCreated of a log's records that have no better time. */
export interface ExporterClock {
  readonly shiftMicros: number;
  /** Sysmon records compared, and how many of them agree. */
  readonly pairs: number;
  readonly agreeing: number;
}

/** Judged by the beginning of the log; undefined where its times are right, or where nothing in it can tell. */
export async function exporterClock(artifact: Artifact): Promise<ExporterClock | undefined> {
  const shifts = new Map<number, number>();
  let pairs = 0;
  for await (const found of jsonObjects(artifact.chunks())) {
    const record = found.isClosed ? recordIn(found.text) : undefined;
    // Only flat records are written by such exporters; in another layout there is nothing to look for.
    if (record !== undefined && text(member(record, 'SourceName')) === undefined) return undefined;
    const apart = record === undefined ? undefined : microsApart(record);
    if (apart !== undefined) {
      pairs++;
      const shift = Math.round(apart / QUARTER_HOUR) * QUARTER_HOUR;
      if (Math.abs(apart - shift) <= TOLERANCE) shifts.set(shift, (shifts.get(shift) ?? 0) + 1);
    }
    if (pairs >= MOST_PAIRS || found.offset > MOST_BYTES) break;
  }
  const [shiftMicros, agreeing] = [...shifts].toSorted(([, a], [, b]) => b - a)[0] ?? [0, 0];
  if (shiftMicros === 0 || pairs < LEAST_PAIRS || agreeing < LEAST_SHARE * pairs) return undefined;
  return { shiftMicros, pairs, agreeing };
}

function recordIn(line: string): JsonObject | undefined {
  try {
    const value = parseJson(line);
    return isObject(value) ? unwrapped(value) : undefined;
  } catch {
    return undefined;
  }
}

/** UtcTime − TimeCreated of a Sysmon record, in microseconds. */
function microsApart(record: JsonObject): number | undefined {
  if (text(member(record, 'SourceName')) !== 'Microsoft-Windows-Sysmon') return undefined;
  const created = windowsTime(text(member(record, 'TimeCreated')) ?? '');
  const utc = windowsTime(text(member(record, 'UtcTime')) ?? '');
  return created === undefined || utc === undefined ? undefined : utc.micros - created.micros;
}

/** `+19:00` */
export function shiftText(shiftMicros: number): string {
  const minutes = Math.abs(shiftMicros) / 60_000_000;
  const pad = (n: number): string => String(n).padStart(2, '0');
  return `${shiftMicros < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
