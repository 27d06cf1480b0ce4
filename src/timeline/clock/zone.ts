/** Between the westernmost and the easternmost zone. */
const MOST_HOURS = 26;
/** No zone is farther from UTC. */
const MOST_ZONE_SECONDS = 14 * 3600;

/** Seconds of the whole zone difference that an offset is, if it is one: clocks drift by seconds, zones differ by quarters of an hour. */
function zoneDifference(offsetSeconds: number): number | undefined {
  const quarter = Math.round(offsetSeconds / 900) * 900;
  const isWholeHour = quarter % 3600 === 0;
  // Off by a whole day is a wrong date.
  if (quarter % 86_400 === 0 || Math.abs(quarter) > MOST_HOURS * 3600) return undefined;
  // Half and quarter hours are zones only where they are exact and more than an hour.
  if (Math.abs(offsetSeconds - quarter) > (isWholeHour ? 60 : 5)) return undefined;
  return isWholeHour || Math.abs(quarter) > 3600 ? quarter : undefined;
}

/** `+5:30` for whole seconds of a zone difference. */
function hoursText(seconds: number): string {
  const minutes = Math.abs(seconds) / 60;
  return `${seconds < 0 ? '-' : '+'}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

/** What an offset of whole hours is called, and those of half and quarter hours where they are exact. */
export function zoneError(offsetSeconds: number): string | undefined {
  const seconds = zoneDifference(offsetSeconds);
  return seconds === undefined ? undefined : `a time-zone error of ${hoursText(seconds)} h, not a drifting clock`;
}

/** The zone, as `--assume-tz` takes it, of logs that were read as UTC and came out so far ahead of UTC. */
export function zoneAhead(offsetSeconds: number): string | undefined {
  const seconds = zoneDifference(offsetSeconds);
  if (seconds === undefined || Math.abs(seconds) > MOST_ZONE_SECONDS) return undefined;
  return hoursText(seconds).replace(/^([+-])(\d):/, '$10$2:');
}
